"""How many frames a video's header claims: of real videos in each container, of headers made by hand, of no video."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path

import pytest
from remote_tracker import shell
from remote_tracker.checks.claimed_frames import LEAST_BYTES, read_claim, read_claimed_frames

FRAMES = 40
SOURCES = ["-f", "lavfi", "-i", f"testsrc=size=64x48:rate=25:duration={FRAMES / 25}"]
SOUND = ["-f", "lavfi", "-i", f"sine=duration={FRAMES / 25}"]


def claimed(path: Path) -> int:
    """Return what the header of the file at ``path`` claims."""
    return read_claimed_frames(str(path), path.stat().st_size)


def put(path: Path, data: bytes) -> Path:
    """Write a file."""
    path.write_bytes(data)
    return path


def box(kind: bytes, *inside: bytes, wide: bool = False) -> bytes:
    """Return a box; ``wide`` ones have their length behind the kind."""
    data = b"".join(inside)
    return (
        struct.pack(">I4sQ", 1, kind, 16 + len(data)) + data
        if wide
        else struct.pack(">I4s", 8 + len(data), kind) + data
    )


def track(handler: bytes, samples: int, table: bytes = b"stsz", wide: bool = False) -> bytes:
    """Return a track of an MP4 with the tables that a reader needs to find how many samples it has."""
    sizes = box(table, bytes(4), struct.pack(">II", 0 if table == b"stsz" else 16, samples))
    tables = box(b"stbl", box(b"stsd", bytes(8)), box(b"stts", bytes(8)), sizes, wide=wide)
    media = box(b"mdia", box(b"mdhd", bytes(24)), box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", tables))
    return box(b"trak", box(b"tkhd", bytes(84)), media)


def movie(*tracks: bytes, wide: bool = False) -> bytes:
    """Return an MP4 of these tracks, with its index behind what would be its frames."""
    return box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(1000), wide=wide) + box(b"moov", *tracks)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("a.avi", ["-c:v", "mjpeg"]),
        ("a.avi", ["-c:v", "mpeg4"]),
        ("sound_first.avi", ["-map", "1:a", "-map", "0:v", "-c:v", "mjpeg"]),
        ("a.mp4", ["-c:v", "mpeg4"]),
        ("index_first.mp4", ["-c:v", "mpeg4", "-movflags", "faststart"]),
        ("sound_first.mp4", ["-map", "1:a", "-map", "0:v", "-c:v", "mpeg4"]),
        ("a.mov", ["-c:v", "mjpeg"]),
    ],
)
def test_real_videos(tmp_path: Path, name: str, more: list[str]) -> None:
    """Of a real AVI, MP4 or MOV the number is read that ffprobe reads, with sound before the pictures or behind."""
    path = encode(tmp_path / name, *more)
    asked = ["-select_streams", "v:0", "-show_entries", "stream=nb_frames", "-of", "csv=p=0"]
    told = int(shell.run(["ffprobe", "-v", "error", *asked, str(path)]).out)
    assert claimed(path) == told
    assert told in (FRAMES, FRAMES + 1)  # in an AVI ffmpeg counts the moment by which pictures begin behind the sound


@pytest.mark.parametrize("name", ["a.avi", "a.mp4", "a.mov"])
@pytest.mark.parametrize(("rate", "fps"), [("30000/1001", 30000 / 1001), ("25", 25.0), ("1/2", 0.5)])
def test_rate_of_real_videos(tmp_path: Path, name: str, rate: str, fps: float) -> None:
    """Of a real AVI, MP4 or MOV the rate is the one that it was made with: 29.97 is not 30."""
    path = encode(tmp_path / name, "-r", rate, "-c:v", "mjpeg")
    assert read_claim(str(path), path.stat().st_size).fps == pytest.approx(fps, rel=1e-9)


@pytest.mark.parametrize("name", ["a.avi", "a.mp4", "a.mov"])
@pytest.mark.parametrize("codec", ["mjpeg", "mpeg4", "rawvideo"])
def test_size_of_real_videos(tmp_path: Path, name: str, codec: str) -> None:
    """Of a real AVI, MP4 or MOV the width and height are those of its pictures, with sound before them or behind."""
    if (name, codec) == ("a.mp4", "rawvideo"):
        pytest.skip("an MP4 holds no raw pictures")
    path = encode(tmp_path / name, "-map", "1:a", "-map", "0:v", "-c:v", codec)
    claim = read_claim(str(path), path.stat().st_size)
    assert (claim.width, claim.height) == (64, 48)


UPRIGHT, QUARTER, HALF, OTHER_QUARTER = (1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0)


@pytest.mark.parametrize(
    ("turn", "size"), [(UPRIGHT, (64, 48)), (HALF, (64, 48)), (QUARTER, (48, 64)), (OTHER_QUARTER, (48, 64))]
)
@pytest.mark.parametrize("version", [0, 1])
def test_a_turned_picture(tmp_path: Path, turn: tuple[int, ...], size: tuple[int, int], version: int) -> None:
    """A phone held upright writes lying pictures and a turn: the size is that of what is shown."""
    a, b, c, d = (number << 16 for number in turn)
    matrix = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    head = box(b"tkhd", bytes([version, 0, 0, 0]), bytes(48 if version else 36), matrix, bytes(8))
    picture = box(b"mjpg", bytes(24), struct.pack(">2H", 64, 48), bytes(50))
    tables = box(b"stbl", box(b"stsd", bytes(8), picture), box(b"stsz", bytes(4), struct.pack(">II", 0, 40)))
    media = box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(12)), box(b"minf", tables))
    path = put(tmp_path / "a.mp4", movie(box(b"trak", head, media)))
    claim = read_claim(str(path), path.stat().st_size)
    assert (claim.width, claim.height, claim.frames) == (*size, 40)


@pytest.mark.parametrize(("height", "size"), [(48, (64, 48)), (-48, (64, 48)), (0, (64, 0))])
def test_the_format_in_an_avi(tmp_path: Path, height: int, size: tuple[int, int]) -> None:
    """A height below 0 says that the topmost row comes first; without the format no size is told."""
    stream = struct.pack("<4s4s5I3I12x", b"vids", b"MJPG", 0, 0, 0, 1, 25, 0, 40, 0)
    head = struct.pack("<4sI", b"strh", len(stream)) + stream
    told = struct.pack("<4sIIii", b"strf", 40, 40, 64, height) + bytes(28)
    for kept, expected in ((told, size), (b"", (0, 0)), (told[:10], (0, 0))):
        listed = b"LIST" + struct.pack("<I", 4 + len(head + kept)) + b"strl" + head + kept
        path = put(tmp_path / "a.avi", b"RIFF" + bytes(4) + b"AVI LIST" + bytes(4) + b"hdrl" + listed + bytes(1000))
        claim = read_claim(str(path), path.stat().st_size)
        assert (claim.width, claim.height) == expected


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("a.mkv", ["-c:v", "mjpeg"]),
        ("a.wmv", ["-c:v", "wmv2"]),
        ("fragments.mp4", ["-c:v", "mpeg4", "-movflags", "frag_keyframe+empty_moov"]),
        ("sound.mp4", ["-map", "1:a"]),
        ("sound.avi", ["-map", "1:a"]),
    ],
)
def test_real_videos_that_do_not_say(tmp_path: Path, name: str, more: list[str]) -> None:
    """Matroska, WMV, an MP4 in fragments and files of sound alone claim no number of frames."""
    assert claimed(encode(tmp_path / name, *more)) == 0


def encode(path: Path, *more: str) -> Path:
    """Write a real video with ffmpeg."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    result = shell.run(["ffmpeg", "-v", "error", "-y", *SOURCES, *SOUND, *more, str(path)])
    assert result.code == 0, result.err
    return path


