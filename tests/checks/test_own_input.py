"""equals_name and equals_size: a result says which input it was made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import Files, verify
from remote_tracker.config import load_project
from remote_tracker.errors import ConfigError
from remote_tracker.model import Check

ODD = "a 'b' $(c) {d} é.avi"


def judged(root: Path, said: Any, option: str, *videos: str, kind: str = "json") -> str:
    """Return the reason against a result that says this of videos that are 5 bytes each."""
    for name in videos:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).exists() or (root / name).write_text("12345")
    (root / "r.json").write_text(json.dumps({"source": said}))
    check = Check(kind, "result", {"key": "source", option: "video"})
    return verify([check], Files(root, inputs={"video": videos}, outputs={"result": ("r.json",)}))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("plate7.avi", ""),
        ("/old/place/d1/plate7.avi", ""),
        ("C:\\\\videos\\plate7.avi", ""),
        (["plate7.avi"], ""),
        ("plate8.avi", 'r.json: source is "plate8.avi", expected "plate7.avi": the name of its own video'),
        ("xplate7.avi", 'r.json: source is "xplate7.avi", expected "plate7.avi": the name of its own video'),
        ("plate7", 'r.json: source is "plate7", expected "plate7.avi": the name of its own video'),
        ("plate7.avi/x", 'r.json: source is "plate7.avi/x", expected "plate7.avi": the name of its own video'),
        (["plate7.avi", "plate8.avi"], 'r.json: source is ["plate7.avi", "plate8.avi"], expected "plate7.avi": '),
        (None, 'r.json: source is null, expected "plate7.avi": the name of its own video'),
        (7, 'r.json: source is 7, expected "plate7.avi": the name of its own video'),
    ],
)
def test_the_name_is_that_of_the_own_video(tmp_path: Path, said: Any, reason: str) -> None:
    """A result that names another video does not hold; the folder before the name may be of another machine."""
    assert judged(tmp_path, said, "equals_name", "RawVideos/d1/plate7.avi").startswith(reason)
    assert bool(judged(tmp_path, said, "equals_name", "RawVideos/d1/plate7.avi")) == bool(reason)


def test_an_odd_name_is_a_name(tmp_path: Path) -> None:
    """Names are compared as they are, whatever they hold."""
    assert judged(tmp_path, ODD, "equals_name", ODD) == ""
    assert judged(tmp_path, ODD + "x", "equals_name", ODD) != ""


def test_a_link_has_two_names(tmp_path: Path) -> None:
    """A tracker may write the name of the link to a video, or of the video that it leads to."""
    (tmp_path / "day").mkdir()
    (tmp_path / "day/camera3.avi").write_text("12345")
    (tmp_path / "plate7.avi").symlink_to("day/camera3.avi")
    assert [judged(tmp_path, name, "equals_name", "plate7.avi") for name in ("plate7.avi", "camera3.avi")] == ["", ""]
    assert "expected" in judged(tmp_path, "day", "equals_name", "plate7.avi")


def test_a_group_names_all_of_its_files(tmp_path: Path) -> None:
    """Of several inputs the result must name each, in any order, and no other; the size is that of all."""
    group = ("d/a.avi", "d/b.avi")
    assert judged(tmp_path, ["b.avi", "x/a.avi"], "equals_name", *group) == ""
    for said in (["a.avi"], ["a.avi", "c.avi"], ["a.avi", "b.avi", "c.avi"], "a.avi"):
        assert "expected" in judged(tmp_path, said, "equals_name", *group)
    assert judged(tmp_path, 10, "equals_size", *group) == ""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (5, ""),
        (5.0, ""),
        (4, "r.json: source is 4, expected 5: the size of its own video in bytes"),
        ("5", 'r.json: source is "5", expected 5: '),
        (True, "r.json: source is true, expected 5: "),
        (None, "r.json: source is null, expected 5: "),
    ],
)
def test_the_size_is_that_of_the_own_video(tmp_path: Path, said: Any, reason: str) -> None:
    """A result of an older video of this name has another size, and does not hold."""
    assert judged(tmp_path, said, "equals_size", "a.avi").startswith(reason)
    assert bool(judged(tmp_path, said, "equals_size", "a.avi")) == bool(reason)


def test_a_video_that_is_gone_is_a_reason(tmp_path: Path) -> None:
    """What cannot be compared does not hold, and is no traceback."""
    assert judged(tmp_path, "a.avi", "equals_name", "a.avi") == ""
    (tmp_path / "a.avi").unlink()
    check = Check("json", "result", {"key": "source", "equals_size": "video"})
    files = Files(tmp_path, inputs={"video": ("a.avi",)}, outputs={"result": ("r.json",)})
    assert verify([check], files) == "a.avi: is missing"


def test_in_hdf5_too(tmp_path: Path) -> None:
    """An attribute of an HDF5 result, or a key of the JSON in it, may say the same."""
    h5py = pytest.importorskip("h5py")
    (tmp_path / "a.avi").write_text("12345")
    with h5py.File(tmp_path / "r.h5", "w") as file:
        file.attrs.update({"source": "/data/a.avi", "size": 5, "json": '{"video": "b.avi"}'})
    files = Files(tmp_path, inputs={"video": ("a.avi",)}, outputs={"result": ("r.h5",)})
    good = [{"attribute": "source", "equals_name": "video"}, {"attribute": "size", "equals_size": "video"}]
    assert verify([Check("hdf5", "result", options) for options in good], files) == ""
    bad = Check("hdf5", "result", {"attribute": "json", "key": "video", "equals_name": "video"})
    assert verify([bad], files) == (
        'r.h5: video of attribute json is "b.avi", expected "a.avi": the name of its own video'
    )


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("{json: info, key: a, equals_name: vdeo}", 'unknown input "vdeo". Did you mean video?'),
        ("{hdf5: info, attribute: a, equals_size: info}", 'unknown input "info". Known: video'),
        ("{frames: video, output: inof, key: a}", 'unknown output "inof". Did you mean info?'),
    ],
)
def test_names_in_options_are_names_of_the_stage(tmp_path: Path, check: str, message: str) -> None:
    """An option that names no input or output of its stage is refused when the file is read."""
    folder = tmp_path / "site/trackers/own"
    folder.mkdir(parents=True)
    (tmp_path / "project.yml").write_text("name: lab\ntracker: own\ncluster: local\n")
    (folder / "tracker.yml").write_text(
        "description: x\nstages:\n  - name: track\n    input: {video: 'RawVideos/{subdir}/{name}.avi'}\n"
        "    output: {info: 'Results/{subdir}/{name}.json'}\n    command: cp {{ input.video }} {{ output.info }}\n"
        f"    check: [{check}]\n"
    )
    with pytest.raises(ConfigError) as refused:
        load_project(tmp_path)
    assert message in str(refused.value)
