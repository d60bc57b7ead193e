"""Shows on a terminal how far a scan is that looks into many results, as after a project was copied."""

from __future__ import annotations

import sys
import time

from ..run.bar import LateBar

QUIET_S = 1.0  # a scan that is over sooner shows nothing


class Looking(LateBar):
    """Shows on stderr how many results a scan has looked into, and how many a second; used as a context."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    def tell(self, count: int) -> None:
        """Count ``count`` more results, and show the sum once the scan takes long."""
        self._count += count
        seconds = time.monotonic() - self._last
        if not count or seconds < QUIET_S:
            return
        if self._bar is None:
            self._start()
        self._bar.update(self._row, description=f"{self._count:,} results looked into, {self._count / seconds:,.0f}/s")

    def _start(self) -> None:
        from rich.console import Console  # 16 to 26 ms, where there is no terminal, too
        from rich.progress import Progress, SpinnerColumn, TextColumn  # 16 to 26 ms, where there is no terminal, too

        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=Console(file=sys.__stderr__), transient=True)
        self._row = self._bar.add_task("")
        self._bar.start()
