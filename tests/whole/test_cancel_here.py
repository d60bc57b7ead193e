"""./rt cancel without a queue: what runs here ends and is listed again, and nobody else's process is touched."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import pytest
from lab import Lab, kill, wait_for

from whole.test_kills import begin, let_go

NOTHING = "Nothing of this project runs here. Next:  ./rt status"


def said(process: subprocess.Popen[bytes]) -> str:
    """Return all that a started program printed, to its end."""
    return process.communicate(timeout=30)[0].decode()


def test_all_that_runs(lab: Lab) -> None:
    """The runner and its tasks end, status says how many were cancelled, and the next scan lists every one again."""
    process = begin(lab, 4, 2)
    ran = lab.rt("cancel")
    assert (ran.code, ran.out) == (0, "4 tasks cancelled. Next:  ./rt status\n")
    assert process.wait(10) == 130  # its lock, for which cancel waits, is free a moment before it is gone
    assert lab.living() == []
    for task in (1, 2):
        assert " result=cancelled cause=stopped why=it was stopped" in lab.log(1, task)
    assert "\nCancelled, and to do again: 2 tasks\n" in lab.rt("status").out
    assert "to do: cancelled: it was stopped" in lab.rt("why", "v1.avi").out
    assert lab.counts() == {"unprocessed": 4}
    let_go(lab)
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 4}
    assert "Cancelled" not in lab.rt("status").out


@pytest.mark.parametrize("names", [(), ("v1.avi",)])
def test_nothing_runs(lab: Lab, names: tuple[str, ...]) -> None:
    """Where nothing runs it says so; a name of something that does not run is a wrong word."""
    lab.videos(1)
    ran = lab.rt("cancel", *names)
    if names:
        assert (ran.code, ran.err) == (2, "Nothing that runs here is called v1.avi. ./rt status shows what is there.\n")
    else:
        assert (ran.code, ran.out) == (0, f"{NOTHING}\n")


def test_a_video_by_its_name(lab: Lab) -> None:
    """The task of a named video ends, the others go on; a video that has not started is refused, with what to type."""
    process = begin(lab, 3, 2)
    ran = lab.rt("cancel", "v3.avi")
    assert ran.code == 1
    assert "d1/v3.avi has not started: ./rt cancel 0001 ends all of its batch. Nothing was cancelled." in ran.err
    assert lab.rt("cancel", "v1.avi").out.startswith("1 task cancelled.")
    assert "result=cancelled" in lab.log(1, 1)
    let_go(lab)
    assert process.wait(20) == 1
    assert lab.counts() == {"finished": 2, "unprocessed": 1}


def test_two_runners(lab: Lab) -> None:
    """Runners of two stages end, with all of their tasks; a batch that is named ends alone."""
    wait = "until [ -e {{ project }}/go ]; do sleep 0.05; done; "
    day = {
        "name": "days",
        "help": "x",
        "folder": "summarizer",
        "per": ["day"],
        "input": {"video": "RawVideos/{day}/{name}.avi"},
        "output": {"list": "Results/{day}/list.txt"},
        "command": wait + "touch {{ output.list }}",
    }
    lab.tracker(day, command=wait + "cp {{ input.video }} {{ output.copy }}")
    lab.videos(2)
    lab.scan()
    lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    videos = lab.start("bash", "process_all.sh", "-j", "1")
    days = lab.start("bash", "process_all.sh", folder="summarizer")
    wait_for(lambda: len(lab.running("sleep")) >= 2, "both are at work")
    ran = lab.rt("cancel")
    assert ran.out.startswith("3 tasks cancelled."), ran
    assert (videos.wait(20), days.wait(20), lab.living()) == (130, 130, [])


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_whose_runner_is_gone(lab: Lab, jobs: int) -> None:
    """Tasks that go on behind a killed runner are ended, and none of theirs is started after them."""
    process = begin(lab, 3, jobs)
    process.kill()
    process.wait()
    assert lab.rt("cancel").out.startswith(f"{jobs} task")
    assert lab.living() == []
    assert lab.counts() == {"unprocessed": 3}


def test_tasks_that_were_started_by_hand(lab: Lab) -> None:
    """A task that runs in a terminal is ended, and those behind it are not begun."""
    lab.tracker(command="until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}")
    lab.videos(3)
    lab.scan()
    process = lab.start("bash", "run_task.sh", "1", "1", "2", "3")
    wait_for(lambda: lab.running("sleep"), "the first is at work")
    assert lab.rt("cancel").out.startswith("1 task cancelled.")
    assert process.wait(20) == 143
    assert lab.started_tasks(1) == 1


def test_never_another_process(lab: Lab) -> None:
    """A process that has by now the number of a runner that was killed is left alone, whoever's it is."""
    process = begin(lab, 1, 1)
    process.kill()
    process.wait()
    for pid in lab.living():
        kill(pid, signal.SIGKILL)
    wait_for(lambda: not lab.living(), "all is gone")
    other = lab.start("sleep", "300")
    owner = lab.batch(1) / "owner"
    _, number = owner.read_text().rsplit(".", 1)
    owner.write_text(f"local.{os.uname().nodename}.{other.pid}.{number}")
    log = lab.batch(1) / "output.1"
    start = lab.log(1, 1)
    log.write_text(start.replace(f" pid={start.split(' pid=')[1].split()[0]} ", f" pid={other.pid} "))
    assert lab.rt("cancel").out == f"{NOTHING}\n"
    assert other.poll() is None


def test_a_number_that_another_process_has_now(lab: Lab) -> None:
    """Where a killed runner's number is another process's by now, its tasks are ended and that process is not."""
    process = begin(lab, 1, 1)
    process.kill()
    process.wait()
    other = lab.start("sleep", "300")
    owner = lab.batch(1) / "owner"
    _, number = owner.read_text().rsplit(".", 1)
    owner.write_text(f"local.{os.uname().nodename}.{other.pid}.{number}")
    lock = os.open(owner, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # as if the other had it: nothing but its open files tells who runs the batch
    assert lab.rt("cancel").out.startswith("1 task cancelled.")
    os.close(lock)
    assert other.poll() is None


def test_a_batch_of_another_machine(lab: Lab) -> None:
    """What another machine runs is left to that machine, by name."""
    process = begin(lab, 1, 1)
    owner: Path = lab.batch(1) / "owner"
    text = owner.read_text()
    with owner.open("r+") as file:  # the same file: the runner holds its lock
        file.truncate()
        file.write(text.replace(f".{os.uname().nodename}.", ".other.lab.org."))
    ran = lab.rt("cancel")
    assert ran.code == 1
    assert "Batch 0001 is run on other.lab.org: cancel it there. Nothing was cancelled here." in ran.err
    let_go(lab)
    assert process.wait(20) == 0


def test_the_reason_after_a_stop(lab: Lab) -> None:
    """What failed once and was cancelled at its next run says that it was cancelled, and then the failure before."""
    go = "until [ -e {{ project }}/go ]; do sleep 0.05; done; "
    lab.tracker(command="[ -e {{ project }}/later ] || { echo no camera; exit 3; }; " + go + "exit 4")
    lab.videos(1)
    lab.go()
    (lab.root / "later").touch()
    lab.scan()
    process = lab.start("bash", "process_all.sh")
    wait_for(lambda: lab.running("sleep"), "it is at work")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    told = "cancelled: it was stopped; before that: failed (exit code 3): no camera"
    assert f"d1/v1.avi: {told}" in lab.rt("status").out
    let_go(lab)
    lab.go()
    assert "d1/v1.avi: failed (exit code 4)" in lab.rt("status").out
