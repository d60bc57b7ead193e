"""imgstore: all chunks of a recording are there, each with its index."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from remote_tracker.checks import Files, StillCopying, judge_inputs
from remote_tracker.model import Check

LONG_AGO = 1_700_000_000
# As imgstore 0.4.0 writes it.
VIDEOS = """\
__store:
  chunksize: 10
  class: VideoImgStore
  created_utc: '2026-11-21T11:00:12.396324'
  encoding: null
  extension: .avi
  format: mjpeg/avi
  imgdtype: uint8
  imgshape:
  - 64
  - 64
  uuid: d813294762824a6ba88c899ba8c4eb92
  version: 2
experiment: {arena: 3}
"""
PICTURES = VIDEOS.replace("VideoImgStore", "DirectoryImgStore").replace("  extension: .avi\n", "")
AVI = b"RIFF\4\0\0\0AVI "
Store = Callable[..., Path]


def index(rows: int) -> bytes:
    """Return a chunk's index, as numpy.savez writes it: only its header is read."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows},), }}".encode().ljust(117) + b"\n"
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name in ("frame_number", "frame_time"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00v\x00" + header + bytes(8 * rows))
    return file.getvalue()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return store(files): a store's folder with these further files (None: without), written long ago."""

    def make(more: dict[str, bytes | None] | None = None, metadata: str = VIDEOS, rows: int = 10) -> Path:
        folder = tmp_path / "store"
        files: dict[str, bytes | None] = {"metadata.yaml": metadata.encode(), ".index.sqlite": b"SQLite"}
        for chunk in ("000000", "000001", "000002"):
            if metadata == PICTURES:
                files |= {f"{chunk}/index.npz": index(2), f"{chunk}/000000.png": b"x", f"{chunk}/000001.png": b"x"}
            else:
                size = 4 if chunk == "000002" and rows == 10 else rows  # the last one is not full
                files |= {f"{chunk}.avi": AVI, f"{chunk}.npz": index(size), f"{chunk}.extra.json": b"[]"}
        for name, content in {**files, **(more or {})}.items():
            if content is not None:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        age(folder)
        return folder

    return make


def age(folder: Path) -> None:
    """Make a folder and all in it look as if it was copied long ago."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (LONG_AGO, LONG_AGO))


def touch(path: Path) -> None:
    """Let a file change now, by a clock that ticks every few ms later than all there was before."""
    before = path.stat().st_ctime_ns
    while path.stat().st_ctime_ns == before:
        os.utime(path)


def ask(path: Path, python: str = "", **options: bool) -> str:
    """Return why a task must not start with the store, "" where it may."""
    return judge_inputs(
        [Check("imgstore", "store", options)], Files("/", {"store": (str(path),)}), python, all_frames=True
    )


@pytest.mark.parametrize("metadata", [VIDEOS, PICTURES])
@pytest.mark.parametrize("name", ["", "metadata.yaml"])
def test_a_whole_store(store: Store, metadata: str, name: str) -> None:
    """A store of videos or of pictures holds; the input may be its folder or its metadata.yaml."""
    assert ask(store(metadata=metadata) / name) == ""


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"000001.avi": None}, "000001.avi is missing, its index is there; copy it again"),
        ({"000001.npz": None}, "000001.npz, its index, is missing"),
        ({f"000001{end}": None for end in (".avi", ".npz", ".extra.json")}, "chunk 000001 is missing; 2 are there"),
        ({f"000000{end}": None for end in (".avi", ".npz", ".extra.json")}, "chunk 000000 is missing; 2 are there"),
        ({"000002.avi": b""}, "000002.avi is empty (0 bytes)"),
        ({"000002.avi": b"RIFF\xff\0\0\0AVI "}, "000002.avi: is cut short"),
        ({"000002.npz": b""}, "000002.npz is damaged or was cut: it is no whole .npz file"),
        ({"000002.npz": index(4)[:-30]}, "000002.npz is damaged or was cut"),
        ({"000002.npz": index(4).replace(b"frame_number", b"frame_numbur")}, "000002.npz holds no frame_number"),
        ({"metadata.yaml": None}, "has no metadata.yaml"),
        ({"metadata.yaml": b"a: 1\n"}, "its metadata.yaml describes no store"),
        ({"metadata.yaml": b"\xff\xfe"}, "its metadata.yaml is no text"),
        (
            {"000003.avi": b"", ".lock": b""},
            "000003.npz, its index, is missing; it is being recorded still, or its rec",
        ),
    ],
)
def test_a_store_that_is_not_whole(store: Store, more: dict[str, bytes | None], reason: str) -> None:
    """Whatever is missing, empty or cut is named."""
    assert ask(store(more)).startswith(f"store: {reason}")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"000001/index.npz": None}, "000001/index.npz, its index, is missing"),
        ({"000001/000001.png": None}, "000001/ has 1 pictures, its index says 2; copy it again"),
        ({"000001/000001.png": b""}, "000001/000001.png is empty (0 bytes)"),
        ({"000001/index.npz": b"junk"}, "000001/index.npz is damaged or was cut"),
    ],
)
def test_a_store_of_pictures_that_is_not_whole(store: Store, more: dict[str, bytes | None], reason: str) -> None:
    """The chunks of such a store are folders: each has its index, and as many pictures as that says."""
    assert ask(store(more, PICTURES)).startswith(f"store: {reason}")


def test_an_empty_last_chunk(store: Store) -> None:
    """A recording that ended with a full chunk has one of no frames behind it, whose video may be anything."""
    assert ask(store({"000002.npz": index(10), "000003.avi": b"", "000003.npz": index(0)})) == ""


@pytest.mark.parametrize(
    ("metadata", "more"),
    [
        (VIDEOS, {f"000002{end}": None for end in (".avi", ".npz", ".extra.json")}),
        (PICTURES.replace("10", "2"), {}),
        (VIDEOS.replace("mjpeg/avi", "libx264").replace("  extension: .avi\n", ""), {
            f"00000{n}{end}": AVI if end == ".mp4" else None for n in (0, 1, 2) for end in (".mp4", ".avi")
        } | {"000002.npz": index(10)}),
    ],
)  # fmt: skip
def test_the_end_that_was_not_copied(store: Store, metadata: str, more: dict[str, bytes | None]) -> None:
    """A store of any form whose last chunk is full lacks its end, unless the clause says that a full one may end it."""
    folder = store(more, PICTURES if "Directory" in metadata else metadata)
    (folder / "metadata.yaml").write_text(metadata)
    age(folder)
    said = ask(folder)
    assert said.startswith("store: ends with a full chunk, 00000")
    assert said.endswith(" frames, as no whole store does: its end was not copied; copy it again")
    assert ask(folder, full_end=True) == ""
    (folder / ".lock").touch()
    age(folder)
    assert ask(folder).endswith("copy it again; it is being recorded still, or its recorder died")


def test_old_stores(store: Store) -> None:
    """Older ones name no extension (mjpeg: .avi, else .mp4) and have an index in YAML."""
    old = VIDEOS.replace("  extension: .avi\n", "").replace("mjpeg/avi", "mjpeg")
    assert ask(store(metadata=old)) == ""
    text = b"chunksize: 10\nframe_number: [0, 1, 2]\nframe_time:\n- 0.1\n"
    assert ask(store({"000002.npz": None, "000002.yaml": text}, old)) == ""
    assert "000000.mp4 is missing" in ask(store(metadata=old.replace("mjpeg", "libx264")))


def test_an_empty_folder_of_chunks(store: Store, tmp_path: Path) -> None:
    """A store that was begun and holds nothing is no recording."""
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun/metadata.yaml").write_text(VIDEOS)
    age(tmp_path / "begun")
    assert ask(tmp_path / "begun") == "begun: holds no chunk (000000 and so on)"
    assert ask(tmp_path / "gone/metadata.yaml") == "gone: cannot be read: No such file or directory"


@pytest.mark.parametrize("name", [".000003.avi.RZxPvV", "000003.npz.filepart", ".metadata.yaml.gSY2ck"])
def test_a_store_that_is_being_copied(store: Store, name: str) -> None:
    """A chunk, an index or the metadata under a temporary name: the store is not ready, however whole it looks."""
    folder = store({name: b"half"})
    touch(folder / name)
    with pytest.raises(StillCopying, match=f"being copied: {name}"):
        ask(folder)


def test_pictures_that_are_being_copied(store: Store) -> None:
    """The same within a chunk of pictures."""
    folder = store({"000002/.000001.png.RZxPvV": b"half"}, PICTURES)
    touch(folder / "000002/.000001.png.RZxPvV")
    with pytest.raises(StillCopying, match=r"being copied: \.000001\.png"):
        ask(folder)


def test_a_store_that_changed_just_now(store: Store) -> None:
    """What is missing may come within a minute of the last change; what is whole is whole."""
    folder = store({"000002.npz": None})
    os.utime(folder / "000002.avi", (time.time(), time.time()))
    with pytest.raises(StillCopying, match=r"000002.npz, its index, is missing .*just now"):
        ask(folder)
    assert ask(store()) == ""


def test_the_frames_are_those_of_the_index(store: Store, tmp_path: Path) -> None:
    """Asked for, each chunk's video is read: as many frames as its index says."""
    cv2, np = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    writer = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for _ in range(5):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    videos: dict[str, bytes | None] = dict.fromkeys(
        ("000000.avi", "000001.avi", "000002.avi"), (tmp_path / "a.avi").read_bytes()
    )
    assert ask(store(videos, rows=5), sys.executable) == ""
    short = store({**videos, "000001.npz": index(6)}, rows=5)
    assert ask(short) == ""
    assert ask(short, sys.executable) == "store: 000001.avi: its index says 6 frames, 5 can be read"
