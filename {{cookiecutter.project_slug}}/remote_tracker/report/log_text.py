"""The text of a task's log as a screen shows it: without colours and digests, each step of a bar on a line."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 16  # characters that are read at once
PAUSE_S = 0.2  # between two looks at a log that grows
NOTED = "# content "
LAST_LINES = 20
HEAD, END = 16 * 1024, 48 * 1024  # bytes of a long log's beginning and end
_COLOUR = re.compile(r"\x1b\[[0-9;]*[mK]")


def log_pieces(path: Path, follow: bool = False, tail: int | None = None) -> Iterator[str]:
    """Yield what the log at ``path`` holds; with ``follow`` go on for ever with what is written to it, "" for nothing.

    With ``tail`` only the last so many lines are shown, and what is written after them. A lone carriage return ends a
    line, too. Bytes that are no UTF-8 are written out. What a task noted about its files is for programs, and left out.
    """
    with open(path, encoding="utf-8", errors="backslashreplace") as file:
        if tail is not None:
            yield _COLOUR.sub("", "".join(deque((line for line in file if not line.startswith(NOTED)), tail)))
        while (lines := file.readlines(PIECE)) or follow:
            yield _COLOUR.sub("", "".join([line for line in lines if not line.startswith(NOTED)]))
            if not lines:
                time.sleep(PAUSE_S)


def log_extract(path: Path) -> str:
    """Return what the log at ``path`` holds, as a screen shows it; of a long log its beginning and its end.

    Raises OSError.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        if size <= HEAD + END:
            return _screen(_read(file, 0, size))
        head, end = _read(file, 0, HEAD).rpartition(b"\n")[0], _read(file, size - END, END).partition(b"\n")[2]
    left = size - len(head) - len(end)
    told = f"[... {left:,} bytes were left out here: ./rt remote logs shows the whole log ...]"
    return f"{_screen(head)}\n{told}\n{_screen(end)}"


def log_end(path: Path) -> str:
    """Return the last LAST_LINES lines of the log at ``path``, as a screen shows them, of at most END bytes.

    Raises OSError.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        raw = _read(file, max(0, size - END), END)
    whole = raw if size <= END else raw.partition(b"\n")[2]
    return "\n".join(_screen(whole).splitlines()[-LAST_LINES:])


def _read(file: BinaryIO, begin: int, size: int) -> bytes:
    file.seek(begin)
    return file.read(size)


def _screen(raw: bytes) -> str:
    text = raw.decode("utf-8", "backslashreplace").replace("\r\n", "\n").replace("\r", "\n")
    return _COLOUR.sub("", "".join(line for line in text.splitlines(keepends=True) if not line.startswith(NOTED)))
