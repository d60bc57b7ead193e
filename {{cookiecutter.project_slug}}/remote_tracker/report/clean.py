"""The lines on what can be freed in a project."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from ..batches.clean import KINDS, Remains
from ..text.counted import number_of
from .moved import megabytes

WHAT = {
    "aside": "old results that a redo moved aside, made again since",
    "attempts": "work folders of tasks that failed or were killed",
    "temporaries": "half-written files of commands that were killed",
    "logs": "what programs printed in tasks that finished (the lines that prove the result stay)",
}


def remains_lines(remains: Sequence[Remains]) -> Iterator[str]:
    """Yield what can be freed, kind by kind, each with how many files and MB; each redo of ``aside``."""
    if not remains:
        yield "Nothing can be freed."
    for kind in KINDS:
        found = [one for one in remains if one.kind == kind]
        if found:
            files, size = sum(one.files for one in found), sum(one.size for one in found)
            yield f"{kind}: {_much(files, size)}: {WHAT[kind]}"
        for one in found if kind == "aside" else ():
            yield f"  {_redo_line(one)}"


def _redo_line(one: Remains) -> str:
    assert one.note is not None
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.strptime(one.note.stamp.partition(".")[0], "%Y%m%d_%H%M%S"))
    their = "its" if one.kept == 1 else "their"
    kept = f"; {one.kept} not made again yet: {their} old results are kept" if one.kept else ""
    return f"redo {one.note.number} of {when}: {_much(one.files, one.size)}{kept}"


def _much(files: int, size: int) -> str:
    return f"{number_of(files, 'files')}, {megabytes(size)}"


def remains_data(remains: Sequence[Remains]) -> list[dict[str, Any]]:
    """Return what can be freed as data for programs, with every path."""
    return [
        {"kind": one.kind, "files": one.files, "bytes": one.size, "paths": [str(path) for path in one.paths]}
        | ({"redo": one.note.number, "kept": one.kept} if one.note else {})
        for one in remains
    ]
