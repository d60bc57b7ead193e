"""What a scan found out about one stage: its units by state, and what lies beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import merge

from ..model import Cause, Stage, State
from ..model.scheduling import Queue
from ..quick_dataclass import dataclass, field
from ..records import History
from ..scan import Tree, Unread
from .decision import Decision
from .options import Examined

UNASKED = Queue()  # stands in a survey before the queue is asked


@dataclass
class Survey:
    """What a scan found out about one stage.

    The lists of units to do may hold fewer units than there are; ``waiting_list`` counts all units to do.
    """

    stage: Stage
    counts: Counter[State] = field(default_factory=Counter)  # how many units are in each state
    incomplete: list[Examined] = field(default_factory=list)  # units to do, listed before ``unprocessed``
    unprocessed: list[Examined] = field(default_factory=list)  # units to do, at most as many as were asked for
    odd: list[Examined] = field(default_factory=list)  # units that are neither to do nor finished
    unreadable: dict[str, str] = field(default_factory=dict)  # folder that could not be read -> why
    excluded: set[str] = field(default_factory=set)  # files that would be inputs but for ``exclude`` of the tracker
    uncut: set[str] = field(default_factory=set)  # videos that stay whole: how many frames they have is not known
    stores: list[str] = field(default_factory=list)  # imgstores whose chunks were left out: folders below the project
    unread: list[Unread] = field(default_factory=list)  # what no pattern means, where the stage reads the videos
    absent: Counter[str] = field(default_factory=Counter)  # units that finished once and have no video: see archived.py
    # How many of the counted units are in each state, by folder below the first folder of the input, as "day1/".
    by_folder: dict[str, Counter[State]] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)  # counted units in which nothing was found
    remarks: Counter[Cause] = field(default_factory=Counter)  # how many finished units have each remark
    sampled: int = 0  # finished units that were recognised by samples of their files, in this scan
    queue: Queue = UNASKED
    halt: tuple[str, str, str] = ("", "", "")  # batch, node and reason where the last batch has halted itself
    is_late: bool = False  # whether the disk answers late, as one behind a network does
    tree: Tree | None = None  # the folders, as they were looked at
    folders: Tree | None = None  # the folders, as they were read just now: no folder is read again
    known: Mapping[str, Sequence[Examined]] = field(default_factory=dict)  # by stage, units that need no second look
    keeps_history: bool = False  # whether ``history`` is kept: of a million videos it holds much
    history: History | None = None  # what happened to the stage's units so far
    holds_all: bool = False  # whether each unit is asked for and held: folders are sifted, as where units are counted
    unlooked: int = 0  # new units, of many, into whose inputs this look did not look: the scan does
    unjudged: str = ""  # why the frames of videos could not be read here; "": they could

    @property
    def found(self) -> int:
        """Return how many units there are."""
        return sum(self.counts.values())

    @property
    def waiting_list(self) -> int:
        """Return how many units are to do, listed or not."""
        return self.counts[State.INCOMPLETE] + self.counts[State.UNPROCESSED]

    @property
    def unfinished(self) -> int:
        """Return how many units are not finished."""
        return self.found - self.counts[State.FINISHED]

    @property
    def to_do(self) -> list[Examined]:
        """Return the units to do, in the order in which a batch lists them."""
        return [*self.incomplete, *self.unprocessed]

    def set_apart(self, decided: Mapping[str, Decision]) -> None:
        """Move the named units from the units to do to ``odd``, each with its new decision, and where a scan meets it.

        The next scan, which knows the decision from the start, so names them in the same order.
        """
        apart: list[Examined] = []
        for kept in (self.incomplete, self.unprocessed) if decided else ():
            for unit, old in [seen for seen in kept if seen.unit.key in decided]:
                self.counts[old.state] -= 1
                self.counts[decided[unit.key].state] += 1
                apart.append(Examined(unit, decided[unit.key]))
            kept[:] = [seen for seen in kept if seen.unit.key not in decided]
        if apart:
            self.odd[:] = merge(self.odd, sorted(apart, key=_place), key=_place)


def _place(seen: Examined) -> tuple[bool, tuple[list[str], str]]:
    """Return a key that sorts units as a scan meets them; units that were moved come last."""
    unit, decision = seen
    first = next((files[0] for files in unit.inputs if files), unit.key)
    return decision.state is State.MOVED, place_in_scan(first)


def place_in_scan(name: str) -> tuple[list[str], str]:
    """Return a key that sorts names as a scan meets them: the files of a folder before the folders in it."""
    *folders, last = name.split("/")
    return folders, last
