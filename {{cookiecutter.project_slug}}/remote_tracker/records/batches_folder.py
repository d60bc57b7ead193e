"""The folder in which the batches of stages lie, a folder each, and what scans keep beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

from ..disk.derived import write_derived
from ..model import Project, Stage
from ..model.scheduling import BATCHES
from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass
from .batch import Batch
from .kept_batches import KEPT, MANY, KeptBatch, load_kept, read_batch, render_kept, stamp_of

RESTED_S = 5.0  # no disk's clock ticks as slowly, and few are off by more
_believed: dict[str, Batch] = {}  # place -> a sealed batch whose stamp this process compared: it does not change


class _Listed(NamedTuple):
    stamp: tuple[int, int] | None  # of the folder of batches; None: it changed so lately that this tells nothing
    names: list[str]  # as the disk listed it
    kept: Mapping[str, KeptBatch]  # at that time
    batches: list[Batch]  # oldest first
    unkept: list[int]  # the places of batches that are not kept


_listed: dict[str, _Listed] = {}  # path -> what lay there when this process looked last


def _believe(place: str, kept: KeptBatch | None) -> Batch:
    """Return the batch at ``place``, with what is kept of it where that is still so."""
    known = _believed.get(place)
    if not known and kept and kept.stamp == stamp_of(place):
        known = _believed[place] = Batch(place, kept)
    return known or Batch(place)


@dataclass(frozen=True)
class BatchesFolder:
    """The folder with the batches of all stages that share ``folder``, and with what scans remember of the stages."""

    folder: Path

    @property
    def path(self) -> Path:
        """Return the folder itself."""
        return self.folder / BATCHES

    def batch(self, number: str) -> Batch:
        """Return the batch of this number, whether its folder exists or not."""
        return Batch(str(self.path / number))

    def find(self, stage: str) -> list[Batch]:
        """Return the batches of one stage that were written to their end, oldest first."""
        return [batch for batch in self._all() if (batch.kept or batch).stage == stage]

    def _list(self) -> _Listed:
        """Return each folder that may be a batch, with what is kept of it."""
        path = str(self.path)
        kept, last, stamp = load_kept(self.path), _listed.get(path), _stamp_of_names(path)
        if last and last.kept is kept and stamp and stamp == last.stamp:
            return last
        try:
            names = os.listdir(path)
        except FileNotFoundError:
            names = []
        if last and last.kept is kept and last.names == names:
            last = _listed[path] = last._replace(stamp=stamp)
            return last
        numbers = sorted(filter(str.isdecimal, names))
        numbers.sort(key=len)  # with the line above as age_of sorts, in a fifth of its time
        batches = [_believe(f"{path}/{name}", kept.get(name)) for name in numbers]
        unkept = [at for at, batch in enumerate(batches) if not batch.kept]
        last = _listed[path] = _Listed(stamp, names, kept, batches, unkept)
        return last

    def _all(self) -> list[Batch]:
        """Return each folder that may be a batch, oldest first, with what is kept of it."""
        listed = self._list()
        found = [*listed.batches]
        for at in listed.unkept:  # what such a batch said may have changed since
            found[at] = Batch(found[at].place)
        return found

    def find_unkept(self) -> list[Batch]:
        """Return each folder that may be a batch, but for sealed batches that are kept."""
        return [batch for batch in self._all() if not batch.kept]

    def keep(self) -> None:
        """Keep what scans ask of sealed batches in one file, where many batches are not kept yet."""
        batches = [batch for batch in self._all() if batch.is_sealed]
        if sum(batch.kept is None for batch in batches) < MANY:
            return
        found = {b.number: b.kept or read_batch(b.folder, b.described) for b in batches}
        write_derived(self.path / KEPT, render_kept({number: one for number, one in found.items() if one}))

    def remembered(self, kind: str, stage: Stage) -> Path:
        """Return the file with what scans remember of a stage (``kind``: proven, ready); it may be deleted any time."""
        return self.path / f"{kind}.{stage.name}"

    @property
    def redo(self) -> Path:
        """Return the folder with the notes on the units that users asked to do again."""
        return self.path / "redo"


def _stamp_of_names(path: str) -> tuple[int, int] | None:
    """Return what tells that no name came or went in a folder since; None where one did so lately that it may again.

    A disk's clock ticks: what comes in the tick of a change before leaves the same time.
    """
    try:
        found = os.stat(path)
    except OSError:
        return None
    age_s = time.time() - found.st_mtime
    return (found.st_mtime_ns, found.st_ino) if age_s > RESTED_S else None


def batches_of(project: Project, stage: Stage) -> BatchesFolder:
    """Return the folder of a stage's batches."""
    return BatchesFolder(project.root / stage.folder)


def find_batches(project: Project, stage: Stage) -> list[Batch]:
    """Return the batches of a stage that were written to their end, oldest first."""
    return batches_of(project, stage).find(stage.name)
