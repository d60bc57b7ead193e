"""Targets of one real Snakemake folder that would make the same file, whatever Snakemake's own locks do meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import REPOSITORY, wait_for
from snakemaking import find_snakemake

RUN_WORKFLOW = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/snakemake/run_workflow.py"

SNAKEFILE = """
rule train:
    output: "{name}.pt"
    shell: "echo {wildcards.name} >>begun; until [ -e go-{wildcards.name} ]; do sleep 0.1; done; echo >{output}"
"""

SLOW_TO_LOCK = """
import time

import snakemake.persistence

for kind in vars(snakemake.persistence).values():
    if isinstance(kind, type) and "locked" in vars(kind):
        looks = vars(kind)["locked"].fget
        kind.locked = property(lambda self, looks=looks: (looks(self), time.sleep(2))[0])
"""


class Folder:
    """A folder with a workflow whose rule lasts until a file is there, and its targets that were started."""

    def __init__(self, folder: Path, snakefile: str) -> None:
        self.folder = folder / "work"
        self.profile = folder / "batches/0001/profile"
        self.profile.mkdir(parents=True)
        self.folder.mkdir()
        (self.folder / "Snakefile").write_text(snakefile)
        settings = {"directory": str(self.folder), "snakefile": str(self.folder / "Snakefile"), "cores": 1}
        settings |= {"executor": "local", "rerun-incomplete": True}
        (self.profile / "config.yaml").write_text(json.dumps(settings))
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, target: str, name: str) -> subprocess.Popen[bytes]:
        """Start to make NAME.pt, as a target that is called otherwise; what is printed goes to a file."""
        with open(self.folder / f"{target}.log", "wb") as log:
            argv = [str(find_snakemake().parent / "python"), str(RUN_WORKFLOW), str(self.profile), target, f"{name}.pt"]
            self.started.append(subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT, start_new_session=True))
        return self.started[-1]

    def let_go(self, name: str) -> None:
        """Let the rule that makes NAME.pt end."""
        (self.folder / f"go-{name}").touch()

    def begun(self) -> list[str]:
        """Return what was begun to be made, a name for each time."""
        path = self.folder / "begun"
        return path.read_text().split() if path.exists() else []

    def said(self, target: str) -> str:
        """Return what a target has printed."""
        return (self.folder / f"{target}.log").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """A folder whose targets are all ended behind the test."""
    made = Folder(tmp_path, SNAKEFILE)
    yield made
    for going in made.started:
        if going.poll() is None:
            os.killpg(going.pid, signal.SIGKILL)
        going.wait()


def test_two_that_lock_at_the_same_moment(folder: Folder) -> None:
    """No file is made twice where two look for locks before one of them has written its own."""
    (folder.folder / "Snakefile").write_text(SLOW_TO_LOCK + SNAKEFILE)
    folder.let_go("same")
    both = [folder.start(target, "same") for target in ("first", "second")]
    assert [going.wait(120) for going in both] == [0, 0], folder.said("first") + folder.said("second")
    assert folder.begun() == ["same"]


def test_the_end_of_a_third(folder: Folder) -> None:
    """A target that ends leaves the locks of the others: who would make the same file still waits."""
    first = folder.start("first", "same")
    wait_for(lambda: folder.begun() == ["same"], "the first", 60)
    folder.let_go("other")
    assert folder.start("other", "other").wait(60) == 0, folder.said("other")
    by_hand = [str(find_snakemake()), "--cores", "1", "same.pt"]
    ran = subprocess.run(by_hand, cwd=folder.folder, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, "LockException" in ran.stderr) == (1, True), ran
    again = folder.start("again", "same")
    wait_for(lambda: "goes first. Waiting." in folder.said("again"), "what waits", 60)
    folder.let_go("same")
    assert (first.wait(60), again.wait(60)) == (0, 0), folder.said("again")
    assert folder.begun() == ["same", "other"]


def test_a_lock_that_one_by_hand_removed(folder: Folder) -> None:
    """Where a Snakemake that was started by hand removed our lock at its end, who makes the same file still waits."""
    first = folder.start("first", "same")
    wait_for(lambda: folder.begun() == ["same"], "the first", 60)
    for lock in (folder.folder / ".snakemake/locks").iterdir():
        lock.unlink()
    (folder.folder / ".snakemake/locks").rmdir()
    again = folder.start("again", "same")
    wait_for(lambda: "goes first. Waiting." in folder.said("again"), "what waits", 60)
    folder.let_go("same")
    assert (first.wait(60), again.wait(60)) == (0, 0), folder.said("first") + folder.said("again")
    assert folder.begun() == ["same"]


@pytest.mark.parametrize("next_one", ["first", "again"])
def test_what_a_kill_left_beside_one_that_lives(folder: Folder, next_one: str) -> None:
    """The lock of a killed target is removed though another lives; neither that lock nor one by hand is touched."""
    other = folder.start("other", "other")
    killed = folder.start("first", "same")
    wait_for(lambda: sorted(folder.begun()) == ["other", "same"], "both", 60)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    by_hand = folder.folder / ".snakemake/locks/7.output.lock"
    by_hand.write_text("hand.pt\n")
    folder.let_go("same")
    assert folder.start(next_one, "same").wait(120) == 0, folder.said(next_one)
    assert "A killed workflow had left its lock: removed" in folder.said(next_one)
    locks = by_hand.parent
    assert {path.read_text() for path in locks.glob("*.output.lock")} == {"other.pt\n", "hand.pt\n"}
    folder.let_go("other")
    assert other.wait(60) == 0
    assert by_hand.read_text() == "hand.pt\n"


def test_a_workflow_with_modules_of_the_same_names(folder: Folder) -> None:
    """What a workflow imports is its own, also where a helper of ours has that name."""
    for name in ("presence", "tell_left"):
        (folder.folder / f"{name}.py").write_text(f'own = "{name}"\n')
    own = "import sys\nsys.path.insert(0, workflow.basedir)\nimport presence, tell_left\n"
    (folder.folder / "Snakefile").write_text(f"{own}assert presence.own, tell_left.own\n{SNAKEFILE}")
    folder.let_go("same")
    assert folder.start("first", "same").wait(60) == 0, folder.said("first")


def test_help() -> None:
    """Without a presence, or with --help, it tells what it is, with exit code 2."""
    for words in ([], ["--help"]):
        ran = subprocess.run(
            [sys.executable, str(RUN_WORKFLOW.with_name("run_locked.py")), *words], capture_output=True, check=False
        )
        assert (ran.returncode, b"PRESENCE" in ran.stdout) == (2, True)
