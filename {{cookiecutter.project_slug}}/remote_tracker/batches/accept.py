"""Take results as they are now: read them whole, check them, and note what they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..disk.derived import write_derived
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Stage, State
from ..records import batches_of
from ..survey import Examined
from ..survey.proven import rules_of
from ..survey.reads import Reads
from ..survey.refuted import Refuted
from ..survey.states import word_of
from ..survey.verdict import Verified
from ..survey.verify_stage import find_files, verify_stage
from .note import Noted, note_units
from .verify import ReadSoFar


@dataclass(frozen=True)
class Accepted:
    """What came of accepting results."""

    stage: Stage
    count: int  # how many units were accepted
    refused: tuple[Verified, ...]  # the units whose results are bad
    without: int  # how many units have no whole results


def accept(
    project: Project,
    stage: Stage,
    chosen: Sequence[Examined],
    tell: Callable[[ReadSoFar], None] = lambda so_far: None,
) -> Accepted:
    """Note what the results of these units hold now, as accepted; results whose checks fail are refused.

    Raises RemoteTrackerError, with nothing accepted, where any of the units is queued or running, or the notes cannot
    be written.
    """
    for seen in chosen:
        if seen.decision.state in (State.QUEUED, State.RUNNING):
            word = word_of(seen.decision)
            raise RemoteTrackerError(f"{seen.unit.key} is {word}: wait for it or stop it first. Nothing was accepted.")
    so_far = ReadSoFar(0, sum(asked.found.st_size for asked in find_files(project, stage, chosen)), len(chosen))

    def count(read: int) -> None:
        nonlocal so_far
        so_far = so_far._replace(bytes=so_far.bytes + read)
        tell(so_far)

    refuted = Refuted(batches_of(project, stage).remembered("refuted", stage), rules_of(stage))
    taken: list[Noted] = []
    refused = []
    for one, entries in verify_stage(project, stage, chosen, Reads(None), refuted, lambda asked: None, count):
        if one.bad:
            refused.append(one)
        elif entries:
            taken.append((one.unit, one.made, entries))
    if refuted.is_changed:
        write_derived(refuted.path, refuted.content())
    if taken:
        note_units(project, stage, taken, Cause.ACCEPTED)
    return Accepted(stage, len(taken), tuple(refused), len(chosen) - len(taken) - len(refused))
