"""A folder that became read-only: one line says which, nothing is changed, and all goes on where it is mended."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from crashes import CrashLab, bring_to_zero, hashes
from lab import Ran, copy_tree

READ_ONLY = "Read-only file system"


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Let nobody write below a folder for a while, root neither; skips the test where mounting is not permitted."""
    if subprocess.run(["mount", "--bind", place, place], capture_output=True).returncode:
        pytest.skip("mounting a folder read-only is not permitted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture(scope="module")
def ready(fresh: CrashLab) -> CrashLab:
    """A project of two finished videos and a listed one, made once; not to be changed."""
    for number in (1, 2, 3):
        fresh.video(f"d1/v{number}.avi", f"the content of video {number}")
        if number == 2:
            fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    fresh.scan()
    return fresh


@pytest.fixture
def lab(ready: CrashLab, tmp_path: Path) -> Iterator[CrashLab]:
    """A copy of that project."""
    made = CrashLab(copy_tree(ready.root, tmp_path / "project"), ready.home)
    yield made
    made.clear()


def content(root: Path) -> dict[str, bytes]:
    """Return every file of a project, by its path; Python's own caches left out."""
    paths = [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}


def assert_refused(ran: Ran, place: Path, code: int = 1) -> None:
    """Check that a command ended with one line that names a file below this place, and what is wrong with it."""
    assert ran.code == code, ran
    assert len(ran.err.splitlines()) == 1, ran
    assert ran.err.startswith(str(place)), ran
    assert "read-only" in ran.err.lower(), ran


@pytest.mark.parametrize("top", ["workspace", ""], ids=["the workspace", "the project"])
@pytest.mark.parametrize(
    "command",
    [
        ["bash", "get_files2process.sh"],
        ["bash", "process_all.sh"],
        ["bash", "run_task.sh", "2", "1"],
        ["../rt", "redo", "v1"],
        ["../rt", "run"],
    ],
    ids=["scan", "process", "task", "redo", "run"],
)
@pytest.mark.drawn(4)
def test_nothing_can_be_written(lab: CrashLab, top: str, command: list[str]) -> None:
    """What cannot write where it must says where that is, and leaves every file as it was; then all goes on."""
    lab.video("d1/v4.avi", "the content of video 4")
    with read_only(lab.root / top):
        before = content(lab.root)
        assert_refused(lab.run(*command), lab.root / top, 74 if "run_task.sh" in command else 1)
        assert content(lab.root) == before
    bring_to_zero(lab, rounds=2)


@pytest.mark.parametrize("verb", [["join"], ["update", "--from", "{release}"]], ids=["join", "update"])
def test_nothing_can_be_written_by(lab: CrashLab, verb: list[str]) -> None:
    """A join or an update in a project that may only be read says so, and leaves every file as it was."""
    release = lab.root.with_name("release") / "{{cookiecutter.project_slug}}"
    shutil.copytree(lab.root, release, ignore=shutil.ignore_patterns("__pycache__"))
    (release.parent / "cookiecutter.json").write_text("{}")
    (release / "remote_tracker/__init__.py").write_text('__version__ = "9.0.0"\n')
    day = lab.root / "Results/d1"
    (day / "filenames_summary.csv").write_text("file_id,filename,is_good\n0,Results/d1/v1.txt,True\n")
    (day / "features_summary.csv").write_text("file_id,x\n0,1\n")
    words = [word.format(release=release.parent) for word in verb]
    with read_only(lab.root):
        before = content(lab.root)
        assert_refused(lab.rt(*words), lab.root)
        assert content(lab.root) == before
    assert lab.rt(*words).code == 0


@pytest.mark.parametrize("verb", [["status"], ["status", "--failures"], ["why", "v1"], ["logs", "v1"]])
def test_looking_writes_nothing(lab: CrashLab, verb: list[str]) -> None:
    """Whoever may only read a project can look at it, at what was not yet looked at by a scan, too."""
    (lab.workspace / "batches/proven.copy").unlink()
    with read_only(lab.root):
        assert lab.rt(*verb).code == 0


@pytest.mark.parametrize("top", ["workspace", ""], ids=["the workspace", "the project"])
@pytest.mark.parametrize("lost", ["records.tsv", "proven.copy", "ready.copy", "met.json", "output"])
@pytest.mark.drawn(4)
def test_a_scan_that_can_remember_nothing(lab: CrashLab, top: str, lost: str) -> None:
    """Whoever may only read a project is told its state; a line says what could not be remembered, whichever it is."""
    lab.process("-j", "1")
    lab.scan()
    remove_derived(lab, lost)
    fresh = lab.scan().out
    remove_derived(lab, lost)
    with read_only(lab.root / top):
        before = content(lab.root)
        ran = lab.scan()
        assert (ran.code, ran.err) == (0, "")
        assert content(lab.root) == before
    told = [line for line in ran.out.splitlines() if line.startswith("Could not be remembered: ")]
    assert [line for line in ran.out.splitlines() if line not in told] == fresh.splitlines()
    if lost in ("records.tsv", "proven.copy", "output"):
        assert len(told) == 1
        end = rf": cannot be written: {READ_ONLY}( \(nor \d+ more\))?\. The next scan looks again\."
        assert re.search(f"{end}$", told[0])
    assert lab.scan().out == fresh


def remove_derived(lab: CrashLab, name: str) -> None:
    """Remove every derived file of this name."""
    pattern = "*_output.txt" if name == "output" else name
    for path in lab.workspace.rglob(pattern):
        path.unlink()


@pytest.mark.parametrize("top", ["workspace", ""], ids=["the workspace", "the project"])
def test_a_scan_that_can_list_nothing(lab: CrashLab, top: str) -> None:
    """What is to do is told although it cannot be listed; that is said on standard error, and the code is 1."""
    lab.video("d1/v4.avi", "the content of video 4")
    with read_only(lab.root / top):
        ran = lab.scan()
        assert_refused(ran, lab.root / top)
        listed = lab.scan("--json")
    for line in ("Unprocessed files.", "Files that were succesfully finished.", "Total files to be processed."):
        assert f"2\t{line}" in ran.out.splitlines()
    assert ran.out.splitlines()[-1].startswith("4 videos found. NOT finished: 2 to do. Next:  ")
    assert json.loads(listed.out)["counts"]["unprocessed"] == 2
    bring_to_zero(lab, rounds=2)


def test_a_look_around_without_a_place(lab: CrashLab) -> None:
    """``doctor`` asks the machine also where nothing can be written into the project."""
    with read_only(lab.root):
        ran = lab.rt("doctor")
    assert (ran.code, ran.err) == (0, "")
    assert "Nothing is wrong that can be seen from here." in ran.out


def test_results_of_a_task(lab: CrashLab) -> None:
    """A task that cannot make its folder among the results fails with that reason, and it counts as no try."""
    before = hashes(lab)
    for _ in range(4):
        with read_only(lab.root / "Results"):
            assert lab.process("-j", "1").code == 1
        assert "why=the work folder could not be made: Results/.work/" in lab.log(lab.batches()[-1], 1)
        assert READ_ONLY in lab.log(lab.batches()[-1], 1)
        lab.scan()
        assert lab.count() == {"finished": 2, "incomplete": 1}
    assert hashes(lab) == before
    bring_to_zero(lab)


def test_publish_between_two_disks(lab: CrashLab) -> None:
    """A result that cannot be moved into place is not there; what stood there stands, and the next try is whole."""
    lab.video("d1/v1.avi", "another content", age=60)
    lab.scan()
    old = hashes(lab)
    with read_only(lab.root / "MaskedVideos"):
        assert lab.process("-j", "1").code == 1
        assert hashes(lab)["MaskedVideos/d1/v1.json"] == old["MaskedVideos/d1/v1.json"]
    assert lab.count() == {"finished": 1, "incomplete": 2}
    bring_to_zero(lab)


@pytest.mark.parametrize("then", ["scan", "redo"])
def test_redo_of_results_on_two_disks(lab: CrashLab, then: str) -> None:
    """A redo that can move only one of two results says so, and only its video waits, until the rest can be moved."""
    old = {f"v1{ending}": (lab.root / top / f"d1/v1{ending}").read_bytes() for top, ending in TOPS}
    with read_only(lab.root / "MaskedVideos"):
        ran = lab.rt("redo", "v1")
        told = (
            "MaskedVideos/d1/v1.json cannot be moved aside: Read-only file system. 1 is not listed until that is mended"
        )
        assert (ran.code, ran.err) == (1, "")
        assert told in ran.out
        ran = lab.scan()
        assert (ran.code, ran.err) == (0, "")
        assert told in ran.out
        assert lab.count() == {"finished": 1, "unprocessed": 1, "not ready": 1}
    ran = lab.scan() if then == "scan" else lab.rt("redo", "v1")
    assert (ran.code, ran.err) == (0, "")
    bring_to_zero(lab)
    aside = [path for top, _ in TOPS for path in (lab.root / top / ".aside").rglob("v1.*")]
    assert {path.name: path.read_bytes() for path in aside} == old
    assert len(aside) == 2


TOPS = (("Results", ".txt"), ("MaskedVideos", ".json"))
