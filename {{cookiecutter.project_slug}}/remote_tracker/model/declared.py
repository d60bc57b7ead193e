"""What trackers, clusters and projects declare, as frozen values.

Each is a NamedTuple where that will do: a dataclass takes four times as long to make, at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from .pattern import Pattern

Scalar = str | int | float | bool | None


class Param(NamedTuple):
    """A parameter of a tracker: its default, its help, the values it may take (none: any).

    ``file``: it names a file; ``folder``: it names a thing that lies in this folder; ``keys``: a file beside
    tracker.yml that lists what the file of the parameter may say. ``affects_results``: results depend on it. ``lists``:
    it names a file that lists folders in this one, and its value is these.
    """

    name: str
    default: Any
    help: str
    choices: tuple[Scalar, ...] = ()
    file: bool = False
    folder: str = ""
    keys: str = ""
    affects_results: bool = True
    lists: str = ""


class Need(NamedTuple):
    """What a tracker needs of a machine: a line of bash that ends with 0 where it is there, and else what to do."""

    command: str
    help: str


class Input(NamedTuple):
    """A named pattern that a stage reads. ``exclude`` holds globs on the file's name.

    ``pick`` "newest" keeps the youngest of the files that differ only in the wildcards ``of`` (default:
    those no other input has); ``optional`` lets a unit exist without it (its place in the command is then
    empty). Without ``affects_results`` an input only names what there is: its change outdates nothing.
    Of one that has ``below`` only what lies in one of these folders, each with a slash behind it, is meant.
    """

    name: str
    pattern: Pattern
    exclude: tuple[str, ...] = ()
    pick: str = "all"
    optional: bool = False
    of: tuple[str, ...] = ()
    affects_results: bool = True
    below: tuple[str, ...] = ()


class Output(NamedTuple):
    """A named pattern that a stage makes: a file, a folder (ends in /) or a glob (at least one)."""

    name: str
    pattern: Pattern


class ListWildcard(NamedTuple):
    """A wildcard whose values come from a list: given, or read from a file (lines, a JSON key, a table's ``rows``).

    ``words`` holds, where the list is a mapping, the words that each value stands for in a command.
    """

    wildcard: str
    values: tuple[str, ...] = ()
    file: Pattern | None = None
    key: str = ""
    words: Mapping[str, tuple[str, ...]] = {}
    rows: bool = False


class Check(NamedTuple):
    """One clause of what "done" means: ``kind`` names the module in checks/, ``subject`` an output.

    A clause of ``ready`` says what an input must show before a task starts with it: its ``subject`` is an input.

    ``options`` are the clause's other keys, as that module declares them.
    """

    kind: str
    subject: str
    options: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Resources:
    """What one task asks of a scheduler; memory and walltime in the words of the cluster's file."""

    cpus: int = 1
    memory: str = ""
    walltime: str = ""
    gpus: str = ""


class Workflow(NamedTuple):
    """A Snakemake workflow that a stage runs: the cluster its rules run on ("": the project's), and its profile.

    ``queued`` is what the profile says besides where rules become jobs of a queue.
    """

    cluster: str
    profile: Mapping[str, Any]
    queued: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Stage:
    """One step of a tracker, with ``when`` resolved and parameters filled in.

    ``work`` is fresh, resume or in-place; ``exit_ok`` holds the good exit codes, none meaning any.
    ``start`` maps an output to the input it begins as a copy of. ``per`` names a unit by fewer wildcards
    than its inputs have; ``unit_wildcards`` are those that name one. ``counts`` is what people call them.
    ``folder`` is where its scripts lie: workspace or summarizer. ``params`` are the parameters that it names.
    ``progress`` finds in a log how many of how many steps are done.
    """

    name: str
    help: str
    folder: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    command: str
    each: tuple[ListWildcard, ...] = ()
    per: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    work: str = "fresh"
    start: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    ready: tuple[Check, ...] = ()
    exit_ok: tuple[int, ...] = (0,)
    counts: str = "videos"
    params: tuple[str, ...] = ()
    progress: str = ""
    workflow: Workflow | None = None

    @cached_property
    def input_wildcards(self) -> tuple[str, ...]:
        """Return the wildcards of all inputs and of ``each``, in order, each once."""
        names = [w for i in self.inputs for w in i.pattern.wildcards] + [e.wildcard for e in self.each]
        return tuple(dict.fromkeys(names))

    @cached_property
    def unit_wildcards(self) -> tuple[str, ...]:
        """Return the wildcards that name one unit: ``per``, or all of them."""
        return self.per or self.input_wildcards


@dataclass(frozen=True)
class Tracker:
    """A program family as its tracker.yml declares it, resolved for one project's parameters.

    ``version`` is a line of bash that prints the program's version in the tracker's environment, ``tested`` says
    on what the tracker was tried.
    """

    name: str
    description: str
    url: str
    folder: Path
    params: Mapping[str, Any]
    declared: tuple[Param, ...]
    stages: tuple[Stage, ...]
    version: str = ""
    needs: tuple[Need, ...] = ()
    tested: str = ""

    def stage(self, name: str) -> Stage | None:
        """Return the stage of that name, or None."""
        return next((s for s in self.stages if s.name == name), None)

    def stages_in(self, folder: str) -> tuple[Stage, ...]:
        """Return the stages whose scripts lie in ``folder``, in order."""
        return tuple(s for s in self.stages if s.folder == folder)

    def params_of(self, stage: Stage) -> dict[str, Any]:
        """Return the parameters that a stage names, with their values: all that can shape its results."""
        idle = {param.name for param in self.declared if not param.affects_results}
        return {name: self.params[name] for name in stage.params if name not in idle}


class Container(NamedTuple):
    """An image in which a task's commands run (none: ""), what runs it, and the folders, ``binds``, that it sees."""

    image: str = ""
    runtime: str = "apptainer"
    options: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()


NO_CONTAINER = Container()


class Cluster(NamedTuple):
    """A scheduler with its limits, modules and host, as a file of clusters/ describes it.

    ``max_tasks`` is the most tasks of one batch, ``throttle`` the most at once (0: no limit of ours);
    ``directives`` are options that its job scripts begin with, ``resources`` what they ask for in workspace
    or summarizer instead of what the tracker says; ``activate`` are lines of a new project's activate.sh.
    """

    name: str
    scheduler: str
    description: str
    contact: str = ""
    url: str = ""
    max_tasks: int = 0
    modules: tuple[str, ...] = ()
    host: str = ""
    tasks_per_job: int = 1
    throttle: int = 0
    directives: tuple[str, ...] = ()
    mail: bool = True
    resources: Mapping[str, Mapping[str, Any]] = {}
    activate: tuple[str, ...] = ()
    parallel_environment: str = "smp"
    container: Container = NO_CONTAINER


@dataclass(frozen=True)
class Project:
    """One project's folder and what its project.yml says; ``stalled_after`` in seconds.

    ``rule_clusters`` are those that workflows name for their rules, where that is not ``cluster``.
    """

    root: Path
    name: str
    tracker: Tracker
    cluster: Cluster
    email: str = ""
    videos: str = ""
    attempts: int = 3
    stalled_after: int = 7200
    container: Container = NO_CONTAINER
    rule_clusters: Mapping[str, Cluster] = field(default_factory=dict)
