"""Scans while a batch runs, submissions made twice, names changed by hand: nothing is processed twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cluster_lab import GATE, ClusterLab, told
from lab import wait_for


def scan_twice_at_once(lab: ClusterLab) -> None:
    """Scan in two windows at the same time; both must be fine."""
    with ThreadPoolExecutor(2) as windows:
        ran = [*windows.map(lambda _: lab.scan(), range(2))]
    assert [one.code for one in ran] == [0, 0], ran


def listed(lab: ClusterLab) -> list[str]:
    """Return the videos of the batch that the job script is filled in for."""
    filled = re.search(r"^batch=(\d+)$", (lab.workspace / lab.script).read_text(), re.MULTILINE)
    assert filled
    return (lab.batch(filled[1]) / "names.txt").read_text().splitlines()


def test_rescans_during_a_run(lab: ClusterLab) -> None:
    """At 25, 50 and 75 % of a run ten videos are added, scanned for twice at once and submitted: each runs once."""
    lab.work("sleep 1")
    lab.videos(40)
    lab.scan()
    lab.submit(at_once=10)
    for percent in (25, 50, 75):
        wait_for(lambda some=percent * 40 // 100: len(lab.made()) >= some, f"{percent} % of the results", 120)
        late = [f"d2/late{percent}_{number}.avi" for number in range(10)]
        for name in late:
            lab.video(name, name)
        scan_twice_at_once(lab)
        assert listed(lab) == late
        lab.submit()
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 70}


def test_a_rescan_lists_only_what_is_new(lab: ClusterLab) -> None:
    """While a batch is queued and running, a scan lists the videos that came since and no other."""
    lab.work(GATE)
    lab.videos(4)
    lab.scan()
    lab.submit(at_once=2)
    lab.wait_for_running(2)
    lab.video("d1/late.avi")
    assert lab.counts() == {"queued": 2, "running": 2, "unprocessed": 1}
    assert (lab.batch(2) / "names.txt").read_text() == "d1/late.avi\n"
    lab.open_gate()
    lab.process_and_wait()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 5}


def test_the_same_script_submitted_twice(lab: ClusterLab) -> None:
    """The second array of one script does nothing: each of its tasks says whose the batch is and exits with 75."""
    lab.work("sleep 1")
    lab.videos(6)
    lab.scan()
    first, second = lab.submit(), lab.submit()
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()
    codes = [set(lab.wait_for_codes(job, 6).values()) for job in (first, second)]
    owner = (lab.batch(1) / "owner").read_text().strip()
    winner, loser = (first, second) if owner == f"{lab.SCHEDULER}.{first}" else (second, first)
    assert codes[[first, second].index(winner)] == {0}
    assert codes[[first, second].index(loser)] == {75}
    refused = f"Batch 0001 belongs to job {owner}; this is job {lab.SCHEDULER}.{loser}. Nothing was done: scan again."
    busy = "is running here already"  # on a node that sees the process of the first array
    assert [lab.log(1, task).count(refused) + lab.log(1, task).count(busy) for task in range(1, 7)] == [1] * 6
    assert lab.counts() == {"finished": 6}


@pytest.mark.parametrize("name", ["other", "OTHER_NAME", "ODD_NAME"])
def test_a_job_of_another_name(lab: ClusterLab, name: str) -> None:
    """A batch submitted under another name is still known, pending as well as running."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    job = lab.submit(hold=True, name=getattr(lab, name, name))
    assert lab.counts() == {"queued": 3}
    lab.release(job)
    lab.wait_for_running(3)
    assert lab.counts() == {"running": 3}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()


def test_a_task_by_hand_beside_its_job(lab: ClusterLab) -> None:
    """A task that a job runs is not run again by hand at the same time, on its node or on another machine."""
    lab.work(GATE)
    lab.videos(1)
    lab.scan()
    lab.submit()
    lab.wait_for_running(1)
    by_hand, host = 'hostname "$0" && exec bash run_task.sh 1 1', lab.host_of(1, 1)
    beside = lab.run("unshare", "--uts", "bash", "-c", by_hand, host)
    assert beside.code == 75
    assert "is running here already" in told(beside)
    elsewhere = lab.run("unshare", "--uts", "bash", "-c", by_hand, "elsewhere")
    assert elsewhere.code == 75
    assert re.search(
        rf"was started by job {lab.SCHEDULER}\.{lab.EXAMPLE_JOB} on {host} and has no end\.", told(elsewhere)
    )
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 1}


def test_two_projects_of_one_name(lab: ClusterLab, tmp_path: Path) -> None:
    """The queue of a copy of the project, with the same names in it, is not taken for this one's."""
    lab.work(GATE)
    lab.videos(2)
    lab.command("cp", "-r", ".", str(tmp_path / "copy"))
    copy = lab.twin(tmp_path / "copy")
    for one in (lab, copy):
        one.scan()
    try:
        lab.submit(hold=True)
        assert lab.counts() == {"queued": 2}
        assert copy.counts() == {"unprocessed": 2}
    finally:
        copy.clear()
