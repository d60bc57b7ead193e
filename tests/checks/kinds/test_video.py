"""video: an input can be opened and all of it is there."""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import Files, StillCopying, judge_inputs, readers, video_formats
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Check
from remote_tracker.shell import Result

LONG_AGO = 1_700_000_000
FRAMES = 40
MAKERS = {
    "a.avi": "MJPG",
    "a.mkv": "MJPG",
    "a.mp4": "mp4v",
    "a.mov": "mp4v",
    "a.m4v": "mp4v",
    "a.wmv": "WMV2",
    "a.webm": "VP80",
}
Make = Callable[[str], Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return make(name): a real video of 40 frames in that container, written long ago."""
    cv2, np = pytest.importorskip("cv2"), pytest.importorskip("numpy")

    def draw(name: str) -> Path:
        path = tmp_path / name
        code = cv2.VideoWriter.fourcc(*MAKERS[name])
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, 25, (64, 48))
        for frame in range(FRAMES):
            writer.write(np.random.default_rng(frame).integers(0, 255, (48, 64, 3), dtype=np.uint8))
        writer.release()
        return aged(path)

    return draw


def aged(path: Path) -> Path:
    """Make a file look as if it was copied long ago."""
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def put(path: Path, data: bytes) -> Path:
    """Write a file of long ago."""
    path.write_bytes(data)
    return aged(path)


def ask(path: Path, python: str = "", all_frames: bool = True, **options: Any) -> str:
    """Return why a task must not start with the video, "" where it may."""
    return judge_inputs([Check("video", "video", options)], Files("/", {"video": (str(path),)}), python, all_frames)


@pytest.mark.parametrize("name", MAKERS)
def test_a_whole_video(make: Make, name: str) -> None:
    """A video as OpenCV writes it holds, and has the frames that it claims."""
    path = make(name)
    assert ask(path) == ""
    assert ask(path, sys.executable) == ""


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("part", [0.9, 0.5, 0.05])
def test_a_video_that_was_cut(make: Make, name: str, part: float) -> None:
    """A video cut anywhere is known by its first bytes, and the reason says how much there is."""
    path = make(name)
    whole = path.read_bytes()
    put(path, whole[: int(len(whole) * part)])
    reason = ask(path)
    assert reason.startswith(f"{name}: ")
    assert "copied only in part? Copy it again" in reason
    assert "is cut short: it has" in reason or "its index (moov) is missing" in reason


def test_a_cut_within_the_index(make: Make) -> None:
    """An MP4 has its index at the end: a last byte that is missing is missed."""
    path = make("a.mp4")
    put(path, path.read_bytes()[:-1])
    assert "is cut short: it has" in ask(path)


def test_an_mp4_whose_place_was_reserved(make: Make) -> None:
    """A file that has its full length but not yet its second half has no index."""
    path = make("a.mp4")
    whole = path.read_bytes()
    put(path, whole[: len(whole) // 2].ljust(len(whole), b"\0"))
    assert ask(path) == "a.mp4: cannot be opened: its index (moov) is missing; copied only in part? Copy it again"


@pytest.mark.parametrize("place", [118, 30])  # the flag of a stream; the name of the part of the header
def test_a_wmv_that_promises_nothing(make: Make, place: int) -> None:
    """A WMV that was written to a stream, or whose header lacks what says its length, is refused for nothing."""
    path = make("a.wmv")
    data = bytearray(path.read_bytes()[:-100])
    assert "is cut short: it has" in ask(put(path, bytes(data)))
    data[place] ^= 1
    assert ask(put(path, bytes(data))) == ""


def box(kind: bytes, content: bytes = b"", length: int | None = None) -> bytes:
    """Return a box of an MP4."""
    return struct.pack(">I4s", 8 + len(content) if length is None else length, kind) + content


def test_an_mp4_in_pieces_may_end_anywhere(tmp_path: Path) -> None:
    """Fragments carry their own index: what a killed recorder left of the last one spoils none before it."""
    path = put(
        tmp_path / "a.mp4", box(b"ftyp", b"isom") + box(b"moov", bytes(40)) + box(b"moof") + box(b"mdat", b"x", 999)
    )
    assert ask(path) == ""


def test_long_boxes_and_open_ends(tmp_path: Path) -> None:
    """A box of 64-bit length, and a last one that reaches to the end of the file, are read as such."""
    start = box(b"ftyp", b"isom") + box(b"moov", bytes(40))
    long = struct.pack(">I4sQ", 1, b"mdat", 16 + 100)
    assert ask(put(tmp_path / "a.mp4", start + long + bytes(100))) == ""
    assert "is cut short" in ask(put(tmp_path / "a.mp4", start + long + bytes(99)))
    assert ask(put(tmp_path / "a.mp4", start + box(b"mdat", bytes(100), 0))) == ""
    assert "its index (moov) is missing" in ask(put(tmp_path / "a.mp4", box(b"ftyp") + box(b"mdat", bytes(100), 0)))


@pytest.mark.parametrize("kind", [b"udta", b"meta", b"PICT", b"pdin", b"thum", b"\xa9cpy", b"a #1"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_unknown_boxes_are_skipped(tmp_path: Path, kind: bytes, place: int) -> None:
    """A box of any kind may stand between the known boxes: what lies behind it counts, there or missing."""
    boxes = [box(b"ftyp", b"isom"), box(b"mdat", bytes(100)), box(b"moov", bytes(40))]
    boxes.insert(place + 1, box(kind, bytes(16)))
    assert ask(put(tmp_path / "a.mp4", b"".join(boxes))) == ""
    assert "is cut short" in ask(put(tmp_path / "a.mp4", b"".join(boxes) + box(b"mdat", b"x", 999)))
    boxes.remove(box(b"moov", bytes(40)))
    assert "its index (moov) is missing" in ask(put(tmp_path / "a.mp4", b"".join(boxes)))


@pytest.mark.parametrize("kind", [b"udta", b"meta", b"PICT"])
def test_a_real_video_with_an_unknown_box(make: Make, kind: bytes) -> None:
    """Such a box between a real video's frames and its index takes no frame from it."""
    path = make("a.mp4")
    whole = path.read_bytes()
    index = whole.rindex(b"moov") - 4
    put(path, whole[:index] + box(kind, bytes(16)) + whole[index:])
    assert ask(path, sys.executable) == ""


@pytest.mark.parametrize(
    "behind",
    [
        box(b"thum", b"x", 999),
        box(b"\1\2\3\4", bytes(16)),
        box(b"mdat", b"x", 7),
        struct.pack(">I4sQ", 1, b"mdat", 7) + bytes(9),
        box(b"free") * 20_000,
    ],
)
def test_where_the_boxes_end_nothing_is_said_of_the_index(tmp_path: Path, behind: bytes) -> None:
    """Where what follows is no box that fits, nobody knows what else lies there, and the tracker decides."""
    assert ask(put(tmp_path / "a.mp4", box(b"ftyp", b"isom") + behind)) == ""


@pytest.mark.parametrize("kind", [b"\0\0\0\0", b"junk"])
def test_what_lies_behind_an_mp4_is_not_read(tmp_path: Path, kind: bytes) -> None:
    """Zeros or anything else behind a whole MP4 are nothing against it."""
    assert ask(put(tmp_path / "a.mp4", box(b"ftyp") + box(b"moov", bytes(40)) + box(kind, length=0xFFFF))) == ""


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\0\0\0\0AVI " + bytes(100),
        b"RIFF\xff\xff\xff\xffAVI " + bytes(100),
        b"\x1a\x45\xdf\xa3\x84\1\2\3\4\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + bytes(100),
    ],
)
def test_what_was_never_closed_promises_nothing(tmp_path: Path, data: bytes) -> None:
    """A recording whose program was killed before it wrote the length is not refused for that."""
    assert ask(put(tmp_path / "a.avi", data)) == ""


