"""Read the lab's own table of its videos or days, AuxiliaryFiles/videos.csv: genotype, dose and the like.

Spreadsheets write it in several ways: UTF-8 with or without a byte order mark, UTF-16, commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from ..errors import RemoteTrackerError
from ..summaries.find import LAB_TABLE

KEYS = ("video", "day")  # what its first column may be called
SEPARATORS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LONGEST_FIELD = 1 << 20


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


def load_lab_table(root: Path, ours: Collection[str]) -> LabTable:
    """Return the lab's table of the project at ``root``, NO_LAB_TABLE where there is none.

    Raises RemoteTrackerError, with the line, for a key that stands there twice, a column with a name in ``ours``, in
    whatever case, and a table that cannot be read.
    """
    try:
        raw = (root / LAB_TABLE).read_bytes()
    except FileNotFoundError:
        return NO_LAB_TABLE
    except OSError as error:
        raise RemoteTrackerError(f"{LAB_TABLE} cannot be read ({error.strerror or error}).") from None
    lines = _read_lines(_decoded(raw))
    number, head = next(lines, (1, []))
    names = [name.strip() for name in head]
    while names and not names[-1]:
        names.pop()
    _require_columns(names, number, {one.casefold() for one in ours})
    return LabTable(names[0], tuple(names[1:]), _read_rows(lines, names))


def _decoded(raw: bytes) -> str:
    encoding = _MARKS.get(raw[:2], "utf-8-sig")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        _fail(line, 'is not UTF-8. Save it as "CSV UTF-8" (LibreOffice: character set Unicode (UTF-8)).')


def _read_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of its first line, cells) of each row that is not empty."""
    first, skipped = text.partition("\n")[0].strip().strip('"'), 0
    if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:  # Excel's own word for the separator
        text, skipped = text.partition("\n")[2], 1
        separator = first[-1]
    else:
        head = text.lstrip("\r\n").partition("\n")[0]
        separator = max(SEPARATORS, key=head.count)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    while True:
        number = rows.line_num + skipped + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            _fail(number, f"cannot be read as CSV ({error}).")
        if any(cell.strip() for cell in cells):
            yield number, cells


def _require_columns(names: Sequence[str], number: int, ours: Collection[str]) -> None:
    if not names or names[0] not in KEYS:
        found = f'"{names[0]}"' if names else "nothing"
        _fail(number, f"its first column is {found}: call it video (paths as in RawVideos) or day.")
    for at, name in enumerate(names[1:], 1):
        if not name:
            _fail(number, f"its column {at + 1} has no name.")
        if name.casefold() in ours:
            _fail(number, f'the joined tables have a column "{name}" of their own: call yours something else.')
        if name.casefold() in {other.casefold() for other in names[:at]}:
            _fail(number, f'two columns are called "{name}".')


def _read_rows(lines: Iterator[tuple[int, list[str]]], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    rows: dict[str, tuple[str, ...]] = {}
    first: dict[str, int] = {}
    for number, cells in lines:
        while len(cells) > len(names) and not cells[-1].strip():
            cells.pop()
        if len(cells) > len(names):
            _fail(number, f"has {len(cells)} cells, the header names {len(names)}.")
        key = _key_of(cells[0])
        if not key:
            _fail(number, f"has no {names[0]}.")
        if key in rows:
            _fail(number, f"{key} stands in line {first[key]} already. Keep one of the two.")
        first[key] = number
        rows[key] = tuple(cell.strip() for cell in (*cells[1:], *[""] * (len(names) - len(cells))))
    return rows


def _key_of(cell: str) -> str:
    r"""Return a key as the joined tables have it, also where it was written with RawVideos before it, or with \."""
    return cell.strip().replace("\\", "/").removeprefix("./").removeprefix("RawVideos/").rstrip("/")


def _fail(number: int, what: str) -> NoReturn:
    raise RemoteTrackerError(f"{LAB_TABLE}, line {number}: {what} Nothing was joined.")
