"""Compile a command of tracker.yml to bash, once for each stage: the template is rendered once, then lines are joined.

Every ``{{ value }}`` is quoted for bash. A value that differs from task to task (input, output, parent, wildcards)
is a slot in the template, filled for each line; that is why a template may print it, but not test it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ConfigError, unknown_word
from ..model import Unit
from ..quick_dataclass import dataclass
from .files import Filler, Names, input_files, meanings, output_files, parent_folders, wildcard_values
from .quotes import Quote, find_quoted, quote

COMMAND_WORDS = {
    "input": "a file that the stage reads, by its name, as {{ input.video }}; of a group, all its files",
    "output": "a file or folder that the stage makes, by its name (a glob has none: see parent)",
    "parent": "the folder in which an output or an input lies, by its name, as {{ parent.tracks }}",
    "wildcards": "the value of a wildcard, as {{ wildcards.name }}",
    "each": "the words that a value of `each` stands for, where its list is a mapping, as {{ each.target }}, or "
    "pieces of a video",
    "params": "a parameter, as project.yml or else tracker.yml says it",
    "project": "the project's folder",
    "tracker": "the folder of tracker.yml and of the programs beside it",
    "profile": "the folder of a workflow's Snakemake profile",
    "work": "a folder for this task alone: where it works, or (in-place) scratch space",
    "resources": "what the stage asks for: resources.cpus, .memory, .walltime, .gpus",
}
_MARK = re.compile("\ue000(\\d+)\ue001")  # private-use characters, which no name of a lab holds


class Bash(str):
    """Text that is bash already and must not be quoted."""


@dataclass(frozen=True)
class Command:
    """A compiled command: pieces of literal text, and fillers that give a unit's text for the places between."""

    pieces: tuple[str | Filler, ...]

    def line(self, unit: Unit, quoting: Quote = quote) -> str:
        """Return the command line of ``unit``."""
        return "".join([p if isinstance(p, str) else p(unit, quoting) for p in self.pieces])

    @property
    def text(self) -> str:
        """Return the literal text, in which a caller can look for words of the command."""
        return "".join(p for p in self.pieces if isinstance(p, str))


class Slot:
    """A place in a template that differs for each task; it can be printed, and every other use is refused."""

    def __init__(self, word: str, fill: Filler) -> None:
        self._word, self.fill = word, fill

    def _refuse(self, *_: object) -> Any:
        from jinja2 import UndefinedError  # 18 to 27 ms of a scan that lists nothing

        raise UndefinedError(f"{self._word} is another one for each task: it can be printed as it is, nothing else")

    __str__ = __bool__ = __len__ = __iter__ = __getitem__ = __add__ = __radd__ = __lt__ = __gt__ = _refuse
    __eq__ = __ne__ = __hash__ = __contains__ = _refuse


class _Words:
    """A name space of a template; the error for an unknown word lists the known words."""

    def __init__(self, kind: str, words: Mapping[str, Any], refused: Mapping[str, str] = {}) -> None:
        self._kind, self._words, self._refused = kind, words, refused

    def __getattr__(self, word: str) -> Any:
        if word.startswith("__"):
            raise AttributeError(word)
        if word not in self._words:
            from jinja2 import UndefinedError  # 18 to 27 ms of a scan that lists nothing

            raise UndefinedError(self._refused.get(word) or unknown_word(self._kind, word, self._words).rstrip("."))
        return self._words[word]

    __getitem__ = __getattr__


def compile_command(template: str, names: Names, where: str) -> Command:
    """Return the compiled command. Raises ConfigError, whose message begins with ``where``."""
    text, values = _render(template, names, where)
    lines = [line.strip() for line in text.replace("\\\n", " ").split("\n")]
    text = " && ".join(line for line in lines if line and not line.startswith("#"))
    if (at := find_quoted(text, "\ue000")) is not None:
        said = f"{{{{ {_written(template, text, at)} }}}}"
        message = f"write no quotes around {said}: they are put there for you; take away the quotes"
        raise ConfigError(f"{where}: {message}. Nothing was changed.")
    pieces = _MARK.split(text)
    parts = (values[int(p)] if i % 2 else p for i, p in enumerate(pieces))
    joined: list[str | Filler] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return Command(tuple(p for p in joined if p))


