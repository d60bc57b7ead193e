"""The text of a task's log as a screen shows it: without colours and digests, each step of a bar on a line."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

PIECE = 1 << 16  # characters that are read at once
PAUSE_S = 0.2  # between two looks at a log that grows
NOTED = "# content "
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
