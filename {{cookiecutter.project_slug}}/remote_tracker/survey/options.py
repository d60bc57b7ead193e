"""What a scan is asked for: one value, from the words that were typed down to the last look at a video."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model import Unit
from .decision import Decision


class Examined(NamedTuple):
    """One unit and what was decided about it."""

    unit: Unit
    decision: Decision


class ScanOptions(NamedTuple):
    """What a scan lists beside the plain case, and how closely it looks."""

    include_set_aside: bool = False  # list also what was set aside because it failed too often
    only: Callable[[Examined], bool] | None = None  # list nothing but the units for which this holds
    ahead: bool = False  # list also what waits for files that an earlier stage is about to make
    whole: bool = False  # list everything, however many tasks an array may hold
    deep: bool = False  # read every frame of the videos that are to be listed
    tell: Callable[[int, int], None] | None = None  # hears how many of how many videos are read

    def wants(self, examined: Examined) -> bool:
        """Return whether a unit that is to do may be listed."""
        return self.only is None or self.only(examined)


PLAIN = ScanOptions()
