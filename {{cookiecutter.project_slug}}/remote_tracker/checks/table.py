"""Read a table of text (CSV): its header, how many rows it has, and the first row that is not as the header says.

A block of whole lines without quotes is judged by its delimiters and line ends alone (some 1 GB/s); any other block
is read by Python's csv, row by row. Both say the same. Of a table that may not be read whole, pieces are judged.
"""

from __future__ import annotations

import os
from io import BytesIO
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from ..text.counted import number_of
from .clause import Absent, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST_LINE = 4 * 1024 * 1024
_BLOCK = 1024 * 1024
_PIECE, _PIECES = 64 * 1024, 8
_NO_TEXT = "is not a table of text"


class Table:
    """An open table whose header was read; raises Fault where the file has none."""

    def __init__(self, file: BinaryIO, options: Mapping[str, Any]) -> None:
        self._file, self._size = file, os.fstat(file.fileno()).st_size
        self._delimiter: str = options.get("delimiter", ",")
        self._encoding: str = options.get("encoding", "utf-8")
        self._sign = self._delimiter.encode(self._encoding)
        self._line = 0  # how many lines were read
        self._head = self._read_head(str(options.get("comment", "")).encode())
        self.header = self._read_cells(self._head)
        self._width = 0 if options.get("ragged") else len(self.header)  # cells of a row; 0: any number
        # What is left of a row without quotes, once all but delimiters and line ends is taken away.
        self._bare = self._sign * (self._width - 1) + b"\n" if self._width > 1 and len(self._sign) == 1 else b""
        self._others = bytes({*range(256)} - {*self._sign, 10})
        self._start = file.tell()

    def find_fault(self, depth: int) -> str:
        """Return what is wrong with the table's text or its rows, "" for nothing; reads about ``depth`` bytes."""
        try:
            self._require_text(self._head, self._line - 1)
            if self._size <= max(depth, _PIECE * _PIECES):
                self.count_rows(strict=True)
            else:
                self._judge_pieces()
        except Fault as fault:
            return str(fault)
        return ""

    def has_rows(self, wanted: int) -> int:
        """Return the number of rows, at most ``wanted``; lines that are blank count for nothing."""
        self._file.seek(self._start)
        lines = iter(lambda: self._file.readline(LONGEST_LINE), b"")
        count = 0
        while count < wanted and (line := next(lines, b"")):
            count += not self._is_blank(line)
        return count

    def count_rows(self, strict: bool = False) -> int:
        """Return the number of rows; with ``strict``, raises Fault for a row that is no text or has too few cells."""
        return sum(self._count(block, strict) for block in self._blocks())

    def columns(self, *names: str) -> Iterator[tuple[str, ...]]:
        """Yield each row's cells in some columns, without blanks around them, where the row is long enough.

        Raises Absent where there is no such column.
        """
        if missing := [name for name in names if name not in self.header]:
            raise Absent(f'has no column "{missing[0]}"')
        places = [self.header.index(name) for name in names]
        for block in self._blocks():
            for row in self._cells_of(block, max(places) + 1):
                if len(row) > max(places):
                    yield tuple(row[place].strip() for place in places)

    def _cells_of(self, block: bytes, most: int) -> Iterator[list[str]]:
        """Yield the first ``most`` cells of each row, and perhaps more."""
        if b'"' in block:
            yield from (row for _, row in self._rows(block))
            return
        self._line += block.count(b"\n")
        for line in BytesIO(block):
            if not self._is_blank(line):
                yield line.decode(self._encoding, "replace").split(self._delimiter, most)

    def _blocks(self) -> Iterator[bytes]:
        """Yield the lines below the header, many at once; each block ends where a line does."""
        self._file.seek(self._start)
        while block := self._file.read(_BLOCK):
            rest = self._file.readline(LONGEST_LINE)
            if len(rest) == LONGEST_LINE:
                raise Fault(_NO_TEXT)
            yield block + rest

    def _count(self, block: bytes, strict: bool) -> int:
        if strict:
            self._require_text(block, self._line)
        lines = block.count(b"\n")
        if self._bare and b'"' not in block and block.translate(None, self._others) == self._bare * lines:
            self._line += lines
            return lines
        count = 0
        for line, row in self._rows(block):
            count += 1
            if strict and self._width and len(row) != self._width:
                raise Fault(f"line {line} has {number_of(len(row), 'cells')}, its header {self._width}")
        return count

    def _rows(self, block: bytes) -> Iterator[tuple[int, list[str]]]:
        """Yield (number of its first line, cells) of each row that begins in a block; the last may end behind it.

        Raises Fault where a quoted cell has no end.
        """
        import csv  # 0.5 ms of each task's check

        raw: list[bytes] = []
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        reader = csv.reader(self._decoded(block, raw), delimiter=self._delimiter)
        try:
            for row in reader:
                first = self._line + reader.line_num - len(raw) + 1
                if row and row[-1].endswith("\n") and b"".join(raw).count(b'"') % 2:
                    raise Fault(f"line {first} has a quote without its partner")
                if len(row) > 1 or not self._is_blank(raw[-1]):
                    yield first, row
                raw.clear()
                if reader.line_num >= lines:
                    break
        except csv.Error as error:
            raise Fault(f"{_NO_TEXT}: {error}") from None
        self._line += reader.line_num

    def _decoded(self, block: bytes, raw: list[bytes]) -> Iterator[str]:
        for line in chain(BytesIO(block), iter(lambda: self._file.readline(LONGEST_LINE), b"")):
            raw.append(line)
            yield line.decode(self._encoding, "replace")

    def _judge_pieces(self) -> None:
        """Judge head, tail and pieces between; cells only while no quote was seen: a piece may begin within a cell."""
        step = (self._size - self._start - _PIECE) // (_PIECES - 1)
        quoted = False
        for place in (self._start + index * step for index in range(_PIECES)):
            self._file.seek(place)
            piece = self._file.read(_PIECE)
            if b"\0" in piece:
                raise Fault(f"holds zero bytes, near byte {place + piece.index(0):,}")
            first = 0 if place == self._start else piece.find(b"\n") + 1
            piece = piece[first : piece.rfind(b"\n") + 1]
            quoted = quoted or b'"' in piece
            self._judge_piece(piece, f"near byte {place:,}", quoted)

    def _judge_piece(self, piece: bytes, where: str, quoted: bool) -> None:
        if not piece.isascii():
            try:
                piece.decode(self._encoding)
            except UnicodeDecodeError:
                raise Fault(f"is not {self._encoding.upper()} text {where}") from None
        for line in BytesIO(piece) if self._width and not quoted else ():
            cells = line.count(self._sign) + 1
            if cells != self._width and not self._is_blank(line):
                raise Fault(f"has a line with {number_of(cells, 'cells')} {where}, its header has {self._width}")

    def _require_text(self, lines: bytes, before: int) -> None:
        """Raise Fault where the bytes are no text; ``before`` is the number of lines above them."""
        if b"\0" in lines:
            raise Fault(f"holds zero bytes, from line {before + lines.count(10, 0, lines.index(0)) + 1} on")
        if not lines.isascii():
            try:
                lines.decode(self._encoding)
            except UnicodeDecodeError as error:
                line = before + lines.count(10, 0, error.start) + 1
                raise Fault(f"line {line} is not {self._encoding.upper()} text") from None

    def _read_head(self, comment: bytes) -> bytes:
        while line := self._file.readline(LONGEST_LINE):
            self._line += 1
            if not (comment and line.startswith(comment)):
                break
        if b"\0" in line or len(line) == LONGEST_LINE:
            raise Fault(_NO_TEXT)
        if not line.strip():
            raise Fault("has no header line")
        return line

    def _read_cells(self, line: bytes) -> list[str]:
        import csv  # 0.5 ms, as above

        encoding = "utf-8-sig" if self._encoding == "utf-8" else self._encoding
        try:
            return [
                cell.strip() for cell in next(csv.reader([line.decode(encoding, "replace")], delimiter=self._delimiter))
            ]
        except csv.Error as error:
            raise Fault(f"{_NO_TEXT}: {error}") from None

    def _is_blank(self, line: bytes) -> bool:
        return not line.strip() and self._sign not in line
