"""./rt run with a real queue: it waits, its jobs survive a logout, it goes on; as docs/run-on-a-cluster.md shows it."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import pytest
from cluster_lab import GATE, ClusterLab, on
from lab import REPOSITORY, wait_for

PAGE = REPOSITORY / "docs" / "run-on-a-cluster.md"
WAITS = "Ctrl-C, or logging out, ends the waiting, not the job; ./rt run goes on where it was."
COUNT = (
    "printf 'file_id,filename,is_good\\n' > {{ output.filenames }}; printf 'file_id,speed\\n' > {{ output.features }};"
    " n=0; for f in {{ input.copy }}; do printf '%s,%s,True\\n' $n \"$f\" >> {{ output.filenames }};"
    " printf '%s,2.5\\n' $n >> {{ output.features }}; n=$((n + 1)); done"
)
DAYS = {
    "name": "summarize",
    "help": "two tables a day",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"copy": "Results/{day}/{subdir}/{name}.txt"},
    "output": {"filenames": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"},
    "command": COUNT,
}


@pytest.fixture
def flies(lab: ClusterLab) -> ClusterLab:
    """A project of two days with three videos each; their work waits at a gate."""
    lab.work(GATE, name="track")
    lab.tracker(DAYS, name="track", command="bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}")
    for day in ("20260101", "20260102"):
        for number in (1, 2, 3):
            lab.video(f"{day}/plate{number}.avi", f"video {day} {number}")
    defined = "columns:\n  - {name: speed, unit: px/s, meaning: how fast the animal was, how: from frame to frame}\n"
    (lab.root / "summarizer/columns.yml").write_text(defined)
    return lab


def shown(text: str, lab: ClusterLab) -> list[str]:
    """Return a screen's lines without what differs from run to run: names, jobs, how many rows."""
    text = text.replace(socket.gethostname(), "HOST").replace("login1", "HOST").replace("opencv_flies", "PROJECT")
    text = text.replace(lab.root.name, "PROJECT")
    text = re.sub(r"\b(job) [\d.a-z\[\]]+", r"\1 N", text)
    return re.sub(r"with \d+ rows", "with N rows", text).splitlines()


def told(name: str) -> str:
    """Return what the page shows below a command."""
    found = re.search(rf"<!-- run: {name} -->\n```text\n\$ [^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found, name
    return found[1]


class Running:
    """A ./rt run in a window of its own, and what it has printed."""

    def __init__(self, lab: ClusterLab) -> None:
        self.process, self.text = lab.start("./rt", "run", folder=""), ""
        assert self.process.stdout is not None
        self.stdout = self.process.stdout
        os.set_blocking(self.stdout.fileno(), False)

    def wait_for(self, says: str, seconds: float = 120) -> None:
        """Wait until it has printed ``says``."""
        wait_for(lambda: says in self.read(), f"{says}, and not only: {self.text}", seconds)

    def read(self) -> str:
        """Return all that it has printed by now."""
        self.text += (self.stdout.read() or b"").decode("utf-8")
        return self.text


def test_the_jobs_survive_a_logout_and_the_next_run_goes_on(flies: ClusterLab) -> None:
    """The window of ./rt run is closed: its jobs go on; the next ./rt run waits for them, summarizes and joins."""
    first = Running(flies)
    first.wait_for(WAITS)
    flies.wait_for_running(6 if flies.SCHEDULER == "slurm" else 1)  # the page that is compared shows six
    os.killpg(first.process.pid, signal.SIGHUP)
    assert first.process.wait(20) == -signal.SIGHUP
    assert len(flies.queue()) == 6
    again = Running(flies)
    again.wait_for(f"Waiting for what is queued or running already. {WAITS}")
    flies.open_gate()
    again.wait_for("are joined in", 400)
    assert again.process.wait(20) == 0
    assert flies.ledger() == {f"plate{number}.avi": ["begun done"] * 2 for number in (1, 2, 3)}
    assert (flies.root / "Results/joined/features_summary.csv").read_text().count("\n") == 7
    if flies.SCHEDULER == "slurm":
        assert shown(first.text, flies) == shown(told("first"), flies)
        assert shown(again.read(), flies) == shown(told("second"), flies)


@on("slurm")
def test_nohup_goes_on_behind_a_logout(flies: ClusterLab, tmp_path: Path) -> None:
    """Started with nohup, ./rt run goes on when its window is closed, up to the joined table."""
    log = tmp_path / "run.log"
    window = flies.start("bash", "-c", f"nohup ../rt run >{log} 2>&1 & sleep 600")
    wait_for(lambda: log.exists() and WAITS in log.read_text(), "it waits", 120)
    os.killpg(window.pid, signal.SIGHUP)
    assert window.wait(20) == -signal.SIGHUP
    flies.open_gate()
    wait_for(lambda: "are joined in Results/joined/animals.csv" in log.read_text(), "the joined table", 400)
