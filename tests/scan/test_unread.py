"""What lies among the videos and no pattern means: named for what it is, and junk is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import ListWildcard, Stage
from remote_tracker.model.pattern import read_pattern
from remote_tracker.scan import Kind, Tree, find_units, find_unread, walk_all

from scan.test_stores import PICTURES, WHOLE
from scan.trees import make_stage, put

ONE_DEEP = "RawVideos/{exp}/{name}.avi"


def unread_of(root: Path, *stages: Stage) -> dict[str, Kind]:
    """Return what a scan of the first stage finds that no stage reads, each with what it is."""
    tree = Tree(root)
    list(find_units(stages[0], tree))
    found = find_unread(tree, stages)
    assert [one.path for one in found] == sorted(one.path for one in found)
    assert {*found} <= {*walk_all(Tree(root), stages)}
    return {one.path.removeprefix("RawVideos/"): one.kind for one in found}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("d1/clip.wmv", Kind.FORMAT),
        ("clip.MTS", Kind.FORMAT),
        ("d1/README", Kind.FORMAT),
        ("d1/-rf $(x) '\"ü.webm", Kind.FORMAT),
        ("d1/a.avi.gz", Kind.FORMAT),
        ("#notes.txt", Kind.FORMAT),
        ("d1/clip.wmv.part", Kind.COPY),
        ("d1/clip.wmv.crdownload", Kind.COPY),
        ("d1/clip.avi.partial", Kind.COPY),
        ("d1/clip.avi.aria2", Kind.COPY),
        ("d1/clip.wmv.filepart", Kind.COPY),
        ("d1/.clip.wmv.Ab3dEf", Kind.COPY),
        ("d1/.index.sqlite", Kind.HIDDEN),
        ("d1/.clip.avi", Kind.HIDDEN),
        ("d1/000001.npz", Kind.CHUNK),
        ("d1/000001.extra_data.json", Kind.CHUNK),
    ],
)
def test_each_is_named_for_what_it_is(tmp_path: Path, path: str, kind: Kind) -> None:
    """A file that no pattern means is found, wherever it lies, as another format, a copy, a chunk or a hidden file."""
    put(tmp_path, f"RawVideos/{path}", "RawVideos/d1/a.avi")
    assert unread_of(tmp_path, make_stage()) == {path: kind}


@pytest.mark.parametrize(
    "path",
    [
        "d1/.DS_Store",
        "d1/._a.avi",
        "d1/Thumbs.db",
        "desktop.ini",
        "Desktop.ini",
        "d1/.nfs000001",
        "d1/.gitkeep",
        "d1/a.mp4",
        "#recycle/clip.wmv",
        ".Trash-1000/files/clip.wmv",
    ],
)
def test_junk_and_videos_are_not_named(tmp_path: Path, path: str) -> None:
    """A video is no file that is not read, nor is what systems and storage servers leave about."""
    put(tmp_path, f"RawVideos/{path}", "RawVideos/d1/a.avi")
    assert unread_of(tmp_path, make_stage()) == {}


def test_a_copy_of_a_video_is_told_by_the_video(tmp_path: Path) -> None:
    """A copy of a video that is coming is not named: the video is not ready. What stayed of an older copy is."""
    put(tmp_path, "RawVideos/d1/b.avi.part", "RawVideos/d1/.a.avi.Ab3dEf")
    assert unread_of(tmp_path, make_stage()) == {}
    put(tmp_path, "RawVideos/d1/a.avi")
    assert unread_of(tmp_path, make_stage()) == {"d1/.a.avi.Ab3dEf": Kind.LEFT_COPY}


def test_other_patterns_of_the_tracker(tmp_path: Path) -> None:
    """What another stage reads or makes, a list of a wildcard, and what a tracker uses by itself, is not named."""
    lists = ListWildcard("roi", file=read_pattern("RawVideos/{subdir}/{name}.rois.json"))
    one = make_stage({"video": {"pattern": "RawVideos/{subdir}/{name}.avi", "beside": ["*.toml", "*/logs/*"]}})
    two = make_stage("RawVideos/{subdir}/{name}.xyt", {"made": "RawVideos/{subdir}/{name}.map"}, each=(lists,))
    names = ("d1/a.avi", "d1/a.xyt", "d1/a.map", "d1/a.rois.json", "d1/a.toml", "d1/logs/x.log", "d1/a.txt")
    put(tmp_path, *(f"RawVideos/{name}" for name in names))
    assert unread_of(tmp_path, one, two) == {"d1/a.txt": Kind.FORMAT}


def test_what_lies_in_a_folder_that_is_meant(tmp_path: Path) -> None:
    """Where folders are the input, all that lies in such a folder belongs to it; a file beside them is named."""
    put(tmp_path, "RawVideos/d1/exp1/x.tif", "RawVideos/d1/exp1/deep/y.tif", "RawVideos/d1/z.tif")
    assert unread_of(tmp_path, make_stage("RawVideos/{day}/{exp,exp.*}/", {})) == {"d1/z.tif": Kind.FORMAT}


def test_folders_that_no_pattern_leads_into(tmp_path: Path) -> None:
    """A folder deeper than a pattern goes is named itself, without a look into it, unless another input goes there."""
    put(tmp_path, "RawVideos/e/a.avi", "RawVideos/e/deep/b.avi", "RawVideos/e/notes/c.csv", "RawVideos/top.avi")
    stage = make_stage({"video": ONE_DEEP, "notes": {"pattern": "RawVideos/{exp}/notes/{name}.csv", "optional": True}})
    assert unread_of(tmp_path, stage) == {"e/deep/": Kind.FOLDER, "top.avi": Kind.FORMAT}


def test_what_the_project_leaves_out(tmp_path: Path) -> None:
    """What a person excluded is no news; a file of another format that the tracker's own globs match is."""
    put(
        tmp_path, "RawVideos/d1/a.avi", "RawVideos/d1/b.txt", "RawVideos/d1/c_labeled.csv", "RawVideos/d1/d_labeled.avi"
    )
    keys = {"exclude": ("*_labeled.*",), "left_out": ("*.txt",)}
    stage = make_stage({"video": {"pattern": "RawVideos/{subdir}/{name}.avi", **keys}})
    assert unread_of(tmp_path, stage) == {"d1/c_labeled.csv": Kind.FORMAT}
    assert [one.path for one in walk_all(Tree(tmp_path), [stage]) if one.kind is Kind.EXCLUDED] == [
        "RawVideos/d1/d_labeled.avi"
    ]


