"""What a video file promises: cut files are told from headers that are honestly wrong."""

from __future__ import annotations

import struct
import sys
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

import cv2
import numpy as np
from sprites import TRACKER, draw, straight

sys.path.insert(0, str(TRACKER))
from containers import ends_in_zeros, holds_only_time, missing_bytes, shown_frames
from read_video import Promise, grey, open_video, read_frames
from sample_video import sample_frames

CODES = {"avi": "MJPG", "mkv": "MJPG", "mp4": "mp4v", "mov": "mp4v", "wmv": "WMV2"}


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.mp4", "a.mov", "a.wmv"])
def test_whole_file_misses_nothing(tmp_path: Path, name: str) -> None:
    """A file that was closed properly holds all that its container promises."""
    video = draw(tmp_path / name, [straight(20, 60, 1)], 20, CODES[name[-3:]])
    assert missing_bytes(video) == 0
    assert holds_only_time(video) == name.endswith(("mkv", "wmv"))
    assert not ends_in_zeros(video)


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.mp4", "a.wmv"])
@pytest.mark.parametrize("cut", [1, 300, 1500])
def test_cut_file_misses_what_was_cut(tmp_path: Path, name: str, cut: int) -> None:
    """Where bytes are gone from the end, the container says how many."""
    video = draw(tmp_path / name, [straight(20, 60, 1)], 20, CODES[name[-3:]])
    whole = video.read_bytes()
    video.write_bytes(whole[:-cut])
    assert missing_bytes(video) > 0


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"\x1a\x45\xdf\xa3", b"junk" * 9, b"\0\0\0\x08mdat", b"RIFF\xff\xff\xff\xffAVI "]
)
def test_bytes_that_promise_nothing(tmp_path: Path, data: bytes) -> None:
    """Files that are no container, or were written to a pipe, promise nothing and stop nobody."""
    video = tmp_path / "x"
    video.write_bytes(data)
    assert missing_bytes(video) == 0
    assert shown_frames(video) is None


def test_reserved_place_is_not_a_copy(tmp_path: Path) -> None:
    """A file whose end was reserved but never written is told by its zeros."""
    video = draw(tmp_path / "a.avi", [straight(20, 60, 1)], 20)
    assert not ends_in_zeros(video)
    whole = video.read_bytes()
    video.write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\0"))
    assert ends_in_zeros(video)
    assert not open_video(video).promise.whole


def _box(kind: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I4s", 8 + len(inner), kind) + inner


def _pairs(*pairs: tuple[int, int]) -> bytes:
    return struct.pack(">II", 0, len(pairs)) + b"".join(struct.pack(">II", *pair) for pair in pairs)


@pytest.mark.parametrize(
    ("late", "shown"),
    [
        (b"", 10 + 50),
        (_box(b"ctts", _pairs((600, 300))), 3 + 50),  # all are shown a third of a second later
        (_box(b"ctts", _pairs((2**31, 300))), None),  # damaged
    ],
)
def test_edit_list_says_what_is_shown(tmp_path: Path, late: bytes, shown: int | None) -> None:
    """Of an MP4's edit list the frames count that begin in its stretches; empty stretches do not."""
    edits = struct.pack(">II", 0, 3)
    for length, start in ((60, -1), (200, 90), (600, 9000)):  # in 1/600 s, in 1/900 s
        edits += struct.pack(">Iii", length, start, 1 << 16)
    clock = _box(b"mdhd", bytes(12), struct.pack(">II", 900, 12000))
    frames = _box(b"minf", _box(b"stbl", _box(b"stts", _pairs((100, 30), (500, 18))), late))
    track = _box(
        b"trak",
        _box(b"edts", _box(b"elst", edits)),
        _box(b"mdia", clock, _box(b"hdlr", bytes(8), b"vide", bytes(12)), frames),
    )
    video = tmp_path / "a.mp4"
    header = _box(b"mvhd", bytes(12), struct.pack(">II", 600, 6000))
    video.write_bytes(_box(b"ftyp", b"isom") + _box(b"moov", header, track))
    assert shown_frames(video) == shown


@pytest.mark.parametrize(
    ("promise", "read", "kept"),
    [
        (Promise(508, 508, True, True), 508, True),
        (Promise(508, 508, True, True), 507, True),  # rounding
        (Promise(508, 508, True, True), 506, False),  # damaged within
        (Promise(508, 508, False, True), 507, False),  # cut by one frame
        (Promise(508, 508, False, True), 17, False),
        (Promise(508, 508, False, True), 508, True),  # only the index is gone: all frames are there
        (Promise(219, 155, True, True), 155, True),  # an edit list hides 64
        (Promise(219, 155, True, True), 150, False),
        (Promise(301, 301, True, False), 201, True),  # Matroska: the sound is longer
        (Promise(301, 301, False, False), 201, False),
        (Promise(200, 200, True, True), 203, True),  # more than promised
        (Promise(0, 0, True, True), 200, True),  # never closed: nothing was promised
        (Promise(0, 0, False, True), 200, False),
    ],
)
def test_promise_is_kept(promise: Promise, read: int, kept: bool) -> None:
    """Honest headers are told from files that are cut short."""
    assert promise.is_kept_by(read) is kept


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.mp4"])
def test_sampling_spreads_over_the_video(tmp_path: Path, name: str) -> None:
    """Reading through and seeking both give grey pictures from beginning to end, few at a time."""
    code = "mp4v" if name == "a.mp4" else "MJPG"
    video = open_video(draw(tmp_path / name, [straight(20, 60, 2)], 60, code))
    assert video.is_jpegs == (name == "a.avi")
    expected = [grey(picture) for _, picture in read_frames(video)]
    through, sought = sample_frames(video, 8), sample_frames(video, 8, seek_beyond=10)
    assert len(through) == 15
    assert all((sample == true).all() for sample, true in zip(through, expected[::4], strict=True))
    assert len(sought) == 8
    assert (sought[0] == expected[0]).all()
    assert min(range(60), key=lambda frame: int(abs(sought[-1].astype(int) - expected[frame]).sum())) > 48


@pytest.mark.parametrize("lacking", ["place", "packets"])
def test_sampling_without_a_place_for_packets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str) -> None:
    """Where a small file cannot be written, or OpenCV is too old for it, all is decoded, to the same pictures."""
    video = open_video(draw(tmp_path / "a.avi", [straight(20, 60, 2)], 60))
    before = sample_frames(video, 8)
    if lacking == "place":
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    else:
        monkeypatch.delattr(cv2, "VIDEOWRITER_PROP_RAW_VIDEO")
    assert (np.array(sample_frames(video, 8)) == np.array(before)).all()
