"""The forms of the values that verbs which change something print with --json, doctor and trackers too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from ..batches.clean import KINDS
from .forms import VERDICTS, Change, Key, Stuck


@dataclass(frozen=True)
class Moved:
    """A result that was moved."""

    name: Annotated[str, Key("whose result it is")]
    from_: Annotated[str, Key("where it lay, below the project")]
    to: Annotated[str, Key("where it lies now")]
    bytes: Annotated[int, Key("how large it is")]


@dataclass(frozen=True)
class RedoForm:
    """What a redo moved aside. Where it was asked and refused, `moved` alone is there, and empty."""

    moved: Annotated[list[Moved], Key("what was moved")]
    redo: Annotated[int, Key("the number of the redo, for ./rt undo; 0: nothing was to be moved", optional=True)]
    stage: Annotated[str, Key("the step whose results were moved", optional=True)]
    names: Annotated[list[str], Key("all that will be listed again", optional=True)]
    stuck: Annotated[list[Stuck], Key("what cannot be moved", optional=True)]
    lapsed: Annotated[
        list[str], Key("with --from: what the file calls bad, and was made anew since: not moved", optional=True)
    ]
    not_moved: Annotated[
        list[str], Key("with --from: what the file calls bad, and is not finished, or not here", optional=True)
    ]


@dataclass(frozen=True)
class Left:
    """What is not brought back."""

    unit: Annotated[str, Key("the video")]
    path: Annotated[str, Key("the file for which its old results are not brought back")]
    why: Annotated[str, Key("why")]


@dataclass(frozen=True)
class UndoForm:
    """What was brought back. Where it was asked and refused, `moved` alone is there, and empty."""

    moved: Annotated[list[Moved], Key("what was brought back")]
    redo: Annotated[int, Key("the number of the redo", optional=True)]
    names: Annotated[list[str], Key("whose results were brought back", optional=True)]
    left: Annotated[list[Left], Key("what is not brought back", optional=True)]
    stuck: Annotated[list[Stuck], Key("what cannot be moved", optional=True)]


@dataclass(frozen=True)
class Redone:
    """A redo that there was."""

    redo: Annotated[int, Key("its number")]
    stage: Annotated[str, Key("the step whose results it moved")]
    stands: Annotated[bool, Key("whether it still has something to move")]
    moved: Annotated[list[Moved], Key("what is still aside of it")]


@dataclass(frozen=True)
class Remains:
    """What can be freed, of one kind."""

    kind: Annotated[str, Key("the kind", among=KINDS)]
    files: Annotated[int, Key("how many files")]
    bytes: Annotated[int, Key("how large they are together")]
    paths: Annotated[list[str], Key("the files and folders")]
    redo: Annotated[int, Key("of aside: the number of the redo", optional=True)]
    kept: Annotated[int, Key("of aside: how many old results stay, whose videos are not made again", optional=True)]


@dataclass(frozen=True)
class CleanForm:
    """What can be freed, or was."""

    freed: Annotated[bool, Key("whether it was freed")]
    remains: Annotated[list[Remains], Key("what can be freed; what was, where `freed` is true")]


@dataclass(frozen=True)
class TakenAlong:
    """A video that has a new name."""

    stage: Annotated[str, Key("the step whose results are meant")]
    from_: Annotated[str, Key("its old name")]
    to: Annotated[str, Key("its new name")]


@dataclass(frozen=True)
class NotTaken(TakenAlong):
    """A video whose results stay under the old name."""

    reason: Annotated[str, Key("why")]


@dataclass(frozen=True)
class MovedForm:
    """Which results were taken along to new names."""

    moved: Annotated[list[TakenAlong], Key("what was taken along")]
    refused: Annotated[list[NotTaken], Key("what was not, since a check would not hold")]
    stuck: Annotated[list[NotTaken], Key("what cannot be moved")]


@dataclass(frozen=True)
class OddResult:
    """A result that is not as it was made."""

    name: Annotated[str, Key("whose result it is")]
    verdict: Annotated[str, Key("what is odd about it", among=VERDICTS)]
    reason: Annotated[str, Key('why, in a sentence for people; "": the changes say it')]
    changes: Annotated[list[Change], Key("the files that are not as they were noted")]


@dataclass(frozen=True)
class VerifiedStage:
    """What reading the results of one step told."""

    stage: Annotated[str, Key("the step")]
    units: Annotated[int, Key("how many there are")]
    fine: Annotated[int, Key("how many have whole results, as they were made")]
    unread: Annotated[int, Key("how many finished in a step that declares no results: no file of them was read")]
    archived: Annotated[int, Key("how many have whole results and no video any more")]
    noted: Annotated[int, Key("how many had no digests, and have now")]
    sampled: Annotated[int, Key("how many were compared in samples, and have digests of all bytes now")]
    odd: Annotated[list[OddResult], Key("the others")]


@dataclass(frozen=True)
class VerifyForm:
    """What reading every finished result whole told."""

    stages: Annotated[list[VerifiedStage], Key("each step, in order")]
    files: Annotated[int, Key("how many files there are to read")]
    read_before: Annotated[int, Key("how many of them had been read before, and were not read again")]
    refused: Annotated[list[str], Key("a line on each file of ours that could not be written")]


@dataclass(frozen=True)
class DoctorForm:
    """What would go wrong."""

    shown: Annotated[list[str], Key("lines for people: the machine, the space, the queue")]
    wrong: Annotated[list[str], Key("a line on each trouble, with what to do; none: nothing is wrong that can be seen")]


@dataclass(frozen=True)
class Need:
    """A program or a module that a tracker needs."""

    command: Annotated[str, Key("the line of bash that shows it is there")]
    help: Annotated[str, Key("what to do where it is not")]
    on_node: Annotated[bool, Key("whether only a machine that runs tasks can tell")]


@dataclass(frozen=True)
class Param:
    """A parameter of a tracker."""

    default: Annotated[Any, Key("what it is where project.yml does not say")]
    value: Annotated[Any, Key("what it is in this project")]
    help: Annotated[str, Key("what it means")]


@dataclass(frozen=True)
class Asked:
    """What a task asks for."""

    cpus: Annotated[int, Key("cores")]
    memory: Annotated[str, Key('memory, as 4G; "": not said')]
    walltime: Annotated[str, Key('the longest it may take, as 4:00:00; "": not said')]
    gpus: Annotated[str, Key('GPUs, as 1 or a100:1; "": none')]


@dataclass(frozen=True)
class Step:
    """A step of a tracker."""

    name: Annotated[str, Key("its name")]
    help: Annotated[str, Key("what it does")]
    reads: Annotated[Mapping[str, str], Key("each input, with its pattern")]
    makes: Annotated[Mapping[str, str], Key("each output, with its pattern")]
    checks: Annotated[list[Mapping[str, Any]], Key("each check: its `kind`, its `subject`, and its options")]
    resources: Annotated[Asked, Key("what a task asks for")]


@dataclass(frozen=True)
class TrackerForm:
    """All that a tracker declares."""

    name: Annotated[str, Key("its name")]
    description: Annotated[str, Key("what it does")]
    url: Annotated[str, Key('where it comes from; "": not said')]
    tested: Annotated[str, Key('the versions it was tried on; "": not said')]
    file: Annotated[str, Key("its tracker.yml")]
    needs: Annotated[list[Need], Key("what must be there")]
    params: Annotated[Mapping[str, Param], Key("each parameter")]
    stages: Annotated[list[Step], Key("each step, in order")]
