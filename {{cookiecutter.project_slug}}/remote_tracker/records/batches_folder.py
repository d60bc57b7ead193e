"""The folder in which the batches of stages lie, a folder each, and what scans keep beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..disk.derived import write_derived
from ..model import Project, Stage
from ..model.scheduling import BATCHES
from ..values import dataclass
from .batch import Batch
from .kept_batches import KEPT, MANY, load_kept, read_batch, render_kept, stamp_of

_believed: dict[str, Batch] = {}  # place -> a sealed batch whose stamp this process compared: it does not change


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
        return Batch(self.path / number)

    def find(self, stage: str) -> list[Batch]:
        """Return the batches of one stage that were written to their end, oldest first."""
        return [batch for batch in self._all() if batch.stage == stage]

    def _all(self) -> Iterator[Batch]:
        """Yield each folder that may be a batch, oldest first, with what is kept of it."""
        path = str(self.path)
        try:
            names = sorted(filter(str.isdecimal, os.listdir(path)))
        except FileNotFoundError:
            return
        names.sort(key=len)  # with the line above as age_of sorts, in a fifth of its time
        kept = load_kept(self.path)
        for name in names:
            place = f"{path}/{name}"
            known = _believed.get(place)
            if not known and name in kept and kept[name].stamp == stamp_of(place):
                known = _believed[place] = Batch(Path(place), kept[name])
            yield known or Batch(Path(place))

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


def batches_of(project: Project, stage: Stage) -> BatchesFolder:
    """Return the folder of a stage's batches."""
    return BatchesFolder(project.root / stage.folder)


def find_batches(project: Project, stage: Stage) -> list[Batch]:
    """Return the batches of a stage that were written to their end, oldest first."""
    return batches_of(project, stage).find(stage.name)
