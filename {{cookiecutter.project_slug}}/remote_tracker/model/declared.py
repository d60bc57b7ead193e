"""What trackers and projects declare, as frozen values.

A value is a NamedTuple wherever it needs no cached property and no mutable default: Python takes four times as long to
make a dataclass, at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass, field
from .cluster import NO_CONTAINER, Cluster, Container
from .day import FIRST_FOLDER, DayFolders
from .notify import Notify
from .pattern import Pattern
from .people import Person
from .pieces import Cut
from .remote import Remote
from .scheduling import Resources
from .tell import Tell
from .track_source import TrackSource
from .workflow import Workflow

Scalar = str | int | float | bool | None


class Param(NamedTuple):
    """A parameter that a tracker declares."""

    name: str
    default: Any  # its value where project.yml gives none
    help: str  # one line for people
    choices: tuple[Scalar, ...] = ()  # the values that it may have; empty: any value
    file: bool = False  # its value is the path of a file or folder
    folder: str = ""  # its value is the name of a file or folder in this folder
    keys: str = ""  # a file beside tracker.yml with the keys which the parameter's own file may have, and their values
    affects_results: bool = True  # results depend on it: its value is part of the fingerprint
    lists: str = ""  # its value is a file that lists subfolders of this folder, and stands for them
    names: tuple[str, ...] = ()  # the keys of its file whose values name files: their content counts as the file's own
    look: str = ""  # a program beside tracker.yml that says what is wrong with the file or folder
    rewritten: tuple[str, ...] = ()  # keys of its YAML file that the tracker's program rewrites: they do not count


class Need(NamedTuple):
    """A requirement of a tracker on a machine: a line of bash that exits with 0 where it is met, and help if not."""

    command: str
    help: str
    on_node: bool = False  # only a machine that runs tasks must meet it: a login node need not


class Input(NamedTuple):
    """A named pattern of the files that a stage reads."""

    name: str
    pattern: Pattern
    exclude: tuple[str, ...] = ()  # globs on a file's name: files that match are left out
    pick: str = "all"  # "newest" keeps the youngest among the files that differ only in the wildcards ``of``
    optional: bool = False  # a unit may exist without this input; its place in the command is then empty
    of: tuple[str, ...] = ()  # see ``pick``; empty: the wildcards that no other input has
    affects_results: bool = True  # False: the input only names units; a change of its files outdates no result
    left_out: tuple[str, ...] = ()  # globs of the project on names, or on paths below the pattern's first folder
    # What to write into project.yml so that imgstores are read; "chunks": each of their chunks is a file of the input.
    imgstores: str = ""
    beside: tuple[str, ...] = ()  # globs of files beside it that the tracker uses by itself: no scan names them
    below: tuple[str, ...] = ()  # folders, each with a slash at its end: only files in them count; empty: all files


class Output(NamedTuple):
    """A named pattern of the results that a stage makes: a file, a folder (ends in /) or a glob (at least one file)."""

    name: str
    pattern: Pattern
    rewritten: bool = False  # a later stage writes into it, so that it does not stay as its task made it


class ListWildcard(NamedTuple):
    """A wildcard whose values come from a list: given in YAML, read from a file, or the pieces of a video."""

    wildcard: str
    values: tuple[str, ...] = ()  # the list, where YAML gives it
    file: Pattern | None = None  # the file that holds the list: a value a line, or JSON
    key: str = ""  # the key of the list in a JSON file, with dots between names
    words: Mapping[str, tuple[str, ...]] = {}  # where YAML gives a mapping: the words of a command by value
    rows: bool = False  # the file is a table, and the values are the numbers of its rows
    cut: Cut | None = None  # where the values are pieces of a video: ranges of its frames


class Check(NamedTuple):
    """One clause of ``check`` (what an output must show to be done) or ``ready`` (what an input must show first)."""

    kind: str  # the name of a kind of clause in checks/
    subject: str  # the name of an output; in a clause of ``ready`` of an input
    options: Mapping[str, Any] = {}  # the clause's other keys, as its kind declares them


@dataclass(frozen=True)
class Stage:
    """One step of a tracker, with ``when`` resolved and parameters filled in."""

    name: str
    help: str
    folder: str  # where its scripts lie: workspace or summarizer
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    command: str
    each: tuple[ListWildcard, ...] = ()
    per: tuple[str, ...] = ()  # the wildcards that name a unit, where the inputs have more; empty: all of them
    numbered: str = ""  # the wildcard by whose number the files of a group are ordered, none missing; "": any order
    after: tuple[str, ...] = ()  # names of stages that must be finished first, though no file connects them
    env: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    work: str = "fresh"  # where the command writes: fresh, resume or in-place
    starts_in: str = "own"  # the current folder of the command: own, an empty folder, or project
    start: Mapping[str, str] = field(default_factory=dict)  # output -> the input that it begins as a copy of
    checks: tuple[Check, ...] = ()
    ready: tuple[Check, ...] = ()
    exit_ok: tuple[int, ...] = (0,)  # the exit codes that mean success; empty: any code
    counts: str = "videos"  # what people call the units
    params: tuple[str, ...] = ()  # names of the parameters that the stage mentions
    progress: str = ""  # a regular expression that finds in a log how many of how many steps are done
    workflow: Workflow | None = None
    # Not in repr, by which lists are compared: they shape nothing. Fact (fps, frames, ...) -> where a result says it.
    tells: Mapping[str, Tell] = field(default_factory=dict, repr=False)
    made_by: Mapping[str, Tell] = field(default_factory=dict, repr=False)  # word for people -> where a result says it
    tracks: TrackSource | None = field(default=None, repr=False)  # where its results say where the animals were
    gathers: str = field(default="", repr=False)  # the wildcard that names pieces of a video; "": there are none
    on_frames: str = field(default="", repr=False)  # words for some frames alone, behind the command; "": it cannot

    @property
    def unit(self) -> str:
        """Return what people call a single unit, as "video"."""
        return self.counts.removesuffix("s")

    @property
    def nothing_found(self) -> str:
        """Return what is said of a whole result that is empty, as "no animal was found"; "" where none can be."""
        return next((str(c.options["no_rows"]) for c in self.checks if "no_rows" in c.options), "")

    @property
    def sources(self) -> str:
        """Return what people call the files that the units are made of: "files" where a list splits a file's work."""
        return "files" if self.each else self.counts

    @cached_property
    def input_wildcards(self) -> tuple[str, ...]:
        """Return the wildcards of all inputs and of ``each``, in order, without repetition."""
        names = [w for i in self.inputs for w in i.pattern.wildcards] + [e.wildcard for e in self.each]
        return tuple(dict.fromkeys(names))

    @cached_property
    def unit_wildcards(self) -> tuple[str, ...]:
        """Return the wildcards that name a unit: ``per``, or all wildcards of the inputs where it is empty."""
        return self.per or self.input_wildcards


