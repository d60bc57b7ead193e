"""./rt remote run from a laptop: a real Slurm behind a jump host, up to the joined table on the laptop."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_lab import GATE, ClusterLab, on
from lab import copy_tree, wait_for
from sshds import Sshds, two_sshds
from two_sides import Home

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
WORK = "bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}"
JOINED = "are joined in Results/joined/"
WAITS = "Ctrl-C stops the looking."


@pytest.fixture(scope="module")
def sshds(slurm: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshds]:
    """A jump host, and a login node where Slurm's commands work."""
    with two_sshds(tmp_path_factory.mktemp("sshds"), f"SetEnv SLURM_CONF={slurm}/slurm.conf") as made:
        yield made


@pytest.fixture
def laptop(lab: ClusterLab, sshds: Sshds, blank: Path, tmp_path: Path) -> Iterator[Home]:
    """A laptop with two days of three videos each, connected to the project on the cluster, whose work waits."""
    root = tmp_path / "laptop" / "tiny_project"
    copy_tree(blank, root)
    home = Home(root, lab.home, lab, sshds)
    home.settings(remote={"login": "swc", "folder": str(lab.root)})
    (lab.root / ".remote-tracker.yml").write_text(f'python: "{sys.executable}"\n')
    lab.work(GATE)
    for side in (home, lab):
        side.tracker(DAYS, command=WORK)
    for day in ("20260101", "20260102"):
        for number in (1, 2, 3):
            home.video(f"{day}/{day}_plate{number}.avi", f"video {day} {number} " * 20_000)
    home.login()
    yield home
    home.clear()
    sshds.close()


def start(home: Home, log: Path) -> subprocess.Popen[bytes]:
    """Start ./rt remote run as in a window of its own, whose screen is a file."""
    log.touch()
    line = f"exec ./rt remote run >{log} 2>&1"
    return home.start("bash", "-c", line, folder="")


def wait_till(log: Path, says: str, seconds: float = 120) -> None:
    """Wait until a screen says something."""
    wait_for(lambda: says in log.read_text(), says, seconds)


def is_all_at_home(home: Home, far: ClusterLab) -> None:
    """Say that each video was processed once there, and that home has all, proven, in one table."""
    assert {name: times for name, times in far.ledger().items() if times != ["begun done"]} == {}
    assert len(far.ledger()) == 6
    assert (home.root / "Results/joined/animals.csv").read_text().count("\n") == 7
    home.sshds.close()
    assert home.counts() == {"finished": 6}
    assert home.rt("verify").code == 0


@on("slurm")
def test_one_command_goes_on_wherever_it_was_stopped(laptop: Home, lab: ClusterLab, tmp_path: Path) -> None:
    """Ctrl-C stops the looking, kill -9 ends it, and the jobs go on; typed again it ends with the joined table."""
    for number, end in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        log = tmp_path / f"log{number}"
        running = start(laptop, log)
        wait_till(log, WAITS)
        lab.wait_for_running()
        os.killpg(running.pid, number)
        assert running.wait(20) == end
        assert len(lab.queue()) == 6
    assert lab.batches() == ["0001"]
    lab.open_gate()
    log = tmp_path / "log"
    running = start(laptop, log)
    wait_till(log, JOINED, 400)
    assert running.wait(20) == 0, log.read_text()
    is_all_at_home(laptop, lab)


@on("slurm")
@pytest.mark.parametrize("chosen", [random.Random(f"kills {n}") for n in range(2)], ids=["first", "second"])
def test_kills_at_any_moment_lose_nothing_and_run_nothing_twice(
    laptop: Home, lab: ClusterLab, tmp_path: Path, chosen: random.Random
) -> None:
    """Killed six times on the way, whether what it had started is killed along or not, it still ends whole."""
    lab.open_gate()
    log = tmp_path / "log"
    for _ in range(6):
        running = start(laptop, log)
        time.sleep(chosen.uniform(0.5, 8))
        if chosen.random() < 0.5:
            running.kill()
        else:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait(20)
    running = start(laptop, log)
    wait_till(log, JOINED, 400)
    assert running.wait(20) == 0, log.read_text()
    is_all_at_home(laptop, lab)
