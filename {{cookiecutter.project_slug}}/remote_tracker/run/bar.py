"""What the bars of long commands share: a bar that is begun late, and is gone from the terminal at the end."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T", bound="LateBar")


class LateBar:
    """A bar of rich that is begun when there is something to show; used as a context, which ends it."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._row: Any = None
        self._last = time.monotonic()  # when something was told last, at first when it began

    def __enter__(self: T) -> T:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()
