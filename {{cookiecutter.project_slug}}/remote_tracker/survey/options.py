"""What a scan is asked for: a value that is handed down from the typed words to the last look at a video."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..checks import QUICK
from ..model import Stage, Unit
from ..named_tuple import NamedTuple
from .decision import Decision


class Examined(NamedTuple):
    """A unit and the decision on it."""

    unit: Unit
    decision: Decision


class ScanOptions(NamedTuple):
    """Which units a scan lists, and how closely it looks at them."""

    include_set_aside: bool = False  # list also units that were set aside because they failed too often
    only: Callable[[Examined], bool] | None = None  # list only the units for which this function returns true
    ahead: bool = False  # list also units that wait for files which an earlier stage is about to make
    whole: bool = False  # list all units, however few tasks an array may hold
    deep: bool = False  # read every frame of the videos before they are listed
    depth: int = QUICK  # how many bytes of each file of a result may be read, QUICK or WHOLE
    near: bool = False  # the look is at a few folders: neither what is gone nor what was moved is looked for
    as_new: bool = False  # list also videos that were moved or renamed, whose old results could be taken along
    asked: Mapping[str, str] = {}  # what is typed with the list's submission, by the words of ./rt submit
    looked: Callable[[int], None] | None = None  # called with the number of results looked into since the last call
    # Set apart, as what cannot succeed, the units of the stage for which this function returns true.
    leave: Callable[[Stage, Examined], bool] | None = None
    tell: Callable[[int, int], None] | None = None  # called with the number of videos read, and of all videos to read

    def choose(self, found: list[Examined]) -> list[Examined]:
        """Return which of the units to do may be listed."""
        return found if self.only is None else [*filter(self.only, found)]


PLAIN_SCAN = ScanOptions()
