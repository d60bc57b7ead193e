"""Decide what may be deleted on the other side: what lies here, proven, and is needed there no more. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..content.entry import Entry
from ..named_tuple import NamedTuple
from .pull import is_plain

FREED = "freed"
Proof = Callable[[Entry], str]  # why a file is not proven here; "": it is


@dataclass(frozen=True)
class FarState:
    """A unit on the other side, in any state, with its files as they lie there now."""

    stage: str
    name: str
    state: str
    reads: tuple[str, ...]  # the paths of its inputs
    gathers: bool = False  # it is made from several files, as a day's table
    entries: tuple[Entry, ...] = ()  # what its task noted
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)  # path -> size, mtime, inode, ctime
    batch: str = ""
    why_not: str = ""
    freed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what names the unit."""
        return self.stage, self.name

    def made(self) -> list[Entry]:
        """Return its results."""
        return [entry for entry in self.entries if entry.role == "out"]

    def videos(self) -> list[Entry]:
        """Return the videos that it read."""
        return [entry for entry in self.entries if entry.role == "in" and entry.path.startswith("RawVideos/")]


class ToFree(NamedTuple):
    """A file that may be deleted there."""

    unit: FarState
    entry: Entry


@dataclass(frozen=True)
class FreePlan:
    """What may be deleted, and why the rest stays, by its name."""

    files: tuple[ToFree, ...]
    kept: Mapping[str, str]

    @property
    def bytes(self) -> int:
        """Return how many bytes that frees."""
        return sum(file.entry.size for file in self.files)


def plan_free(units: Sequence[FarState], asked: Callable[[FarState], bool], results: Proof, videos: Proof) -> FreePlan:
    """Decide on all units that are ``asked`` for.

    A unit's results go only if each is proven here, and each later step that reads them is finished and goes: else a
    scan there would make a day's table anew from fewer videos. A video goes only if all that reads it goes, or went.
    """
    kept: dict[tuple[str, str], str] = {}
    for unit in units:
        if why := find_reason(unit, results) if asked(unit) else "not asked for":
            kept[unit.key] = why
    _keep_together(units, kept)
    going = [unit for unit in units if unit.key not in kept]
    files = {entry.path: ToFree(unit, entry) for unit in going for entry in unit.made()}
    told = {f"{name} ({stage})": why for (stage, name), why in kept.items() if why not in ("not asked for", FREED)}
    readers: dict[str, list[FarState]] = {}
    for unit in units:
        for path in unit.reads:
            readers.setdefault(path, []).append(unit)
    for unit in [*going, *(unit for unit in units if kept.get(unit.key) == FREED)]:
        for entry in unit.videos():
            if entry.path not in unit.numbers:  # archived: it is there no more
                continue
            others = [one for one in readers.get(entry.path, ()) if one.key in kept and not one.freed]
            why = f"{others[0].name} ({others[0].stage}) still needs it" if others else _find_change(unit, entry)
            why = why or videos(entry)
            if why:
                told[entry.path] = why
            else:
                files[entry.path] = ToFree(unit, entry)
    return FreePlan(tuple(files.values()), told)


def find_reason(unit: FarState, proof: Proof) -> str:
    """Return why a unit's results stay there, whatever reads them; "" where nothing speaks against it."""
    if unit.freed:
        return FREED
    if unit.state != "finished":
        return f"{unit.state} there"
    if unit.why_not:
        return unit.why_not
    made = unit.made()
    if not made or not all(entry.sha256 and is_plain(entry.path) for entry in made):
        return "its task noted no SHA-256 (content: sampled)"
    return next((why for entry in made if (why := _find_change(unit, entry) or proof(entry))), "")


def _find_change(unit: FarState, entry: Entry) -> str:
    """Return what changed there about a file since it was noted: its size, time or inode; a link has another."""
    now = unit.numbers.get(entry.path)
    if now is None:
        return f"{entry.path} is not there"
    if tuple(now[:3]) != (entry.size, entry.mtime_ns, entry.inode):
        return f"{entry.path} is not the file there that the record tells of"
    return ""


def _keep_together(units: Sequence[FarState], kept: dict[tuple[str, str], str]) -> None:
    """Keep what a unit that stays needs, and what was made from things that stay, until nothing more is kept."""
    makers = {entry.path: unit for unit in units for entry in unit.made()}
    while True:
        before = len(kept)
        for unit in units:
            for maker in _makers_of(unit, makers):
                if unit.key in kept and kept[unit.key] != FREED:
                    kept.setdefault(maker.key, f"{unit.name} ({unit.stage}) still needs it")
                elif unit.gathers and maker.key in kept:
                    kept.setdefault(unit.key, f"{maker.name} ({maker.stage}), from which it was made, stays there")
        if len(kept) == before:
            return


def _makers_of(unit: FarState, makers: Mapping[str, FarState]) -> Iterable[FarState]:
    return {maker.key: maker for path in unit.reads if (maker := makers.get(path))}.values()
