"""What each task puts into its command for the files it reads and makes, by their names in tracker.yml."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from shlex import quote

from ..model import Input, ListWildcard, Stage, Tracker, Unit
from ..model.pattern import Pattern
from .quotes import Quote

Filler = Callable[[Unit, Quote], str]


@dataclass(frozen=True)
class Names:
    """What the words of a command stand for: the stage, and where RawVideos really lies."""

    stage: Stage
    tracker: Tracker
    videos: str = ""

    def project_path(self, path: str, quoting: Quote) -> str:
        """Return bash for a path below the project."""
        if self.videos and f"{path}/".startswith("RawVideos/"):
            return quote(self.videos.rstrip("/") + path[len("RawVideos") :])
        return '"$project"/' + quoting(path)

    def filler(self, pattern: Pattern) -> Callable[[Sequence[str]], str]:
        """Return a unit's values -> path for a pattern of unit wildcards; a folder without its slash."""
        fill = pattern.filler(self.stage.unit_wildcards)
        return (lambda values: fill(values).rstrip("/")) if pattern.is_folder else fill


def input_files(names: Names) -> dict[str, Filler | str]:
    """Return, by name, what puts in an input's files, or why a command cannot name them."""
    return {i.name: _told(names, i) or _files(names, n) for n, i in enumerate(names.stage.inputs)}


def output_files(names: Names) -> dict[str, Filler | str]:
    """Return, by name, what puts in where an output is made; a glob has no such place."""
    return {o.name: _made(names, o.pattern) for o in names.stage.outputs if not o.pattern.is_glob}


def parent_folders(names: Names) -> dict[str, Filler | str]:
    """Return, by name, what puts in the folder of an input or output."""
    inputs = {i.name: _told(names, i, up=True) or _parents(names, n) for n, i in enumerate(names.stage.inputs)}
    return inputs | {o.name: _parent(names, o.pattern) for o in names.stage.outputs}


def wildcard_values(stage: Stage) -> dict[str, Filler | str]:
    """Return, by name, what puts in a wildcard's value."""
    return {wildcard: _value(i) for i, wildcard in enumerate(stage.unit_wildcards)}


def meanings(stage: Stage) -> dict[str, Filler | str]:
    """Return, by name, what puts in the words that a value of ``each`` stands for."""
    return {each.wildcard: _meaning(stage, each) for each in stage.each if each.words}


def _meaning(stage: Stage, each: ListWildcard) -> Filler:
    index = stage.unit_wildcards.index(each.wildcard)
    return lambda unit, _: " ".join(map(quote, each.words[unit.values[index]]))


def _told(names: Names, wanted: Input, up: bool = False) -> Filler | str | None:
    """Return what puts in an input that only names what there is, or why it cannot be had; None for any other.

    A task does not carry its path, since it must not outdate anything: the wildcards say where it lies.
    """
    if wanted.affects_results:
        return None
    if wanted.optional or not set(wanted.pattern.wildcards) <= set(names.stage.unit_wildcards):
        why = "may not be there" if wanted.optional else "is not one file for each task"
        return f"{wanted.name} has `affects_results: false` and {why}, so a command cannot name it: take that away"
    fill = names.filler(wanted.pattern)
    if up:
        return lambda unit, _: names.project_path(fill(unit.values).rpartition("/")[0], quote)
    return lambda unit, _: names.project_path(fill(unit.values), quote)


def _value(index: int) -> Filler:
    return lambda unit, quoting: quoting(unit.values[index])


def _files(names: Names, index: int) -> Filler:
    return lambda unit, quoting: " ".join([names.project_path(path, quoting) for path in unit.inputs[index]])


def _parents(names: Names, index: int) -> Filler:
    def fill(unit: Unit, quoting: Quote) -> str:
        folders = dict.fromkeys(path.rpartition("/")[0] for path in unit.inputs[index])
        return " ".join([names.project_path(folder, quoting) for folder in folders])

    return fill


def _made(names: Names, pattern: Pattern) -> Filler:
    fill = names.filler(pattern)
    return lambda unit, quoting: '"$out"/' + quoting(fill(unit.values))


def _parent(names: Names, pattern: Pattern) -> Filler:
    fill = names.filler(pattern)
    return lambda unit, quoting: '"$out"/' + quoting(fill(unit.values).rpartition("/")[0])
