"""The words of our YAML files that were renamed: the old word is read for a version more, with a warning.

Each kind of mapping has a table: old word -> new word. Reasons: docs/decisions/0007-words-of-yaml-files.md.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from ..errors import in_one_line

UNTIL = "0.2"
PARAM: Mapping[str, str] = {"shapes": "affects_results"}
INPUT: Mapping[str, str] = {"shapes": "affects_results"}
SIGNATURE: Mapping[str, str] = {"again": "retry"}
_warned: set[tuple[Path, str]] = set()  # a command may read a file several times


def warn(path: Path, line: int, old: str, new: str) -> None:
    """Tell on stderr, once for each file and word, which new word replaces the old word."""
    if (path, old) in _warned:
        return
    _warned.add((path, old))
    told = f'{path} line {line}: "{old}" is called "{new}" now. Write that: the old word is read until {UNTIL}.'
    print(in_one_line(told), file=sys.stderr)
