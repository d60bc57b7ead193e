"""A scene that needs a real Slurm: the one of tests/cluster, since a node of it is taken away."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from .program import find_session
from .stage import NotHere, Scene, Stage
from .tools import REPOSITORY, Setup, wait_until

SLURM = REPOSITORY / "tests/cluster/slurm.sh"


def ask(*argv: str) -> str:
    """Return what a command of Slurm's prints."""
    return subprocess.run(argv, capture_output=True, text=True).stdout.strip()


def late_on_slurm(stage: Stage) -> None:
    """A node is lost with a job, which Slurm starts anew; the video is replaced and made; then the first copy ends."""
    conf = Path(os.environ.get("SLURM_CONF", "/etc/none"))
    if stage.tool.name not in ("ours", "script"):
        raise NotHere("only a project and a script were taught to submit")
    if not (conf.parent / "pid").is_dir() or not ask("sinfo", "--noheader"):
        raise NotHere(f"the Slurm of the tests is not up: bash {SLURM.relative_to(REPOSITORY)} up")
    stage.program.tell("d1/a", "wait")
    job = stage.tool.submit()
    stage.played = wait_until(lambda: stage.program.has_begun("d1/a"), 60)
    node = ask("squeue", "--noheader", f"--jobs={job}", "--format=%N").splitlines()[0]
    (first,) = [did.pid for did in stage.program.read_ledger()]
    try:
        os.kill(int((conf.parent / f"pid/slurmd-{node}.pid").read_text()), signal.SIGKILL)
        stage.program.note("cut", "d1/a")  # what Slurm then starts anew is no second start
        ask("scontrol", "update", f"nodename={node}", "state=down", "reason=it is lost")
        stage.tool.wait_for(job)
        stage.put_video("d1/a")
        stage.tool.process()
        stage.judge()
        session = os.getsid(first)
        stage.program.put("go")
        wait_until(lambda: not find_session(session), 60)
        stage.judge()
    finally:
        subprocess.run(["bash", str(SLURM), "up", str(conf.parent)], capture_output=True)


SCENES = [Scene("a lost node's job ends late, on Slurm", late_on_slurm, Setup(("d1/a",), cluster="slurm"))]