def test_a_riff_length_that_counts_its_own_header(tmp_path: Path) -> None:
    """Some programs write a length that is 8 bytes too large: no frame is lost with those."""
    assert ask(put(tmp_path / "a.avi", b"RIFF" + struct.pack("<I", 112) + b"AVI " + bytes(100))) == ""
    assert "is cut short" in ask(put(tmp_path / "a.avi", b"RIFF" + struct.pack("<I", 113) + b"AVI " + bytes(100)))


def test_an_avi_of_several_parts(tmp_path: Path) -> None:
    """An AVI beyond 1 GiB has more than one RIFF part: each must be there."""
    part = b"RIFF" + struct.pack("<I", 104) + b"AVI " + bytes(100)
    assert ask(put(tmp_path / "a.avi", part * 3)) == ""
    assert "has 286 bytes, its header promises 336" in ask(put(tmp_path / "a.avi", (part * 3)[:-50]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty (0 bytes); copied only in part? Copy it again"),
        (bytes(900), "cannot be opened: it begins with zeros; copied only in part? Copy it again"),
        (b"<!DOCTYPE html>\n<p>Log in", 'cannot be opened: it is text, no video; it begins with "<!DOCTYPE html>"'),
        (
            b"version https://git-lfs",
            'cannot be opened: it is text, no video; it begins with "version https://git-lfs"',
        ),
        (b"RIFF\x08\0\0\0WAVEfmt ", "cannot be opened: it is a RIFF file of the kind WAVE, no AVI"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(100), ""),  # a container that is not known here
        (b"\xff\xd8\xff\xe0junk", ""),
        (b"RIFF", ""),
        (b"\x1a\x45\xdf\xa3", ""),
        (
            b"\0\0\0\x01ftyp" + b"\0" * 7,
            "cannot be opened: its index (moov) is missing; copied only in part? Copy it again",
        ),
    ],
)
def test_other_first_bytes(tmp_path: Path, data: bytes, reason: str) -> None:
    """What surely is no video is refused with its first words; of an unknown container the tracker decides."""
    assert ask(put(tmp_path / "a.avi", data)) == (f"a.avi: {reason}" if reason else "")


