"""The forms of the values that --json prints, key by key: docs/make_json.py makes the schemas beside this file of them.

No verb imports this: it is for the schemas, the reference, and programs that read what --json prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from ..model import Cause, State
from ..named_tuple import NamedTuple
from ..scan import Kind
from ..survey.verdict import Verdict

STATES = tuple(state.value for state in State)
CAUSES = ("", *(cause.value for cause in Cause))
UNREAD = tuple(kind.value for kind in Kind)
VERDICTS = tuple(verdict.value for verdict in Verdict if not verdict.is_fine)


class Key(NamedTuple):
    """What a key of a form says."""

    help: str
    optional: bool = False  # whether it may be missing
    among: tuple[str, ...] = ()  # the words that it, or each key below it, may be; none: any


@dataclass(frozen=True)
class Odd:
    """A video, or what else a task works on, in a state of its own."""

    name: Annotated[str, Key("its name, with its day")]
    state: Annotated[str, Key("its state", among=STATES)]
    reason: Annotated[str, Key("why, in a sentence for people; it may change")]
    cause: Annotated[str, Key('why, in a word that never changes; "": nothing is to be said', among=CAUSES)]


@dataclass(frozen=True)
class Stuck:
    """A file that cannot be moved, and what it holds back."""

    redo: Annotated[int, Key("the number of the redo that moves it; 0: none")]
    path: Annotated[str, Key("the file")]
    reason: Annotated[str, Key("why it cannot be moved")]
    units: Annotated[int, Key("how many videos are held back")]
    back: Annotated[bool, Key("whether it was to be brought back")]


@dataclass(frozen=True)
class ScanForm:
    """What a scan found and listed."""

    project: Annotated[str, Key("the project's folder, without the folders above it")]
    cluster: Annotated[str, Key("the cluster")]
    scheduler: Annotated[str, Key("its scheduler")]
    stage: Annotated[str, Key("the step of the tracker")]
    found: Annotated[int, Key("how many videos there are; the counts add up to it")]
    counts: Annotated[Mapping[str, int], Key("how many are in each state", among=STATES)]
    to_process: Annotated[int, Key("how many are to be processed")]
    batch: Annotated[str | None, Key("the number of the list that was made, null where nothing is to do")]
    listed: Annotated[int, Key("how many of them this list holds")]
    script: Annotated[str, Key("the job script, as a path below the project")]
    odd: Annotated[list[Odd], Key("all that is neither finished nor to be processed")]
    unreadable: Annotated[Mapping[str, str], Key("each folder that could not be looked into, with the reason")]
    stuck: Annotated[list[Stuck], Key("what a killed redo left, and cannot be moved")]
    not_remembered: Annotated[str, Key("what could not be written down, and why", optional=True)]
    excluded: Annotated[list[str], Key("files that the tracker says are none of its videos", optional=True)]
    uncut: Annotated[
        list[str], Key("videos that stay one piece: no header says how many frames they have", optional=True)
    ]
    not_read: Annotated[
        Mapping[str, int], Key("how many files among the videos are not read, by their kind", optional=True)
    ]
    imgstores: Annotated[list[str], Key("imgstores whose chunks were left out", optional=True)]


@dataclass(frozen=True)
class StageStatus:
    """How far one step of the tracker is."""

    stage: Annotated[str, Key("the step")]
    counts: Annotated[Mapping[str, int], Key("how many are in each state; a state with none is left out", among=STATES)]
    odd: Annotated[list[Odd], Key("all that is not finished")]
    archived: Annotated[int, Key("how many finished whose videos were taken away since", optional=True)]
    not_looked_into: Annotated[
        int, Key("how many of what is to do, where much is new, only a scan looks into", optional=True)
    ]


@dataclass(frozen=True)
class Told:
    """Who speaks: stands before what is told."""

    project: Annotated[str, Key("the project's folder, without the folders above it")]
    time: Annotated[str, Key("when this was told, as 2026-01-31T12:00:00+01:00")]
    version: Annotated[str, Key("the version of remote-tracker that tells it")]


@dataclass(frozen=True)
class StatusForm(Told):
    """How far everything is."""

    stages: Annotated[list[StageStatus], Key("each step, in order")]


@dataclass(frozen=True)
class Group:
    """Failures of one cause."""

    stage: Annotated[str, Key("the step")]
    cause: Annotated[str, Key("the cause, as ./rt retry --cause takes it")]
    title: Annotated[str, Key("the cause in words for people, as the screen says it; it may change")]
    count: Annotated[int, Key("how many failed so")]
    node: Annotated[str, Key('the machine on which most of them failed; "": no machine stands out')]
    advice: Annotated[str, Key('what to do; "": nothing is known')]
    again: Annotated[str, Key("whether another try helps, in the words of signatures.yml")]
    names: Annotated[list[str], Key("the name of each")]


@dataclass(frozen=True)
class FailuresForm(Told):
    """What failed or cannot be processed, by cause."""

    failures: Annotated[list[Group], Key("the most frequent cause of each step first")]


@dataclass(frozen=True)
class Ignored:
    """A file or folder among the videos that is not read."""

    name: Annotated[str, Key("its path, below RawVideos")]
    kind: Annotated[str, Key("what it is", among=UNREAD)]
    ending: Annotated[str, Key("how its name ends, as .MTS")]
    why: Annotated[str, Key("why it is not read")]


@dataclass(frozen=True)
class IgnoredForm(Told):
    """What lies among the videos and is not read."""

    reads: Annotated[list[str], Key("the endings that the tracker reads, as avi; none: it reads any")]
    count: Annotated[int, Key("how many files are not read")]
    ignored: Annotated[list[Ignored], Key("each, with what else is left out")]


@dataclass(frozen=True)
class UsageForm(Told):
    """How much of their requests the last batches used."""

    usage: Annotated[list[str], Key("a line for people on each")]


@dataclass(frozen=True)
class MethodsForm(Told):
    """How the results were made, for a paper."""

    text: Annotated[str, Key("the paragraph")]
    bibtex: Annotated[str, Key("the works that it cites, as BibTeX")]
    left_out: Annotated[list[str], Key("a line on each thing that it cannot say")]


@dataclass(frozen=True)
class Noted:
    """A file as it was, or is."""

    size: Annotated[int, Key("bytes")]
    lines: Annotated[int, Key("the lines of a table; -1: not counted")]
    sha256: Annotated[str, Key('the SHA-256 of the whole file; "": not taken')]


@dataclass(frozen=True)
class Change:
    """A file that is not as a task noted it."""

    path: Annotated[str, Key("the file, below the project")]
    then: Annotated[Noted | None, Key("as it was noted; null: it was not there")]
    now: Annotated[Noted | None, Key("as it is; null: it is not there")]


@dataclass(frozen=True)
class Listed:
    """A list that a video stood in."""

    batch: Annotated[str, Key("the number of the list")]
    task: Annotated[int, Key("its line in the list")]
    log: Annotated[str, Key("where its log lies, there or not")]
    result: Annotated[str | None, Key('how its last run ended; "": it did not end; null: it never started')]


@dataclass(frozen=True)
class Ready:
    """What a video must show before a task starts."""

    check: Annotated[str, Key("the clause, as a tracker.yml says it")]
    fails: Annotated[str, Key('why it fails; "": it holds')]


@dataclass(frozen=True)
class Checked:
    """A check of the results."""

    check: Annotated[str, Key("the check, as a tracker.yml says it")]
    fails: Annotated[str, Key('why it fails; "": it holds, or is looked at in the job alone')]
    in_job: Annotated[bool, Key("whether only the job looks at it, so that it was not looked at now")]
    is_past: Annotated[bool, Key("whether it compares with what is no longer here, so that it was not looked at")]


@dataclass(frozen=True)
class Story:
    """The story of a video in one step."""

    name: Annotated[str, Key("its name, with its day")]
    stage: Annotated[str, Key("the step")]
    state: Annotated[str, Key("its state", among=STATES)]
    reason: Annotated[str, Key("why, in a sentence for people; it may change")]
    cause: Annotated[str, Key('why, in a word that never changes; "": nothing is to be said', among=CAUSES)]
    inputs: Annotated[Mapping[str, int | None], Key("each file that is read, with its bytes; null: it is not there")]
    outputs: Annotated[Mapping[str, int | None], Key("each file that is made, with its bytes; null: it is not there")]
    changed: Annotated[list[Change], Key("the files that are not as its tasks noted them")]
    batches: Annotated[list[Listed], Key("the lists that it stood in, oldest first")]
    ready: Annotated[list[Ready], Key("what it must show before it starts")]
    checks: Annotated[list[Checked], Key("each check of its results")]
    word: Annotated[str, Key("the lab's word on its result: good, bad or look again", optional=True)]
    word_lapsed: Annotated[bool, Key("whether that word is about a result that was made anew since", optional=True)]


@dataclass(frozen=True)
class NotReadStory:
    """What is told instead of a story where NAME is a file among the videos that is not read."""

    name: Annotated[str, Key("its path, below RawVideos")]
    state: Annotated[str, Key("not read, always", among=("not read",))]
    kind: Annotated[str, Key("what it is", among=UNREAD)]
    reason: Annotated[str, Key("why it is not read")]


class Form(NamedTuple):
    """What a verb prints with --json."""

    command: str  # as it is typed
    form: type  # the class of the value
    many: bool = False  # whether a list of such values is printed
    note: str = ""  # what else is to be known
    also: type | None = None  # the class of other values that the list may hold
