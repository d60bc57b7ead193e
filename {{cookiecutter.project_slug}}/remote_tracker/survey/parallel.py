"""Large trees: once nothing more is to be listed, the folders that are left are sifted side by side.

A scan of a million videos is the reading of folders, and that goes on as many cores as there are (four at
most: a login node is shared). Each process sifts every n-th of the folders that lie right under the root of
the videos, and hands back its counts and the few units that need a closer look; their order stays.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from .. import shell
from ..model import Stage, State
from ..scan import Halves, Tree
from .fast_path import Sheet, Sift

MANY = 64  # fewer folders are sifted before the processes have started
STEP = 8


class _Sifted(NamedTuple):
    counts: Counter[State]
    remarks: Counter[str]
    left: dict[str, list[Sheet]]
    unreadable: dict[str, str]


def find_sheets_ahead(stage: Stage, tree: Tree, sift: Sift) -> Iterator[Sheet]:
    """Yield what ``sift`` leaves over of each folder, in the order of a scan."""
    start = Halves(stage.inputs[0].pattern).start
    folders = tree.folders(start)
    if len(folders) < MANY or processes() < 2:
        yield from sift.find_sheets(tree)
        return
    step: Sequence[str] = tree.names(start)  # what lies in no folder comes first
    while (step or folders) and (sift.wanted > 0 or not folders):
        if step:
            yield from sift.find_sheets(tree.narrowed(start, step))
        step, folders = folders[:STEP], folders[STEP:]
    yield from _sift_side_by_side(tree, sift, start, [*step, *folders])


def processes() -> int:
    """Return on how many cores a scan goes on."""
    return min(4, len(os.sched_getaffinity(0)))


def _sift_side_by_side(tree: Tree, sift: Sift, start: str, folders: Sequence[str]) -> Iterator[Sheet]:
    count = processes()

    def sift_part(part: Sequence[str]) -> _Sifted:
        own = replace(sift, counts=Counter(), remarks=Counter(), wanted=0)
        narrowed = tree.narrowed(start, part)
        left: dict[str, list[Sheet]] = {}
        for sheet in own.find_sheets(narrowed):
            for unit in [*sheet.others][:1]:
                left.setdefault(unit.inputs[0][0][len(start) :].partition("/")[0], []).append(sheet)
        return _Sifted(own.counts, own.remarks, left, narrowed.unreadable)

    sifted = shell.run_copies(sift_part, [folders[i::count] for i in range(count)])
    for part in sifted:
        sift.counts.update(part.counts)
        sift.remarks.update(part.remarks)
        tree.unreadable.update(part.unreadable)
    for index, folder in enumerate(folders):
        yield from sifted[index % count].left.get(folder, ())
