"""The package's code is kept in its user's cache where its disk is far, and never believed when it is old."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lab import TEMPLATE
from remote_tracker import __main__ as program
from remote_tracker.disk import kept_code

START = f"""
import json, sys
sys.path[:0] = [sys.argv[1], {str(TEMPLATE)!r}]
from remote_tracker.disk.kept_code import use_kept_code
if len(sys.argv) > 2:
    import house.a, house.b, house.c, house.d, house.floor.e
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
kept = use_kept_code(sys.argv[1] + "/house")
import house.a, house.b, house.c, house.d, house.floor.e as e
told = [house.a.WORD, house.b.WORD, e.WORD, e.above, house.__path__, house.a.__file__, e.__package__]
read = [name[len(sys.argv[1]) + 1:] for name in opened if name.startswith(sys.argv[1] + "/house")]
kept.keep()
import inspect
print(json.dumps([told, read, inspect.getsource(house.b)]))
"""
MODULES = ("__init__", "a", "b", "c", "d", "floor/__init__")


class House:
    """A package of a few modules, and its user's cache."""

    def __init__(self, top: Path) -> None:
        self.top, self.cache = top, top / "cache"
        (top / "house/floor").mkdir(parents=True)
        for name in MODULES:
            self.write(name, f"WORD = {name!r}\n")
        self.write("floor/e", "from .. import a\nWORD, above = 'e', a.WORD\n")

    def write(self, name: str, text: str) -> None:
        """Write a module."""
        (self.top / "house" / f"{name}.py").write_text(text)

    def start(self, *early: str, **more: str) -> tuple[list[Any], list[str], str]:
        """Import all in a new process; return what it found, which files of the package it opened, a module's text.

        With ``early`` the modules are imported before the cache is asked, as __main__ and what it needs are.
        """
        environment = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.cache), **more}
        argv = [sys.executable, "-c", START, str(self.top), *early]
        ran = subprocess.run(argv, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        told, read, text = json.loads(ran.stdout)
        return told, read, text

    @property
    def kept(self) -> list[Path]:
        """Return the files in the cache."""
        return [path for path in self.cache.rglob("*") if path.is_file()]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return the package, whose code was kept."""
    made = House(tmp_path)
    assert any("/b." in name or name.endswith("b.py") for name in made.start()[1])
    return made


def test_no_file_of_the_package_is_opened(house: House) -> None:
    """A later process finds the same modules, opens none of their files, and can still tell their text."""
    told, read, text = house.start()
    place = str(house.top / "house")
    assert told == ["a", "b", "e", "a", [place], f"{place}/a.py", "house.floor"]
    assert read == []
    assert text == "WORD = 'b'\n"
    assert [path.stat().st_mode & 0o777 for path in house.kept] == [0o600]


def test_modules_that_are_kept_are_kept_once(house: House) -> None:
    """Modules that are imported before the cache can be asked are no reason to write it anew at each start."""
    before = [path.stat().st_ino for path in house.kept]
    house.start("early")
    assert [path.stat().st_ino for path in house.kept] == before


@pytest.mark.parametrize("how", ["in place", "with its old times", "another file"])
def test_a_changed_module(house: House, how: str) -> None:
    """A module that was edited is read anew, though its size and its time are as before; the others are not."""
    place = house.top / "house/b.py"
    before = place.stat()
    if how == "another file":
        place.rename(place.with_suffix(".old"))
    house.write("b", "WORD = 'B'\n")
    if how != "in place":
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    told, read, _ = house.start(PYTHONDONTWRITEBYTECODE="1", PYTHONPYCACHEPREFIX=str(house.top / "none"))
    assert told[1] == "B"
    assert [name for name in read if "__pycache__" not in name] == ["house/b.py"]


@pytest.mark.parametrize("how", ["cut", "empty", "no code", "of all", "of another Python"])
def test_a_cache_that_is_not_believed(house: House, how: str) -> None:
    """A cache that is spoilt, or that others may write, changes nothing but how fast the package starts."""
    [path] = house.kept
    raw = path.read_bytes()
    if how == "of all":
        path.chmod(0o666)
    elif how == "of another Python":
        path.rename(path.with_suffix(".other-1"))
    else:
        path.write_bytes({"cut": raw[:-20], "empty": b"", "no code": b"\xff" * len(raw)}[how])
    told, read, _ = house.start()
    assert told[:3] == ["a", "b", "e"]
    assert len(read) >= len(MODULES)


@pytest.mark.parametrize("how", ["PYTHONDONTWRITEBYTECODE", "no folder"])
def test_nothing_is_kept(tmp_path: Path, how: str) -> None:
    """Where Python is to write no code, or the cache cannot be written, nothing is kept and nothing fails."""
    house = House(tmp_path)
    if how == "no folder":
        house.cache.write_text("")
    house.start(**({how: "1"} if how.isupper() else {}))
    assert house.kept == []


@pytest.mark.parametrize("mount", ["", "/far"])
def test_only_where_the_disk_is_far(monkeypatch: pytest.MonkeyPatch, mount: str) -> None:
    """On a disk of this machine no cache is asked."""
    asked: list[str] = []
    monkeypatch.setattr(program, "far_mount_of", lambda _: mount)
    monkeypatch.setattr(kept_code, "use_kept_code", lambda package: asked.append(package) or kept_code)
    monkeypatch.setattr(kept_code, "keep", lambda: None, raising=False)
    program._use_kept_code()()
    assert asked == ([str(TEMPLATE / "remote_tracker")] if mount else [])
