"""Crashes on purpose: a command killed with -9 at a seeded moment, and what must hold of a project after it.

A moment is some part of the time that the command takes, or one of its steps: in Python what changes a file, takes
a lock or starts a process (told by an audit hook), in run_task.sh each simple command (told by a DEBUG trap).
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from lab import Lab, copy_tree, split_settings, wait_for
from remote_tracker.batches.node_side import join_parts
from remote_tracker.config import load_project
from remote_tracker.disk.files import DEAD_AFTER_S
from remote_tracker.records import load_sealed
from remote_tracker.records.sealed import SEALED
from remote_tracker.render import BLOCK_END, BLOCK_START
from remote_tracker.survey import survey_stage

WORK = """# notes each execution, and writes both results of a video piece by piece
set -euo pipefail
mark=${0%/*}/ledger/${1##*/}.$BASHPID
printf begun >"$mark"
head -c 9 "$1" >"$2"
sleep 0.02
tail -c +10 "$1" >>"$2"
printf '{"size": ' >"$3"
sleep 0.01
printf '%d}\\n' "$(stat -c %s "$1")" >>"$3"
printf ' done' >>"$mark"
"""
STAGE: dict[str, Any] = {
    "output": {"copy": "Results/{subdir}/{name}.txt", "size": "MaskedVideos/{subdir}/{name}.json"},
    "command": "bash {{ project }}/work.sh {{ input.video }} {{ output.copy }} {{ output.size }}",
}
COUNT_IN_PYTHON = """
import builtins, io, os, signal, sys
PLAIN = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate",
         "os.posix_spawn", "os.fork", "subprocess.Popen", "fcntl.flock"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
at, ledger = int(os.environ.pop("CRASH_AT", 0)), os.environ.pop("CRASH_STEPS", None)
os.environ.pop("BASH_ENV", None)  # its tasks are not meant
ledger = os.open(ledger, os.O_WRONLY | os.O_APPEND) if ledger else None
count, opened = 0, io.open
def step(event):
    global count
    count += 1
    if ledger is not None:
        os.write(ledger, event.encode() + b"\\n")
    if count == at:
        os.killpg(0, signal.SIGKILL)
def hear(event, args):
    if event in PLAIN or (event == "open" and args[2] & WRITES):
        step(event)
def open_and_step(path, mode="r", *words, **keys):  # between the two the file is there, and empty
    file = opened(path, mode, *words, **keys)
    if set(mode) & set("wax"):
        step("opened")
    return file