@pytest.mark.parametrize(
    ("data", "frames"),
    [
        (movie(track(b"vide", 50)), 50),
        (movie(track(b"soun", 90), track(b"vide", 50)), 50),
        (movie(track(b"vide", 50, b"stz2")), 50),
        (movie(track(b"vide", 50, wide=True), wide=True), 50),
        (movie(track(b"soun", 90)), 0),
        (movie(track(b"vide", 2**31)), 0),
        (movie(track(b"vide", 50))[:-20], 0),
        (movie(b"\0\0\0\1trak" + b"\xff" * 8, track(b"vide", 50)), 0),
        (box(b"ftyp", b"isom") + bytes(1000), 0),
        (box(b"moov") * 100, 0),
        (b"RIFF\4\0\0\0AVI ", 0),
        (b"RIFF\4\0\0\0AVI " + b"LIST\0\0\0\0hdrl" * 100, 0),
        (b"RIFF\4\0\0\0WAVELIST", 0),
        (b"frame,x,y\n" * 100, 0),
        (b"", 0),
        (bytes(5000), 0),
    ],
)
def test_made_by_hand(tmp_path: Path, data: bytes, frames: int) -> None:
    """Wide boxes and compact tables are read; what is cut, claims what cannot be, or is no video claims nothing."""
    assert claimed(put(tmp_path / "a.mp4", data)) == frames


def test_a_header_cannot_claim_more_than_the_file_can_hold(tmp_path: Path) -> None:
    """A frame and its entry in the index take some bytes: more frames than that allows are none."""
    size = len(movie(track(b"vide", 0)))
    assert claimed(put(tmp_path / "a.mp4", movie(track(b"vide", size // LEAST_BYTES)))) == size // LEAST_BYTES
    assert claimed(put(tmp_path / "a.mp4", movie(track(b"vide", size // LEAST_BYTES + 1)))) == 0


def test_only_the_file_that_is_meant(tmp_path: Path) -> None:
    """A file of another size, a pipe, a folder and a file without blocks on the disk tell nothing; none is an error."""
    path = put(tmp_path / "a.mp4", movie(track(b"vide", 50)))
    assert read_claimed_frames(str(path), path.stat().st_size + 1) == 0
    os.mkfifo(tmp_path / "pipe")
    assert read_claimed_frames(str(tmp_path / "pipe"), 0) == 0
    assert read_claimed_frames(str(tmp_path), tmp_path.stat().st_size) == 0
    with pytest.raises(OSError, match="No such file"):
        read_claimed_frames(str(tmp_path / "gone.avi"), 9)


def test_a_file_whose_bytes_lie_on_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with a size and no blocks on the disk is not read: its bytes would be brought back for that."""
    path = tmp_path / "a.mp4"
    with path.open("wb") as file:
        file.truncate(1_000_000)

    def refuse(*_: object) -> bytes:
        raise AssertionError("it was read")

    monkeypatch.setattr(os, "pread", refuse)
    assert claimed(path) == 0
