"""Read a YAML file and keep the line of each key, so that every error can name the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..errors import TOO_MUCH, ConfigError, unknown_word
from ..quick_dataclass import dataclass, field
from ..text.late_yaml import yaml
from .kept_documents import find_kept, keep
from .old_words import warn

Where = tuple[str | int, ...]
DEEPEST = 100  # levels; deeper nesting is a slip, as an anchor inside itself
MOST_VALUES = 20_000  # lists, groups and values of a file; far more lists or groups break the parser itself


@dataclass(frozen=True)
class Section:
    """A mapping in a YAML file: its place ``where``, its data, and the lines of the file's keys."""

    path: Path
    where: Where
    data: dict[str, Any]
    lines: dict[Where, int] = field(repr=False)

    def fail(self, key: str | int | None, message: str) -> NoReturn:
        """Raise ConfigError that names the file, the line of ``key`` and what is wrong."""
        raise ConfigError(f"{self.path} line {self._line_of(key)}: {message} Nothing was changed.", message)

    def _line_of(self, key: str | int | None) -> int:
        place = self.where if key is None else (*self.where, key)
        if place not in self.lines and key is not None:  # YAML read the key as a number, as 1
            place = (*self.where, str(key))
        while place and place not in self.lines:  # keys from a YAML merge (<<) have no line of their own
            place = place[:-1]
        return self.lines.get(place, 1)

    def only(self, known: Iterable[str], old: Mapping[str, str] | None = None) -> Section:
        """Return the section; raises ConfigError for a key that is not among ``known``.

        ``old`` maps an old word to its new word: the old word is read as the new word, with a warning; a section that
        holds both is refused.
        """
        for before, now in (old or {}).items():
            if before in self.data:
                self._rename(before, now)
        names = list(known)
        for key in self.data:
            if key not in names:
                self.fail(key, unknown_word("key", str(key), names))
        return self

    def _rename(self, old: str, new: str) -> None:
        if new in self.data:
            self.fail(old, f'"{old}" is the old word for "{new}", and both are given: take "{old}" out.')
        warn(self.path, self._line_of(old), old, new)
        renamed = {new if key == old else key: value for key, value in self.data.items()}
        self.data.clear()
        self.data.update(renamed)
        start = (*self.where, old)
        for place in [place for place in self.lines if place[: len(start)] == start]:
            renamed_place = (*self.where, new, *place[len(start) :])
            self.lines[renamed_place] = self.lines[place]

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text at ``key`` (a number becomes text); without a default the key is required."""
        value = self.data.get(key, default)
        if value is None:
            if key in self.data and default is not None:
                return default
            self.fail(None, f'the key "{key}" is missing.')
        if isinstance(value, (dict, list, bool)):
            self.fail(key, f'"{key}" must be one piece of text, not {_kind(value)}.')
        return str(value)

    def require_lines(self, *keys: str) -> None:
        """Raise ConfigError unless each text at these keys is a single line: a job script holds it on a line."""
        for key in keys:
            value = self.data.get(key)
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str) and not text.isprintable():
                    self.fail(key, f'"{key}" must be one line of printable text, not {text!r}.')

    def number(self, key: str, default: int) -> int:
        """Return the whole number, 0 or more, at ``key``; ``default`` where ``key`` is not given."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(key, f'"{key}" must be a whole number from 0 up, not {value!r}.')
        return value

    def word(self, key: str, choices: tuple[str, ...]) -> str:
        """Return the text at ``key``, which must be in ``choices``; the first choice where ``key`` is not given."""
        value = self.text(key, choices[0])
        if value not in choices:
            self.fail(key, unknown_word(key, value, choices))
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """Return the true or false at ``key``, ``default`` where ``key`` is not given."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fail(key, f'"{key}" must be true or false, not {value!r}.')
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts at ``key``; a single text counts as a list, and () is returned without the key."""
        value = self.data.get(key)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        if any(isinstance(item, (dict, list)) or item is None for item in items):
            self.fail(key, f'"{key}" must be a list of words.')
        return tuple(str(item) for item in items)

    def section(self, key: str) -> Section:
        """Return the mapping at ``key``, an empty mapping where ``key`` is not given."""
        value = self.data.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            self.fail(key, f'"{key}" must be a mapping (key: value), not {_kind(value)}.')
        return Section(self.path, (*self.where, key), value, self.lines)

    def sections(self, key: str) -> Iterator[Section]:
        """Yield each mapping of the list at ``key``."""
        value = self.data.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.fail(key, f'"{key}" must be a list (lines that start with "- "), not {_kind(value)}.')
        inner = Section(self.path, (*self.where, key), {}, self.lines)
        for index, item in enumerate(value):
            if not isinstance(item, dict):
                inner.fail(index, f'each entry of "{key}" must be a mapping (key: value), not {_kind(item)}.')
            yield Section(self.path, (*self.where, key, index), item, self.lines)


