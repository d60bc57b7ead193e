"""What a project holds that nobody wrote by hand: git leaves it out."""

from __future__ import annotations

import os
import subprocess

from lab import LIST_DAY, Lab

SCRIPTS = {"workspace/process_all.sh", "summarizer/process_all.sh"}  # YOURS: a scan fills in the batch's number


def git(lab: Lab, *words: str) -> str:
    """Run git in the project as somebody who set up nothing."""
    call = ["git", "-c", "user.name=x", "-c", "user.email=x@x.org", "-c", "core.quotepath=off", *words]
    return subprocess.run(call, cwd=lab.root, capture_output=True, text=True, check=True).stdout


def test_git_adds_nothing_that_a_scan_or_a_run_made(lab: Lab) -> None:
    """Behind scans, runs, a redo and a doctor, ``git add -A`` takes only the scripts, which are the user's."""
    needs = [{"command": "true", "help": "nothing"}]
    lab.tracker(LIST_DAY, needs=needs)
    git(lab, "init", "-q")
    git(lab, "add", "-A")
    git(lab, "commit", "-qm", "begin")
    lab.videos(2)
    assert lab.go().code == 0
    lab.scan()
    assert lab.rt("run").code in (0, 1)
    assert lab.rt("redo", "v1").code == 0
    lab.rt("doctor")
    (lab.workspace / f".opencv_output.txt.{os.uname().nodename}.1.tmp").touch()  # a scan was killed there
    (lab.root / "rt").touch()
    git(lab, "add", "-A")
    added = {line[3:] for line in git(lab, "status", "--porcelain").splitlines()}
    assert added <= SCRIPTS, added - SCRIPTS
