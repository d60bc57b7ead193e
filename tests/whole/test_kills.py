"""Ctrl-C, kill -9, a vanished machine: nothing is lost, nothing runs twice, the next scan knows."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from lab import Lab, kill, wait_for
from scan.trees import start_line

WAIT = "until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}"


def begin(lab: Lab, tasks: int, jobs: int, command: str = WAIT) -> subprocess.Popen[bytes]:
    """Scan some videos and start them, until ``jobs`` of them are at work."""
    lab.tracker(command=command)
    lab.videos(tasks)
    lab.scan()
    process = lab.start("bash", "process_all.sh", "-j", str(jobs))
    wait_for(lambda: lab.started_tasks(1) == jobs and len(lab.running("sleep")) >= jobs, f"{jobs} tasks run")
    return process


def kill_all(lab: Lab) -> None:
    """End all that runs in the project as kill -9 does, what is being started meanwhile, too."""

    def are_gone() -> bool:
        left = lab.living()
        for pid in left:
            kill(pid, signal.SIGKILL)
        return not left

    wait_for(are_gone, "all is gone")


def let_go(lab: Lab) -> None:
    """Let the commands come to their end."""
    (lab.root / "go").touch()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped(lab: Lab, number: signal.Signals) -> None:
    """Ctrl-C ends what runs, says so in each log, and the next scan lists exactly what is missing."""
    process = begin(lab, 4, 2)
    os.killpg(process.pid, number)
    out = process.communicate(timeout=20)[0].decode()
    assert process.returncode == 130
    assert "Stopping: what runs is being ended (2)." in out
    assert "Stopped. What is missing is found by the next scan." in out
    assert lab.living() == []
    for task in (1, 2):
        assert re.search(
            r"\n# signal TERM\n(?s:.*)# end \S+ token=\S+ exit=143 \S+ result=cancelled cause=stopped why=",
            lab.log(1, task),
        )
    assert lab.counts() == {"unprocessed": 4}
    let_go(lab)
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 4}


def test_stopped_in_the_middle(lab: Lab) -> None:
    """What was finished before a stop stays finished; a stop is never a failure, however often."""
    lab.settings(attempts=1)
    lab.tracker(command="[ {{ wildcards.name }} = v1 ] || sleep 60; cp {{ input.video }} {{ output.copy }}")
    lab.videos(3)
    for _ in range(2):
        lab.scan()
        process = lab.start("bash", "process_all.sh", "-j", "3")
        wait_for(lambda: len(lab.running("sleep")) == 2, "the slow two are at work")
        wait_for(lambda: "result=finished" in lab.log(1, 1), "the first is finished")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 130
    assert lab.counts() == {"finished": 1, "unprocessed": 2}


def test_second_ctrl_c_changes_nothing(lab: Lab) -> None:
    """Someone who presses Ctrl-C again and again still gets a clean end."""
    process = begin(lab, 2, 2, "trap 'sleep 0.7; exit 1' TERM; while :; do sleep 0.1; done")
    for _ in range(3):
        os.killpg(process.pid, signal.SIGINT)
        wait_for(lambda: "# signal TERM" in lab.log(1, 1), "the signal arrived")
    assert process.wait(20) == 130
    assert lab.log(1, 1).count("# signal TERM") == 1
    assert lab.log(1, 1).count("result=cancelled") == 1


def test_a_program_that_ignores_it(lab: Lab) -> None:
    """A program that ignores TERM is ended by force after 10 s; only then is the end written."""
    (lab.root / "stubborn.sh").write_text("trap '' TERM\nwhile :; do sleep 0.1; done\n")
    process = begin(lab, 1, 1, "bash {{ project }}/stubborn.sh; cp {{ input.video }} {{ output.copy }}")
    os.killpg(process.pid, signal.SIGINT)
    wait_for(lambda: "# signal TERM" in lab.log(1, 1), "the signal arrived")
    assert "# end" not in lab.log(1, 1)
    assert lab.living("stubborn.sh")
    assert process.wait(20) == 130
    assert lab.living() == []
    assert "result=cancelled" in lab.log(1, 1)


def test_runner_killed(lab: Lab) -> None:
    """kill -9 of the runner: its tasks finish, are seen as running meanwhile, and the rest is listed at once."""
    process = begin(lab, 4, 2)
    process.kill()
    process.wait()
    assert lab.counts() == {"running": 2, "unprocessed": 2}
    assert (lab.batch(2) / "names.txt").read_text() == "d1/v3.avi\nd1/v4.avi\n"
    let_go(lab)
    wait_for(lambda: all("result=finished" in lab.log(1, task) for task in (1, 2)), "the orphans finish")
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 4}
    assert lab.log(1, 1).count("# start") == 1


def test_task_killed(lab: Lab) -> None:
    """kill -9 of run_task.sh and its program: vanished, a failure for its runner, listed again."""
    process = begin(lab, 1, 1)
    script = lab.living("run_task.sh")
    for pid in lab.living("sleep") + script:
        kill(pid, signal.SIGKILL)
    assert process.wait(20) == 1
    wait_for(lambda: not lab.living(), "all is gone")
    assert "# end" not in lab.log(1, 1)
    assert lab.counts() == {"incomplete": 1}
    assert "vanished: started on" in lab.rt("status").out
    let_go(lab)
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1}


def find_leader(pids: list[int]) -> int:
    """Return the one of these processes that none of the others started; numbers of processes begin again at 32768."""
    parents: dict[int, int] = {}
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile, as the start of a short sleep
            parents[pid] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return next(pid for pid, parent in parents.items() if parent not in parents)


def test_task_killed_but_its_program_lives(lab: Lab) -> None:
    """While the program of a killed run_task.sh still runs it is not started a second time."""
    process = begin(lab, 1, 1)
    kill(find_leader(lab.living("run_task.sh")), signal.SIGKILL)
    assert process.wait(20) == 1
    wait_for(lambda: lab.running("sleep"), "its program goes on")  # a loop of short sleeps
    assert lab.counts() == {"running": 1}
    let_go(lab)
    wait_for(lambda: not lab.living(), "the program ends")
    assert lab.counts() == {"incomplete": 1}


def test_all_killed(lab: Lab) -> None:
    """kill -9 of everything, as when the power goes: what had begun vanished, and all is listed again."""
    process = begin(lab, 3, 2)
    kill_all(lab)
    process.wait()
    assert lab.counts() == {"incomplete": 2, "unprocessed": 1}
    assert (lab.batch(2) / "names.txt").read_text() == "d1/v1.avi\nd1/v2.avi\nd1/v3.avi\n"
    let_go(lab)
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 3}


def test_remains_of_a_kill_are_cleared(lab: Lab) -> None:
    """The work folder of a killed attempt is gone once the video is finished."""
    process = begin(lab, 1, 1, "echo half > {{ output.copy }}; " + WAIT)
    kill_all(lab)
    process.wait()
    assert list((lab.root / "Results/.work").iterdir())
    let_go(lab)
    lab.go()
    assert list((lab.root / "Results/.work").iterdir()) == []
    assert lab.results() == ["d1/v1.txt"]


def test_scan_killed(lab: Lab) -> None:
    """A scan that is killed leaves the old list or the new one, and the next scan is whole."""
    lab.videos(100)
    for number in range(1, 6):
        scan = lab.start("bash", "get_files2process.sh")
        wait_for(lab.batch(number).exists, "it begins to write")
        kill(scan.pid, signal.SIGKILL)
        scan.wait()
        lab.video(f"d2/{number}.avi")
    assert lab.counts() == {"unprocessed": 105}
    assert lab.process("-j", "4").code == 0
    assert lab.counts() == {"finished": 105}


def test_running_by_hand(lab: Lab) -> None:
    """A task that is run by hand is seen as running, and neither a scan nor a second hand starts it again."""
    lab.tracker(command=WAIT)
    lab.videos(2)
    lab.scan()
    by_hand = lab.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: lab.running("sleep"), "the task runs")
    again = lab.task(1, 1)
    assert again.code == 75
    assert "Task 1 of batch 0001 is running here already" in again.out
    assert lab.counts() == {"running": 1, "unprocessed": 1}
    let_go(lab)
    assert by_hand.wait(20) == 0
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 2}
    assert lab.log(1, 1).count("# start") == 1


@pytest.fixture
def another(lab: Lab) -> subprocess.Popen[bytes]:
    """Start a process that is called as a task is, and may have the number of a task that is over."""
    (lab.root / "run_task.sh").write_text("read -r _\n")
    process = subprocess.Popen(["bash", str(lab.root / "run_task.sh")], stdin=subprocess.PIPE, start_new_session=True)
    lab.started.append(process)
    wait_for(lambda: b"run_task.sh" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the process to start")
    return process


def begin_of(pid: int) -> int:
    """Return when a process began, in clock ticks since the boot."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19])


