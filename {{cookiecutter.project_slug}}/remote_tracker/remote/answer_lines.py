"""Tell what a program on the other side printed from what its login shell printed around it. Pure.

The program's output stands between two lines that hold a word nobody can guess; the last of the two tells its exit
code. What a login shell prints before and after is no output, and without the last line nothing is known of the end.
"""

from __future__ import annotations

import json
import re
from typing import Any

MISSING = "missing"  # in place of an exit code: there is no such folder


class AnswerLines:
    """Takes what ssh printed piece by piece; ``take`` returns the program's own output."""

    def __init__(self, word: str) -> None:
        self._begin, self._mark = f"\n{word} begin\n".encode(), f"\n{word} ".encode()
        self._held = b"\n"  # the line of the word may be the first
        self.has_begun = False
        self.end = ""  # what the last line tells; "": it has not come
        self.is_chatty = False  # the login shell printed something before
        self.told: dict[str, Any] = {}  # what the program told beside its output

    def take(self, piece: bytes) -> bytes:
        """Return the program's output as far as it is known to be output."""
        self._held += piece
        if not self.has_begun:
            before, found, rest = self._held.partition(self._begin)
            if not found:
                self._held = self._held[-65536:]
                return b""
            self.has_begun, self._held, self.is_chatty = True, rest, bool(before.strip())
        return b"" if self.end else self._take_output()

    def _take_output(self) -> bytes:
        out = b""
        while (at := self._held.find(self._mark)) >= 0:
            line, found, rest = self._held[at + len(self._mark) :].partition(b"\n")
            out += self._held[:at]
            if not found:
                self._held = self._held[at:]
                return out
            self._held = rest
            self._read(line.decode("ascii", "replace"))
            if self.end:
                return out
        keep = _common_end(self._held, self._mark)
        out += self._held[: len(self._held) - keep]
        self._held = self._held[len(self._held) - keep :]
        return out

    def _read(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "end" and re.fullmatch(rf"\d+|{MISSING}", rest):
            self.end = rest
        elif kind == "told":
            try:
                self.told = json.loads(rest)
            except ValueError:
                self.told = {}


def _common_end(held: bytes, mark: bytes) -> int:
    """Return how many of the last bytes may be the beginning of the mark."""
    return next((n for n in range(min(len(held), len(mark)), 0, -1) if held.endswith(mark[:n])), 0)
