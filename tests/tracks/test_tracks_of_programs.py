"""Results of idtracker.ai, TRex, Tierpsy, anTraX and TRamWAy become tracks with their own rate and frame numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY

pytest.importorskip("h5py", reason="h5py is not installed")
import h5py
import numpy as np
from remote_tracker.checks.clause import Fault
from remote_tracker.model.track_source import TRACK_FORMS
from remote_tracker.tracks.antrax import read_antrax
from remote_tracker.tracks.forms import FORMS
from remote_tracker.tracks.given import Given
from remote_tracker.tracks.idtrackerai import read_idtrackerai
from remote_tracker.tracks.tierpsy import read_tierpsy
from remote_tracker.tracks.tramway import read_tramway
from remote_tracker.tracks.trex import read_trex

DATA = REPOSITORY.parent / "shared" / "data"
NAN = float("nan")


def given(*paths: Path, fps: float | None = None, unit: str = "px") -> Given:
    """Return what a reader is given."""
    return Given(tuple(map(str, paths)), {}, fps, "x", unit)


def test_each_form_has_a_reader() -> None:
    """Each word for a form that tracker.yml may say has a reader, and no reader is without a word."""
    assert tuple(FORMS) == TRACK_FORMS


def write_session(folder: Path, fps: Any = 119.88) -> Path:
    """Write a session of two animals and three frames."""
    (folder / "trajectories").mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({"frames_per_second": fps}))
    places = np.arange(12.0).reshape(3, 2, 2)
    places[1, 0] = NAN
    with h5py.File(folder / "trajectories/trajectories.h5", "w") as file:
        file["trajectories"], file["id_probabilities"] = places, np.full((3, 2, 1), 0.5)
    return folder


@pytest.mark.parametrize(("said", "fps"), [(119.88, 119.88), (None, 25.0), (0, 25.0), ("30", 25.0)])
def test_idtrackerai(tmp_path: Path, said: Any, fps: float) -> None:
    """The session's frame rate counts, else the video's; times are frame / rate, not the rounded times of its CSV."""
    tracks = read_idtrackerai(given(write_session(tmp_path / "session_a", said), fps=25.0))
    assert (tracks.fps, tracks.individuals, tracks.times) == (fps, ("0", "1"), None)
    assert tracks.positions[2, :, 0].T.tolist() == [[8, 9], [10, 11]]
    assert np.isnan(tracks.positions[1, :, 0, 0]).all()
    assert tracks.confidence[0, 0].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("areas", "size"), [([60.0, 70.0], [[60, 70], [NAN, 70], [60, 70]]), ([60.0], None), (5.0, None)]
)
def test_idtrackerai_tells_areas(tmp_path: Path, areas: Any, size: Any) -> None:
    """An animal's median area counts wherever it is seen; what is not one area an animal is left out."""
    folder = write_session(tmp_path / "session_a")
    with h5py.File(folder / "trajectories/trajectories.h5", "a") as file:
        file["areas/median"] = areas
    found = read_idtrackerai(given(folder)).size
    assert (found is None) == (size is None)
    assert size is None or np.array_equal(found, size, equal_nan=True)


def test_idtrackerai_that_did_not_end(tmp_path: Path) -> None:
    """A session without trajectories, or with a damaged session.json, is refused with the reason."""
    folder = write_session(tmp_path / "session_a")
    (folder / "session.json").write_text("{")
    with pytest.raises(Fault, match=r"session\.json that is not whole"):
        read_idtrackerai(given(folder))
    (folder / "trajectories/trajectories.h5").unlink()
    with pytest.raises(Fault, match=r"has no trajectories/trajectories\.h5"):
        read_idtrackerai(given(folder))


