"""Shows on a terminal how far a copy is, how fast it goes and how long the rest will take."""

from __future__ import annotations

import re
import sys
from types import TracebackType

_PROGRESS = re.compile(rb"([\d,.]+)\s+(\d+)%\s+(\S+)/s\s+(\d+:\d\d:\d\d)")


class CopyBar:
    """Reads what rsync tells while it copies, and shows it on stderr; used as a context, which takes it away."""

    def __init__(self) -> None:
        self.is_shown = sys.stderr.isatty()

    def __enter__(self) -> CopyBar:
        return self

    def take(self, piece: bytes) -> None:
        """Take what rsync printed, and show the last that it told."""
        if found := _PROGRESS.findall(piece):
            done, percent, rate, rest = (word.decode() for word in found[-1])
            _steer(f"\r  {percent} %  {done} bytes  {rate}/s  {rest} left ")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_shown:
            _steer("\r" + " " * 70 + "\r")


def _steer(text: str) -> None:
    """Write what moves the cursor, which sys.stderr would write out."""
    print(text, end="", file=sys.__stderr__, flush=True)
