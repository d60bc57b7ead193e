"""equals_name, equals_size and equals_sha256_ends of an input: a result says which video it was made from."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import QUICK, WHOLE, Files, verify
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


def test_a_backslash_belongs_to_a_name(tmp_path: Path) -> None:
    """A file may have a backslash in its name, which on another system ends a folder; one name stands for one file."""
    assert judged(tmp_path, "a\\b.avi", "equals_name", "day/a\\b.avi") == ""
    assert judged(tmp_path, "C:\\day\\b.avi", "equals_name", "day/b.avi") == ""
    assert "expected" in judged(tmp_path, "c.avi", "equals_name", "day/a\\b.avi")
    assert "expected" in judged(tmp_path, ["a\\b.avi", "c.avi"], "equals_name", "day/a\\b.avi", "day/b.avi")


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
        ("{hdf5: info, attribute: a, equals_size: inof}", 'unknown input or output "inof". Did you mean info?'),
        ("{hdf5: info, attribute: a, equals_name: info}", 'unknown input "info". Known: video'),
        ("{json: info, key: a, equals_rows: video}", 'unknown output "video". Known: info'),
        ("{json: info, key: a, equals_sha256: vido}", 'unknown input or output "vido". Did you mean video?'),
        ("{csv: info, rows_by: a, rows_in: inf, rows_column: n}", 'unknown output "inf". Did you mean info?'),
        ("{frames: video, output: inof, key: a}", 'unknown output "inof". Did you mean info?'),
    ],
)
def test_names_in_options_are_names_of_the_stage(tmp_path: Path, check: str, message: str) -> None:
    """An option that names no input or output of its stage is refused when the file is read."""
    assert message in refuse(tmp_path, check, "")


def test_a_name_of_an_input_and_of_an_output_says_neither(tmp_path: Path) -> None:
    """An option for inputs and outputs is refused where its name means both: it would look at the wrong file."""
    both = ", info: 'RawVideos/{subdir}/{name}.json'"
    told = '"info" is an input and an output: which is meant? Give the input another name.'
    for option in ("equals_size", "equals_sha256", "equals_sha256_ends"):
        assert told in refuse(tmp_path / option, f"{{json: info, key: a, {option}: info}}", both)


def refuse(root: Path, check: str, more: str) -> str:
    """Return why a tracker.yml with this clause is refused; ``more`` are further inputs of its step."""
    folder = root / "site/trackers/own"
    folder.mkdir(parents=True)
    (root / "project.yml").write_text("name: lab\ntracker: own\ncluster: local\n")
    (folder / "tracker.yml").write_text(
        f"description: x\nstages:\n  - name: track\n    input: {{video: 'RawVideos/{{subdir}}/{{name}}.avi'{more}}}\n"
        "    output: {info: 'Results/{subdir}/{name}.json'}\n    command: cp {{ input.video }} {{ output.info }}\n"
        f"    check: [{check}]\n"
    )
    with pytest.raises(ConfigError) as refused:
        load_project(root)
    return str(refused.value)


ROWS = "frame,animal\n0,a\n0,b\n1,a\n"


def of_outputs(root: Path, depth: int = QUICK, **options: Any) -> str:
    """Return the reason against a result that says ``value`` at its key, with the table t.csv beside it."""
    value = options.pop("value")
    (root / "r.json").write_text(json.dumps({"it": value} if value is not None else {}))
    (root / "t.csv").exists() or (root / "t.csv").write_text(ROWS)
    files = Files(root, outputs={"result": ("r.json",), "table": ("t.csv",)}, depth=depth)
    return verify([Check("json", "result", {"key": "it", **options})], files)


@pytest.mark.parametrize(
    ("said", "column", "reason"),
    [
        (3, "", ""),
        (3.0, "", ""),
        (2, "frame", ""),
        (200, "", "t.csv has 3 rows, 200 were recorded (it)"),
        (0, "", "t.csv has 3 rows, 0 were recorded (it)"),
        ("3", "", 't.csv has 3 rows, "3" were recorded (it)'),
        (True, "", "t.csv has 3 rows, true were recorded (it)"),
        (3, "frame", "t.csv has 2 values of frame, 3 were recorded (it)"),
        (3, "fram", 'it cannot be compared: t.csv has no column "fram"'),
    ],
)
def test_rows_are_those_that_were_recorded(tmp_path: Path, said: Any, column: str, reason: str) -> None:
    """A result says how many rows another has, or how many different values one of its columns."""
    options = {"column": column} if column else {}
    assert of_outputs(tmp_path, value=said, equals_rows="table", **options) == (f"r.json: {reason}" if reason else "")


@pytest.mark.parametrize("option", ["equals_sha256", "equals_sha256_ends"])
@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 131_072, 300_000])
def test_digests_are_those_of_the_shell(tmp_path: Path, option: str, size: int) -> None:
    """A digest is that of sha256sum, of the whole file or of its two ends; a changed last byte changes it."""
    (tmp_path / "t.csv").write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    line = {"equals_sha256": "cat t.csv", "equals_sha256_ends": "(head -c 65536 t.csv; tail -c 65536 t.csv)"}[option]
    told = subprocess.run(
        ["bash", "-c", f"{line} | sha256sum"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    digest = told.stdout.split()[0]
    assert of_outputs(tmp_path, value=digest, **{option: "table"}) == ""
    assert of_outputs(tmp_path, value=digest.upper(), **{option: "table"}) == ""
    with (tmp_path / "t.csv").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\0")
    reason = "r.json: t.csv is not the file that was recorded: its SHA-256 is not it"
    for said in (digest, "", 7, [], "é"):
        assert of_outputs(tmp_path, value=said, **{option: "table"}) == reason


def test_size_of_another_output(tmp_path: Path) -> None:
    """The size may be that of another result; a name that stands for an input and an output is the input's."""
    size = len(ROWS)
    assert of_outputs(tmp_path, value=size, equals_size="table") == ""
    assert of_outputs(tmp_path, value=1, equals_size="table") == f"r.json: t.csv has {size} bytes, 1 was recorded (it)"