sys.addaudithook(hear)
builtins.open = io.open = open_and_step
"""
COUNT_IN_BASH = """
if [[ $0 == */batches/*/run_task.sh && -n ${CRASH_AT:-}${CRASH_STEPS:-} ]]; then
  crash_count=0
  set -T
  if [[ -n ${CRASH_STEPS:-} ]]; then
    trap 'echo command >>"$CRASH_STEPS"' DEBUG
  else
    trap '((++crash_count != CRASH_AT)) || kill -KILL "$$"' DEBUG
  fi
fi
"""
MARGIN = 1.1  # of the time that the command takes: a few of the kills come too late, as in life


class Prepared(NamedTuple):
    """A project on which a command is about to be killed; ``after`` is what it makes of it.

    ``seconds`` is how long it takes, ``steps`` are those of its steps that a seed may choose.
    """

    root: Path
    command: tuple[str, ...]
    folder: str
    seconds: float
    steps: tuple[int, ...]
    after: Path


class CrashLab(Lab):
    """A project whose Python and whose run_task.sh can be told at which of their steps to be killed."""

    def __init__(self, root: Path, home: Path) -> None:
        super().__init__(root, home)
        self.shim = home / "shim"
        self.more: dict[str, str] = {}

    def put_shim(self) -> None:
        """Write what counts the steps; the launcher takes it for its Python."""
        self.shim.mkdir(parents=True)
        (self.shim / "sitecustomize.py").write_text(COUNT_IN_PYTHON)
        (self.shim / "count.sh").write_text(COUNT_IN_BASH)
        python = self.shim / "python"
        python.write_text(f'#!/bin/bash\nPYTHONPATH={self.shim}:$PYTHONPATH exec "{sys.executable}" "$@"\n')
        python.chmod(0o755)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees, while steps are counted with that too."""
        counting = {"REMOTE_TRACKER_PYTHON": str(self.shim / "python"), "BASH_ENV": str(self.shim / "count.sh")}
        return {**super().environment(**more), **(counting if self.more else {}), **self.more}

    def measure(self, *command: str, folder: str) -> tuple[float, list[str]]:
        """Run a command to its end; return its seconds and, of a second run on a copy, what its steps are."""
        copy = CrashLab(copy_tree(self.root, self.root.with_name("counted")), self.home)
        steps = self.home / "steps"
        steps.write_text("")
        copy.more = {"CRASH_STEPS": str(steps)}
        copy.run(*command, folder=folder)
        wait_for(lambda: not copy.living(), "what it started has ended")
        self.forks = False  # the command that is killed is a start, too, and that is most of its time
        begin = time.monotonic()
        ran = self.run(*command, folder=folder)
        assert ran.code == 0, ran
        return time.monotonic() - begin, steps.read_text().split()

    def works(self, **keys: Any) -> None:
        """Declare the tracker of two results that notes each execution, on a project of its own."""
        (self.root / "work.sh").write_text(WORK)
        (self.root / "ledger").mkdir()
        self.settings()
        self.tracker(**{**STAGE, **keys})

    def shoot(self, prepared: Prepared, seed: int, **more: str) -> bool:
        """Start the command and kill its process group at the seed's moment; return whether it was in time."""
        draw = random.Random(seed)
        step, seconds = draw.choice(prepared.steps), draw.uniform(0, MARGIN) * prepared.seconds
        self.more = {**more, **({"CRASH_AT": str(step)} if seed % 2 else {"CRASH_NOT": ""})}
        process = self.start(*prepared.command, folder=prepared.folder)
        self.more = {}
        with suppress(subprocess.TimeoutExpired):
            process.wait(60 if seed % 2 else seconds)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wait_for(lambda: not any(is_left(pid, process.pid) for pid in all_processes()), "the killed group is gone")
        return process.returncode == -signal.SIGKILL

    def kill_all(self) -> None:
        """End whatever of this project still runs, as when the power goes."""
        killed = set()
        while left := self.living():
            killed.update(left)
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(map(is_left, killed)), "what was killed is gone")

    def count(self) -> dict[str, int]:
        """Return how many videos are in each state, looked at without starting a process."""
        project = load_project(self.root)
        survey = survey_stage(project, project.tracker.stages[0])
        return {state.value: number for state, number in survey.counts.items() if number}

    def executions(self) -> dict[str, list[str]]:
        """Return, for each video, what its executions wrote of themselves: begun, or begun and done."""
        found: dict[str, list[str]] = {}
        for path in sorted((self.root / "ledger").iterdir()):
            found.setdefault(path.name.rpartition(".")[0], []).append(path.read_text())
        return found


def all_processes() -> list[int]:
    """Return the number of each process of this machine."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def is_left(pid: int, group: int = 0) -> bool:
    """Return whether a process, of this group where one is given, is still there and no zombie.

    A killed process gives its memory back first: for a moment it has neither arguments nor environment, and lives.
    """
    try:
        state, _, its_group, *_ = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
    except OSError:
        return False
    return state not in b"ZX" and group in (0, int(its_group))


def prepare(lab: CrashLab, *command: str, folder: str = "workspace") -> Prepared:
    """Return the project as it is now, kept aside, with what the command takes.

    Half of the steps to choose from are those before and behind a rename, where what was old becomes new.
    """
    kept = copy_tree(lab.root, lab.root.with_name("kept"))
    seconds, steps = lab.measure(*command, folder=folder)
    assert steps
    turning = [number + more for number, what in enumerate(steps, 1) if what == "os.rename" for more in (0, 1)]
    chosen = (*range(1, len(steps) + 1), *turning * (len(steps) // len(turning) if turning else 0))
    return Prepared(kept, command, folder, seconds, chosen, lab.root)


def assert_whole(lab: Lab, script: str) -> None:
    """Check that each file of ours in the workspace is whole: batches, links, the marked block, what was derived.

    ``script`` is the job script as its owner left it; outside of the block not a byte may differ.
    """
    batches = lab.workspace / "batches"
    for batch in [path.parent for path in batches.glob("*/batch.yml")]:
        tasks = yaml.safe_load((batch / "batch.yml").read_text())["tasks"]
        for name in ("files2process.txt", "tasks.txt", "names.txt"):
            text = (batch / name).read_text()
            assert (text.count("\n"), text[-1:]) == (tasks, "\n"), batch / name
        assert isinstance(json.loads((batch / "checks.json").read_text()), list)
        runs = (batch / "run_task.sh").read_text()
        _, settings, _ = split_settings(runs)
        assert settings.endswith("\n}\n")
        assert runs == join_parts(lab.root / "remote_tracker/task", settings)
        if (batch / SEALED).exists():
            assert isinstance(load_sealed(batch / SEALED), list)
    for path in batches.glob("proven.*"):
        assert len(path.read_bytes().partition(b"\n")[2]) % 8 == 0, path
    for link in [path for path in lab.workspace.iterdir() if path.is_symlink()]:
        assert link.resolve(strict=True).is_relative_to(batches), link
    assert_script(lab, script)


def assert_script(lab: Lab, script: str) -> None:
    """Check that the job script points at a whole batch, and is else as its owner left it."""
    path = lab.workspace / "process_all.sh"
    (before, block, behind), old = cut(path.read_text()), cut(script)
    assert (before, behind) == (old[0], old[2])
    assert path.stat().st_mode & 0o777 == 0o750
    told = dict(line.split("=") for line in block.splitlines())
    batch = lab.workspace / "batches" / told["batch"]
    tasks = yaml.safe_load((batch / "batch.yml").read_text())["tasks"] if told["batch"] != "none" else 0
    assert told == {"batch": told["batch"], "tasks": str(tasks)}


def cut(script: str) -> tuple[str, str, str]:
    """Return a job script's text before its marked block, in it, and behind it."""
    before, begins, rest = script.partition(f"{BLOCK_START}\n")
    block, ends, behind = rest.partition(BLOCK_END)
    assert begins
    assert ends
    return before, block, behind


def hashes(lab: Lab) -> dict[str, bytes]:
    """Return what each result holds, by its path; work folders and what was moved aside left out."""
    tops = (lab.root / "Results", lab.root / "MaskedVideos")
    paths = []
    for top in tops:
        for folder, folders, names in os.walk(top):  # a task that survived may remove its work folder meanwhile
            folders[:] = [name for name in folders if not name.startswith(".")]
            paths += [Path(folder, name) for name in names if not name.startswith(".")]
    return {str(path.relative_to(lab.root)): path.read_bytes() for path in paths if path.is_file()}


def expected(lab: Lab) -> dict[str, bytes]:
    """Return what the results of all videos hold where all is well."""
    made = {}
    for video in (lab.root / "RawVideos").rglob("*.avi"):
        name, raw = str(video.relative_to(lab.root / "RawVideos").with_suffix("")), video.read_bytes()
        made[f"Results/{name}.txt"] = raw
        made[f"MaskedVideos/{name}.json"] = b'{"size": %d}\n' % len(raw)
    return made


def assert_no_half_result(lab: Lab) -> None:
    """Check that whatever stands where results belong is a whole result of its own video."""
    wanted = expected(lab)
    for name, raw in hashes(lab).items():
        assert raw == wanted[name], name


def bring_to_zero(lab: CrashLab, rounds: int = 2) -> None:
    """Scan and process until nothing is left, in so many rounds, and check that all results are there and whole."""
    for _ in range(rounds):
        if "finished" in (found := lab.count()) and len(found) == 1:
            break
        ran = lab.scan()
        assert (ran.code, ran.err) == (0, ""), ran
        assert lab.process("-j", "2").code == 0
    assert hashes(lab) == expected(lab)
    assert lab.count() == {"finished": len(expected(lab)) // 2}


def remains(lab: Lab) -> list[str]:
    """Return what killed commands left half written: temporary files, and folders that are no batch.

    What may stay is read by nobody: a line in a batch's .owner.*, of one that was killed while it made the batch its
    own, and the emptied work folders of a task that was killed when it had just published.
    """
    for folder in [path for top in ("Results", "MaskedVideos") for path in (lab.root / top / ".work").glob("*")]:
        assert [name for _, _, names in os.walk(folder) for name in names] == []  # a survivor may remove it meanwhile
    batches = [path for path in (lab.workspace / "batches").glob("[0-9]*") if not (path / "batch.yml").exists()]
    half = [path for path in lab.root.rglob(".*.tmp") if not path.name.startswith("..owner.")]
    return sorted(str(path.relative_to(lab.root)) for path in [*half, *batches])


def assert_remains_go(lab: Lab) -> None:
    """Check that what was left half written lies in the workspace, where a scan clears it in time."""
    left = remains(lab)
    assert [name for name in left if not name.startswith("workspace/")] == []
    long_ago = time.time() - 2 * DEAD_AFTER_S
    for name in left:
        os.utime(lab.root / name, (long_ago, long_ago), follow_symlinks=False)
    if left:
        assert lab.scan().code == 0
    assert remains(lab) == [], left
