"""What "finished" means: each kind of clause tells, in a single sentence, what is wrong with a result.

A kind is a module with a ``KIND``; ``KINDS`` lists the kinds from cheap to expensive. Where a result cannot be judged
(h5py or a video reader is missing), a RemoteTrackerError is raised: the result is not blamed.
"""

from __future__ import annotations

import os
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ..errors import unknown_word
from .clause import QUICK, WHOLE, Fault, Files, InputKind, Kind, OpenFiles, Option
from .inputs import StillCopying
from .kinds import command, csv_table, exists, frames, hdf5, imgstore, json_key, log_line, mat, video
from .places import describe_place, emptiness, find_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .clause import Clause

__all__ = [
    "INPUT_KINDS",
    "KINDS",
    "QUICK",
    "WHOLE",
    "Fault",
    "Files",
    "Kind",
    "Option",
    "StillCopying",
    "find_paths",
    "finds_nothing",
    "judge_inputs",
    "validate",
    "verify",
]

_MODULES = (exists, json_key, csv_table, mat, hdf5, log_line, frames, command)
KINDS: Mapping[str, Kind] = {module.KIND.name: module.KIND for module in _MODULES}
INPUT_KINDS: Mapping[str, InputKind] = {module.KIND.name: module.KIND for module in (video, imgstore)}


def validate(kind: str, subject: Any, options: Mapping[str, Any]) -> str:
    """Return what is wrong with a clause of a tracker.yml, "" where the clause is valid."""
    from .options import find_mistake  # 0.7 ms of each task's check, which validates nothing

    known: dict[str, Kind | InputKind] = {**KINDS, **INPUT_KINDS}
    return find_mistake(known[kind], subject, options) if kind in known else unknown_word("check", kind, known)


def verify(checks: Iterable[Clause], files: Files) -> str:
    """Return the first reason why the outputs in ``files`` are not a whole result, as a line; "" where they are whole.

    Before any check, each output must be there and hold something; where an output is several files, a single file
    that does is enough. Raises RemoteTrackerError where a program or library that a check needs is missing.
    """
    for name in files.outputs:
        if reason := _find_emptiness(name, files):
            return _one_line(reason)
    for kind, alike in groupby(checks, attrgetter("kind")):
        with closing(OpenFiles()) as held:
            reasons = (KINDS[kind].examine(check, files._replace(held=held)) for check in alike)
            if reason := next(filter(None, reasons), ""):
                return _one_line(reason)
    return ""


def finds_nothing(checks: Iterable[Clause], files: Files) -> bool:
    """Return whether the table of any of these clauses, which names what is said then, has no row."""
    return any(csv_table.has_no_rows(check, files) for check in checks)


def judge_inputs(clauses: Iterable[Clause], files: Files, python: str = "", all_frames: bool = False) -> str:
    """Return the first reason why no task may start with the inputs in ``files``, as a line; "" where there is none.

    With ``python``, a program run by that Python reads the whole input for each clause that says ``frames`` (with
    ``all_frames`` for every clause). Raises StillCopying where the reason passes by itself, RemoteTrackerError where
    no reader for the input is installed.
    """
    for clause in clauses:
        kind = INPUT_KINDS[clause.kind]
        reason = kind.examine(clause, files)
        if not reason and python and (all_frames or clause.options.get("frames")):
            reason = kind.read_all(clause, files, python)
        if reason:
            return _one_line(reason)
    return ""


def _find_emptiness(name: str, files: Files) -> str:
    reason = f"{name}: no such file was found"
    for path in files.outputs[name]:
        reason = describe_place(path, emptiness, os.path.join(files.root, path), {})
        if not reason:
            return ""
    return reason


def _one_line(reason: str) -> str:
    return "".join(c if c.isprintable() or "\udc80" <= c <= "\udcff" else " " for c in reason)[:500]
