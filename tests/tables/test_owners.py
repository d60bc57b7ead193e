"""What the table of animals repeats of a result's video is kept in a file, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.tables.owners import Owner, Owners


@pytest.mark.parametrize(
    "video", ["d1/a.avi", 'd1/a "b", c.avi', "d1/\udce9.avi", "d1/果蝇🪰.avi", "=1.avi", "d1/a\n.avi"]
)
def test_an_owner_comes_back_as_its_cells_are_written(tmp_path: Path, video: str) -> None:
    """Day, video and the lab's cells of each result are told again, whatever they hold and in whatever order."""
    with open(tmp_path / "owners", "x+b") as file:
        owners = Owners(file, 3)
        owners.add(2, "d1", video, ["w,t", "1\n2"])
        owners.add(0, "d2", "b", ["", ""])
        assert [number in owners for number in range(3)] == [True, False, True]
        guarded = f"'{video}" if video.startswith("=") else video
        quoted = f'"{guarded}"'.replace('"b"', '""b""') if set(',"\n') & set(video) else guarded
        assert (owners.of(0), owners.of(2)) == (Owner("d2,b"), Owner(f"d1,{quoted}", '"w,t","1\n2"'))


def test_the_last_video_of_a_result_counts(tmp_path: Path) -> None:
    """A later video takes a result over; its empty cells of the lab's replace none that are filled."""
    with open(tmp_path / "owners", "x+b") as file:
        owners = Owners(file, 1)
        owners.add(0, "d1", "a", ["wt"])
        owners.add(0, "d1", "b", [""])
        assert owners.of(0) == Owner("d1,b", "wt")
        owners.add(0, "d1", "c", ["mutant"])
        assert owners.of(0) == Owner("d1,c", "mutant")
