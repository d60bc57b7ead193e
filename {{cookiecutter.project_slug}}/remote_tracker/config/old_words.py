"""Words of our YAML files that have another name now: the old one is read for one version, with a warning.

A table for each kind of mapping: old word -> word. Why each was changed: docs/decisions/0007-words-of-yaml-files.md.
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
_warned: set[tuple[Path, str]] = set()  # a file may be read several times by one command


def warn(path: Path, line: int, old: str, new: str) -> None:
    """Say on stderr, once for each file and word, which word stands in place of the old one."""
    if (path, old) in _warned:
        return
    _warned.add((path, old))
    told = f'{path} line {line}: "{old}" is called "{new}" now. Write that: the old word is read until {UNTIL}.'
    print(in_one_line(told), file=sys.stderr)
