"""Which videos are called slow, and on which machine."""

from __future__ import annotations

from typing import Any

import pytest
from remote_tracker.measures.slow import Node, Slow, find_nodes, find_slow, resolution_of
from remote_tracker.tables.video_row import VideoRow


def row(name: str, seconds: int | None, **keys: Any) -> VideoRow:
    """Return a finished video of 10,000 frames whose task took so long."""
    told = {"frames": 10_000, "batch": "0001", "node": "n1", "width": 640, "height": 480, **keys}
    return VideoRow("d1", f"d1/{name}", "finished", seconds=seconds, **told)


USUAL = [row("a", 100), row("b", 100), row("c", 100)]


def test_a_slow_video() -> None:
    """At 48 frames a second where the median is 100 a video is slow; the line names its node, rates and batch."""
    assert find_slow([*USUAL, row("slow", 208, node="n7")]) == (
        Slow("d1/slow", "n7", 10_000 / 208, 100.0, "0001", "640 x 480"),
    )


@pytest.mark.parametrize(("seconds", "is_slow"), [(200, False), (201, False), (202, True), (None, False), (0, False)])
def test_half_of_the_median(seconds: int | None, is_slow: bool) -> None:
    """Half of the median is not slow; nor is what a second, by which times are rounded, would change."""
    assert bool(find_slow([*USUAL, row("x", seconds)])) == is_slow


@pytest.mark.parametrize(("seconds", "is_slow"), [(202, False), (220, False), (221, True)])
def test_each_task_of_a_video_in_pieces_is_rounded(seconds: int, is_slow: bool) -> None:
    """Of twenty tasks whose whole seconds are added up a second each may be too much."""
    assert bool(find_slow([*USUAL, row("x", seconds, tasks=20)])) == is_slow


def test_machines_that_worked_for_one_video() -> None:
    """A video in pieces is told of each machine that ran its tasks, and where it was slow of each, too."""
    both = row("both", 300, node="n1 n2", tasks=3)
    slow = find_slow([*USUAL, both])
    assert [one.node for one in slow] == ["n1 n2"]
    assert [(one.node, one.videos, one.slow) for one in find_nodes([*USUAL, both], slow)] == [
        ("n1", 4, 1),
        ("n2", 1, 1),
    ]


@pytest.mark.parametrize(
    "keys",
    [{"batch": "0002"}, {"width": 1920, "height": 1080}, {"width": None}, {"batch": ""}, {"frames": None}],
)
def test_only_the_same_is_compared(keys: dict[str, Any]) -> None:
    """A video of another batch, or another resolution, is not compared with these; nor what cannot be."""
    assert find_slow([*USUAL, row("x", 900, **keys)]) == ()


def test_what_failed_is_not_compared() -> None:
    """A task that failed at once reached no rate, and one that failed late was not slow; neither judges a machine."""
    quick, late = (row(name, seconds)._replace(state="failed") for name, seconds in (("q", 1), ("l", 9000)))
    assert find_slow([*USUAL, *[quick] * 9, late]) == ()
    assert find_nodes([*USUAL, quick, late], ()) == (Node("n1", 3, 100.0, 0),)


def test_a_large_video_takes_longer() -> None:
    """Videos of a larger picture are slow beside their own kind alone."""
    large: dict[str, Any] = {"width": 1920, "height": 1080}
    rows = [*USUAL, *(row(f"l{at}", 900, **large) for at in range(3)), row("slow", 2000, **large)]
    assert [(one.video, one.resolution) for one in find_slow(rows)] == [("d1/slow", "1920 x 1080")]


def test_two_videos_tell_nothing() -> None:
    """A median of two lies between them: neither is called slow."""
    assert find_slow([row("a", 10), row("b", 1000)]) == ()


def test_unknown_resolutions_are_compared_with_each_other() -> None:
    """Where no header says how large pictures are, those videos are compared, and no resolution is named."""
    unknown: dict[str, Any] = {"width": None, "height": None}
    rows = [row(f"u{at}", 100, **unknown) for at in range(3)]
    assert [one.resolution for one in find_slow([*rows, row("x", 500, **unknown)])] == [""]
    assert resolution_of(row("x", 1, height=None)) == ""


def test_by_node() -> None:
    """Slow videos are listed by node, the slowest of each first; machines by name, with what was slow there."""
    rows = [*USUAL, *USUAL, row("x", 500, node="n2"), row("y", 300), row("z", 900), row("none", None, node="n3")]
    slow = find_slow(rows)
    assert [(one.node, one.video) for one in slow] == [("n1", "d1/z"), ("n1", "d1/y"), ("n2", "d1/x")]
    assert find_nodes(rows, slow) == (Node("n1", 8, 100.0, 2), Node("n2", 1, 20.0, 1))
