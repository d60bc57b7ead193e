"""Name the videos whose task ran slowly beside the other tasks of its batch, and the machines. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from ..tables.video_row import WHOLE, VideoRow

LEAST = 3  # videos of a batch with one resolution, below which none is called slow: the median of two tells nothing
SHARE = 0.5  # of the batch's median rate


@dataclass(frozen=True)
class Slow:
    """A video that was processed at less than half the rate of its batch."""

    video: str
    node: str
    fps: float  # frames that its task processed a second
    median_fps: float  # of the batch's videos with this resolution
    batch: str
    resolution: str  # as 1920 x 1080; "": not known, as of all videos that it is compared with


@dataclass(frozen=True)
class Node:
    """How fast a machine was."""

    node: str
    videos: int
    median_fps: float
    slow: int  # how many of its videos were slow beside others of their batch


def find_slow(rows: Iterable[VideoRow]) -> tuple[Slow, ...]:
    """Return the videos at less than half the median rate of their batch at their resolution, by node, slowest first.

    Videos with a proven result are looked at: what failed may have ended early. A task's time is told in whole seconds:
    a video counts only where a second less, for each task, would not change that. Videos whose resolution is not known
    are compared with each other.
    """
    groups: dict[tuple[str, str], list[VideoRow]] = defaultdict(list)
    for row in rows:
        if row.state in WHOLE and row.fps_reached and row.batch:
            groups[row.batch, resolution_of(row)].append(row)
    found = [slow for (_, told), group in groups.items() if len(group) >= LEAST for slow in _find_in(group, told)]
    return tuple(sorted(found, key=lambda slow: (slow.node, slow.fps / slow.median_fps, slow.video)))


def _find_in(group: list[VideoRow], resolution: str) -> Iterable[Slow]:
    middle = median(row.fps_reached or 0.0 for row in group)
    for row in group:
        frames, seconds = row.frames or 0, row.seconds or 0
        if seconds > row.tasks and frames / (seconds - row.tasks) < SHARE * middle:
            yield Slow(row.video, row.node, frames / seconds, middle, row.batch, resolution)


def resolution_of(row: VideoRow) -> str:
    """Return a video's resolution, as 1920 x 1080, "" where it is not known."""
    return f"{row.width} x {row.height}" if row.width and row.height else ""


def find_nodes(rows: Iterable[VideoRow], slow: Iterable[Slow]) -> tuple[Node, ...]:
    """Return the machines that made results, by name, with the median rate of their videos."""
    rates: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.state in WHOLE and row.fps_reached:
            for node in row.node.split():  # of a video in pieces, each that worked for it
                rates[node].append(row.fps_reached)
    named = [node for one in slow for node in one.node.split()]
    return tuple(Node(node, len(rates[node]), median(rates[node]), named.count(node)) for node in sorted(rates))
