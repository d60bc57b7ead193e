"""A project handed to a real Snakemake, whose jobs are the scheduler's: mixed with arrays, killed, gone on."""

from __future__ import annotations

import pytest
from cluster_lab import GATE, ClusterLab, on, told
from lab import LIST_DAY, wait_for
from snakemaking import Snakemake, kill_alone

SMALL = {"cpus": 1, "memory": "200M", "walltime": "0:10:00"}


@pytest.fixture
def snakemake(lab: ClusterLab, cluster: str) -> Snakemake:
    """A real Snakemake for the project of the scene."""
    return Snakemake(lab, cluster)


def hand_over(lab: ClusterLab, middle: str = ":") -> None:
    """Declare two stages, the videos and their days, and export them; three videos are there."""
    lab.work(middle, resources=SMALL)
    stage = {**LIST_DAY, "resources": SMALL}
    text = (lab.root / "site/trackers/tiny/tracker.yml").read_text()
    import yaml

    tracker = yaml.safe_load(text)
    tracker["stages"].append(stage)
    (lab.root / "site/trackers/tiny/tracker.yml").write_text(yaml.safe_dump(tracker, sort_keys=False))
    for name in ("d1/v1.avi", "d1/v2.avi", "d2/v3.avi"):
        if not (lab.root / "RawVideos" / name).exists():  # with another content it would be another video
            lab.video(name)


def days_left(lab: ClusterLab) -> str:
    """Return what a scan of the days says there is to do."""
    return told(lab.run("bash", "get_cmd2process.sh", folder="summarizer"))


def test_arrays_and_snakemake_see_each_other(lab: ClusterLab, snakemake: Snakemake) -> None:
    """What the array finished is no task of Snakemake's; it does the others and both days; then a scan says 0."""
    lab.videos(1)
    lab.work(resources=SMALL)
    lab.scan()
    lab.process_and_wait()
    hand_over(lab)
    assert (ran := lab.rt("export", "snakemake")).code == 0, ran
    assert "copy: 2 tasks for Snakemake, 1 of 3 videos finished." in ran.out
    assert "listing: 2 tasks for Snakemake (2 when what they wait for is there), 0 of 2 days finished." in ran.out
    ran = snakemake.run()
    assert ran.code == 0, told(ran)
    assert lab.ledger() == lab.once()
    assert "0 Total files to be processed." in told(lab.scan())
    assert "0 Total files to be processed." in days_left(lab)
    assert lab.results() == [
        "d1/list_summary.csv", "d1/v1.txt", "d1/v2.txt", "d2/list_summary.csv", "d2/v3.txt",
    ]  # fmt: skip
    ran = snakemake.run()
    assert ran.code == 0, told(ran)
    assert "Nothing to be done" in told(ran)


def test_a_snakemake_that_was_killed(lab: ClusterLab, snakemake: Snakemake) -> None:
    """While it lives, and while its jobs do after a kill -9, nothing else starts; then it goes on."""
    hand_over(lab, GATE)
    assert lab.rt("export", "snakemake").code == 0
    process = snakemake.start()
    wait_for(lambda: lab.ledger(), "a task that runs", 120)
    assert lab.counts().keys() <= {"queued", "running"}, lab.counts()
    assert "0 Total files to be processed." in days_left(lab)
    assert "Snakemake has batch 0001 (copy)" in told(lab.rt("cancel"))
    kill_alone(process)
    assert lab.counts().keys() <= {"queued", "running"}, lab.counts()
    ran = snakemake.run()
    assert ran.code == 1
    assert "of a Snakemake that was killed are in the queue" in told(ran)
    lab.open_gate()
    wait_for(lambda: lab.rt("export", "snakemake").code == 0, "an empty queue", 240)
    ran = snakemake.run()
    assert ran.code == 0, told(ran)
    assert lab.ledger() == lab.once()
    assert "0 Total files to be processed." in days_left(lab)


@on("slurm")
def test_snakemake_waits_for_an_array(lab: ClusterLab, snakemake: Snakemake) -> None:
    """While an array of ours is queued or running, Snakemake starts nothing, and says so in one line."""
    hand_over(lab, GATE)
    assert lab.rt("export", "snakemake").code == 0
    job = lab.submit()
    ran = snakemake.run()
    assert ran.code == 1
    assert "3 queued or running (copy) without Snakemake: let that end" in told(ran)
    lab.cancel(job)


@on("slurm")
def test_more_memory_at_the_second_try(lab: ClusterLab, snakemake: Snakemake) -> None:
    """A task that needs more memory than it asked for gets it at Snakemake's second try, and is finished."""
    need = """python3 -c "held = b'x' * (420 << 20)" """
    hand_over(lab, f"case $unit in v1.avi) {need};; esac")
    assert lab.rt("export", "snakemake").code == 0
    ran = snakemake.run()
    assert ran.code == 0, told(ran)
    assert len(lab.ledger()["v1.avi"]) == 2
    assert lab.counts() == {"finished": 3}
