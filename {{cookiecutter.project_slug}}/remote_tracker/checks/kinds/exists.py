"""exists: the output is there and not empty; where asked, a folder holds a file of the given name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..clause import Files, Kind, Option
from ..places import emptiness, examine_outputs, find_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause


def _examine(check: Clause, files: Files) -> str:
    return examine_outputs(check, files, _judge)


def _judge(path: str, options: Mapping[str, Any]) -> str:
    if reason := emptiness(path, options):
        return reason
    name = str(options.get("file", ""))
    if not name or any(_holds_something(os.path.join(path, found)) for found in find_paths(path, name)):
        return ""
    return f'holds no file "{name}" that is not empty' if os.path.isdir(path) else "is a file, expected a folder"


def _holds_something(path: str) -> bool:
    try:
        return not emptiness(path, {})
    except OSError:
        return False


KIND = Kind(
    "exists",
    "quick",
    "output",
    "the output is there and not empty (checked for every output, asked or not); a folder holds a file of this name",
    (Option("file", "a file in the folder, as *.h5 or trajectories/*.csv; one that is not empty must match"),),
    _examine,
    is_plain=lambda options: not options.get("file"),
)
