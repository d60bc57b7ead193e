"""Decide which results are brought home: what is proven there, and belongs to what lies here. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..content.entry import Entry
from ..disk.case import folded
from ..named_tuple import NamedTuple
from ..text.counted import number_of

KINDS = ("results", "masked", "tables")


@dataclass(frozen=True)
class FarUnit:
    """A finished unit on the other side, as its record tells."""

    stage: str
    name: str
    entries: tuple[Entry, ...]  # what its task read and made
    why_not: str = ""  # why it is not proven there
    roots: Collection[str] = ()  # the folders of the project in which its results may lie

    @property
    def made(self) -> tuple[Entry, ...]:
        """Return its results."""
        return tuple(entry for entry in self.entries if entry.role == "out")

    @property
    def read(self) -> tuple[Entry, ...]:
        """Return its inputs."""
        return tuple(entry for entry in self.entries if entry.role == "in")


class Here(NamedTuple):
    """What is known here."""

    digest: Callable[[str], str | None]  # the SHA-256 of the file at a path below the project; None: no file is there
    pulled: Mapping[str, str]  # path -> SHA-256 of the file that a pull put there
    reads: Mapping[tuple[str, str], Collection[str]]  # (stage, name) -> the files that the unit here is made from


@dataclass(frozen=True)
class UnitPlan:
    """What a pull does for one unit."""

    unit: FarUnit
    fetch: tuple[Entry, ...] = ()  # to be brought here
    here: tuple[Entry, ...] = ()  # here already, by content
    left_out: str = ""  # why the whole unit is left out; "": it is not
    kept: Mapping[str, str] = field(default_factory=dict)  # path -> why the file here stays as it is


def plan_unit(unit: FarUnit, here: Here, wanted: Callable[[Entry], bool] = lambda entry: True) -> UnitPlan:
    """Decide on one unit: all of its ``wanted`` files come, or none where a file was changed here."""
    if unit.why_not:
        return UnitPlan(unit, left_out=unit.why_not)
    if why := _find_stranger(unit, here):
        return UnitPlan(unit, left_out=why)
    fetch, there, kept = [], [], {}
    for entry in filter(wanted, unit.made):
        now = here.digest(entry.path)
        if now == entry.sha256:
            there.append(entry)
        elif now is None or here.pulled.get(entry.path) == now:
            fetch.append(entry)
        else:
            kept[entry.path] = "changed here, or made here: kept as it is; the other one stays on the cluster"
    return UnitPlan(unit, (), tuple(there), kept=kept) if kept else UnitPlan(unit, tuple(fetch), tuple(there))


def _find_stranger(unit: FarUnit, here: Here) -> str:
    """Return why a result does not belong to what lies here, "" where it does."""
    if not unit.made or not all(entry.sha256 for entry in unit.entries):
        return "its task noted no SHA-256 (content: sampled): it cannot be proven here"
    if odd := [e.path for e in unit.made if not is_plain(e.path) or e.path.partition("/")[0] not in unit.roots]:
        return f"{odd[0]} lies where no result of {unit.stage} may lie"
    for entry in unit.read:
        now = here.digest(entry.path) if is_plain(entry.path) else None
        if now is not None and now != entry.sha256:
            return f"made from another {entry.path} than the one here"
    reads = here.reads.get((unit.stage, unit.name))
    if reads and set(reads) != {entry.path for entry in unit.read}:
        return f"made from {number_of(len(unit.read), 'files')} there; here it is made from {len(reads)}"
    return ""


def is_plain(path: str) -> bool:
    """Return whether a path stays below the project, and names no line break."""
    return not path.startswith("/") and ".." not in path.split("/") and "\n" not in path and bool(path)


def kind_of(path: str, folder: str) -> str:
    """Return which kind of result a file is; ``folder`` is its stage's."""
    if folder == "summarizer":
        return "tables"
    return "masked" if path.startswith("MaskedVideos/") else "results"


def find_folded(units: Sequence[FarUnit], pulled: Iterable[str], folds_case: bool) -> dict[str, str]:
    """Return the results that cannot lie beside others here, where names that differ only in case are the same.

    The results that were ``pulled`` before stay; of several new results the first comes.
    """
    seen: dict[str, str] = {folded(path): path for path in pulled}
    bad = {}
    for path in (entry.path for unit in units for entry in unit.made if folds_case):
        other = seen.setdefault(folded(path), path)
        if other != path:
            bad[path] = f"{other} differs only in upper and lower case, which the disk here does not tell"
    return bad
