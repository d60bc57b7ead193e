"""Find what a column of the joined tables means: ours in columns.yml beside this module, features in the tracker's own.

A definition's name is the column's, with wildcards: {unit} is a unit's name, and a wildcard that ``words`` lists is one
of those words. In unit, meaning and how a wildcard stands for what was found, or for the word that ``words`` gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..config.document import Section, load_document
from ..named_tuple import NamedTuple

COLUMNS = "columns.yml"  # beside a tracker's tracker.yml, and beside this module
KEYS = {
    "shares": "folders of remote_tracker whose columns.yml defines further columns, as [day_tables]",
    "animal": "the column of the features that names the animal (default: animal)",
    "words": "wildcard -> the words that it may be -> what each means",
    "columns": "the definitions; of several that fit the first counts",
}
COLUMN_KEYS = {
    "name": "the column's name, with wildcards in braces",
    "type": "number (default), integer or string",
    "unit": "what its values are measured in",
    "meaning": "what it tells, in a line",
    "how": "how it is computed",
}
TYPES = ("number", "integer", "string")
PACKAGE = Path(__file__).resolve().parents[1]
_WILDCARD = re.compile(r"\{(\w+)\}")


class Column(NamedTuple):
    """What a column of a table means."""

    name: str
    type: str = "string"
    unit: str = ""
    meaning: str = ""  # "": nobody has defined it
    how: str = ""


@dataclass(frozen=True)
class Definition:
    """A definition of all columns whose names fit."""

    column: Column  # with wildcards
    words: Mapping[str, Mapping[str, str]]

    @cached_property
    def _name(self) -> re.Pattern[str]:
        pieces = _WILDCARD.split(self.column.name)
        return re.compile("".join(self._expression(p) if i % 2 else re.escape(p) for i, p in enumerate(pieces)))

    def _expression(self, wildcard: str) -> str:
        if wildcard not in self.words:
            return f"(?P<{wildcard}>[^_]+)" if wildcard == "unit" else f"(?P<{wildcard}>.+)"
        known = sorted(self.words[wildcard], key=len, reverse=True)
        return f"(?P<{wildcard}>{'|'.join(map(re.escape, known))})"

    def fit(self, name: str) -> Column | None:
        """Return the column called ``name`` as the definition describes it, None where its name does not fit."""
        found = self._name.fullmatch(name)
        if found is None:
            return None
        told = {key: self.words.get(key, {}).get(value, value) for key, value in found.groupdict().items()}
        texts = (_WILDCARD.sub(lambda w: told.get(w[1], w[0]), text) for text in self.column[2:])
        unit, meaning, how = texts
        return Column(name, self.column.type, unit, meaning, how)


class Definitions(NamedTuple):
    """How a tracker defines the columns of its features."""

    animal: str
    columns: Sequence[Definition]

    def find(self, name: str) -> Column | None:
        """Return the column of this name as the first definition that fits describes it, None where none does."""
        return next((column for one in self.columns if (column := one.fit(name))), None)


def load_definitions(*folders: Path) -> Definitions:
    """Return the definitions in the columns.yml of each folder that has such a file, the first folder first.

    Raises ConfigError, which names the file and the line, for a file that cannot be read.
    """
    tops = [load_document(path).only(KEYS) for folder in folders if (path := folder / COLUMNS).exists()]
    named = [top.text("animal") for top in tops if "animal" in top.data]
    own = [one for top in tops for one in _read_columns(top)]
    shared = [one for top in tops for name in top.texts("shares") for one in load_definitions(PACKAGE / name).columns]
    return Definitions(named[0] if named else "animal", (*own, *shared))


def _read_columns(top: Section) -> Iterator[Definition]:
    words = {
        wildcard: {str(word): str(told) for word, told in top.section("words").section(wildcard).data.items()}
        for wildcard in top.section("words").data
    }
    for section in top.sections("columns"):
        section.only(COLUMN_KEYS)
        texts: tuple[Any, ...] = tuple(section.text(key, "") for key in ("unit", "meaning", "how"))
        kind = section.word("type", TYPES)
        yield Definition(Column(section.text("name"), kind, *texts), words)


def load_own_columns() -> Mapping[str, Sequence[Column]]:
    """Return table -> its columns, in order, for the tables that ./rt join itself makes."""
    top = load_document(Path(__file__).with_name(COLUMNS))
    return {
        table: [Column(*(str(row.get(key, "")) for key in ("name", "type", "unit", "meaning", "how"))) for row in rows]
        for table, rows in top.data.items()
    }
