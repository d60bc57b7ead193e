"""json: a key of a JSON file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks.values import same

INFO = (
    '{"finished": false, "frames_read": 17, "frames_claimed": 508, '
    '"a": {"b c": [null, {"d": 2.0}]}, "n": NaN, "t": true}'
)


@pytest.fixture
def info(tmp_path: Path) -> Path:
    """Return a small JSON file."""
    path = tmp_path / "plate7_tracks.json"
    path.write_text(INFO)
    return path


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"key": "finished", "equals": False}, ""),
        ({"key": "finished", "equals": True}, "finished is false, expected true"),
        ({"key": "finished", "not_null": True}, ""),
        (
            {"key": "frames_read", "equals_key": "frames_claimed"},
            "frames_read is 17, expected 508 as frames_claimed is",
        ),
        ({"key": "frames_read", "equals": 17.0}, ""),
        ({"key": "a.b c.1.d", "equals": 2}, ""),
        ({"key": ["a", "b c", 1, "d"], "equals": 2}, ""),
        ({"key": "a.b c.0", "not_null": True}, "a.b c.0 is null, expected a value"),
        ({"key": "a.b c.0", "equals": None}, ""),
        ({"key": "a.b c.2", "not_null": True}, 'has no key "a.b c.2"'),
        ({"key": "a.x", "equals": 1}, 'has no key "a.x"'),
        ({"key": "finished.x", "equals": 1}, 'has no key "finished.x"'),
        ({"key": "n", "not_null": True}, "n is NaN, expected a value"),
        ({"key": "n", "equals_key": "n"}, "n is NaN, expected NaN as n is"),
        ({"key": "t", "equals": 1}, "t is true, expected 1"),
    ],
)
def test_says_what_was_expected_and_found(
    ask: Callable[..., str], info: Path, options: dict[str, Any], reason: str
) -> None:
    """A clause that does not hold is one sentence with the file, the key, the value found and the one expected."""
    assert ask("json", info.name, **options) == (f"plate7_tracks.json: {reason}" if reason else "")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (INFO[:30].encode(), "is not whole JSON: "),
        (b"\x00\xff\x89HDF" * 100, "is not whole JSON: "),
        (b"[" * 200_000, "is not JSON"),
        (b'{"finished": ' + b"9" * 5000 + b"}", "is not JSON that can be read: "),
        (b"17", 'has no key "finished"'),
        (b'"finished"', 'has no key "finished"'),
        (b"[true]", 'has no key "finished"'),
        (b'{"finished": "' + b"x" * 1_000_000 + b'"}', "finished is "),
        (b'\xef\xbb\xbf{"finished": 0}', "finished is 0, expected true"),
    ],
)
def test_hostile_content_is_a_reason(ask: Callable[..., str], info: Path, content: bytes, reason: str) -> None:
    """Junk, half and huge files are told in one short line, without a traceback."""
    info.write_bytes(content)
    told = ask("json", info.name, key="finished", equals=True)
    assert told.startswith(f"plate7_tracks.json: {reason}")
    assert len(told) < 300


def test_too_large_a_file_is_not_read(ask: Callable[..., str], info: Path) -> None:
    """More than 64 MB are no file of facts: the memory of a login node is not filled with them."""
    with info.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    assert "larger than 64 MB" in ask("json", info.name, key="finished", equals=True)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "is missing"),
        (lambda path: path.mkdir(), "is a folder, expected a file"),
        (lambda path: path.symlink_to("gone.json"), "is a link to gone.json, which is not there"),
        (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels of symbolic links"),
        (os.mkfifo, "is a pipe or a device, expected a file"),
    ],
    ids=["missing", "folder", "dangling", "loop", "pipe"],
)
def test_what_is_no_file_is_a_reason(
    ask: Callable[..., str], tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """Whatever stands in the place of the file is told, and never waited for."""
    make(tmp_path / "a.json")
    assert ask("json", "a.json", key="x", not_null=True) == f"a.json: {reason}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_a_reason(ask: Callable[..., str], info: Path) -> None:
    """A file without the right to read it is told as such."""
    info.chmod(0)
    assert ask("json", info.name, key="x", not_null=True).endswith("cannot be read: Permission denied")


def test_file_in_a_folder(ask: Callable[..., str], tmp_path: Path) -> None:
    """With `file`, each file of the folder that matches must hold, and one must match."""
    (tmp_path / "out").mkdir()
    assert ask("json", "out/", file="*.json", key="a", equals=1) == "*.json: is missing"
    (tmp_path / "out/a.json").write_text('{"a": 1}')
    assert ask("json", "out/", file="*.json", key="a", equals=1) == ""
    (tmp_path / "out/b.json").write_text('{"a": 2}')
    assert ask("json", "out/", file="*.json", key="a", equals=1) == "b.json: a is 2, expected 1"


@pytest.mark.parametrize(("left", "right"), [(True, 1), (0, False), (float("nan"), float("nan")), ("1", 1), (None, 0)])
def test_values_of_different_kinds_differ(left: Any, right: Any) -> None:
    """true is not 1, text is no number, and NaN is not even itself."""
    assert not same(left, right)


@pytest.mark.parametrize(
    ("session", "reason"),
    [
        ("session_day1", ""),
        ("session_day2", 'has no key "timers.Tracking session.finish_time"'),
        ("session_trunc", 'has no key "timers.Tracking session.finish_time"'),
    ],
)
def test_real_idtrackerai_sessions(
    ask: Callable[..., str], real: Callable[[str], Path], session: str, reason: str
) -> None:
    """A finished session of idtracker.ai is told from one that timed out and one of a cut video."""
    path = real(f"idtrackerai/{session}/session.json")
    told = ask("json", path, key="timers.Tracking session.finish_time", not_null=True)
    assert told == (f"session.json: {reason}" if reason else "")