@pytest.mark.parametrize("length", range(40))
@pytest.mark.parametrize(
    "start", [b"RIFF\x30\0\0\0AVI LIST", b"\0\0\0\x20ftypisom", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81"]
)
def test_no_first_bytes_are_too_few(tmp_path: Path, start: bytes, length: int) -> None:
    """Whatever is there of a header, the answer is a sentence or nothing."""
    assert "\n" not in ask(put(tmp_path / "a.avi", start.ljust(60, b"\xff")[:length]))


def test_an_hdf5_video(tmp_path: Path) -> None:
    """A video in HDF5 is judged by its superblock: cut, not closed, or no HDF5 file at all."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.hdf5"
    with h5py.File(path, "w") as file:
        file["mask"] = list(range(5000))
    whole = path.read_bytes()
    assert ask(aged(path)) == ""
    assert "is cut: it has" in ask(put(path, whole[:-2000]))
    assert ask(put(path, b"\xff" * 5000)) == "a.hdf5: is not an HDF5 file"


def test_a_folder_or_a_pipe_is_no_video(tmp_path: Path) -> None:
    """What is no file is refused, and nothing waits for a pipe's other end."""
    os.mkfifo(tmp_path / "a.avi")
    (tmp_path / "b.avi").mkdir()
    for name in ("a.avi", "b.avi"):
        assert ask(aged(tmp_path / name)) == f"{name}: is no file, expected a video"
    assert ask(tmp_path / "c.avi") == "c.avi: is missing"


def test_what_changed_just_now_may_still_come(tmp_path: Path) -> None:
    """A video that fails within a minute of its last change is not ready; with an mtime in the future it is judged."""
    path = put(tmp_path / "a.avi", b"RIFF\xff\0\0\0AVI " + bytes(100))
    assert "is cut short" in ask(path)
    now = time.time()
    os.utime(path, (now, now))
    with pytest.raises(StillCopying, match=r"a.avi: is cut short.*just now: look again in 2 min"):
        ask(path)
    os.utime(path, (now + 9999, now + 9999))
    assert "is cut short" in ask(path)


def test_every_file_of_a_group_is_asked(tmp_path: Path) -> None:
    """Of many files the first that fails is named; an input without a file is fine (it is optional)."""
    good, bad = put(tmp_path / "a.avi", b"RIFF\4\0\0\0AVI "), put(tmp_path / "b.avi", b"some text")
    files = Files(tmp_path, {"video": (str(good), str(bad)), "other": ()})
    assert judge_inputs([Check("video", "video")], files).startswith("b.avi: cannot be opened: it is text")
    assert judge_inputs([Check("video", "other")], files) == ""


def short_avi(make: Make) -> Path:
    """Return an AVI that promises no more bytes than it has, yet lacks a third of its frames."""
    path = make("a.avi")
    whole = path.read_bytes()
    return put(path, whole[: len(whole) * 2 // 3].ljust(len(whole), b"\xff"))


def test_fewer_frames_than_claimed(make: Make) -> None:
    """What its first bytes do not show, reading it does; only where that is asked for, here or by the clause."""
    path = short_avi(make)
    assert ask(path) == ""
    assert ask(path, "", all_frames=True) == ""
    assert ask(path, sys.executable, all_frames=False) == ""
    for reason in (ask(path, sys.executable), ask(path, sys.executable, all_frames=False, frames=True)):
        assert reason.startswith(f"a.avi: claims {FRAMES} frames, ")
        assert reason.endswith(" can be read: it was cut short or is damaged")


def test_tolerance(make: Make) -> None:
    """A clause may allow any number of missing frames."""
    assert ask(short_avi(make), sys.executable, tolerance=FRAMES - 1) == ""


def test_an_edit_list_hides_frames_honestly(make: Make) -> None:
    """An MP4 cut out of another without encoding claims all frames that it holds, and shows fewer: nothing is wrong."""
    cv2 = pytest.importorskip("cv2")
    path = make("a.mp4")
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 4
    scale = struct.unpack_from(">I", data, data.index(b"mvhd") + 4 + 12)[0]
    struct.pack_into(">Iii", data, place + 8, scale * 10 // 25, 512 * 20, 1 << 16)  # ten frames, from the 21st on
    put(path, bytes(data))
    capture = cv2.VideoCapture(str(path))
    shown = sum(1 for _ in iter(capture.grab, False))
    assert (shown, capture.get(cv2.CAP_PROP_FRAME_COUNT)) == (pytest.approx(10, abs=9), FRAMES)
    assert ask(path, sys.executable) == ""


def test_a_video_that_no_reader_opens(make: Make) -> None:
    """A container in order, with nothing inside that can be decoded, cannot be opened."""
    path = make("a.mp4")
    data = path.read_bytes()
    put(path, data.replace(b"mp4v", b"zzzz").replace(b"vide", b"zzzz"))
    assert ask(path) == ""
    assert "cannot be opened" in ask(path, sys.executable)


def counts(monkeypatch: pytest.MonkeyPatch, python: Result, ffprobe: Result) -> None:
    """Let the two programs print this."""
    monkeypatch.setattr(readers.shell, "run", lambda argv: ffprobe if argv[0] == "ffprobe" else python)


GONE = Result(127, "", "no such program")


@pytest.mark.parametrize(
    ("python", "ffprobe", "good"),
    [
        (Result(0, "40 40\n", ""), GONE, True),
        (Result(0, "39 40\n", ""), GONE, True),  # headers are honestly wrong by one
        (Result(0, "38 40\n", ""), GONE, False),
        (Result(0, "some noise\n41 40\n", ""), GONE, True),
        (Result(0, "3 0\n", ""), GONE, True),  # it claims nothing
        (Result(0, "0 0\n", ""), GONE, False),
        (Result(3, "", "none of cv2, av"), Result(0, "40,40\n", ""), True),
        (Result(3, "", "none of cv2, av"), Result(0, "40,30\n", ""), False),  # ffprobe: claimed, then read
        (Result(3, "", "none of cv2, av"), Result(0, "N/A,30\n", ""), True),
        (Result(4, "", "so it is"), Result(0, "40,40\n", ""), True),
        (Result(4, "", "so it is"), GONE, False),
        (Result(139, "", ""), Result(1, "", "moov atom not found"), False),
    ],
)
def test_what_readers_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, python: Result, ffprobe: Result, good: bool
) -> None:
    """The first program that can count is believed; refused by all that are there, the video is bad."""
    counts(monkeypatch, python, ffprobe)
    path = put(tmp_path / "a.avi", b"RIFF\4\0\0\0AVI ")
    assert (ask(path, "python") == "") == good


def test_matroska_claims_a_time_not_frames(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Frames worked out from a length of time (sound may be longer) are no promise, unless a clause says so."""
    counts(monkeypatch, Result(0, "20 40\n", ""), GONE)
    path = put(tmp_path / "a.mkv", b"\x1a\x45\xdf\xa3")
    assert ask(path, "python") == ""
    assert "claims 40 frames, 20 can be read" in ask(path, "python", tolerance=2)


def test_without_a_reader_nothing_is_judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where nothing can read videos, that is an error which says what to install, no reason against the video."""
    counts(monkeypatch, Result(3, "", "none"), GONE)
    with pytest.raises(RemoteTrackerError, match="Nothing here can count"):
        ask(put(tmp_path / "a.avi", b"RIFF\4\0\0\0AVI "), "python")


def test_little_is_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look takes a handful of small reads, however long the video is."""
    sizes: list[int] = []

    def pread(handle: int, count: int, place: int) -> bytes:
        sizes.append(count)
        return real(handle, count, place)

    real = os.pread
    monkeypatch.setattr(video_formats.os, "pread", pread)
    for name in MAKERS:
        sizes.clear()
        assert ask(make(name)) == ""
        assert sum(sizes) < 1024
