"""An update killed with -9: the project works at once, with the old version or the new, and the next one finishes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from crashes import CrashLab, Prepared, assert_whole, bring_to_zero, hashes, prepare
from lab import REPOSITORY, TEMPLATE
from remote_tracker.update import update

YOURS = (
    "project.yml",
    "work.sh",
    "site",
    "workspace/batches/0001",
    "workspace/batches/0002",
    "RawVideos",
    ".gitignore",
)


def make_release(top: Path, blank: Path) -> Path:
    """Write the next version of the template, whole, with a module more and a changed script."""
    shutil.copytree(blank, top / TEMPLATE.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "cookiecutter.json", top)
    (top / "CHANGELOG.md").write_text("## [9.0.0]\n- all is new\n")
    package = top / TEMPLATE.name / "remote_tracker"
    (package / "__init__.py").write_text('"""New."""\n\n__version__ = "9.0.0"\n')
    (package / "added.py").write_text("")
    with open(top / TEMPLATE.name / "workspace/get_files2process.sh", "a") as script:
        script.write("# new\n")
    return top


def load_all(root: Path, *names: str) -> dict[str, bytes]:
    """Return each file's content below these, by its path."""
    files = [
        path for name in names for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*"))
    ]
    kept = [path for path in files if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in kept}


def load_ours(root: Path) -> dict[str, bytes]:
    """Return the package, the launcher and the scripts that an update swaps."""
    scripts = [str(path.relative_to(root)) for path in root.glob("*/*.sh") if path.name != "process_all.sh"]
    return load_all(root, "rt", "remote_tracker", *scripts)


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab, blank: Path) -> Prepared:
    """A project with a finished video and a listed one, and the next version in a folder beside it."""
    release = make_release(fresh.root.with_name("release"), blank)
    fresh.video("d1/v1.avi", "the content of video 1")
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    fresh.video("d1/v2.avi", "the content of video 2")
    fresh.scan()
    return prepare(fresh, "./rt", "update", "--from", str(release), folder="")


def test_update_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """The next command works; the next update brings the new version whole, the old one is in one backup, whole."""
    lab, old, new = crash_lab, load_ours(prepared.root), load_ours(prepared.after)
    script, mine, before = (lab.workspace / "process_all.sh").read_text(), load_all(lab.root, *YOURS), hashes(lab)
    beside = lab.start("./rt", "status", folder="") if seed % 4 > 1 else None
    lab.shoot(prepared, seed)
    if beside is not None:
        beside.wait(60)
    ran = lab.run("./rt", "--version", folder="")
    assert (ran.code, ran.out) in [(0, "remote-tracker 0.1.0\n"), (0, "remote-tracker 9.0.0\n")], ran
    found = load_ours(lab.root)
    assert all(raw in (old.get(name), new.get(name)) for name, raw in found.items())
    if seed % 3 == 0:
        assert lab.scan().code == 0
    ran = lab.rt(*prepared.command[1:])
    assert (ran.code, ran.err) == (0, ""), ran
    assert load_ours(lab.root) == new
    assert load_all(lab.root, *YOURS) == mine
    assert_whole(lab, script)
    backups = list((lab.root / ".backups").iterdir())
    assert len(backups) == 1
    assert load_ours(backups[0]) == old
    assert not (lab.root / ".update").exists()
    assert list(lab.root.glob(".*.tmp")) == []
    assert hashes(lab) == before
    assert lab.process().code == 0
    bring_to_zero(lab, rounds=0)


LATE_MV = """#!/bin/bash
# the update that lives has renamed the new package into place by the time the launcher gets to its mv
mkdir -p {new} && touch {new}/__init__.py
exec /usr/bin/mv "$@"
"""


def test_launcher_beside_an_update(crash_lab: CrashLab, tmp_path: Path) -> None:
    """A launcher that saw no package, since an update was just swapping it, never puts the old one into the new."""
    package, old = crash_lab.root / "remote_tracker", crash_lab.root / ".update/old/remote_tracker"
    old.parent.mkdir(parents=True)
    package.rename(old)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/mv").write_text(LATE_MV.format(new=package))
    (tmp_path / "bin/mv").chmod(0o755)
    crash_lab.run("./rt", "--version", folder="", PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    assert [path.name for path in package.iterdir() if path.name != "__pycache__"] == ["__init__.py"]
    assert (old / "__main__.py").exists()


def test_update_beside_a_launcher(crash_lab: CrashLab, prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """A launcher that puts the old package back in the midst of the swap does not end the update."""
    root, rename, put_back = crash_lab.root, os.rename, []

    def race(source: Path, target: Path) -> None:
        rename(source, target)
        if Path(target) == root / ".update/old/remote_tracker" and not put_back:
            put_back.append(target)
            rename(target, source)

    monkeypatch.setattr(os, "rename", race)
    update(root, prepared.command[-1])
    assert put_back
    assert load_ours(root) == load_ours(prepared.after)
    assert [load_ours(backup) for backup in (root / ".backups").iterdir()] == [load_ours(prepared.root)]
