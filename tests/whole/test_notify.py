"""People are told once when a list is done or has halted: by what runs it, else by the next scan."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest
from lab import Lab, kill, wait_for
from notify.servers import web

FAILS = "grep -q bad {{ input.video }} && { echo no animals >&2; exit 3; }; "
COMMAND = 'echo "$RT_SUBJECT" >> told.txt'


@pytest.fixture
def told(lab: Lab) -> Lab:
    """A project that is told by a command, with two good videos and a bad one."""
    lab.settings(notify={"command": COMMAND})
    lab.tracker(command=f"{FAILS}cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.videos(2)
    lab.video("d1/bad.avi", "bad")
    return lab


def subjects(lab: Lab) -> list[str]:
    """Return the subjects of the messages that went out."""
    path = lab.root / "told.txt"
    return path.read_text().splitlines() if path.exists() else []


def test_what_runs_it_tells(told: Lab) -> None:
    """Where the list ran here its end is told at once, and by no scan that follows; screens stay as they are."""
    ran = told.go()
    assert subjects(told) == ["tiny_project: batch 0001 (copy) is done: 2 finished, 1 failed"]
    assert ran.out.rstrip().endswith("./rt status")
    assert ran.err == ""
    told.scan()
    told.rt("status")
    assert len(subjects(told)) == 1


def test_run_tells_of_each_list(told: Lab) -> None:
    """./rt run tells of each of its lists, once."""
    told.rt("run")
    assert [line.split(" (")[0] for line in subjects(told)] == [f"tiny_project: batch 000{n}" for n in (1, 2, 3)]


def test_a_list_that_halts(told: Lab) -> None:
    """A list that halted itself is told of as such."""
    for number in range(30):
        told.video(f"d2/bad{number}.avi", "bad")
    # Of tasks that last 0.2 s a process takes five at most; of shorter tasks it takes so many that all may have failed.
    told.tracker(command=f"sleep 0.2; {FAILS}cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    told.scan()
    told.process("--jobs", "1")
    (line,) = subjects(told)
    assert "batch 0001 (copy) halted itself on " in line
    assert re.search(r": 2 finished, \d+ failed, \d+ not run$", line)


def test_the_next_scan_tells(told: Lab) -> None:
    """Where what ran the list was killed, the next scan tells, and of several at once one alone."""
    told.tracker(command="sleep 300")
    told.scan()
    runner = told.start("bash", "process_all.sh", "--jobs", "1")
    wait_for(lambda: told.running("sleep"), "the first task")
    for pid in told.living():
        kill(pid, signal.SIGKILL)
    runner.wait()
    scans = [told.start("bash", "get_files2process.sh") for _ in range(4)]
    assert [scan.wait(60) for scan in scans] == [0] * 4
    assert subjects(told) == ["tiny_project: batch 0001 (copy) has ended: 1 vanished, 2 not run"]


def test_who_stops_it_knows(told: Lab) -> None:
    """A list that was stopped with Ctrl-C is not told of while its window stands; the next scan tells what is left."""
    told.tracker(command="sleep 300")
    told.scan()
    runner = told.start("bash", "process_all.sh", "--jobs", "1")
    wait_for(lambda: told.running("sleep"), "the first task")
    kill(runner.pid, signal.SIGINT)
    assert runner.wait(60) == 130
    assert subjects(told) == []
    told.scan()
    assert subjects(told) == ["tiny_project: batch 0001 (copy) has ended: 1 cancelled, 2 not run"]


def test_by_slack(told: Lab) -> None:
    """The user's own file in the home folder has the hook."""
    told.settings(notify={"by": ["slack"]})
    path = told.home / ".config" / "remote-tracker" / "notify.yml"
    path.parent.mkdir(parents=True)
    with web() as server:
        path.write_text(f"slack: {server.url}/hook\n")
        path.chmod(0o600)
        told.go()
    (got,) = server.got
    assert got.told["text"].startswith("tiny_project: batch 0001 (copy) is done: 2 finished, 1 failed\n")
    assert "1 x no animals" in got.told["text"]


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("exit 3", "notify: command: exit code 3: it ended with 3. Tried 1 of 3 times; the next scan tries again.\n"),
        ("kill -9 $$", "Tried 1 of 3 times"),
        ("no-such-program-here", "no-such-program-here: command not found"),
    ],
)
def test_what_fails_breaks_nothing(command: str, says: str, told: Lab) -> None:
    """A message that cannot be sent is a line on stderr: the screen and the exit code are as ever."""
    told.settings(notify={"command": command})
    ran = told.go()
    assert ran.code == 1  # a video failed
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert "2 finished, 1 failed. Next:" in ran.out


def test_programs_read_the_scan(told: Lab) -> None:
    """A scan for programs prints its JSON and nothing else, whatever is told behind it."""
    told.settings(notify={"command": "echo hello; exit 1"})
    told.go()
    ran = told.scan("--json")
    assert json.loads(ran.out)["stage"] == "copy"


@pytest.mark.parametrize(
    ("notify", "says"),
    [
        ({"by": ["sms"]}, 'unknown way "sms"'),
        ({}, '"notify" needs by, as [mail], or command.'),
        ({"bye": ["mail"]}, 'unknown key "bye". Did you mean by?'),
        ("mail", '"notify" must be a mapping'),
        ({"command": "a\nb"}, '"command" must be one line'),
        ({"by": [{"mail": 1}]}, '"by" must be a list of words'),
    ],
)
def test_what_cannot_be(notify: object, says: str, told: Lab) -> None:
    """What project.yml cannot mean is refused with the file and the line."""
    told.settings(notify=notify)
    ran = told.scan()
    assert ran.code == 1
    assert f"{told.root}/project.yml line " in ran.err
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_the_doctor_says_whether(told: Lab) -> None:
    """The doctor says by which ways people are told, or what is wrong with the file, without sending anything."""
    assert "A message by a command when a batch is done or halts." in told.rt("doctor").out
    told.settings(notify={"by": ["slack"]})
    path = told.home / "notify.yml"
    path.write_text("slack: https://example.org/secret\n")
    path.chmod(0o644)
    told.settings(notify={"by": ["slack"], "file": str(path)})
    ran = told.rt("doctor")
    assert ran.code == 1
    assert f"{path}: others may use it (mode 644). Type: chmod 600 {path}" in ran.out
    assert subjects(told) == []


def test_the_doctor_tries(told: Lab, tmp_path: Path) -> None:
    """./rt doctor --notify sends a message by each way, and says which arrived nowhere."""
    ran = told.rt("doctor", "--notify")
    assert (ran.code, subjects(told)) == (0, ["tiny_project: a try"])
    assert "command: sent. Did it arrive?" in ran.out
    told.settings(notify={"command": "exit 7"})
    ran = told.rt("doctor", "--notify")
    assert ran.code == 1
    assert "command: exit code 7" in ran.out
    told.settings()
    assert "project.yml has no notify" in told.rt("doctor", "--notify").out


def test_nothing_is_loaded_for_nobody(lab: Lab) -> None:
    """Who is not told of anything pays for no module that tells."""
    lab.videos(1)
    ran = lab.scan(PYTHONVERBOSE="1")
    assert "remote_tracker.report.scan" in ran.err
    assert "remote_tracker.notify.tell" not in ran.err
