"""Tables of DeepLabCut become tracks: of one animal or several, by the frame numbers in them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("h5py", reason="h5py is not installed")
import numpy as np
from remote_tracker.checks.clause import Fault
from remote_tracker.tracks.deeplabcut import read_deeplabcut
from remote_tracker.tracks.given import Given
from remote_tracker.tracks.tracks import Tracks

SINGLE = """scorer,net,net,net,net,net,net
bodyparts,nose,nose,nose,tail,tail,tail
coords,x,y,likelihood,x,y,likelihood
"""
SEVERAL = """scorer,net,net,net,net,net,net,net,net,net
individuals,m1,m1,m1,m2,m2,m2,single,single,single
bodyparts,nose,nose,nose,nose,nose,nose,door,door,door
coords,x,y,likelihood,x,y,likelihood,x,y,likelihood
"""


def read(tmp_path: Path, text: str, frames: int | None = None, fps: float | None = 29.97) -> Tracks:
    """Return the tracks in a table."""
    path = tmp_path / "a.csv"
    path.write_text(text)
    if frames is not None:
        (tmp_path / "analyzed.json").write_text(f'{{"frames": {frames}}}')
    return read_deeplabcut(Given((str(path),), {}, fps, "deeplabcut", "px"))


def test_a_table_that_starts_at_frame_5_starts_at_5(tmp_path: Path) -> None:
    """The column with the frames' numbers counts; positions are there whatever their likelihood."""
    tracks = read(tmp_path, SINGLE + "5,1,2,0.9,3,4,0.1\n7,5,6,0.8,7,8,0.2\n")
    assert (tracks.frames.tolist(), tracks.individuals, tracks.keypoints) == ([5, 7], ("0",), ("nose", "tail"))
    assert tracks.positions[0, :, :, 0].T.tolist() == [[1, 2], [3, 4]]
    assert tracks.confidence[:, 1, 0].tolist() == [0.1, 0.2]
    assert tracks.fps == 29.97


def test_several_animals_and_a_part_of_none(tmp_path: Path) -> None:
    """Each animal has its parts; a part that belongs to no animal is an individual of its own, NaN elsewhere."""
    tracks = read(tmp_path, SEVERAL + "0,1,2,0.9,3,4,0.8,5,6,0.7\n1,,,,7,8,0.6,,,\n", frames=4)
    assert tracks.individuals == ("m1", "m2", "single")
    assert tracks.frames.tolist() == [0, 1, 2, 3], "frames behind the last in which an animal was seen were looked at"
    assert tracks.positions[1, :, 0, 1].tolist() == [7, 8]
    assert np.isnan(tracks.positions[1, :, 0, 0]).all()
    assert np.isnan(tracks.positions[0, :, 1, 0]).all()
    assert tracks.positions[0, :, 1, 2].tolist() == [5, 6]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (SINGLE + "0,1,2,0.9,3,4,0.1", "is cut short"),
        (SINGLE + "0,1,2,0.9,3\n1,1,2,0.9,3,4,0.1\n", "cut short or damaged"),
        (SINGLE + "0,1,2,0.9,3,4,0.1\n" * 2, "has a frame twice"),
        ("frame,x\n0,1\n", "no rows called bodyparts and coords"),
    ],
)
def test_what_is_no_whole_table(tmp_path: Path, text: str, why: str) -> None:
    """A table that is cut short, or is another table, is refused."""
    with pytest.raises(Fault, match=why):
        read(tmp_path, text)


def test_two_tables_are_refused(tmp_path: Path) -> None:
    """Where two tables lie in the folder, as of two trainings, none is taken in silence."""
    with pytest.raises(Fault, match=r"is 2 files, expected a single file: a\.csv, b\.csv"):
        read_deeplabcut(Given((str(tmp_path / "a.csv"), str(tmp_path / "b.csv")), {}, None, "deeplabcut", "px"))
