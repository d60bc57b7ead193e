"""Whether a disk tells upper from lower case is known by looking at it."""

from __future__ import annotations

import os
from pathlib import Path

from remote_tracker.disk.case import folded, folds_case


def test_a_disk_that_tells_case_is_known_and_left_as_it_is(tmp_path: Path) -> None:
    """With names in a folder, without any, and in a folder that is not there yet; nothing is left behind."""
    assert not folds_case(str(tmp_path / "not" / "there"))
    (tmp_path / "name").touch()
    assert not folds_case(str(tmp_path))
    (tmp_path / "NAME").touch()
    assert not folds_case(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["NAME", "name"]


def test_a_folder_that_cannot_be_written_is_asked_by_its_names_alone(tmp_path: Path) -> None:
    """Where nothing may be written nothing is."""
    assert not folds_case(str(tmp_path), may_write=False)
    before = tmp_path.stat().st_mtime_ns
    folds_case(str(tmp_path), may_write=False)
    assert tmp_path.stat().st_mtime_ns == before


def test_paths_are_compared_as_such_a_disk_compares_them() -> None:
    """Neither case nor the composition of letters tells two paths apart there."""
    assert folded("d/KA\u0308FER.avi") == folded("d/k\u00e4fer.AVI")
    assert folded("d/a") != folded("d/b")
