"""Decide which kind of values each column of a joined table holds: by its first rows where all agree, else by all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from ..named_tuple import NamedTuple
from .cell_kinds import KINDS, NUMBER, TEXT, Kind, OtherKind, narrow, read_text
from .read_joined import JoinedTable, UnkeptCell, read_groups, read_start

# Columns of ours that are text whatever they hold: a day is called 20260101, a version 1.10.
_OF_VIDEOS = ("day", "video", "sub", "ses", "state", "reason", "raw", "result", "sha256_video", "sha256_result")
_OF_TASKS = ("tracker", "version", "parameters", "made_with", "batch", "batches", "node")
NAMES = frozenset((*_OF_VIDEOS, *_OF_TASKS, "filename", "changed_since", "reviewed", "word"))
EMPTY = NUMBER._replace(name="empty")  # no cell says what it is


class Guessed(NamedTuple):
    """The kinds of a table's columns, and whether every cell was asked."""

    kinds: Mapping[str, Kind]
    sure: bool


class WrongGuess(Exception):
    """A cell is not of the kind that the first rows told of its column."""


def guess_kinds(table: JoinedTable) -> Guessed:
    """Return the kinds that the first rows tell."""
    rows, whole = read_start(table)
    return Guessed(_decide(table, iter([rows])), whole)


def find_kinds(table: JoinedTable) -> Mapping[str, Kind]:
    """Return the kinds that all cells tell; reads the whole table."""
    return _decide(table, read_groups(table, {}))


def _decide(table: JoinedTable, groups: Iterator[Any]) -> Mapping[str, Kind]:
    possible = {column: _kinds_of(table, column) for column in table.columns if column not in NAMES}
    empty = set(possible)
    for group in groups:
        for column, kinds in possible.items():
            cells = group.column(column)
            if kinds and cells.null_count < len(cells):
                possible[column] = narrow(kinds, read_text(cells))
                empty.discard(column)
    found = {column: left[0] if left else TEXT for column, left in possible.items()}
    return {**dict.fromkeys(table.columns, TEXT), **found, **dict.fromkeys(empty, EMPTY)}


def _kinds_of(table: JoinedTable, column: str) -> tuple[Kind, ...]:
    """Return the kinds that a column may be of: a speed is no integer, although each animal may have an even speed."""
    return tuple(kind for kind in KINDS if column not in table.numbers or kind.type != pa.int64())


def read_typed(table: JoinedTable, guessed: Guessed) -> Iterator[list[Any]]:
    """Yield groups of rows, the values of each column; raises WrongGuess at a cell that is not of its column's kind."""
    kinds = guessed.kinds
    types = {column: pa.float64() for column, kind in kinds.items() if kind is NUMBER}
    try:
        for group in read_groups(table, types, watch=not guessed.sure and bool(types)):
            yield [_values(group.column(column), kinds[column]) for column in table.columns]
    except (pa.ArrowInvalid, OtherKind, UnkeptCell):
        raise WrongGuess from None


def _values(cells: Any, kind: Kind) -> Any:
    if kind is NUMBER:
        return cells
    if kind is EMPTY and cells.null_count < len(cells):
        raise OtherKind
    return kind.read(read_text(cells))