@dataclass(frozen=True)
class Tracker:
    """A tracker as its tracker.yml declares it, resolved for the parameters of one project."""

    name: str
    description: str
    url: str
    folder: Path  # the folder that tracker.yml lies in
    params: Mapping[str, Any]  # the value of each parameter in this project
    declared: tuple[Param, ...]
    stages: tuple[Stage, ...]
    version: str = ""  # a line of bash that prints the program's version in the tracker's environment
    needs: tuple[Need, ...] = ()
    tested: str = ""  # on what the tracker was tried

    @property
    def named(self) -> tuple[str, ...]:
        """Return what a person may name, as ("videos", "days"): the units of all stages, and folders of them."""
        folders = {"day", "subdir"} & {wildcard for stage in self.stages for wildcard in stage.unit_wildcards}
        return tuple(dict.fromkeys([*(stage.counts for stage in self.stages), *(["days"] if folders else [])]))

    @property
    def sources(self) -> str:
        """Return what people call the files in RawVideos, as "videos"."""
        reading = (s for s in self.stages if any(i.pattern.root == "RawVideos" for i in s.inputs))
        return next(reading, self.stages[0]).sources

    def stage(self, name: str) -> Stage | None:
        """Return the stage called ``name``, or None."""
        return next((s for s in self.stages if s.name == name), None)

    def stages_in(self, folder: str) -> tuple[Stage, ...]:
        """Return the stages whose scripts lie in ``folder``, in order."""
        return tuple(s for s in self.stages if s.folder == folder)

    def params_of(self, stage: Stage) -> dict[str, Any]:
        """Return name -> value of the parameters that a stage names and that its results depend on."""
        idle = {param.name for param in self.declared if not param.affects_results}
        return {name: self.params[name] for name in stage.params if name not in idle}


@dataclass(frozen=True)
class Project:
    """The folder of a project and the declarations of its project.yml."""

    root: Path
    name: str
    tracker: Tracker
    cluster: Cluster
    email: str = ""
    videos: str = ""
    attempts: int = 3
    stalled_after: int = 7200  # s
    per_gpu: int = 1  # how many tasks run side by side on one GPU
    content: str = "full"  # how much of its files a task reads for their digests: full or sampled
    container: Container = NO_CONTAINER
    # By name: the clusters other than ``cluster`` that workflows name for their rules.
    rule_clusters: Mapping[str, Cluster] = field(default_factory=dict)
    remote: Remote | None = None
    people: tuple[Person, ...] = ()
    licence: str = ""  # of its data: a name of the SPDX list, or an address
    day: DayFolders = FIRST_FOLDER
    notify: Notify | None = None
