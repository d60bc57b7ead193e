"""A frame is found in whatever the video is; where there is none the reason is said."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
import cv2
import h5py
import numpy as np
from remote_tracker.pictures.frame import read_frame

from pictures.drawn_lab import write_video

LEVELS = [np.full((48, 64), level, np.uint8) for level in (20, 120, 220)]


def level_of(places: list[Path], number: int = 0) -> int:
    """Return how bright the frame is that is found."""
    found = read_frame([str(place) for place in places], number)
    assert found.image is not None, found.why_not
    assert (found.image.shape, found.image.dtype) == ((48, 64), np.uint8)
    return int(np.median(found.image))


@pytest.mark.parametrize("name", ["a.avi", "-a.avi", "a %02d.avi", "http:a.avi", "ü '\".AVI"])
def test_a_video(tmp_path: Path, name: str) -> None:
    """The frame that is asked for is read, the first where there are not so many; any name is a file's name."""
    write_video(tmp_path / name, LEVELS)
    assert abs(level_of([tmp_path / name]) - 20) < 4
    assert abs(level_of([tmp_path / name], 2) - 220) < 4
    assert abs(level_of([tmp_path / name], 99) - 20) < 4


def test_what_is_no_video_beside_it_is_passed_over(tmp_path: Path) -> None:
    """Among a unit's files the first counts that is a video."""
    (tmp_path / "a.csv").write_text("frame\n")
    write_video(tmp_path / "a.avi", LEVELS)
    assert abs(level_of([tmp_path / "a.csv", tmp_path / "a.avi"]) - 20) < 4


def test_a_folder_of_images(tmp_path: Path) -> None:
    """Images in a folder are frames in the order of their names."""
    for number, level in enumerate(LEVELS):
        (tmp_path / f"{number:03}.png").write_bytes(cv2.imencode(".png", level)[1].tobytes())
    assert level_of([tmp_path], 1) == 120


@pytest.mark.parametrize("kind", ["videos", "images"])
def test_an_imgstore(tmp_path: Path, kind: str) -> None:
    """Of an imgstore, named by its metadata.yaml or its folder, the first chunk is read."""
    (tmp_path / "metadata.yaml").write_text("__store: {version: 1}\n")
    if kind == "videos":
        write_video(tmp_path / "000000.avi", LEVELS)
        write_video(tmp_path / "000001.avi", LEVELS[::-1])
    else:
        (tmp_path / "000000").mkdir()
        (tmp_path / "000000" / "000000.png").write_bytes(cv2.imencode(".png", LEVELS[0])[1].tobytes())
    for place in (tmp_path / "metadata.yaml", tmp_path):
        assert abs(level_of([place]) - 20) < 4


def test_a_masked_video_of_tierpsy(tmp_path: Path) -> None:
    """In an HDF5 file the dataset mask holds the frames."""
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        file["mask"] = np.stack(LEVELS)
    assert level_of([tmp_path / "a.hdf5"], 1) == 120


def test_sixteen_bits_are_spread(tmp_path: Path) -> None:
    """An image of 16 bits is shown in 256 greys."""
    deep = np.linspace(0, 60000, 48 * 64).reshape(48, 64).astype(np.uint16)
    (tmp_path / "a.tif").write_bytes(cv2.imencode(".tif", deep)[1].tobytes())
    found = read_frame([str(tmp_path / "a.tif")], 0)
    assert found.image is not None
    assert (found.image.min(), found.image.max()) == (0, 255)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.avi", b"no video", "no frame of the video can be read"),
        ("a.avi", b"", "no frame of the video can be read"),
        ("a.png", b"no image", "the image cannot be read"),
        ("a.hdf5", b"no HDF5", "file signature not found"),
        ("a.trxyt", b"1 2 3", "there is no video to show"),
        ("gone.avi", None, "the video is not here"),
        ("gone.tif", None, "No such file"),
    ],
)
def test_why_there_is_no_frame(tmp_path: Path, name: str, content: bytes | None, why: str) -> None:
    """What cannot be read raises nothing: the reason is said in a line."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    found = read_frame([str(tmp_path / name)], 0)
    assert found.image is None
    assert why in found.why_not
    assert "\n" not in found.why_not


def test_an_empty_folder(tmp_path: Path) -> None:
    """A folder without images has no frame."""
    assert read_frame([str(tmp_path)], 0).why_not == "no image is in the folder"
    assert read_frame([], 0).why_not == "there is no video to show"
