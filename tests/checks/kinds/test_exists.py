"""exists: outputs that are there, and folders that hold something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file, an empty file and a folder."""
    path = tmp_path / "session"
    (path / "deep").mkdir(parents=True)
    (path / "deep/a.h5").write_text("x")
    (path / "empty.csv").touch()
    (path / "link.h5").symlink_to("gone")
    return path


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, ""),
        ({"file": "deep/a.h5"}, ""),
        ({"file": "deep/*.h5"}, ""),
        ({"file": "*/?.h5"}, ""),
        ({"file": "*.h5"}, 'holds no file "*.h5" that is not empty'),
        ({"file": "empty.csv"}, 'holds no file "empty.csv" that is not empty'),
        ({"file": "link.h5"}, 'holds no file "link.h5" that is not empty'),
    ],
)
def test_a_folder_holds_a_file(ask: Callable[..., str], folder: Path, options: dict[str, str], reason: str) -> None:
    """One file of the name, not empty, is enough; none is told by name."""
    assert ask("exists", "session/", **options) == (f"session/: {reason}" if reason else "")


def test_what_is_no_folder_is_told(ask: Callable[..., str], tmp_path: Path) -> None:
    """A missing folder, an empty one, one with hidden files only, and a file in its place are four reasons."""
    assert ask("exists", "out/") == "out/: is missing"
    (tmp_path / "out").mkdir()
    assert ask("exists", "out/") == "out/: is an empty folder"
    (tmp_path / "out/.DS_Store").write_text("x")
    assert ask("exists", "out/") == "out/: is an empty folder"
    (tmp_path / "file").write_text("x")
    assert ask("exists", "file", file="*.h5") == "file: is a file, expected a folder"
    assert ask("exists", "file/") == "file/: is missing"