def write_trex(folder: Path, name: str, frames: Sequence[int], **columns: Any) -> Path:
    """Write the table of an animal that is at (2, 4) cm."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "a.results").touch()
    path = folder / "data" / name
    x, y = np.full(len(frames), 2.0), np.full(len(frames), 4.0)
    np.savez(path, **{"frame": np.array(frames), "X": x, "Y": y, **columns})
    return path


def test_trex(tmp_path: Path) -> None:
    """Animals of different frames lie over one another; inf is unseen; a table of postures is left out."""
    first = write_trex(tmp_path, "a_id0.npz", [5, 6, 7], X=np.array([1.0, np.inf, 3.0]), frame_rate=np.array(30))
    second = write_trex(tmp_path, "a_id10.npz", [7, 8], frame_rate=np.array(30))
    np.savez(tmp_path / "data/a_posture_id0.npz", midline=np.zeros(3))
    tracks = read_trex(given(first, second, tmp_path / "data/a_posture_id0.npz"))
    assert (tracks.frames.tolist(), tracks.individuals, tracks.fps, tracks.unit) == ([5, 7, 8], ("0", "10"), 30.0, "cm")
    assert tracks.positions[1, :, 0].T.tolist() == [[3, 4], [2, 4]]


def test_trex_in_pixels(tmp_path: Path) -> None:
    """Where every table says how large a pixel is, places are in pixels."""
    path = write_trex(tmp_path, "a_fish0.npz", [0], cm_per_pixel=np.array(0.02))
    tracks = read_trex(given(path))
    assert (tracks.unit, tracks.positions[0, :, 0, 0].tolist()) == ("px", [100, 200])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"microns_per_pixel": 12.4, "xy_units": b"micrometers"}, (12.4, "µm")),
        ({"microns_per_pixel": 1.0, "xy_units": b"pixels"}, None),
        ({"microns_per_pixel": 0.0, "xy_units": b"micrometers"}, None),
        ({}, None),
    ],
)
def test_how_long_a_pixel_is_for_tierpsy(
    tmp_path: Path, said: dict[str, Any], expected: tuple[float, str] | None
) -> None:
    """A pixel is as long as Tierpsy was told; where it was not told, nobody knows it."""
    path = tmp_path / "a_skeletons.hdf5"
    write_tierpsy(path, [(3, 1, 0.12)])
    with h5py.File(path, "a") as file:
        file["trajectories_data"].attrs.update(said)
    assert read_tierpsy(given(path)).scale == expected


def test_how_long_a_pixel_is_for_trex(tmp_path: Path) -> None:
    """A pixel is as long as the tables say; where they say nothing, positions are in cm."""
    told = write_trex(tmp_path, "a_fish0.npz", [0], cm_per_pixel=np.array(0.02))
    assert read_trex(given(told)).scale == (0.02, "cm")
    assert read_trex(given(write_trex(tmp_path, "b_fish0.npz", [0]))).scale is None


def test_trex_without_animals(tmp_path: Path) -> None:
    """Where no table is an animal's, or a table is damaged, the result is refused."""
    np.savez(tmp_path / "a_posture_id0.npz", midline=np.zeros(3))
    with pytest.raises(Fault, match="no table of an animal"):
        read_trex(given(tmp_path / "a_posture_id0.npz"))
    (tmp_path / "b.npz").write_bytes((tmp_path / "a_posture_id0.npz").read_bytes()[:100])
    with pytest.raises(Fault, match=r"damaged table b\.npz"):
        read_trex(given(tmp_path / "b.npz"))


def write_tierpsy(
    path: Path, rows: Sequence[tuple[int, int, float]], unit: bytes = b"seconds", fps: float = 25.0
) -> Path:
    """Write trajectories of (frame, worm, time), each worm at x = 10 times its number."""
    names = ("frame_number", "worm_index_joined", "timestamp_time", "coord_x", "coord_y")
    types = ("i4", "i4", "f4", "f4", "f4")
    table = np.array([(*row, 10.0 * row[1], 1.0) for row in rows], dtype=list(zip(names, types, strict=True)))
    with h5py.File(path, "w") as file:
        file["trajectories_data"] = table
        file["trajectories_data"].attrs.update({"fps": fps, "time_units": unit})
    return path


def test_tierpsy(tmp_path: Path) -> None:
    """Joined trajectories are the worms, in pixels; what was joined to none is left out."""
    rows = [(3, 2, 0.12), (4, 2, 0.16), (4, 1, 0.16), (4, -1, 0.16), (6, 1, 0.24)]
    tracks = read_tierpsy(given(write_tierpsy(tmp_path / "a.hdf5", rows)))
    assert (tracks.frames.tolist(), tracks.individuals, tracks.fps, tracks.times) == ([3, 4, 6], ("1", "2"), 25.0, None)
    assert tracks.positions[1, 0, 0].tolist() == [10, 20]