def test_imgstores(tmp_path: Path) -> None:
    """An imgstore is its folder, whatever lies in it; where the tracker takes stores, it is not named."""
    put(tmp_path, "RawVideos/d1/s/000000/0.png", "RawVideos/d1/s/000000.npz", "RawVideos/d1/s/eye.txt")
    put(tmp_path, "RawVideos/d1/s/metadata.yaml", content=PICTURES)
    assert unread_of(tmp_path, make_stage()) == {"d1/s/": Kind.STORE}
    assert unread_of(tmp_path, make_stage(WHOLE)) == {}


@pytest.mark.parametrize("glob", ["*_test.mp4", "*_TEST.MP4", "d1/*.mp4"])
def test_endings_of_globs_in_any_case(tmp_path: Path, glob: str) -> None:
    """A glob that leaves files out means its ending in upper and lower case, as a pattern does; not the name before."""
    put(tmp_path, "RawVideos/d1/a_test.MP4", "RawVideos/d1/B_TEST.mp4")
    stage = make_stage({"video": {"pattern": "RawVideos/{subdir}/{name}.{ext,(?i:mp4)}", "left_out": (glob,)}})
    left = [unit.key for unit in find_units(stage, Tree(tmp_path))]
    assert left == {"*_test.mp4": ["d1/B_TEST.mp4"], "*_TEST.MP4": ["d1/a_test.MP4"], "d1/*.mp4": []}[glob]
