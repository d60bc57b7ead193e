"""A disk that gets full, at every step of every command: one line says which file it was, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from crashes import CrashLab, assert_no_half_result, assert_whole, bring_to_zero, expected, hashes, remains
from lab import Ran, copy_tree
from remote_tracker.batches.job_script import load_script
from remote_tracker.batches.pin import Pinned
from remote_tracker.batches.submit import NotNoted, ResourceRequest, submit_batch
from remote_tracker.model import State
from remote_tracker.records import Batch
from remote_tracker.survey import survey_stage
from schedulers.fakes import make_programs, make_slurm, pin_all, queue_line

pytestmark = pytest.mark.drawn(4, of="commands")

PAGE = 4096
MOST = 60  # pages; any one of these commands needs fewer


class Disk:
    """A small disk of which all but some pages are in use."""

    def __init__(self, place: Path) -> None:
        self.ballast = place / ".ballast"

    def leave(self, pages: int) -> None:
        """Fill the disk, but for so many pages."""
        self.free()
        with open(self.ballast, "wb", buffering=0) as file:
            while self._write(file.fileno()):
                pass
            file.truncate(max(0, os.stat(self.ballast).st_size - pages * PAGE))

    def free(self) -> None:
        """Give all of it back."""
        self.ballast.unlink(missing_ok=True)

    @staticmethod
    def _write(handle: int) -> int:
        try:
            return os.write(handle, b"x" * PAGE)
        except OSError:
            return 0


@pytest.fixture
def disk(other_disk: Path) -> Disk:
    """The other disk, empty."""
    return Disk(other_disk)


@pytest.fixture(scope="module")
def ready(fresh: CrashLab) -> CrashLab:
    """A project of two finished videos and three others, its job script edited, made once; not to be changed."""
    for number in range(1, 6):
        fresh.video(f"d1/v{number}.avi", f"the content of video {number}")
        if number == 2:
            fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    return fresh


@pytest.fixture
def lab(ready: CrashLab, tmp_path: Path) -> Iterator[CrashLab]:
    """A copy of that project."""
    made = CrashLab(copy_tree(ready.root, tmp_path / "project"), ready.home)
    yield made
    made.clear()


@pytest.fixture
def small_workspace(lab: CrashLab, other_disk: Path) -> Iterator[None]:
    """The project's workspace lies on the other disk."""
    shutil.copytree(lab.workspace, other_disk, dirs_exist_ok=True, symlinks=True)
    subprocess.run(["mount", "--bind", other_disk, lab.workspace], check=True)
    yield
    subprocess.run(["umount", "-l", lab.workspace], check=True)


def put_on(disk: Path, folder: Path) -> None:
    """Make one of the project's folders a link to the other disk, with what it holds."""
    shutil.copytree(folder, disk, dirs_exist_ok=True)
    shutil.rmtree(folder)
    folder.symlink_to(disk)


def assert_says_full(ran: Ran, *places: Path) -> None:
    """Check that a command ended with one line, of a full disk and of a file below one of these places."""
    assert ran.code == 1, ran
    assert len(ran.err.splitlines()) == 1, ran
    assert "no space" in ran.err.lower() or "full" in ran.err
    assert any(ran.err.startswith(str(place)) for place in places), ran.err


@pytest.mark.usefixtures("small_workspace")
def test_scan(lab: CrashLab, disk: Disk) -> None:
    """A scan that finds the disk full at its first file, its second, ... leaves list and script as they were."""
    script, before, full = (lab.workspace / "process_all.sh").read_text(), hashes(lab), 0
    for pages in range(MOST):
        disk.leave(pages)
        ran = lab.scan()
        assert_whole(lab, script)
        assert hashes(lab) == before
        if ran.code == 0:
            break
        full += 1
        assert_says_full(ran, lab.workspace)
        assert (lab.workspace / "process_all.sh").read_text() == script or len(lab.batches()) == 2
        assert remains(lab) == []
    assert full > 5
    disk.free()
    bring_to_zero(lab)


@pytest.mark.usefixtures("small_workspace")
def test_process(lab: CrashLab, disk: Disk) -> None:
    """A run whose logs find no room fails what it cannot record, publishes whole results, and all is done later."""
    lab.scan()
    script, full, silent = (lab.workspace / "process_all.sh").read_text(), 0, 0
    for pages in range(MOST):
        disk.leave(pages)
        ran = lab.process("-j", "1")
        assert_no_half_result(lab)
        if ran.code == 0:
            break
        full += 1
        told = [line for line in ran.out.splitlines() if line.startswith("failed: ")]
        if not told:
            assert_says_full(ran, lab.workspace)
        logs = [log for log in lab.batch(lab.batches()[-1]).glob("output.*") if not log.stat().st_size]
        assert sum("cannot be written: is the disk or your quota full?" in line for line in told) == len(logs)
        silent += len(logs)
        disk.free()
        lab.scan()
    assert full > 2
    assert silent
    disk.free()
    assert_whole(lab, script)
    bring_to_zero(lab)


