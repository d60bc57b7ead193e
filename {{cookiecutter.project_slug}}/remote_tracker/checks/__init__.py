"""What "finished" means: each kind of clause says, in one sentence, what is wrong with a result.

A kind is a module with a ``KIND``; ``KINDS`` lists them in the order their price grows. What nothing here can
judge (h5py or a video reader is missing) is a RemoteTrackerError, not a reason against a result.
"""

from __future__ import annotations

import os
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ..errors import unknown_word
from .clause import Fault, Files, InputKind, Kind, OpenFiles, Option
from .inputs import StillCopying
from .kinds import command, csv_table, exists, frames, hdf5, imgstore, json_key, log_line, video
from .places import describe_place, emptiness, find_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .clause import Clause

__all__ = [
    "INPUT_KINDS",
    "KINDS",
    "Fault",
    "Files",
    "InputKind",
    "Kind",
    "Option",
    "StillCopying",
    "find_paths",
    "judge_inputs",
    "validate",
    "verify",
]

_MODULES = (exists, json_key, csv_table, hdf5, log_line, frames, command)
KINDS: Mapping[str, Kind] = {module.KIND.name: module.KIND for module in _MODULES}
INPUT_KINDS: Mapping[str, InputKind] = {module.KIND.name: module.KIND for module in (video, imgstore)}


def validate(kind: str, subject: Any, options: Mapping[str, Any]) -> str:
    """Return what is wrong with a clause as a tracker.yml says it, "" where nothing is."""
    from .options import find_mistake  # 0.7 ms of each task's check, which validates nothing

    known: dict[str, Kind | InputKind] = {**KINDS, **INPUT_KINDS}
    return find_mistake(known[kind], subject, options) if kind in known else unknown_word("check", kind, known)


def verify(checks: Iterable[Clause], files: Files) -> str:
    """Return the first reason why these outputs are not a whole result, in one line, "" where they are.

    First of all each output must be there and not be empty; of several files of one name, one must.
    Raises RemoteTrackerError where a program or library that a check needs is missing.
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


def judge_inputs(clauses: Iterable[Clause], files: Files, python: str = "", all_frames: bool = False) -> str:
    """Return the first reason why a task must not be started with these inputs, in one line, "" where there is none.

    With ``python``, clauses that say ``frames`` (with ``all_frames`` all of them) read all of the input, by a program
    of that Python. Raises StillCopying where the reason passes by itself, RemoteTrackerError where
    nothing can read them.
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
