"""A node that dies, and a batch on which every task fails: nothing is lost, nothing runs for ever."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_lab import RUNNING, ClusterLab, on
from lab import wait_for
from slurm_lab import SlurmLab

SLURM_SH = Path(__file__).with_name("slurm.sh")
HALF = 'printf half >"$2"; until [ -e go ]; do sleep 0.1; done'
EACH = (
    'printf half >"$2"; until [ -e "go.$unit.$(</proc/sys/kernel/hostname)" ]; do sleep 0.1; done; mkdir -p "${2%/*}"'
)


@pytest.fixture
def mended(slurm: Path) -> Iterator[Path]:
    """The folder of a Slurm one of whose nodes a test may kill: it is brought back whatever becomes of the test."""
    yield slurm
    bring_back(slurm)


def bring_back(slurm: Path) -> None:
    """Start what was killed of Slurm, and wait until every node takes jobs."""
    subprocess.run(["bash", str(SLURM_SH), "up", str(slurm)], check=True, timeout=120, capture_output=True)


@on("slurm")
def test_a_node_that_dies(lab: SlurmLab, mended: Path) -> None:
    """A killed slurmd costs no video and publishes no half result, though its tasks live on. (Slow: 60 s.)"""
    lab.work(HALF)
    lab.videos(6)
    lab.scan()
    lab.submit(node="n2", at_once=3)
    lab.wait_for_running(3)
    os.kill(int((mended / "pid/slurmd-n2.pid").read_text()), signal.SIGKILL)
    wait_for(lambda: lab.command("sinfo", "-h", "-n", "n2", "-p", "main", "-o", "%T").startswith("down"), "n2 down", 90)
    assert lab.living("work.sh"), "the tasks of a killed slurmd live on, which is what this test is about"
    counts = lab.counts()
    assert counts.get("queued", 0) + counts.get("running", 0) == 6, counts
    bring_back(mended)
    lab.open_gate()
    for _ in range(3):
        wait_for(lambda: not {"queued", "running"} & set(lab.counts()), "an end to all of them", 150)
        if lab.counts() == {"finished": 6}:
            break
        lab.process_and_wait()
    assert lab.counts() == {"finished": 6}
    wait_for(lambda: not lab.living("work.sh"), "an end of the old processes", 120)
    for number in range(1, 7):
        assert lab.result(f"d1/v{number}.txt").read_text() == f"video {number}"
    assert lab.rt("verify").code == 0


def start_twice(lab: SlurmLab, slurm: Path) -> tuple[str, str]:
    """Let all tasks run on one node, take that from Slurm, and wait until each runs on another, too; returns both."""
    (first,) = {task.node for task in lab.wait_for_running(2)}
    os.kill(int((slurm / f"pid/slurmd-{first}.pid").read_text()), signal.SIGKILL)
    lab.command("scontrol", "update", f"nodename={first}", "state=down", "reason=its slurmd is gone")
    wait_for(lambda: all(lab.log(1, task).count("# start ") == 2 for task in (1, 2)), "a second start of both", 120)
    (second,) = {task.node for task in lab.queue(RUNNING)}
    assert all(f" host={first} " in lab.log(1, task) and f" host={second} " in lab.log(1, task) for task in (1, 2))
    return first, second


@on("slurm")
def test_two_living_copies_of_one_task(lab: SlurmLab, mended: Path) -> None:
    """Of two copies of a task only the one started later publishes, whichever ends first. (Slow: 30 s.)"""
    lab.work(EACH)
    lab.videos(2)
    lab.scan()
    lab.submit()
    first, second = start_twice(lab, mended)
    overtaken = (
        rf"^# This copy \(process \d+ on {first}\) was overtaken by a later start: nothing of it was published\.$"
    )

    def go(video: str, node: str, task: int, line: str) -> None:
        (lab.root / f"go.{video}.{node}").touch()
        wait_for(lambda: re.search(line, lab.log(1, task), re.MULTILINE), f"the end of {video} on {node}", 60)

    go("v1.avi", first, 1, overtaken)
    assert not lab.made()
    assert lab.counts() == {"running": 2}
    go("v1.avi", second, 1, "result=finished")
    go("v2.avi", second, 2, "result=finished")
    published = lab.result("d1/v2.txt").stat()
    go("v2.avi", first, 2, overtaken)
    assert lab.result("d1/v2.txt").stat() == published
    bring_back(mended)
    lab.wait_until_empty()
    assert lab.results() == ["d1/v1.txt", "d1/v2.txt"]
    assert not [*(lab.root / "Results").rglob(f"*.{first}.*")], "an overtaken copy leaves nothing behind"
    assert [lab.result(f"d1/v{number}.txt").read_text() for number in (1, 2)] == ["video 1", "video 2"]
    assert [lab.log(1, task).count("# end ") for task in (1, 2)] == [1, 1]
    assert "0\tTotal files to be processed." in lab.scan().out
    assert re.search(r"^ *all +2 +0$", lab.rt("status").out, re.MULTILINE), lab.rt("status").out


def test_a_batch_where_everything_fails(lab: ClusterLab) -> None:
    """Five failures alike in a row halt the batch: the others refuse, and the scan names the node and the reason."""
    lab.work("sleep 0.2; echo no light >&2; exit 3")
    lab.videos(30)
    lab.scan()
    job = lab.process_and_wait(node="n1", at_once=4)
    refused = "failed 5 tasks in a row: no light. Nothing was done."
    halted = [task for task in range(1, 31) if refused in lab.log(1, task)]
    assert 30 - len(halted) == lab.started_tasks(1)
    assert 5 <= lab.started_tasks(1) <= 12
    states = lab.wait_for_codes(job, 30)
    assert {states[str(task)] for task in halted} == {75}
    said = lab.scan().out
    assert "30\tTotal files to be processed." in said
    node = "n1" if lab.SCHEDULER == "slurm" else lab.host_of(1, 1)
    assert f"Batch 0001 halted itself: node {node} failed 5 tasks in a row: no light.\n" in said
    advised = re.search(rf"^If it is the node:  \S*rt submit --exclude {node}$", said, re.MULTILINE)
    assert bool(advised) == (lab.SCHEDULER == "slurm"), said


@on("slurm")
def test_the_node_to_exclude_is_one_that_slurm_knows(lab: SlurmLab) -> None:
    """The command that a halted batch advises can be typed as it stands: Slurm knows the node by that name."""
    lab.work("exit 3")
    lab.videos(6)
    lab.scan()
    lab.process_and_wait(node="n3")
    advised = re.search(r"rt (submit --exclude \S+)$", lab.scan().out, re.MULTILINE)
    assert advised
    (job,) = lab.submitted(*advised[1].split(), "--scheduler-option", "--hold")
    assert "ExcNodeList=n3" in lab.command("scontrol", "show", "job", job)


def test_failures_that_differ_halt_nothing(lab: ClusterLab) -> None:
    """Videos that each fail for a reason of their own do not halt a batch: all the others are still tried."""
    lab.work('echo "bad frame $((10#${unit//[!0-9]/}))" >&2; exit 3')
    lab.videos(12)
    lab.scan()
    lab.process_and_wait(node="n1")
    assert lab.started_tasks(1) == 12
    assert not (lab.batch(1) / "halted").exists()


def test_after_a_halt_the_next_batch_runs(lab: ClusterLab) -> None:
    """Once what made everything fail is mended, the next batch runs and the halt is no longer told."""
    lab.work("[ -e go ] || exit 3")
    lab.videos(8)
    lab.scan()
    lab.process_and_wait(node="n1")
    assert "halted itself" in lab.scan().out
    lab.open_gate()
    lab.process_and_wait()
    said = lab.scan().out
    assert "halted itself" not in said
    assert lab.counts() == {"finished": 8}
