"""Videos of a disc that goes exactly 50 px a second, with frames that are missing, rare, or have another's stamp."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT, FPS = 320, 120, 25
SPEED = 50.0  # px a second
ALL = range(100)
# name -> the moments, in frames of 1/25 s, at which there is a frame
MOMENTS: dict[str, Sequence[int]] = {
    "constant": ALL,
    "gap": [*range(40), *range(50, 100)],
    "light": [*range(50), *range(50, 100, 2)],  # half the rate in the second half, as cameras do in bad light
    "tenth": [n for n in ALL if n % 10 != 5],
    "dup": ALL,  # every tenth frame has the time stamp of the one before
}
Stamped = tuple[int, bytes]  # the moment of a frame, and its JPEG


def draw_clip(path: Path, name: str) -> Path:
    """Draw one of MOMENTS as .mp4, .mkv or .avi; in an AVI a frame that is not there is a chunk of length 0."""
    frames = [(moment, _draw(moment)) for moment in MOMENTS[name]]
    if path.suffix == ".avi":
        return _write_avi(path, frames)
    # MP4 stores a stamp that is given twice as one that is a tick later.
    ticks = 40 if path.suffix == ".mp4" else 1
    writer = cv2.VideoWriter(
        str(path),
        cv2.CAP_FFMPEG,
        cv2.VideoWriter.fourcc(*"MJPG"),
        FPS * ticks,
        (WIDTH, HEIGHT),
        [cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1],
    )
    for moment, jpeg in frames:
        late = ticks - 1 if name == "dup" and moment % 10 == 5 else 0
        writer.set(cv2.VIDEOWRITER_PROP_PTS, moment * ticks - late)
        writer.write(np.frombuffer(jpeg, np.uint8).reshape(1, -1))
    writer.release()
    if name == "dup" and path.suffix == ".mkv":
        _double_stamps(path, frames)
    return path


def _draw(moment: int) -> bytes:
    picture = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    centre = (round((20 + SPEED * moment / FPS) * 16), 60 * 16)
    cv2.circle(picture, centre, 6 * 16, (60, 60, 60), -1, cv2.LINE_AA, 4)
    noise = np.random.default_rng(moment).integers(0, 6, picture.shape, dtype=np.uint8)
    return bytes(cv2.imencode(".jpg", picture + noise, [cv2.IMWRITE_JPEG_QUALITY, 98])[1])


def _double_stamps(path: Path, frames: Sequence[Stamped]) -> None:
    """Give every tenth frame of a Matroska file the time stamp of the one before: two bytes and a flag before it."""
    data = bytearray(path.read_bytes())
    places = [data.index(jpeg) - 3 for _, jpeg in frames]
    for number in range(5, len(places), 10):
        data[places[number] : places[number] + 2] = data[places[number - 1] : places[number - 1] + 2]
    path.write_bytes(data)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _write_avi(path: Path, frames: Sequence[Stamped]) -> Path:
    """Write an AVI as capture programs do: a chunk for each moment, of length 0 where the frame was dropped."""
    there = dict(frames)
    chunks = [there.get(moment, b"") for moment in range(max(there) + 1)]
    main = struct.pack("<14I", 1_000_000 // FPS, 0, 0, 0x10, len(chunks), 0, 1, 0, WIDTH, HEIGHT, 0, 0, 0, 0)
    stream = b"vidsMJPG" + struct.pack(
        "<IHHIIIIIIiIHHHH", 0, 0, 0, 0, 1, FPS, 0, len(chunks), 0, -1, 0, 0, 0, WIDTH, HEIGHT
    )
    form = struct.pack("<IiiHH4sIiiII", 40, WIDTH, HEIGHT, 1, 24, b"MJPG", WIDTH * HEIGHT * 3, 0, 0, 0, 0)
    header = b"hdrl" + _chunk(b"avih", main)
    header += _chunk(b"LIST", b"strl" + _chunk(b"strh", stream) + _chunk(b"strf", form))
    movie, index = b"movi", b""
    for chunk in chunks:
        index += b"00dc" + struct.pack("<III", 0x10, len(movie), len(chunk))
        movie += _chunk(b"00dc", chunk)
    parts = _chunk(b"LIST", header) + _chunk(b"LIST", movie) + _chunk(b"idx1", index)
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(parts)) + b"AVI " + parts)
    return path


def turn(path: Path) -> None:
    """Say in an MP4's header that its pictures are to be turned by a quarter when they are shown."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 44
    data[place : place + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, HEIGHT << 16, 0, 1 << 30)
    path.write_bytes(data)


def show_only(path: Path, first: int, last: int) -> None:
    """Let an MP4's edit list show the moments from ``first`` to before ``last``, as a cut without encoding does."""
    data = bytearray(path.read_bytes())
    scale = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)[0]
    ticks = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)[0]
    place = data.index(b"elst") + 12
    struct.pack_into(">Ii", data, place, (last - first) * scale // FPS, first * ticks // FPS)
    path.write_bytes(data)
