"""Programs that end without a word, or by a signal: what people read of it, and that alike ends are one cause."""

from __future__ import annotations

import os

import pytest
from lab import Lab

KILLED = "killed (signal 9), often for want of memory"
CRASHED = "crashed (signal 11): at frame 12"
INNER = "bash -c 'kill -KILL $$'\nexit $?\n"
ENDS = {
    "a program that is killed": ("bash -c 'echo $RANDOM; kill -KILL $$'; exit $?", 137, KILLED),
    "a command that is killed": ("kill -KILL $BASHPID", 137, KILLED),
    "a script whose program is killed": ("bash {{ project }}/inner.sh", 137, KILLED),
    "a program without a word": ("exit 3", 3, ""),
    "a program that crashed": ("bash -c 'echo at frame 12; kill -SEGV $$'; exit $?", 139, CRASHED),
    "a program that crashed without a word": ("bash -c 'kill -SEGV $$'; exit $?", 139, "crashed (signal 11)"),
    "a program that had no memory": ("bash -c 'echo std::bad_all\\oc; kill -ABRT $$'; exit $?", 134, "out of memory"),
    "a script whose program had no memory": ("bash {{ project }}/starved.sh", 134, "out of memory"),
    "a program with many exit codes": ("exit 200", 200, ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.drawn(4)
def test_how_it_ended(lab: Lab, kind: str) -> None:
    """The signal is named, not the line in which a shell speaks of it; without a word the exit code is all there is."""
    command, code, why = ENDS[kind]
    (lab.root / "inner.sh").write_text(INNER)
    (lab.root / "starved.sh").write_text(INNER.replace("kill -KILL", "echo std::bad_all\\oc; kill -ABRT"))
    lab.tracker(command=command)
    lab.videos(3)
    assert lab.go().code == 1
    told = f"failed (exit code {code})" + (f": {why}" if why else "")
    status = lab.rt("status").out
    assert [f"  d1/v{n}.avi: {told}" in status.splitlines() for n in (1, 2, 3)] == [True] * 3, status
    cause = why or f"failed (exit code {code})"
    failures = lab.rt("status", "--failures").out
    assert f"3 x {cause}, mostly on {os.uname().nodename}" in failures.splitlines()
    again = lab.rt("retry", "--cause", cause)
    assert "3 of 3 done, 3 failed" in again.out, again


def test_a_node_that_kills_everything_halts_the_list(lab: Lab) -> None:
    """Five tasks in a row that are killed end alike, though a shell gives each another number."""
    lab.tracker(command="bash -c 'kill -KILL $$'; exit $?")
    lab.videos(6)
    lab.scan()
    for task in range(1, 6):
        assert lab.task(1, task, RT_JOB="slurm.7").code == 137
    assert (lab.batch(1) / "halted").read_text().endswith(" why=exit code 137\n")
    refused = lab.task(1, 6, RT_JOB="slurm.7")
    assert refused.code == 75
    assert "failed 5 tasks in a row: exit code 137. Nothing was done." in refused.out


def test_videos_that_are_cut_halt_no_list(lab: Lab) -> None:
    """Six videos that were spoilt after they were listed fail alike, each for what it is: the others are started."""
    lab.tracker(ready=[{"video": "video"}])
    for day in range(1, 8):
        lab.video(f"d{day}/a.avi", "RIFF\4\0\0\0AVI ")
    lab.scan()
    for day in range(1, 7):
        lab.video(f"d{day}/a.avi", "RIFF\x7f\0\0\0AVI ", age=9)
        assert lab.task(1, day, RT_JOB="slurm.7").code == 66
    assert lab.task(1, 7, RT_JOB="slurm.7").code == 0
    assert not (lab.batch(1) / "halted").exists()
