"""process_all.sh: the tasks of a batch side by side on this machine."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess

import pytest
from lab import Lab, wait_for

HALF_BAD = "case {{ wildcards.name }} in bad*) echo no animals; exit 3 ;; esac; cp {{ input.video }} {{ output.copy }}"


def test_all_finish(lab: Lab) -> None:
    """Exit code 0 where every task finished; the results are there."""
    lab.videos(5)
    ran = lab.go()
    assert ran.code == 0
    assert ran.out.splitlines()[0].startswith("tiny_project on local (")
    assert ran.out.splitlines()[1:] == ["5 of 5 done, 0 failed", "All 5 finished. Next:  bash get_files2process.sh"]
    assert lab.results() == [f"d1/v{i}.txt" for i in range(1, 6)]
    assert lab.result("d1/v3.txt").read_text() == "video 3"


def test_one_fails(lab: Lab) -> None:
    """Exit code 1 where any task failed; the others are finished, and the log of the failed one is named."""
    lab.tracker(command=HALF_BAD)
    lab.videos(2)
    lab.video("d1/bad.avi")
    ran = lab.go()
    assert ran.code == 1
    assert ran.out.splitlines()[1:] == [
        "failed: d1/bad.avi: no animals   ./rt logs d1/bad.avi",
        "3 of 3 done, 1 failed",
        "2 finished, 1 failed. Next:  bash get_files2process.sh, then ./rt status",
    ]
    assert lab.counts() == {"finished": 2, "incomplete": 1}


@pytest.mark.parametrize(("words", "most"), [(["-j", "1"], 1), (["-j", "3"], 3), (["--jobs", "2"], 2)])
def test_as_many_at_once_as_asked(lab: Lab, words: list[str], most: int) -> None:
    """-j is how many tasks run at once: never more, and as many as that."""
    lab.tracker(
        command="cd {{ project }}; mkdir at_work/{{ wildcards.name }}; for i in {1..400}; do"
        f" [ $(ls at_work | wc -l) -lt {most} ] || touch all; [ ! -e all ] || break; sleep 0.05; done;"
        " ls at_work | wc -l >> seen; sleep 0.2; rmdir at_work/{{ wildcards.name }};"
        " cp {{ input.video }} {{ output.copy }}"
    )
    (lab.root / "at_work").mkdir()
    lab.videos(6)
    lab.scan()
    assert lab.process(*words).code == 0
    assert max(map(int, (lab.root / "seen").read_text().split())) == most


@pytest.mark.parametrize("words", [["-j", "0"], ["-j", "x"], ["--jbos", "2"], ["-j", "-1"]])
def test_wrong_use(lab: Lab, words: list[str]) -> None:
    """Options that make no sense are exit code 2, and nothing is started."""
    lab.videos(1)
    lab.scan()
    assert lab.process(*words).code == 2
    assert not (lab.batch(1) / "owner").exists()


def test_the_same_batch_twice(lab: Lab) -> None:
    """A batch that was run is not run again: one line, exit code 1."""
    lab.tracker(command="echo x >> {{ project }}/runs; exit 1")
    lab.videos(2)
    lab.go()
    ran = lab.process()
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "Batch 0001 was run before. Scan again: what is missing gets a new list. Nothing was started."
    ]
    assert (lab.root / "runs").read_text() == "x\nx\n"


def test_the_same_batch_in_two_windows(lab: Lab) -> None:
    """A batch that is being run in another window is not started a second time."""
    lab.tracker(command="echo x >> {{ project }}/runs; until [ -e {{ project }}/go ]; do sleep 0.05; done;"
                        " cp {{ input.video }} {{ output.copy }}")  # fmt: skip
    lab.videos(2)
    lab.scan()
    first = lab.start("bash", "process_all.sh", "-j", "2")
    wait_for(lambda: lab.started_tasks(1) == 2, "both tasks run")
    second = lab.process()
    assert second.code == 1
    assert "is being run already" in second.err
    assert len(second.err.splitlines()) == 1
    (lab.root / "go").touch()
    assert first.wait(20) == 0
    assert (lab.root / "runs").read_text() == "x\nx\n"


def test_two_windows_at_the_same_moment(lab: Lab) -> None:
    """Of several that start one batch at once exactly one runs it."""
    lab.tracker(command="echo {{ wildcards.name }} >> {{ project }}/runs; cp {{ input.video }} {{ output.copy }}")
    lab.videos(4)
    lab.scan()
    windows = [lab.start("bash", "process_all.sh") for _ in range(4)]
    assert sorted(window.wait(30) for window in windows) == [0, 1, 1, 1]
    assert sorted((lab.root / "runs").read_text().split()) == ["v1", "v2", "v3", "v4"]


def test_a_scan_in_between_takes_nothing_away(lab: Lab) -> None:
    """Scans while a batch is being started never make it refuse itself."""
    lab.videos(3)
    lab.scan()
    scans = [lab.start("bash", "get_files2process.sh") for _ in range(2)]
    assert lab.process().code in (0, 1)
    assert [scan.wait(30) for scan in scans] == [0, 0]
    lab.scan()
    lab.process()
    assert lab.counts() == {"finished": 3}


def test_a_bar_in_a_terminal(lab: Lab) -> None:
    """In a terminal there is a bar with counts and failures; a name in brackets does no harm to it."""
    lab.tracker(command=HALF_BAD)
    lab.videos(2)
    lab.video("d1/bad [red].avi")
    lab.scan()
    code, text = in_terminal(lab, ["bash", "process_all.sh"])
    assert code == 1
    assert "3/3" in text
    assert "1 failed" in text
    assert "failed: d1/bad [red].avi: no animals   ./rt logs 'd1/bad [red].avi'" in text
    assert re.search(r"\d:\d\d:\d\d.* left", text)
    assert "2 finished, 1 failed." in text


def in_terminal(lab: Lab, argv: list[str]) -> tuple[int, str]:
    """Run in a terminal of its own; returns the exit code and what a person saw."""
    ours, theirs = pty.openpty()
    environment = lab.environment(TERM="xterm", COLUMNS="100")
    process = subprocess.Popen(
        argv, cwd=lab.workspace, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    return process.wait(10), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8", "replace"))


def test_nobody_reads_the_progress(lab: Lab) -> None:
    """Where what it prints goes to is closed, the tasks go on to the last."""
    lab.tracker(command=HALF_BAD)
    lab.videos(3)
    lab.video("d1/bad.avi")
    lab.scan()
    lab.run("bash", "-c", "bash process_all.sh -j 1 | head -n 1")
    assert lab.counts() == {"finished": 3, "incomplete": 1}


def test_nohup_survives_the_closed_window(lab: Lab) -> None:
    """Started with nohup, the run takes no notice of a hangup."""
    lab.tracker(command="until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}")
    lab.videos(2)
    lab.scan()
    process = lab.start("nohup", "bash", "process_all.sh", "-j", "1")
    wait_for(lambda: lab.started_tasks(1), "a task runs")
    os.killpg(process.pid, signal.SIGHUP)
    (lab.root / "go").touch()
    assert process.wait(20) == 0
    assert lab.counts() == {"finished": 2}


def test_from_any_folder_whatever_CDPATH_says(lab: Lab) -> None:
    """The scripts work from elsewhere, and with a CDPATH that would lead `cd` astray."""
    lab.videos(1)
    (lab.root / "elsewhere" / "workspace").mkdir(parents=True)
    cdpath = f"{lab.root}/elsewhere:."
    scanned = lab.run("bash", "workspace/get_files2process.sh", folder="", CDPATH=cdpath)
    assert scanned.code == 0, scanned.err
    ran = lab.run("bash", "workspace/process_all.sh", folder="", CDPATH=cdpath)
    assert ran.code == 0, ran.err
    by_hand = lab.run("bash", "workspace/run_task.sh", "1", "1", folder="", CDPATH=cdpath)
    assert by_hand.code == 0, by_hand.err
    assert lab.counts() == {"finished": 1}


def test_batch_that_is_gone(lab: Lab) -> None:
    """A script that names a batch that is not there any more says so in a line."""
    lab.videos(1)
    lab.scan()
    lab.run("rm", "-r", "batches/0001")
    ran = lab.process()
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "Scan again" in ran.err