def test_tierpsy_tells_areas(tmp_path: Path) -> None:
    """A worm's area is its outline's, in px²; a table without that column tells none."""
    path = write_tierpsy(tmp_path / "a.hdf5", [(3, 2, 0.12), (4, 1, 0.16)])
    assert read_tierpsy(given(path)).size is None
    with h5py.File(path, "a") as file:
        table = file["trajectories_data"][()]
        areas = np.zeros(len(table), dtype=[*table.dtype.descr, ("area", "f4")])
        for name in table.dtype.names:
            areas[name] = table[name]
        areas["area"] = [300, 400]
        said = dict(file["trajectories_data"].attrs)
        del file["trajectories_data"]
        file["trajectories_data"] = areas
        file["trajectories_data"].attrs.update(said)
    size = read_tierpsy(given(path)).size
    assert size is not None
    assert np.array_equal(size, [[np.nan, 300], [400, np.nan]], equal_nan=True)


def test_tierpsy_with_frames_that_the_camera_lost(tmp_path: Path) -> None:
    """Where the camera's clock says that frames are not evenly spaced, its times count."""
    tracks = read_tierpsy(given(write_tierpsy(tmp_path / "a.hdf5", [(0, 1, 0.0), (1, 1, 0.04), (2, 1, 1.5)])))
    assert tracks.seconds == pytest.approx([0.0, 0.04, 1.5])


@pytest.mark.parametrize(("fps", "expected"), [(None, None), (30.0, 30.0)])
def test_tierpsy_that_knew_no_rate(tmp_path: Path, fps: float | None, expected: float | None) -> None:
    """Where Tierpsy counted in frames, its fps of 1 is not taken for frames a second."""
    path = write_tierpsy(tmp_path / "a.hdf5", [(0, 1, NAN), (1, 1, NAN)], b"frames", 1.0)
    assert read_tierpsy(given(path, fps=fps)).fps == expected


def write_antrax(folder: Path, movie: int, **ants: Any) -> Path:
    """Write the tracks of a movie, and what its session says about its movies."""
    folder.mkdir(parents=True)
    session = next(path.parent for path in (folder, *folder.parents) if path.name == "antdata")
    (session / "parameters").mkdir(exist_ok=True)
    (session / "parameters/movies_info.txt").write_text("index movfile fps\n1 a_1.mp4 10\n2 a_2.mp4 12.5\n")
    path = folder / f"xy_{movie}_{movie}.mat"
    with h5py.File(path, "w") as file:
        for name, rows in ants.items():
            file[name] = np.array(rows)
    return path


def test_antrax(tmp_path: Path) -> None:
    """Each movie counts its own frames and has its own rate; an ant of a colony is called by both."""
    seen = [[1.0, NAN, 3.0], [4.0, NAN, 6.0], [0, 0, 0], [1, 1, 1]]
    first = write_antrax(tmp_path / "s/antdata/red", 2, BB=seen)
    second = write_antrax(tmp_path / "s/antdata/blue", 2, BB=seen, GG=[[NAN] * 3] * 3)
    tracks = read_antrax(given(first, second, unit="m"))
    assert (tracks.individuals, tracks.fps, tracks.unit) == (("blue/BB", "blue/GG", "red/BB"), 12.5, "m")
    assert tracks.frames.tolist() == [0, 1, 2]
    assert tracks.positions[2, :, 0, 2].tolist() == [3, 6]
    assert np.isnan(tracks.positions[1]).all()


@pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is not there")
def test_a_real_session_of_idtrackerai() -> None:
    """A real session gives its ten animals, unrounded, and its rate."""
    tracks = read_idtrackerai(given(DATA / "idtrackerai/session_day1"))
    assert (tracks.positions.shape, tracks.fps) == ((300, 2, 1, 10), 30.0)
    assert tracks.positions[0, :, 0, 0] == pytest.approx([212.15842491, 435.41758242])
    assert tracks.size is not None
    assert tracks.size.shape == (300, 10)
    assert np.nanmin(tracks.size) > 50