def load_document(path: Path, is_kept: bool = False) -> Section:
    """Return the file's top mapping; what it holds is kept for the next start where each start reads it (``is_kept``).

    Raises ConfigError where the file cannot be read, is no YAML, holds a key twice or is no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError):
            raise ConfigError(f"{path}: cannot be read: {error.strerror}.") from None
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path} line {line}: cannot be read: it is not UTF-8 text. Nothing was changed.") from None
    except MemoryError:
        raise ConfigError(f"{path}: cannot be read: it is larger than the memory. Nothing was changed.") from None
    return read_document(text, path, is_kept)


def read_document(text: str, path: Path, is_kept: bool = False) -> Section:
    """Return the top mapping of YAML ``text``; ``path`` is the file that messages name. Raises ConfigError."""
    if sum(map(text.count, "[{-?")) > MOST_VALUES:
        raise ConfigError(f"{path} line 1: it holds more than {MOST_VALUES:,} lists and groups. Nothing was changed.")
    if kept := find_kept(text):
        return Section(path, (), *kept)
    loader = make_loader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Where, int] = {}
        if node is not None:
            _note_lines(node, (), lines, path)
        data = _construct(loader, node, path) if node is not None else {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}{_yaml_reason(error, text)} Nothing was changed.") from None
    except TOO_MUCH:
        raise ConfigError(f"{path} line 1: it is nested too deep, or too large. Nothing was changed.") from None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        raise ConfigError(f"{path} line 1: the file must hold keys and values (key: value). Nothing was changed.")
    if is_kept:
        keep(text, data, lines)
    return Section(path, (), data, lines)


def make_loader(text: str) -> Any:
    """Return the parser of a text: libyaml where PyYAML has it."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)


def _construct(loader: Any, node: yaml.Node, path: Path) -> Any:
    """Return the data of a node; raises ConfigError for a value that is none of its type, as the date 2026-02-30."""
    unreadable = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)  # whatever PyYAML raises
    try:
        return loader.construct_document(node)
    except unreadable as error:
        fresh = make_loader("")  # the first loader takes the value that it failed at for an anchor inside itself
        for value in _values_in(node):
            try:
                fresh.construct_object(value)
            except unreadable:
                line, said = value.start_mark.line + 1, value.value[:40]
                message = f'"{said}": a value cannot be read: {error}.'
                raise ConfigError(f"{path} line {line}: {message} Nothing was changed.") from None
        raise ConfigError(f"{path} line 1: a value cannot be read: {error}. Nothing was changed.") from None


def _values_in(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inner in child if isinstance(child, tuple) else (child,):
            yield from _values_in(inner)


def _note_lines(node: yaml.Node, where: Where, lines: dict[Where, int], path: Path) -> None:
    line = lines.setdefault(where, node.start_mark.line + 1)
    if len(where) > DEEPEST or len(lines) > MOST_VALUES:
        message = "it unfolds to too much, or is nested too deep; is an anchor inside of itself?"
        raise ConfigError(f"{path} line {line}: a value cannot be read: {message} Nothing was changed.")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(f"{path} line {line}: a key must be one word (key: value). Nothing was changed.")
            place = (*where, key.value)
            if place in lines:
                raise ConfigError(f'{path} line {line}: the key "{key.value}" stands here twice. Nothing was changed.')
            lines[place] = line
            _note_lines(value, place, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_lines(item, (*where, index), lines, path)
    elif "\0" in node.value:
        message = "a value holds a NUL character (\\0), which no program and no name of a file can hold."
        raise ConfigError(f"{path} line {line}: {message} Nothing was changed.")


def _yaml_reason(error: yaml.YAMLError, text: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    wrong = getattr(error, "character", None)  # the error for a character that YAML forbids has a place, but no line
    line = mark.line if mark else text.count("\n", 0, max(0, text.find(chr(wrong)))) if isinstance(wrong, int) else 0
    told = f"this is not YAML: {problem}. Look for a missing space behind a colon, a tab or an open quote."
    return f" line {line + 1}: {told}"


def _kind(value: object) -> str:
    return {dict: "a mapping", list: "a list", bool: "true or false", type(None): "nothing"}.get(
        type(value), f"{value!r}"
    )