@pytest.mark.parametrize("option", ["equals_rows", "equals_sha256"])
def test_large_files_are_read_whole_by_verify_alone(tmp_path: Path, option: str) -> None:
    """A file larger than a scan may read is compared where all of it may be read, and nowhere else."""
    assert of_outputs(tmp_path, depth=len(ROWS) - 1, value="other", **{option: "table"}) == ""
    assert of_outputs(tmp_path, depth=len(ROWS), value="other", **{option: "table"}) != ""
    assert of_outputs(tmp_path, depth=WHOLE, value="other", **{option: "table"}) != ""


@pytest.mark.parametrize("option", ["equals", "equals_size", "equals_rows", "equals_sha256", "at_least"])
def test_an_optional_key_need_not_be_there(tmp_path: Path, option: str) -> None:
    """Results of an older version lack a key: with optional they hold; a wrong value never does."""
    wanted = {option: 5 if option in ("equals", "at_least") else "table"}
    assert of_outputs(tmp_path, value=None, optional=True, **wanted) == ""
    assert of_outputs(tmp_path, value=None, **wanted) == 'r.json: has no key "it"'
    assert of_outputs(tmp_path, value=-1, optional=True, **wanted) != ""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (1, ""),
        (2.5, ""),
        (0, "it is 0, expected at least 1"),
        ("2", 'it is "2", expected at least 1'),
        (True, "it is true, expected at least 1"),
        (float("nan"), "it is NaN, expected at least 1"),
    ],
)
def test_a_number_is_large_enough(tmp_path: Path, said: Any, reason: str) -> None:
    """at_least takes numbers, and numbers alone."""
    assert of_outputs(tmp_path, value=said, at_least=1) == (f"r.json: {reason}" if reason else "")


def test_what_cannot_be_read_is_told_by_its_own_name(tmp_path: Path) -> None:
    """Where the compared file is a folder, the reason names that file, not the result."""
    (tmp_path / "t.csv").mkdir()
    (tmp_path / "t.csv/x").write_text("x")
    told = "r.json: it cannot be compared: t.csv "
    assert of_outputs(tmp_path, value="x", equals_sha256="table") == told + "cannot be read: Is a directory"
    assert of_outputs(tmp_path, value=1, equals_rows="table") == told + "is a folder, expected a file"


def test_optional_in_hdf5_too(tmp_path: Path) -> None:
    """An attribute, or a key of JSON in it, need not be there where the clause says optional."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "r.h5", "w") as file:
        file.attrs["json"] = "{}"
    files = Files(tmp_path, outputs={"result": ("r.h5",)})
    for options in ({"attribute": "x", "equals": 1}, {"attribute": "json", "key": "x", "at_least": 1}):
        assert verify([Check("hdf5", "result", {**options, "optional": True})], files) == ""
        assert verify([Check("hdf5", "result", options)], files) != ""
