"""Read the lab's own table of its videos or days, AuxiliaryFiles/videos.csv: genotype, dose and the like."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..summaries.find import LAB_TABLE
from ..text.counted import number_of
from .spreadsheet import Sheet, key_of

KEYS = ("video", "day")  # what its first column may be called


@dataclass(frozen=True)
class LabTable:
    """The lab's own columns, and their cells for each video or day."""

    key: str = ""  # what the first column holds: video or day; "": there is no table
    columns: tuple[str, ...] = ()
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # key -> a cell for each column

    def key_of(self, day: str, video: str) -> str:
        """Return the key of a video's row."""
        return video if self.key == "video" else day

    def cells_of(self, day: str, video: str) -> tuple[str, ...]:
        """Return a video's cells, empty texts where the table has no row for it."""
        return self.rows.get(self.key_of(day, video)) or ("",) * len(self.columns)


NO_LAB_TABLE = LabTable()


def load_lab_table(root: Path, ours: Collection[str], undone: str = "Nothing was joined.") -> LabTable:
    """Return the lab's table of the project at ``root``, NO_LAB_TABLE where there is none.

    Raises RemoteTrackerError, with the line, for a key that stands there twice, a column with a name in ``ours``, in
    whatever case, and a table that cannot be read; each error ends with ``undone``.
    """
    sheet = Sheet(LAB_TABLE, undone)
    try:
        raw = (root / LAB_TABLE).read_bytes()
    except FileNotFoundError:
        return NO_LAB_TABLE
    except OSError as error:
        sheet.fail_to_read(error)
    lines = sheet.read(raw)
    number, head = next(lines, (1, []))
    names = [name.strip() for name in head]
    while names and not names[-1]:
        names.pop()
    _require_columns(sheet, names, number, {one.casefold() for one in ours})
    return LabTable(names[0], tuple(names[1:]), _read_rows(sheet, lines, names))


def _require_columns(sheet: Sheet, names: Sequence[str], number: int, ours: Collection[str]) -> None:
    if not names or names[0] not in KEYS:
        found = f'"{names[0]}"' if names else "nothing"
        sheet.fail(number, f"its first column is {found}: call it video (paths as in RawVideos) or day.")
    for at, name in enumerate(names[1:], 1):
        if not name:
            sheet.fail(number, f"its column {at + 1} has no name.")
        if name.casefold() in ours:
            sheet.fail(number, f'the joined tables have a column "{name}" of their own: call yours something else.')
        if name.casefold() in {other.casefold() for other in names[:at]}:
            sheet.fail(number, f'two columns are called "{name}".')


def _read_rows(
    sheet: Sheet, lines: Iterator[tuple[int, list[str]]], names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    rows: dict[str, tuple[str, ...]] = {}
    first: dict[str, int] = {}
    for number, cells in lines:
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(names):
            sheet.fail(number, f"has {number_of(len(cells), 'cells')}, the header names {len(names)}.")
        key = key_of(cells[0])
        if not key:
            sheet.fail(number, f"has no {names[0]}.")
        if key in rows:
            sheet.fail(number, f"{key} stands in line {first[key]} already. Keep one of the two.")
        first[key] = number
        rows[key] = tuple(cell.strip() for cell in (*cells[1:], *[""] * (len(names) - len(cells))))
    return rows
