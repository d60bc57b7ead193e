"""A tidy table becomes tracks: frames keep their numbers, holes stay, times are the table's where frames are uneven."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
import numpy as np
from remote_tracker.checks.clause import Fault
from remote_tracker.tracks.given import Given
from remote_tracker.tracks.tidy import read_tidy
from remote_tracker.tracks.tracks import Tracks, fill_holes

COLUMNS = {"frame": "frame", "individual": "animal", "x": "x_px", "y": "y_px"}
HEAD = "frame,time_s,animal,x_px,y_px"


def read(tmp_path: Path, rows: Sequence[str], fps: float | None = 30.0, head: str = HEAD, **columns: str) -> Tracks:
    """Return the tracks in a table of these rows."""
    path = tmp_path / "a.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return read_tidy(Given((str(path),), COLUMNS | columns, fps, "opencv", "px"))


def test_a_table_that_starts_at_frame_5_starts_at_5(tmp_path: Path) -> None:
    """Frames keep their numbers in the video, and so their times; rows may come in any order."""
    tracks = read(tmp_path, ["6,0,0,3,4", "5,0,0,1,2"], fps=29.97)
    assert tracks.frames.tolist() == [5, 6]
    assert tracks.positions[:, :, 0, 0].tolist() == [[1, 2], [3, 4]]
    assert tracks.seconds is not None
    assert tracks.seconds.tolist() == [5 / 29.97, 6 / 29.97]


def test_an_animal_that_is_not_seen_is_nan(tmp_path: Path) -> None:
    """Where one of two animals is unseen it is NaN, and a frame in which none is seen stays a hole."""
    tracks = read(tmp_path, ["0,0,0,1,1", "0,0,1,9,9", "3,0,1,8,8"])
    assert (tracks.frames.tolist(), tracks.individuals) == ([0, 3], ("0", "1"))
    full = fill_holes(tracks)
    assert full.frames.tolist() == [0, 1, 2, 3]
    assert np.isnan(full.positions[1:, :, 0, 0]).all()
    assert np.isnan(full.positions[1:3]).all()
    assert full.positions[3, :, 0, 1].tolist() == [8, 8]


def test_animals_are_sorted_by_number(tmp_path: Path) -> None:
    """Animal 10 comes behind animal 9, names behind numbers, and a name may hold anything."""
    names = ["10", "9", '"a, b"', "Ωmega"]
    tracks = read(tmp_path, [f"0,0,{name},{number},0" for number, name in enumerate(names)])
    assert tracks.individuals == ("9", "10", "a, b", "Ωmega")
    assert tracks.positions[0, 0, 0].tolist() == [1, 0, 2, 3]


@pytest.mark.parametrize("fps", [29.97, 30.0, 1000 / 3, 0.5])
def test_rounded_times_of_even_frames_are_left_out(tmp_path: Path, fps: float) -> None:
    """Times rounded to 1 ms are not taken where the frame rate tells them better, late in a video, too."""
    rows = [f"{frame},{frame / fps:.3f},0,1,1" for frame in (0, 1, 2, 100_000)]
    tracks = read(tmp_path, rows, fps, time="time_s")
    assert tracks.times is None
    assert tracks.seconds is not None
    assert tracks.seconds[-1] == 100_000 / fps


def test_times_of_uneven_frames_are_the_tables(tmp_path: Path) -> None:
    """Where frames are missing from the video, its average rate is wrong: a frame has the time that the table says."""
    tracks = read(tmp_path, ["0,0.0,0,1,1", "1,0.1,0,1,1", "2,2.0,0,1,1", "4,2.2,0,1,1"], 2.5, time="time_s")
    assert tracks.seconds is not None
    assert tracks.seconds.tolist() == [0.0, 0.1, 2.0, 2.2]
    assert fill_holes(tracks).seconds == pytest.approx([0.0, 0.1, 2.0, 2.1, 2.2])


def test_without_a_rate_there_are_no_seconds(tmp_path: Path) -> None:
    """Where nobody says how many frames a second there are, there is no time: frame numbers never pass for seconds."""
    assert read(tmp_path, ["5,0,0,1,1"], fps=None).seconds is None


def test_a_table_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    """A byte order mark, comments and empty lines are no part of the table."""
    tracks = read(tmp_path, ["0,0,0,1,2", "", "# made by hand", "1,0,0,3,4"], head=f"\ufeff{HEAD}")
    assert tracks.positions[:, :, 0, 0].tolist() == [[1, 2], [3, 4]]


def test_keypoints_and_confidence(tmp_path: Path) -> None:
    """A table with a column of body parts gives each its place, in the order in which they come."""
    head = "frame,time_s,animal,x_px,y_px,part,p"
    rows = ["0,0,m,1,2,nose,0.9", "0,0,m,3,4,ear,0.5", "1,0,m,,,nose,0.1"]
    tracks = read(tmp_path, rows, head=head, keypoint="part", confidence="p")
    assert tracks.keypoints == ("nose", "ear")
    assert tracks.positions[0, :, 1, 0].tolist() == [3, 4]
    assert np.isnan(tracks.positions[1]).all()
    assert tracks.confidence[:, 0, 0].tolist() == [0.9, 0.1]


def test_a_table_without_rows(tmp_path: Path) -> None:
    """In a video in which no animal was found there is no individual."""
    assert read(tmp_path, []).individuals == ()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["0,0,0,1,1", "0,0,0,2,2"], "has the animal 0 twice in frame 0"),
        (["0.5,0,0,1,1"], "something other than the number of a frame"),
        (["-1,0,0,1,1"], "something other than the number of a frame"),
        (["0,0,0,1,x"], 'no number in its column "y_px"'),
        (["0,0,0,1"], "is cut short or damaged: row 2 has 4 cells, expected 5"),
        ([f"{n},0,{n},1,1" for n in range(25_000)], "holds 25,000 animals over 25,000 frames: too many for an array"),
    ],
)
def test_what_is_no_table_of_tracks(tmp_path: Path, rows: list[str], why: str) -> None:
    """A table that tells a place twice, is damaged, or is too large for memory is refused with the reason."""
    with pytest.raises(Fault, match=why):
        read(tmp_path, rows)


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    """A column that tracker.yml names and the table lacks is named with the columns that are there."""
    with pytest.raises(Fault, match='has no column "x_mm"; it has frame, time_s, animal, x_px, y_px'):
        read(tmp_path, ["0,0,0,1,1"], x="x_mm")


def test_the_size_of_animals(tmp_path: Path) -> None:
    """Where a column tells an animal's area it is kept by frame, NaN where it is not seen, holes filled or not."""
    rows = ["0,0,0,1,1,50", "0,0,1,9,9,70.5", "3,0,1,8,8,"]
    tracks = read(tmp_path, rows, head=f"{HEAD},area_px", size="area_px")
    assert tracks.size is not None
    assert np.array_equal(tracks.size, [[50, 70.5], [np.nan, np.nan]], equal_nan=True)
    full = fill_holes(tracks)
    assert full.size is not None
    assert np.array_equal(full.size[0], [50, 70.5])
    assert np.isnan(full.size[1:]).all()
    assert read(tmp_path, ["0,0,0,1,1"]).size is None
