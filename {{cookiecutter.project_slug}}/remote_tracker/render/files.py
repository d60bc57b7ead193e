"""Fill a task's command with the paths of the files that it reads and makes, by their names in tracker.yml."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..model import Input, ListWildcard, Stage, Tracker, Unit
from ..model.pattern import Pattern
from ..model.pieces import words_of
from ..quick_dataclass import dataclass
from .quotes import Quote, quote

Filler = Callable[[Unit, Quote], str]


@dataclass(frozen=True)
class Names:
    """What the words of a command refer to: stage, tracker, and the real place of RawVideos ("": the project)."""

    stage: Stage
    tracker: Tracker
    videos: str = ""

    def project_path(self, path: str, quoting: Quote) -> str:
        """Return the bash for ``path``, which is relative to the project."""
        if self.videos and f"{path}/".startswith("RawVideos/"):
            return quote(self.videos.rstrip("/") + path[len("RawVideos") :])
        return '"$project"/' + quoting(path)

    def filler(self, pattern: Pattern) -> Callable[[Sequence[str]], str]:
        """Return a unit's values -> path for a pattern of the unit's wildcards; a folder's path ends without slash."""
        fill = pattern.filler(self.stage.unit_wildcards)
        return (lambda values: fill(values).rstrip("/")) if pattern.is_folder else fill


def input_files(names: Names) -> dict[str, Filler | str]:
    """Return name of an input -> the filler for its files, or the reason why a command cannot name them."""
    return {i.name: _told(names, i) or _files(names, n) for n, i in enumerate(names.stage.inputs)}


def output_files(names: Names) -> dict[str, Filler | str]:
    """Return name of an output -> the filler for its path, without globs, which have no single path."""
    return {o.name: _made(names, o.pattern) for o in names.stage.outputs if not o.pattern.is_glob}


def parent_folders(names: Names) -> dict[str, Filler | str]:
    """Return name of an input or output -> the filler for its folder, or the reason why there is none."""
    inputs = {i.name: _told(names, i, up=True) or _parents(names, n) for n, i in enumerate(names.stage.inputs)}
    return inputs | {o.name: _parent(names, o.pattern) for o in names.stage.outputs}


def wildcard_values(stage: Stage) -> dict[str, Filler | str]:
    """Return name of a wildcard -> the filler for its value."""
    return {wildcard: _value(i) for i, wildcard in enumerate(stage.unit_wildcards)}


def meanings(stage: Stage) -> dict[str, Filler | str]:
    """Return wildcard of ``each`` -> the filler for the words that its value stands for."""
    return {each.wildcard: _meaning(stage, each) for each in stage.each if each.words or each.cut}


def _meaning(stage: Stage, each: ListWildcard) -> Filler:
    index, cut = stage.unit_wildcards.index(each.wildcard), each.cut
    if cut:
        return lambda unit, _: " ".join(map(quote, words_of(cut, unit.values[index])))
    return lambda unit, _: " ".join(map(quote, each.words[unit.values[index]]))


def _told(names: Names, wanted: Input, up: bool = False) -> Filler | str | None:
    """Return the filler for an input that only names units, or why a command cannot name it; None for other inputs.

    A task does not list such an input, because the input must not outdate a result: the wildcards give its path.
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