@pytest.mark.parametrize(("older", "code"), [(0, 75), (1, 0)])
def test_number_in_a_log(lab: Lab, another: subprocess.Popen[bytes], older: int, code: int) -> None:
    """The process that a log names is running if it began when the log says; a later one with its number is not."""
    lab.videos(1)
    lab.scan()
    told = start_line("d1/v1.avi", pid=another.pid).replace("node1", socket.gethostname())
    (lab.batch(1) / "output.1").write_text(told.replace(" unit=", f" began={begin_of(another.pid) - older} unit="))
    assert lab.task(1, 1).code == code
    assert lab.counts() == ({"running": 1} if code else {"finished": 1})


@pytest.mark.parametrize("argv", [["bash", "run_task.sh"], ["tail", "-f", "run_task.sh"]])
def test_number_in_a_log_without_a_beginning(lab: Lab, argv: list[str]) -> None:
    """In a log of an older version a number means a bash that runs run_task.sh, not a program that shows it."""
    (lab.workspace / "run_task.sh").write_text("read -r _ <> <(:)\n")
    process = lab.start(*argv)
    wait_for(lambda: b"run_task.sh" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the process to start")
    lab.videos(1)
    lab.scan()
    told = start_line("d1/v1.avi", pid=process.pid).replace("node1", socket.gethostname())
    (lab.batch(1) / "output.1").write_text(told)
    assert lab.counts() == {"running" if argv[0] == "bash" else "unprocessed": 1}
    ran = lab.run("bash", "batches/0001/run_task.sh", "1", "1")
    assert ran.code == (75 if argv[0] == "bash" else 0), ran


@pytest.mark.parametrize(("older", "code"), [(0, 75), (1, 0)])
def test_number_in_a_work_folder(lab: Lab, another: subprocess.Popen[bytes], older: int, code: int) -> None:
    """A work folder is another attempt's while its process lives, not while a later one has its number."""
    lab.videos(1)
    lab.scan()
    place = (lab.batch(1) / "tasks.txt").read_text().partition(" place=")[2].split()[0]
    left = lab.root / f"{place}.{socket.gethostname()}.{another.pid}-{begin_of(another.pid) - older}"
    left.mkdir(parents=True)
    assert lab.task(1, 1).code == code
    assert left.exists() == bool(code)
