"""Decide what the cells of a column are, by all of them: integers, numbers, truths, dates, times, else text.

A cell is never changed by its kind: 0012 and 12345678901234567890 stay text, since no number would keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..named_tuple import NamedTuple

Cells = Any  # pyarrow's arrays of text, in which a null stands for an empty cell; pyarrow tells mypy no types
_INTEGER = r"^-?(0|[1-9][0-9]*)$"
_PADDED = r"^[-+]?0[0-9]"
_TRUTH = r"^(true|false|True|False|TRUE|FALSE)$"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_EXACT = 2**53  # integers below it are exact as floating point numbers
# The bytes of a cell that pyarrow's own reader would take for a number, and that no floating point number keeps.
UNKEPT = rb'[,\n]"?[-+]?(0[0-9]|[1-9][0-9]{15,}[,\n\r"])'


class OtherKind(ValueError):
    """A cell is not of the kind that was asked for."""


class Kind(NamedTuple):
    """A kind of cells."""

    name: str
    type: Any  # the type of its column in Parquet
    read: Callable[[Cells], Cells]  # text to values; raises OtherKind or pyarrow.ArrowInvalid


def read_text(cells: Cells) -> Cells:
    """Return cells of bytes as text; a byte that is not UTF-8, as in an old file name, is written out as \\xe9."""
    try:
        return cells.cast(pa.string())
    except pa.ArrowInvalid:
        texts = [None if raw is None else raw.decode("utf-8", "backslashreplace") for raw in cells.to_pylist()]
        return pa.array(texts, pa.string())


def _require(cells: Cells, pattern: str) -> None:
    if pc.all(pc.match_substring_regex(cells, pattern)).as_py() is False:
        raise OtherKind


def _read_integers(cells: Cells) -> Cells:
    _require(cells, _INTEGER)
    return cells.cast(pa.int64())


def _read_numbers(cells: Cells) -> Cells:
    if pc.any(pc.match_substring_regex(cells, _PADDED)).as_py():
        raise OtherKind
    values = cells.cast(pa.float64())
    large = pc.filter(cells, pc.greater_equal(pc.abs(values), float(_EXACT)))
    if pc.any(pc.match_substring_regex(large, _INTEGER)).as_py():
        raise OtherKind
    return values


def _read_truths(cells: Cells) -> Cells:
    _require(cells, _TRUTH)
    return cells.cast(pa.bool_())


def _read_dates(cells: Cells) -> Cells:
    _require(cells, _DATE)
    return cells.cast(pa.date32())


def _read_times(cells: Cells) -> Cells:
    _require(cells, _TIME + "$")
    return cells.cast(pa.timestamp("us"))


def _read_zoned_times(cells: Cells) -> Cells:
    _require(cells, _TIME + r"(Z|[-+][0-9]{2}:?[0-9]{2})$")
    return cells.cast(pa.timestamp("us", "UTC"))


NUMBER = Kind("number", pa.float64(), _read_numbers)
TEXT = Kind("text", pa.string(), lambda cells: cells)
KINDS = (
    Kind("integer", pa.int64(), _read_integers),
    NUMBER,
    Kind("truth", pa.bool_(), _read_truths),
    Kind("date", pa.date32(), _read_dates),
    Kind("time", pa.timestamp("us"), _read_times),
    Kind("zoned time", pa.timestamp("us", "UTC"), _read_zoned_times),
)


def narrow(kinds: Sequence[Kind], cells: Cells) -> tuple[Kind, ...]:
    """Return the kinds that fit each of the cells, in their order; an empty cell fits every kind."""
    found: list[Kind] = []
    for kind in kinds:
        if _is_of(kind, cells):
            found.append(kind)
        if kind is NUMBER and found:  # a number is nothing else
            break
    return tuple(found)


def _is_of(kind: Kind, cells: Cells) -> bool:
    try:
        kind.read(cells)
    except (OtherKind, pa.ArrowInvalid):
        return False
    return True