def write_rwa(path: Path, tables: dict[str, dict[str, Any]]) -> Path:
    """Write the tables of locations of a .rwa, by the names of its regions; "" is a file without regions."""
    with h5py.File(path, "w") as file:
        for region, columns in tables.items():
            at = f"analyses/_instances/items/{region}" if region else "analyses"
            file.require_group(f"{at}/_instances")
            for number, (name, values) in enumerate(columns.items()):
                file[f"{at}/_data/data/keys/{number}"] = np.bytes_(name)
                file[f"{at}/_data/data/values/{number}"] = np.asarray(values)
    return path


LOCATIONS = {
    "n": [1, 1, 1, 2, 2],
    "x": [0.5, 1.5, 2.5, 9, 8.0],
    "y": [1.0, 2, 3, -4, -5],
    "t": [0.04, 0.08, 0.16, 0.08, 0.12],
}


def test_tramway(tmp_path: Path) -> None:
    """A step of time is a frame; a trajectory is called by its number, and has a hole where it was not seen."""
    tracks = read_tramway(given(write_rwa(tmp_path / "a.rwa", {"": LOCATIONS}), unit="µm"))
    assert (tracks.individuals, tracks.unit, tracks.times) == (("1", "2"), "µm", None)
    assert tracks.fps == pytest.approx(25)
    assert tracks.frames.tolist() == [1, 2, 3, 4]
    assert tracks.positions[:, :, 0, 1].tolist()[1:3] == [[9, -4], [8, -5]]
    assert np.isnan(tracks.positions[2, :, 0, 0]).all()


def test_tramway_by_region(tmp_path: Path) -> None:
    """The trajectories of all regions are there, a location that lies in two of them once."""
    half = {name: values[1:] for name, values in LOCATIONS.items()}
    tracks = read_tramway(given(write_rwa(tmp_path / "a.rwa", {"left": LOCATIONS, "right": half})))
    assert tracks.individuals == ("1", "2")
    assert int(np.isfinite(tracks.positions[:, 0]).sum()) == 5


def test_tramway_at_uneven_times(tmp_path: Path) -> None:
    """Where no step of time divides all times, a frame is a time, and the times are told."""
    uneven = {**LOCATIONS, "t": [0.0, 0.04, 0.101, 0.04, 0.07]}
    tracks = read_tramway(given(write_rwa(tmp_path / "a.rwa", {"": uneven})))
    assert tracks.fps is None
    assert tracks.times is not None
    assert tracks.times.tolist() == [0.0, 0.04, 0.07, 0.101]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({}, "has no table of trajectories"),
        ({"n": [1], "x": [1.0], "y": [2.0]}, 'has locations without a column "t"; it has n, x, y'),
        ({**LOCATIONS, "t": [0.0, NAN, 0.1, 0.2, 0.3]}, "has a location without a time"),
        ({**LOCATIONS, "t": [0.0, 0.0, 0.1, 0.2, 0.3]}, "has the animal 1 twice in frame 0"),
    ],
)
def test_tramway_that_is_refused(tmp_path: Path, columns: dict[str, Any], why: str) -> None:
    """A .rwa without trajectories, or with what is none, is refused with the reason."""
    with pytest.raises(Fault, match=why):
        read_tramway(given(write_rwa(tmp_path / "a.rwa", {"": columns})))


@pytest.mark.skipif(
    not (DATA / "tramway/syn_d.rwa").exists(), reason="a .rwa of the real TRamWAy is not here (../shared)"
)
def test_a_real_rwa() -> None:
    """A .rwa that the real TRamWAy wrote holds all trajectories of the file that it read, at its times."""
    tracks = read_tramway(given(DATA / "tramway/syn_d.rwa"))
    rows = np.loadtxt(DATA / "tramway/syn.trxyt")
    assert tracks.individuals == tuple(f"{n:.0f}" for n in np.unique(rows[:, 0]))
    assert int(np.isfinite(tracks.positions[:, 0]).sum()) == len(rows)
    number, x, y, t = rows[17]
    place = np.flatnonzero(tracks.frames == round(t / 0.04))[0]
    assert tracks.positions[place, :, 0, tracks.individuals.index(f"{number:.0f}")].tolist() == [x, y]
