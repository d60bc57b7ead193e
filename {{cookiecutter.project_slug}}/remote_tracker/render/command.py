"""A command of tracker.yml -> bash, compiled once a stage: the template runs once, each line is then joined.

Every ``{{ value }}`` is quoted for bash. Wildcards stand in the template as marks that are replaced
line by line; that is why they may be printed, not tested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any

from ..errors import ConfigError
from ..model import Stage, Tracker, Unit
from ..pattern import Pattern

Quote = Callable[[str], str]
Filler = Callable[[Unit, Quote], str]
_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_MARK = re.compile("\ue000(\\d+)\ue001")  # private-use characters: no name that a lab writes holds them


def quoting_of(unit: Unit) -> Quote:
    """Return how this unit's paths and values are quoted: not at all where no character of theirs needs it."""
    plain = _SAFE.fullmatch(unit.key) and all(not v or _SAFE.fullmatch(v) for v in unit.values)
    files_plain = all(_SAFE.fullmatch(path) for files in unit.inputs for path in files)
    return _as_it_is if plain and files_plain else quote


def _as_it_is(text: str) -> str:
    return text or "''"


class Bash(str):
    """Text that is bash already, and must not be quoted again."""


@dataclass(frozen=True)
class Command:
    """A compiled command: literal text and, between, what each unit puts there."""

    pieces: tuple[str | Filler, ...]

    def line(self, unit: Unit, quoting: Quote = quote) -> str:
        """Return the command line of one unit."""
        return "".join([p if isinstance(p, str) else p(unit, quoting) for p in self.pieces])

    @property
    def text(self) -> str:
        """Return the literal text, for looking what a command mentions."""
        return "".join(p for p in self.pieces if isinstance(p, str))


@dataclass(frozen=True)
class Names:
    """What the words of a command stand for: the stage, and where RawVideos really lies."""

    stage: Stage
    tracker: Tracker
    videos: str = ""

    def project_path(self, path: str, quoting: Quote) -> str:
        """Return bash for a path below the project."""
        if self.videos and path.startswith("RawVideos/"):
            return quote(self.videos.rstrip("/") + path[len("RawVideos") :])
        return '"$project"/' + quoting(path)

    def filler(self, pattern: Pattern) -> Callable[[Sequence[str]], str]:
        """Return a unit's values -> path for a pattern of unit wildcards; a folder without its slash."""
        fill = pattern.filler(self.stage.unit_wildcards)
        return (lambda values: fill(values).rstrip("/")) if pattern.is_folder else fill


class _Words:
    """A name space of a template, in which a wrong word says which there are."""

    def __init__(self, kind: str, words: Mapping[str, Any]) -> None:
        self._kind, self._words = kind, words

    def __getattr__(self, word: str) -> Any:
        if word.startswith("__") or word not in self._words:
            known = ", ".join(f"{self._kind}.{w}" for w in self._words) or "none"
            raise AttributeError(f"there is no {self._kind}.{word}; known: {known}")
        return self._words[word]

    __getitem__ = __getattr__


def compile_command(template: str, names: Names, where: str) -> Command:
    """Return the compiled command; ``where`` begins the message of a ConfigError."""
    from jinja2 import Environment, StrictUndefined, TemplateError

    fillers: list[Filler] = []

    def finalize(value: Any) -> Any:
        if callable(value) and not isinstance(value, str):
            fillers.append(value)
            return f"\ue000{len(fillers) - 1}\ue001"
        return quoted(value)

    environment = Environment(undefined=StrictUndefined, finalize=finalize)
    try:
        text = environment.from_string(template).render(_context(names))
    except (TemplateError, AttributeError, TypeError) as error:
        known = "input, output, parent, wildcards, params, project, tracker, work, resources"
        raise ConfigError(f"{where}: {error}. A command may use: {known}.") from None
    line = " && ".join(part.strip() for part in text.splitlines() if part.strip())
    pieces = _MARK.split(line)
    return Command(tuple(fillers[int(p)] if i % 2 else p for i, p in enumerate(pieces) if i % 2 or p))


def quoted(value: Any) -> str:
    """Return ``value`` as words of bash: a list is several words, None is no word at all."""
    if isinstance(value, Bash):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return " ".join(quoted(item) for item in value)
    return quote(str(value))


def _context(names: Names) -> dict[str, Any]:
    stage = names.stage
    wildcards = {w: _value(i) for i, w in enumerate(stage.unit_wildcards)}
    return {
        "input": _Words("input", {i.name: _files(names, n) for n, i in enumerate(stage.inputs)}),
        "output": _Words("output", {o.name: _made(names, o.pattern) for o in stage.outputs if not o.pattern.is_glob}),
        "parent": _Words("parent", {o.name: _parent(names, o.pattern) for o in stage.outputs}),
        "wildcards": _Words("wildcards", wildcards),
        "params": _Words("params", names.tracker.params),
        "resources": _Words("resources", vars(stage.resources)),
        "project": Bash('"$project"'),
        "work": Bash('"$work"'),
        "tracker": Bash('"$tracker"'),
    }


def _value(index: int) -> Filler:
    return lambda unit, quoting: quoting(unit.values[index])


def _files(names: Names, index: int) -> Filler:
    return lambda unit, quoting: " ".join([names.project_path(path, quoting) for path in unit.inputs[index]])


def _made(names: Names, pattern: Pattern) -> Filler:
    fill = names.filler(pattern)
    return lambda unit, quoting: '"$out"/' + quoting(fill(unit.values))


def _parent(names: Names, pattern: Pattern) -> Filler:
    fill = names.filler(pattern)
    return lambda unit, quoting: '"$out"/' + quoting(fill(unit.values).rpartition("/")[0])


def quoted_words(words: Iterable[str], quoting: Quote = quote) -> str:
    """Return the inside of a bash array that holds ``words``."""
    return " ".join([quoting(word) for word in words])
