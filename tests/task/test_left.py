"""What a command leaves running ends with its task; a death by a signal is told as one, whatever exit_ok says."""

from __future__ import annotations

import os
import re
import signal
from typing import Any

import pytest
from lab import Lab, kill, wait_for

WRITER = "(trap '' TERM; exec -a writer sleep 300) & "  # a worker that TERM does not reach
IN_A_GROUP = "set -m; (exec -a writer sleep 300) & set +m; "  # as timeout and parallel start theirs
JSON: dict[str, Any] = {
    "output": {"info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "end", "not_null": True}],
    "exit_ok": "any",
}
COPY = "cp {{ input.video }} {{ output.copy }}"


def last_of(lab: Lab) -> str:
    """Return the last line of a task's log."""
    return lab.log(1, 1).splitlines()[-1]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("(exec -a writer sleep 300) & " + COPY, 0),
        (WRITER + COPY, 0),
        ("(exec -a writer sleep 300) & exit 3", 3),
        (WRITER + "kill -KILL $BASHPID", 137),
        (IN_A_GROUP + "kill -KILL $BASHPID", 137),
    ],
)
@pytest.mark.drawn(2)
def test_what_a_command_leaves_running(lab: Lab, command: str, code: int) -> None:
    """However a command ends, nothing of it goes on behind the log's end, which names what was ended."""
    lab.tracker(command=command)
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == code, lab.log(1, 1)
    assert lab.living("writer") == []
    said = lab.said(1, 1)
    assert re.fullmatch(r"# left running by the command, ended now: 1: \S+ \(\d+\)", said[-2])
    assert said[-1].startswith("# end ")


@pytest.mark.parametrize("check", [[], [{"command": "true"}]], ids=["quick", "checked"])
def test_a_main_process_that_is_killed(lab: Lab, check: list[dict[str, str]]) -> None:
    """Workers whose main process is killed, as for want of memory, are ended, and the signal is the cause."""
    lab.tracker(command="bash -c '(exec -a writer sleep 300) & exec -a heart sleep 300'", exit_ok="any", check=check)
    lab.videos(1)
    lab.scan()
    process = lab.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: lab.running("heart") and lab.running("writer"), "both run")
    kill(lab.running("heart")[0], signal.SIGKILL)
    assert process.wait(20) == 137
    assert lab.living() == []
    assert " exit=137 " in last_of(lab)
    assert "result=failed why=" in last_of(lab)
    assert "failed (exit code 137): killed (signal 9), often for want of memory" in lab.rt("status").out


def test_a_stop_reaches_other_groups(lab: Lab) -> None:
    """A program that made a process group of its own, as timeout does, ends with a task that is stopped."""
    lab.tracker(command=IN_A_GROUP + "(exec -a heart sleep 300); true")
    lab.videos(1)
    lab.scan()
    process = lab.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: lab.running("heart") and lab.running("writer"), "both run")
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 143
    assert lab.living() == []


def test_what_is_just_ending_ends_by_itself(lab: Lab) -> None:
    """A program behind a pipe that still writes down what it was given is not cut short."""
    slow = "while IFS= read -r line; do touch {{ project }}/heard; sleep 0.3; echo $line; done >{{ project }}/said"
    lab.tracker(command=f"echo all > >({slow}); until [ -e {{{{ project }}}}/heard ]; do sleep 0.01; done; {COPY}")
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == 0
    assert (lab.root / "said").read_text() == "all\n"
    assert "left running" not in lab.log(1, 1)


def test_a_session_of_its_own_goes_on(lab: Lab) -> None:
    """A program that took a session of its own, as a daemon does, is left alone."""
    lab.tracker(command=f"setsid -f bash -c 'exec -a daemon sleep 300' >/dev/null 2>&1; {COPY}")
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == 0
    assert lab.living("daemon")


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (
            {"command": "echo on frame 7; kill -KILL $BASHPID"},
            "exit=137 result=failed why=on frame 7",
        ),
        ({"command": "kill -SEGV $BASHPID"}, "exit=139 result=failed why="),
        (
            {**JSON, "command": "echo '{}' > {{ output.info }}; exit 137"},
            "exit=137 result=failed why=",
        ),
        (
            {**JSON, "command": "echo '{\"end\": 1}' > {{ output.info }}; exit 137"},
            "exit=137 result=failed why=",
        ),
        (
            {**JSON, "command": "echo '{\"end\": 1}' > {{ output.info }}; exit 255"},
            "exit=0 program=255 result=finished",
        ),
        ({"command": f"{COPY}; exit 139", "exit_ok": [0, 139]}, "exit=0 program=139 result=finished"),
    ],
)
def test_a_signal_is_the_cause(lab: Lab, keys: dict[str, Any], end: str) -> None:
    """A command that a signal ended failed by it, with exit_ok any too; only a code that exit_ok names is a success."""
    lab.tracker(**keys)
    lab.videos(1)
    lab.scan()
    lab.task(1, 1)
    words = [word for word in last_of(lab).split(" ") if not word.startswith(("seconds=", "token="))]
    assert " ".join(words[3:]).startswith(end), last_of(lab)