@pytest.mark.usefixtures("small_workspace")
def test_by_hand(lab: CrashLab, disk: Disk) -> None:
    """A task whose log finds no room says so where it was typed, and does nothing."""
    lab.scan()
    disk.leave(0)
    ran = lab.task(2, 1)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (74, "", 1)
    assert ran.err.startswith(f"{lab.batch(2)}/output.1 cannot be written (disk or quota full, read-only?).")
    assert list(lab.executions()) == ["v1.avi", "v2.avi"]
    disk.free()
    bring_to_zero(lab)


def test_publish(lab: CrashLab, disk: Disk, other_disk: Path) -> None:
    """A result that finds no room where it belongs is not there at all, and its task says why."""
    put_on(other_disk, lab.root / "MaskedVideos")
    lab.scan()
    disk.leave(0)
    ran = lab.process("-j", "1")
    assert ran.code == 1
    assert_no_half_result(lab)
    assert "No space left on device" in lab.log(2, 1)
    said = lab.rt("status", "--failures").out
    assert "full" in said, said
    disk.free()
    bring_to_zero(lab)


def test_join(lab: CrashLab, disk: Disk, other_disk: Path) -> None:
    """A join that finds the disk full at any of its files leaves all tables as they were."""
    put_on(other_disk, lab.root / "Results")
    for day, rows in (("d1", 3), ("d2", 2000)):
        folder = lab.root / "Results" / day
        folder.mkdir(exist_ok=True)
        (folder / "filenames_summary.csv").write_text("file_id,filename,is_good\n" + f"0,Results/{day}/v.txt,True\n")
        (folder / "features_summary.csv").write_text("file_id,x\n" + "0,0.123456789\n" * rows)
        if day == "d1":
            assert lab.rt("join").code == 0
    joined, full = lab.root / "Results/joined", 0
    old = {path.name: path.read_bytes() for path in joined.iterdir()}
    for pages in range(MOST):
        disk.leave(pages)
        ran = lab.rt("join")
        found = {path.name: path.read_bytes() for path in joined.iterdir()}
        if ran.code == 0:
            break
        full += 1
        assert_says_full(ran, lab.root / "Results")
        assert found == old
    assert full > 2
    assert found.keys() == old.keys()
    assert found["features_summary.csv"].count(b"\n") == 2004


@pytest.mark.usefixtures("small_workspace")
def test_redo(lab: CrashLab, disk: Disk) -> None:
    """A redo that cannot be written down moves nothing."""
    before = hashes(lab)
    disk.leave(0)
    ran = lab.rt("redo", "v1", "v2")
    assert_says_full(ran, lab.workspace)
    assert "Nothing was changed" in ran.err
    assert hashes(lab) == before
    disk.free()
    assert lab.rt("redo", "v1", "v2").code == 0
    bring_to_zero(lab)


def test_update(lab: CrashLab, disk: Disk, other_disk: Path) -> None:
    """An update that finds no room for the new version leaves the old one, which goes on."""
    release = other_disk.parent / "release"
    shutil.copytree(lab.root, release / "{{cookiecutter.project_slug}}", ignore=shutil.ignore_patterns("__pycache__"))
    (release / "cookiecutter.json").write_text("{}")
    init = release / "{{cookiecutter.project_slug}}/remote_tracker/__init__.py"
    init.write_text('__version__ = "9.0.0"\n')
    subprocess.run(["mount", "-o", "remount,size=24m", other_disk], check=True)
    shutil.copytree(lab.root, other_disk / "project", ignore=shutil.ignore_patterns("__pycache__"))
    lab.root = other_disk / "project"
    for pages in (0, 1, 20, 100):
        disk.leave(pages)
        ran = lab.rt("update", "--from", str(release), PYTHONDONTWRITEBYTECODE="1")
        assert_says_full(ran, lab.root)
        assert "Nothing was changed" in ran.err
        assert lab.rt("--version", PYTHONDONTWRITEBYTECODE="1").out == "remote-tracker 0.1.0\n"
        assert not (lab.root / ".update").exists()
    disk.free()
    ran = lab.rt("update", "--from", str(release), PYTHONDONTWRITEBYTECODE="1")
    assert (ran.code, ran.err) == (0, "")
    lab.workspace = lab.root / "workspace"
    bring_to_zero(lab)


def test_submit(disk: Disk, other_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that was submitted when the disk got full is told as submitted, and the next scan finds it by its name."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    project = make_slurm(other_disk, videos=2)
    stage = project.tracker.stages[0]
    batch = pin_all(project)
    script = load_script(project, stage)
    disk.leave(0)
    with pytest.raises(NotNoted) as error:
        submit_batch(project, stage, script, Pinned(Batch(str(batch)), 2, new=True), ResourceRequest({"memory": "8G"}))
    told = str(error.value)
    assert told.startswith(f"{batch}/submitted: no space is left for it (disk or quota full).")
    assert "was submitted all the same, as job 39: do not submit it again" in told
    assert "Nothing was changed" not in told
    assert "\n" not in told
    assert not [path for path in batch.iterdir() if "submitted" in path.name]
    programs.say("squeue", queue_line(batch.parents[1], job="39", index="1-2", state="PD", name="flies.track.0001"))
    survey = survey_stage(project, stage)
    assert survey.counts[State.QUEUED] == 2
    assert survey.to_do == []


def test_expected_is_not_empty(lab: CrashLab) -> None:
    """What the other tests hold results against is there."""
    assert len(expected(lab)) == 10
