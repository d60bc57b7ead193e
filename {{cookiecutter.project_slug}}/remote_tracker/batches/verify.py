"""Verify a project's results: read them whole, note what had no digests, and write lists for sha256sum."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ..content.entry import Entry
from ..content.sums import render_sums
from ..disk.derived import write_derived
from ..disk.files import write_file
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Stage, State
from ..named_tuple import NamedTuple
from ..records import batches_of
from ..survey import Examined
from ..survey.archived import find_archived
from ..survey.named import choose_named
from ..survey.proven import rules_of
from ..survey.reads import Reads
from ..survey.refuted import Refuted
from ..survey.verdict import Verdict, Verified
from ..survey.verify_stage import Asked, find_files, verify_stage
from .note import Noted, note_units

RESULTS, INPUTS = "SHA256SUMS", "SHA256SUMS.videos"  # at the project's root


class ReadSoFar(NamedTuple):
    """How far a verify is."""

    bytes: int  # read in this verify
    all_bytes: int  # to be read in this verify
    files: int  # the files to be read


@dataclass
class VerifiedStage:
    """What a verify found out about one stage."""

    stage: Stage
    units: int  # how many units there are
    fine: int = 0  # how many have results that are whole, and as they were made where that is known
    unread: int = (
        0  # how many finished in a step that declares no results: what they made is known to its program alone
    )
    archived: int = 0  # how many have no video any more
    odd: list[Verified] = field(default_factory=list)  # the units whose results or inputs changed, are bad or gone
    noted: int = 0  # how many had no digests, and have now
    sampled: int = 0  # how many were compared in samples, since no more was noted then; all their bytes are noted now


@dataclass
class Verification:
    """What a verify found out about a project."""

    stages: list[VerifiedStage] = field(default_factory=list)
    files: int = 0  # how many files were to be read
    before: int = 0  # how many of them had been read before, as they are now
    sums: tuple[int, int] | None = None  # how many results and inputs the lists for sha256sum name; None: not written
    refused: list[str] = field(default_factory=list)  # what could not be written

    @property
    def is_fine(self) -> bool:
        """Return whether nothing is odd, something could be vouched for, and all could be written."""
        return not self.refused and not self.is_blind and not any(one.odd for one in self.stages)

    @property
    def is_blind(self) -> bool:
        """Return whether units finished and no file was read: none of their steps declares a result."""
        return not self.files and any(one.unread for one in self.stages)


def verify_project(
    project: Project,
    names: Sequence[str] = (),
    since: float | None = None,
    tell: Callable[[ReadSoFar], None] = lambda so_far: None,
) -> Verification:
    """Read the finished results that the names mean (none: all), and their inputs, and judge each unit.

    Files that a stopped verify read, or that were read at the time ``since`` (seconds since 1970) or later, are not
    read again where they have not changed. Where all are verified, the lists for sha256sum are written. Raises WrongUse
    for a name that means nothing, or too much.
    """
    chosen = choose_named(project, names)
    if not names:
        chosen = [(stage, [*seen, *find_archived(project, stage, _count_finished(seen))]) for stage, seen in chosen]
    memory = {s.name: Reads(batches_of(project, s).remembered("verified", s), since) for s, _ in chosen}
    found, progress = Verification(), _Progress(tell)

    def find(asked: Asked) -> Entry | None:
        path, stat = asked.file.path, asked.found
        return next((entry for reads in memory.values() if (entry := reads.find(path, stat))), None)

    _count(project, chosen, find, found, progress)
    sums = _Sums()
    for stage, seen in chosen:
        found.stages.append(_verify(project, stage, seen, memory[stage.name], find, progress, sums, found.refused))
    if not names:
        _write_sums(project, sums, found)
    for reads in memory.values():
        reads.end()
    return found


def _count_finished(seen: Sequence[Examined]) -> int:
    return sum(one.decision.state is State.FINISHED for one in seen)


class _Progress:
    """Counts the bytes that were read."""

    def __init__(self, tell: Callable[[ReadSoFar], None]) -> None:
        self._tell, self._read, self.all_bytes, self.files = tell, 0, 0, 0

    def add(self, read: int) -> None:
        self._read += read
        self._tell(ReadSoFar(self._read, self.all_bytes, self.files))


def _count(
    project: Project,
    chosen: Iterable[tuple[Stage, Sequence[Examined]]],
    find: Callable[[Asked], Entry | None],
    found: Verification,
    progress: _Progress,
) -> None:
    """Count the files, the files that were read before, and the bytes that are to be read."""
    seen: set[int] = set()
    for stage, units in chosen:
        for asked in find_files(project, stage, units):
            if (key := hash(asked.file.path)) in seen:
                continue
            seen.add(key)
            if find(asked):
                found.before += 1
            else:
                progress.all_bytes += asked.found.st_size
                progress.files += 1
    found.files = len(seen)


class _Sums:
    """The digests of the files of units that are fine."""

    def __init__(self) -> None:
        self.results: dict[str, str] = {}
        self.inputs: dict[str, str] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            (self.results if entry.role == "out" else self.inputs)[entry.path] = entry.sha256


def _verify(
    project: Project,
    stage: Stage,
    seen: Sequence[Examined],
    reads: Reads,
    find: Callable[[Asked], Entry | None],
    progress: _Progress,
    sums: _Sums,
    refused: list[str],
) -> VerifiedStage:
    found, unnoted, sampled = VerifiedStage(stage, len(seen)), list[Noted](), 0
    found.archived = sum(one.decision.cause is Cause.ARCHIVED for one in seen)
    refuted = Refuted(batches_of(project, stage).remembered("refuted", stage), rules_of(stage))
    for one, entries in verify_stage(project, stage, seen, reads, refuted, find, progress.add):
        if not one.verdict.is_fine:
            found.odd.append(one)
            continue
        if not stage.outputs:
            found.unread += 1
            continue
        found.fine += 1
        sums.add(entries)
        made = any(entry.role == "out" for entry in entries)
        if made and not one.is_noted and one.unit.mark:  # without a mark its video is gone: nothing new is known
            unnoted.append((one.unit, one.made, entries))
            sampled += one.verdict is Verdict.AS_MADE
    if unnoted:
        try:
            note_units(project, stage, unnoted, Cause.NOTED)
            found.noted, found.sampled = len(unnoted) - sampled, sampled
        except RemoteTrackerError as error:
            refused.append(str(error))
    if refuted.is_changed:
        write_derived(refuted.path, refuted.content())
    if any(one.verdict in (Verdict.BAD, Verdict.CHANGED) for one in found.odd):
        with suppress(OSError):  # the next scan examines all results anew, too
            os.unlink(batches_of(project, stage).remembered("proven", stage))
    return found


def _write_sums(project: Project, sums: _Sums, found: Verification) -> None:
    inputs = {path: digest for path, digest in sums.inputs.items() if path not in sums.results}
    try:
        write_file(project.root / RESULTS, render_sums(sums.results))
        write_file(project.root / INPUTS, render_sums(inputs))
    except RemoteTrackerError as error:
        found.refused.append(str(error))
    else:
        found.sums = len(sums.results), len(inputs)
