"""Look up how many frames the headers of videos claim: of some finished and some listed videos, evenly drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..checks.claimed_frames import read_claimed_frames
from ..disk.ask_far import is_silent
from ..model import Project, Stage
from ..records.estimate import Size, is_told
from ..records.times import Taken, measure_inputs
from ..scan import Tree
from ..survey import Examined

MOST_READ = 100  # headers of each kind
ENOUGH = 10  # headers after which it is asked whether looking on is any use
Thing = TypeVar("Thing")


def look_up_frames(
    project: Project, stage: Stage, taken: Sequence[Taken], listed: Sequence[Examined]
) -> tuple[list[Taken], list[Size]]:
    """Return both with the frames that headers claim; a video that was not looked at has None.

    No file is read where the stage reads anything but one file a task.
    """
    tree = Tree(project.root, project.videos)
    done, sizes = list(taken), [*map(Size, map(measure_inputs, [seen.unit.mark for seen in listed]))]
    if len(stage.inputs) != 1 or stage.each or stage.per:
        return done, sizes
    root = stage.inputs[0].pattern.root
    claimed: list[int] = []
    for number in _draw(len(done)):
        one = done[number]
        claimed.append(_read(tree, f"{root}/{one.unit}".lstrip("/"), one.measure))
        done[number] = one._replace(frames=claimed[-1])
        if len(claimed) == ENOUGH and not is_told(claimed):
            break
    if not is_told(claimed):
        return done, sizes
    for number in _draw(len(sizes)):
        (files,) = listed[number].unit.inputs
        frames = _read(tree, files[0], sizes[number].measure) if files else 0
        sizes[number] = sizes[number]._replace(frames=frames)
    return done, sizes


def _draw(number: int) -> list[int]:
    """Return at most MOST_READ places in a list of this length, evenly."""
    drawn = min(number, MOST_READ)
    return [place * number // drawn for place in range(drawn)]


def _read(tree: Tree, path: str, measure: float) -> int:
    try:
        is_read = measure > 0 and not is_silent(tree.place(path))
        return read_claimed_frames(tree.place(path), int(measure)) if is_read else 0
    except OSError:
        return 0
