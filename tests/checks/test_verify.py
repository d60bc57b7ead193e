"""verify: the first reason, and what every output must be, asked or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from remote_tracker.checks import Files, verify
from remote_tracker.model import Check


def empty_folder(path: Path) -> None:
    """Make a folder that a file manager has been in."""
    path.mkdir()
    (path / "._a").write_text("x")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text("x"), ""),
        (lambda path: None, "out: is missing"),
        (lambda path: path.touch(), "out: is empty (0 bytes)"),
        (Path.mkdir, "out: is an empty folder"),
        (empty_folder, "out: is an empty folder"),
        (lambda path: path.symlink_to("gone"), "out: is a link to gone, which is not there"),
    ],
    ids=["whole", "missing", "empty", "folder", "hidden", "dangling"],
)
def test_every_output_is_there_and_not_empty(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    """Without any clause each output must be there and hold something."""
    make(tmp_path / "out")
    (tmp_path / "first").write_text("x")
    assert verify([], Files(tmp_path, outputs={"a": ("first",), "b": ("out",)})) == reason


def test_of_a_glob_one_file_must_hold_something(tmp_path: Path) -> None:
    """Of several files of one output one that is not empty is enough; none at all is a reason."""
    for name, content in {"a": "", "b": "x", "c": ""}.items():
        (tmp_path / name).write_text(content)
    assert verify([], Files(tmp_path, outputs={"out": ("a", "b", "c")})) == ""
    assert verify([], Files(tmp_path, outputs={"out": ("a", "c")})) == "c: is empty (0 bytes)"
    assert verify([], Files(tmp_path, outputs={"out": ()})) == "out: no such file was found"


def test_the_first_reason_in_order(tmp_path: Path) -> None:
    """Missing outputs come before what is in the others; then the clauses are asked in their order."""
    (tmp_path / "a.json").write_text('{"x": 1}')
    (tmp_path / "b.csv").write_text("frame,x")
    checks = [Check("json", "a", {"key": "x", "equals": 2}), Check("csv", "b", {})]
    files = {"a": ("a.json",), "b": ("b.csv",)}
    assert verify(checks, Files(tmp_path, outputs=files)) == "a.json: x is 1, expected 2"
    assert verify(checks[::-1], Files(tmp_path, outputs=files)).startswith("b.csv: the last line")
    assert verify(checks, Files(tmp_path, outputs={**files, "c": ("c",)})) == "c: is missing"


def test_each_file_of_a_glob_must_hold(tmp_path: Path) -> None:
    """A clause about several files names the first that is bad."""
    for name, content in {"a.json": "1", "b.json": "2"}.items():
        (tmp_path / name).write_text(f'{{"x": {content}}}')
    files = Files(tmp_path, outputs={"info": ("a.json", "b.json")})
    assert verify([Check("json", "info", {"key": "x", "equals": 1})], files) == "b.json: x is 2, expected 1"


def test_an_output_nobody_knows_is_a_reason(tmp_path: Path) -> None:
    """A clause about an output that the files lack does not hold, and is no traceback."""
    assert verify([Check("csv", "x", {})], Files(tmp_path)) == "x: no such file was found"


def test_a_reason_is_one_short_line(tmp_path: Path) -> None:
    """Control characters of a result cannot break the log's last line, nor can a long value."""
    (tmp_path / "a.json").write_text('{"x": "' + "\\n\\u001b[31m" * 3 + '"}')
    (tmp_path / "b.log").write_text("\x1b[31m \x07 " + "x" * 1000)
    files = Files(tmp_path, outputs={"a": ("a.json",), "b": ("b.log",)})
    long = Check("log", "b", {"matches": "y" * 1000})
    for check in (Check("json", "a", {"key": "x", "equals": 1}), Check("log", "b", {"matches": "y"}), long):
        reason = verify([check], files)
        assert reason.isprintable()
        assert len(reason) <= 500


def test_absolute_paths_are_taken_as_they_are(tmp_path: Path) -> None:
    """An absolute path does not start at the root."""
    (tmp_path / "a").write_text("x")
    assert verify([], Files("/nowhere", outputs={"a": (str(tmp_path / "a"),)})) == ""