def _written(template: str, text: str, at: int) -> str:
    """Return the template's text for the value whose mark stands at ``at``; "value" where loops hide which."""
    written = re.findall(r"\{\{[-+]?\s*(.*?)\s*[-+]?\}\}", template)
    return written[text[:at].count("\ue000")] if len(written) == text.count("\ue000") else "value"


def render_value(template: str, names: Names, where: str) -> str:
    """Return the bash for a text that all tasks share; unlike in a command, text outside ``{{ }}`` is quoted, too.

    Raises ConfigError, whose message begins with ``where``.
    """
    text, values = _render(template, names, where)
    pieces = [values[int(p)] if i % 2 else quote(p) for i, p in enumerate(_MARK.split(text)) if i % 2 or p]
    if not all(isinstance(p, str) for p in pieces):
        raise ConfigError(f"{where}: it is set once for all tasks, so it cannot hold input, output, parent, wildcards.")
    return "".join(str(p) for p in pieces) or "''"


def _render(template: str, names: Names, where: str) -> tuple[str, list[str | Filler]]:
    """Return the rendered template with a mark for each ``{{ value }}``, and the marked values as bash."""
    from jinja2 import Environment, StrictUndefined  # 18 to 27 ms of a scan that lists nothing

    values: list[str | Filler] = []

    def finalize(value: Any) -> str:
        values.append(value.fill if isinstance(value, Slot) else quoted(value))
        return f"\ue000{len(values) - 1}\ue001"

    environment = Environment(undefined=StrictUndefined, finalize=finalize)
    try:
        return environment.from_string(template).render(_context(names)), values
    except Exception as error:  # an expression in a template may raise anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(
            f"{where}: {reason}. A command may use: {', '.join(COMMAND_WORDS)}. Nothing was changed."
        ) from None


def quoted(value: Any) -> str:
    """Return ``value`` as words of bash: a list gives several words, None gives none. Raises TypeError for a group."""
    if isinstance(value, str):  # str(): what tojson returns would take the words around it for HTML
        return value if isinstance(value, Bash) else quote(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, (_Words, Mapping)) or _is_function(value):
        raise TypeError("a group of values cannot be printed: say which one of them, as {{ input.video }}")
    if isinstance(value, (list, tuple)):
        return " ".join(quoted(item) for item in value)
    return quote(str(value))


def _is_function(value: Any) -> bool:
    from inspect import isroutine  # 4 ms of a scan, and few commands print what is no text

    return isroutine(value)


def _context(names: Names) -> dict[str, Any]:
    stage = names.stage
    return {
        "input": _slots("input", input_files(names)),
        "output": _slots("output", output_files(names)),
        "parent": _slots("parent", parent_folders(names)),
        "wildcards": _slots("wildcards", wildcard_values(stage)),
        "each": _slots("each", meanings(stage)),
        "params": _Words("params", names.tracker.params),
        "resources": _Words("resources", vars(stage.resources)),
        "project": Bash('"$project"'),
        "profile": Bash('"$profile"'),
        "work": Bash('"$work"'),
        "tracker": Bash('"$tracker"'),
    }


def _slots(kind: str, fillers: Mapping[str, Filler | str]) -> _Words:
    """Return the slots for ``fillers``; a text in place of a filler is the reason why the name cannot be used."""
    slots = {name: Slot(f"{kind}.{name}", fill) for name, fill in fillers.items() if not isinstance(fill, str)}
    return _Words(kind, slots, {name: why for name, why in fillers.items() if isinstance(why, str)})


def quoted_words(words: Iterable[str], quoting: Quote = quote) -> str:
    """Return the inside of a bash array that holds ``words``."""
    return " ".join([quoting(word) for word in words])
