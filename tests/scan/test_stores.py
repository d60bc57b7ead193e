"""Chunks of imgstores, which are parts of one recording: no files of an input that means videos or pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.scan import Tree, find_stores, find_units

from scan.trees import keys_of, make_stage, put

METADATA = "__store:\n  class: {}\n  format: {}\n  chunksize: 500\n"
VIDEOS, PICTURES = METADATA.format("VideoImgStore", "mjpeg/avi"), METADATA.format("DirectoryImgStore", "png")
WHOLE = "RawVideos/{subdir}/metadata.{ext,yaml}"
ANY = "RawVideos/{subdir}/{name}.{ext,avi|mp4|png|npy|h5}"


def put_store(root: Path, place: str, end: str, metadata: str = "") -> None:
    """Put an imgstore of three chunks into the project: videos, or folders of pictures."""
    is_video = end in ("avi", "mp4", "h5")
    inside = (
        [f"{n:06d}.{end}" for n in range(3)] if is_video else [f"{n:06d}/{m:06d}.{end}" for n in (0, 1) for m in (0, 1)]
    )
    put(root, *(f"RawVideos/{place}{name}" for name in inside))
    put(root, f"RawVideos/{place}metadata.yaml", content=metadata or (VIDEOS if is_video else PICTURES))


def stores_of(root: Path, stage: object) -> list[str]:
    """Return the stores that a scan of the stage left out."""
    tree = Tree(root)
    list(find_units(stage, tree))  # type: ignore[arg-type]
    return find_stores(tree, stage)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", ["d1/run1.2259/", "run1/", "", "d1/deep/er/run 1/"])
@pytest.mark.parametrize("end", ["avi", "mp4", "h5", "png", "npy"])
def test_chunks_are_no_files_of_an_input(tmp_path: Path, place: str, end: str) -> None:
    """A store's chunks are not listed, its folder is told; a video beside them, and one in another folder, is one."""
    put_store(tmp_path, place, end)
    put(tmp_path, f"RawVideos/{place}eye.mp4", "RawVideos/x/000000.avi", "RawVideos/x/1/000001.png")
    kept = sorted([f"{place}eye.mp4", "x/000000.avi", "x/1/000001.png"])
    assert sorted(keys_of(tmp_path, make_stage(ANY))) == kept
    assert stores_of(tmp_path, make_stage(ANY)) == [f"RawVideos/{place}".rstrip("/")]


@pytest.mark.parametrize("index", ["000000.npz", "000000.yaml"])
def test_a_store_that_is_being_copied(tmp_path: Path, index: str) -> None:
    """Its metadata.yaml comes last: an index beside the first chunk tells what it is; a chunk under way is no video."""
    put(tmp_path, *(f"RawVideos/d/s/{name}" for name in ("000000.mp4", index, "000001.mp4", ".000002.mp4.gSY2ck")))
    put(tmp_path, "RawVideos/d/.a.mp4.gSY2ck")
    assert keys_of(tmp_path, make_stage(ANY)) == ["d/a.mp4"]
    assert stores_of(tmp_path, make_stage(ANY)) == ["RawVideos/d/s"]
    put(tmp_path, "RawVideos/d/s/metadata.yaml", content=VIDEOS)
    assert keys_of(tmp_path, make_stage(ANY)) == ["d/a.mp4"]


@pytest.mark.parametrize("metadata", ["a: 1\n", "__store: 3\n", "\0", "__store:\n  class: x\n"])
def test_another_metadata_yaml(tmp_path: Path, metadata: str) -> None:
    """A metadata.yaml that describes no store leaves its folder's videos what they are."""
    put_store(tmp_path, "d/", "avi", metadata)
    assert keys_of(tmp_path, make_stage(ANY)) == [f"d/{n:06d}.avi" for n in range(3)]
    assert stores_of(tmp_path, make_stage(ANY)) == []


def test_inputs_that_take_stores(tmp_path: Path) -> None:
    """Nothing is left out where the pattern means metadata.yaml, or where each chunk is meant as a file."""
    put_store(tmp_path, "d/s/", "avi")
    assert keys_of(tmp_path, make_stage(WHOLE)) == ["d/s/metadata.yaml"]
    chunks = make_stage({"video": {"pattern": ANY, "imgstores": "chunks"}})
    assert keys_of(tmp_path, chunks) == [f"d/s/{n:06d}.avi" for n in range(3)]
    assert stores_of(tmp_path, make_stage(WHOLE)) == stores_of(tmp_path, chunks) == []


def test_a_folder_that_is_an_input(tmp_path: Path) -> None:
    """Where folders are the input a store is one, its folders of pictures are none, and nothing is told."""
    put_store(tmp_path, "d/s/", "png")
    stage = make_stage({"video": "RawVideos/d/{name}/"}, {"t": "Results/{name}.csv"})
    assert keys_of(tmp_path, stage) == ["d/s"]
    deep = make_stage({"video": "RawVideos/{subdir}/{name}/"}, {"t": "Results/{subdir}/{name}.csv"})
    assert keys_of(tmp_path, deep) == ["d", "d/s"]
    assert stores_of(tmp_path, deep) == []
