"""Make the columns of the page's table of videos. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..named_tuple import NamedTuple
from ..tables.definitions import Column, load_own_columns
from ..tables.lab_table import NO_LAB_TABLE, LabTable
from ..tables.video_row import VideoRow
from .column import MOST_WORDS, NUMBER, TEXT, WORD, Meaning, column_of, kind_of, number_in
from .look import day_of

# The columns that videos.csv has too: its name there, its kind, and a row's value.
FIRST: Sequence[tuple[str, str, Callable[[VideoRow], Any]]] = (
    ("video", TEXT, lambda row: row.video),
    ("day", WORD, day_of),
    ("state", WORD, lambda row: row.state),
    ("reason", TEXT, lambda row: row.reason),
)
FACTS: Sequence[tuple[str, str, Callable[[VideoRow], Any]]] = (
    ("frames", NUMBER, lambda row: row.frames),
    ("frames_tracked", NUMBER, lambda row: row.tracked),
    ("animals", NUMBER, lambda row: row.animals),
    ("fps", NUMBER, lambda row: row.fps),
    ("fps_reached", NUMBER, lambda row: row.fps_reached),
    ("seconds", NUMBER, lambda row: row.seconds),
    ("node", WORD, lambda row: row.node),
    ("tracker", WORD, lambda row: row.tracker),
    ("version", WORD, lambda row: row.version),
    ("batch", WORD, lambda row: row.batch),
    ("reviewed", WORD, lambda row: row.reviewed),
)
MADE_WITH = Meaning(
    "made_with", WORD, "", "how the parameters of its result differ from those of most videos; empty: they do not"
)


class Columns(NamedTuple):
    """What the table of videos shows beside what their rows say."""

    differs: Mapping[str, str] = {}  # digest of parameters -> what is said of them
    lab: LabTable = NO_LAB_TABLE
    early: Sequence[dict[str, Any]] = ()  # columns behind the state
    used: Sequence[dict[str, Any]] = ()  # columns of the memory that tasks used
    last: Sequence[dict[str, Any]] = ()


NO_COLUMNS = Columns()


def video_columns(rows: Sequence[VideoRow], more: Columns = NO_COLUMNS) -> list[dict[str, Any]]:
    """Return the columns, all as long as ``rows``: the video and its state, then what is told of any video."""
    defined = {column.name: column for column in load_own_columns()["videos"]}
    made_with = column_of(MADE_WITH, [more.differs.get(row.parameters, "") for row in rows])
    facts = [_own(defined, name, kind, map(value, rows)) for name, kind, value in FACTS]
    found = [
        *more.early,
        made_with,
        *facts,
        *_said_columns(rows),
        *more.used,
        *_lab_columns(rows, more.lab),
        *more.last,
    ]
    return [*(_own(defined, name, kind, map(value, rows)) for name, kind, value in FIRST), *filter(is_told, found)]


def split_columns(
    columns: Sequence[dict[str, Any]], early: Sequence[Mapping[str, Any]]
) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """Return the columns of video_columns up to the last of ``early`` that tells anything, and the columns behind it.

    Between the two parts belongs the column that says in what a video is far from the others, as its tracks tell.
    """
    at = len(FIRST) + sum(map(is_told, early))
    return columns[:at], columns[at:]


def _own(defined: Mapping[str, Column], name: str, kind: str, values: Iterator[Any]) -> dict[str, Any]:
    column = defined[name]
    return column_of(Meaning(name, kind, column.unit, column.meaning), values)


def _said_columns(rows: Sequence[VideoRow]) -> Iterator[dict[str, Any]]:
    """Yield a column for each word by which results say how they were made, as model, device, PyTorch."""
    for word in dict.fromkeys(word for row in rows for word in row.says):
        texts = [row.says.get(word, "") for row in rows]
        kind = WORD if len(set(texts)) <= MOST_WORDS else TEXT
        yield column_of(Meaning(f"says {word}", kind, "", f"{word}, as the result itself says it"), texts, title=word)


def _lab_columns(rows: Sequence[VideoRow], lab: LabTable) -> Iterator[dict[str, Any]]:
    table = [lab.cells_of(row.day, row.video) for row in rows] if lab.columns else []
    for at, name in enumerate(lab.columns):
        cells = [cells[at] for cells in table]
        kind = kind_of(cells)
        values = map(number_in, cells) if kind == NUMBER else cells
        yield {**column_of(Meaning(name, kind, "", "column of the lab's own table"), values, title=name), "lab": True}


def is_told(column: Mapping[str, Any]) -> bool:
    """Return whether a column says anything of any video."""
    if column["kind"] == WORD:
        return any(column["words"])
    return any(value not in (None, "") for value in column["values"])
