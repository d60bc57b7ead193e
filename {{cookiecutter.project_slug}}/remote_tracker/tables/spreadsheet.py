"""Read a table that people keep in a spreadsheet, however the spreadsheet wrote it.

Spreadsheets write it in several ways: UTF-8 with or without a byte order mark, UTF-16, commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NoReturn

from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple

SEPARATORS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Sheet(NamedTuple):
    """A table that people edit; every error names it, the line, and what was not done."""

    name: str  # as errors call it: a path below the project, or as it was typed
    undone: str = ""  # what an error ends with, as "Nothing was joined."

    def fail(self, line: int, what: str) -> NoReturn:
        """Raise RemoteTrackerError with the table's name, the line and what is wrong there."""
        raise RemoteTrackerError(f"{self.name}, line {line}: {what} {self.undone}".rstrip())

    def fail_to_read(self, error: OSError) -> NoReturn:
        """Raise RemoteTrackerError for a table that cannot be read at all."""
        told = f"{self.name} cannot be read ({error.strerror or error}). {self.undone}"
        raise RemoteTrackerError(told.rstrip()) from None

    def read(self, raw: bytes) -> Iterator[tuple[int, list[str]]]:
        """Yield (number of its first line, cells) of each row that is not empty.

        Raises RemoteTrackerError, with the line, where the bytes are no text, or no CSV.
        """
        text = self._decode(raw)
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
                self.fail(number, f"cannot be read as CSV ({error}).")
            if any(cell.strip() for cell in cells):
                yield number, cells

    def _decode(self, raw: bytes) -> str:
        encoding = _MARKS.get(raw[:2], "utf-8-sig")
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.fail(line, 'is not UTF-8. Save it as "CSV UTF-8" (LibreOffice: character set Unicode (UTF-8)).')


def key_of(cell: str) -> str:
    r"""Return a key as the joined tables have it, also where it was written with RawVideos before it, or with \."""
    return cell.strip().replace("\\", "/").removeprefix("./").removeprefix("RawVideos/").rstrip("/")
