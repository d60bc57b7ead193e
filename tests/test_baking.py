"""What tests begin with is made once, is complete, and is not made again."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import cache_from_source
from pathlib import Path

import lab as module
import pytest
from baking import make_once
from lab import REPOSITORY, copy_tree, find_changed_packages, own_package
from starting import Packages


def look(package: Path) -> dict[str, tuple[int, int]]:
    """Return, of each file in a package, its time and inode, by the path that leads to it, through links, too.

    What starts keep of YAML files is left out: a start of another test may replace it at any moment.
    """
    found = (Path(folder, name) for folder, _, names in os.walk(package, followlinks=True) for name in names)
    paths = [path for path in found if not path.name.startswith(("documents.", ".documents."))]
    return {str(path.relative_to(package)): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def test_a_copy_shares_the_files_of_its_package(blank: Path, tmp_path: Path) -> None:
    """A copied project has the files of the other's package, the same ones; one of its own, files of the same times."""
    copy = copy_tree(blank, tmp_path / "copy")
    shared = look(blank / "remote_tracker")
    assert look(copy / "remote_tracker") == shared
    assert (copy / "rt").stat().st_ino != (blank / "rt").stat().st_ino
    own = look(own_package(copy))
    assert {name: at for name, (at, _) in own.items()} == {name: at for name, (at, _) in shared.items()}
    assert not {inode for _, inode in own.values()} & {inode for _, inode in shared.values()}
    assert not [path for path in (copy / "remote_tracker").rglob("*") if path.is_symlink()]


@pytest.fixture
def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this test's packages were is forgotten behind it."""
    monkeypatch.setattr(module, "_packages", {})


@pytest.mark.parametrize("change", ["add", "lose", "replace", "change"])
def test_a_shared_package_that_changes_is_named(blank: Path, tmp_path: Path, unknown: None, change: str) -> None:
    """A test that adds, removes, replaces or changes a file of a package that others share is found out."""
    source = Path(shutil.copytree(blank, tmp_path / "source"))
    changed = copy_tree(source, tmp_path / "copy") / "remote_tracker/cli" / ("new.py" if change == "add" else "docs.py")
    assert not find_changed_packages()
    if change in ("lose", "replace"):
        changed.unlink()
    if change != "lose":
        with changed.open("a", encoding="utf-8") as file:
            file.write("x = 1\n")
    assert find_changed_packages() == [str(source / "remote_tracker/cli" / changed.name)]


@pytest.mark.parametrize("change", ["add", "lose", "replace", "own"])
def test_a_copy_that_is_another_package_is_known(blank: Path, tmp_path: Path, unknown: None, change: str) -> None:
    """A copy is the template as long as nobody adds, removes or replaces a module, or changes one of its own files."""
    source = Path(shutil.copytree(blank, tmp_path / "source"))
    copy, known = copy_tree(source, tmp_path / "copy"), Packages()
    known.note_copy(source, copy)
    assert known.is_template(copy)
    place = copy / "remote_tracker" / "cli"
    if change == "add":
        (place / "new.py").write_text("")
    elif change == "lose":
        (place / "docs.py").unlink()
    elif change == "replace":
        (place / "docs.py").unlink()
        (place / "docs.py").write_text("x = 1\n")
    else:
        with (own_package(copy) / "cli" / "docs.py").open("a", encoding="utf-8") as file:
            file.write("x = 1\n")
    assert not known.is_template(copy)
    assert known.is_template(blank)


def test_projects_are_compiled_where_python_looks(blank: Path) -> None:
    """The package of a project that tests copy is compiled beside its modules, wherever tests are compiled to."""
    names = {path.stem.partition(".")[0] for path in (blank / "remote_tracker" / "cli" / "__pycache__").iterdir()}
    assert names == {path.stem for path in (blank / "remote_tracker" / "cli").glob("*.py")}


def test_compiled_tests_are_kept_outside_the_repository() -> None:
    """What tests import is compiled into a folder of its own, also where Python is told to keep nothing."""
    kept = Path(cache_from_source(str(module.__file__)))
    assert not kept.is_relative_to(REPOSITORY)
    assert str(kept).startswith(str(sys.pycache_prefix))
    assert not sys.dont_write_bytecode


def test_it_is_made_by_the_first_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Who asks first makes it, whoever asks then gets it; what failed is made anew, from an empty folder."""
    made: list[Path] = []

    def make(place: Path) -> Path:
        made.append(place)
        assert list(place.iterdir()) == []
        (place / "x").write_text("x")
        if len(made) == 1:
            raise OSError("the disk is full")
        return place / "x"

    name = f"test_baking_{Path(sys.executable).name}_{id(make)}"
    with pytest.raises(OSError, match="full"):
        make_once(tmp_path_factory, name, make)
    assert make_once(tmp_path_factory, name, make) == make_once(tmp_path_factory, name, make)
    assert len(made) == 2
