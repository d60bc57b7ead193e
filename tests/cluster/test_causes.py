"""Tasks that a scheduler ends: the cause is told, the cancelled are to do again, a retry asks for more."""

from __future__ import annotations

import re

import pytest
from cluster_lab import FILL, GATE, PENDING, RUNNING, ClusterLab, on, told
from lab import wait_for


def test_out_of_memory(lab: ClusterLab) -> None:
    """What ran out of memory failed for that; a retry asks for twice as much by itself, of that task only."""
    lab.work(FILL, resources={"memory": "120M", "walltime": "0:10:00"})
    lab.videos(2)
    lab.scan()
    lab.process_and_wait()
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert re.search(r"d1/v1\.avi: failed[^:\n]*: out of memory", lab.rt("status", "--failures").out)
    retried = lab.rt("retry")
    assert "Asking for memory 240M." in retried.out
    assert re.search(
        rf"^Submitted batch 0002 \(copy, 1 task\) as job {lab.EXAMPLE_JOB}\.$", retried.out, re.MULTILINE
    ), retried
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    assert "120M" in (lab.workspace / lab.script).read_text().upper()


def test_over_its_walltime(lab: ClusterLab) -> None:
    """What took longer than it asked for failed for that, and a retry asks for twice the time. (Slow: 80 s.)"""
    lab.hurry()
    lab.work(GATE, resources={"memory": "100M", "walltime": lab.SHORT})
    lab.videos(1)
    lab.scan()
    lab.process_and_wait()
    assert lab.counts() == {"incomplete": 1}
    assert re.search(r"d1/v1\.avi: failed[^:\n]*: over its walltime", lab.rt("status", "--failures").out)
    dry = lab.rt("retry", "--dry")
    assert f"Asking for walltime {lab.TWICE_SHORT}." in dry.out
    assert re.search(
        rf"^Not submitted \(--dry\)\. In \S+ it would be:  {lab.SUBMITS} .*{lab.ASKS_TWICE}", dry.out, re.MULTILINE
    )
    assert not lab.queue()
    assert not lab.made()


def test_a_failure_is_retried_with_what_it_had(lab: ClusterLab) -> None:
    """A retry of what failed by itself asks for no more than before, and lists nothing else that is to do."""
    lab.work("[ $unit != v1.avi ] || [ -e go ] || { echo no light >&2; exit 3; }")
    lab.videos(3)
    lab.scan()
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2, "incomplete": 1}
    assert "d1/v1.avi: failed (exit code 3): no light" in lab.rt("status", "--failures").out
    lab.video("d1/new.avi")
    lab.open_gate()
    retried = lab.rt("retry")
    assert "Asking for" not in retried.out
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3, "unprocessed": 1}


def test_an_array_cancelled_by_hand(lab: ClusterLab) -> None:
    """After it what ran and what was pending are to do again; nothing of it failed or was published."""
    lab.work(GATE)
    lab.videos(5)
    lab.scan()
    job = lab.submit(at_once=2)
    lab.wait_for_running(2)
    lab.cancel(job)
    lab.wait_until_empty()
    wait_for(lambda: sum("result=cancelled" in lab.log(1, task) for task in range(1, 6)) == 2, "the ends of both", 30)
    look = lab.look()
    assert look["to_process"] == 5
    assert not lab.made()
    assert "failed" not in lab.rt("status").out.partition("Needs a look")[2]
    lab.open_gate()
    lab.process_and_wait()
    assert lab.counts() == {"finished": 5}


def test_cancel_one_video(lab: ClusterLab) -> None:
    """./rt cancel VIDEO takes that video's task out of the queue, running or pending, and leaves the others."""
    lab.work(GATE)
    lab.videos(4)
    lab.scan()
    lab.submit(at_once=2)
    lab.wait_for_running(2)
    said = [lab.rt("cancel", name) for name in ("d1/v1.avi", "v4")]
    assert [one.out.partition(". Next")[0] for one in said] == ["1 task cancelled"] * 2, said
    wait_for(lambda: {task.index for task in lab.queue(PENDING, RUNNING)} == {"2", "3"}, "two tasks left", 60)
    lab.open_gate()
    lab.wait_until_empty()
    assert sorted(path.name for path in lab.made()) == ["v2.txt", "v3.txt"]
    assert lab.look()["to_process"] == 2
    lab.process_and_wait()
    assert lab.counts() == {"finished": 4}


def test_cancel_a_batch(lab: ClusterLab) -> None:
    """./rt cancel BATCH takes that batch's tasks out of the queue and not those of another."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    lab.submit(hold=True)
    lab.video("d2/late.avi")
    lab.scan()
    lab.submit(hold=True)
    said = lab.rt("cancel", "0001")
    assert said.out.startswith("3 tasks cancelled."), said
    wait_for(lambda: len(lab.queue()) == 1, "one task left", 60)
    assert lab.counts() == {"unprocessed": 3, "queued": 1}


@pytest.mark.parametrize("name", ["nothing", "0099", "d9"])
def test_cancel_what_is_not_there(lab: ClusterLab, name: str) -> None:
    """A name that nothing in the queue has cancels nothing, and is said."""
    lab.videos(1)
    lab.scan()
    lab.submit(hold=True)
    said = lab.rt("cancel", name)
    assert said.code == 2
    assert f"Nothing in the queue is called {name}." in said.err
    assert len(lab.queue()) == 1


@on("slurm", "pbs")
def test_requeue(lab: ClusterLab) -> None:
    """A running task that is requeued starts again: its log is appended to, its result whole, made once."""
    lab.work(GATE)
    lab.videos(1)
    lab.scan()
    job = lab.submit()
    lab.wait_for_running(1)
    lab.requeue(job, 1)
    wait_for(lambda: lab.log(1, 1).count("# start ") == 2, "the second start", 240)  # the first copy has ended then
    lab.open_gate()
    wait_for(lambda: "result=finished" in lab.log(1, 1), "the second run's end", 120)
    lab.wait_until_empty()
    log = lab.log(1, 1)
    assert log.count("# start ") == 2, log
    assert re.search(r"# signal TERM|DUE TO JOB REQUEUE", log), log
    assert sorted(lab.ledger()["v1.avi"]) == ["begun", "begun done"]
    assert lab.result("d1/v1.txt").read_text() == "video 1"
    assert lab.counts() == {"finished": 1}


@on("slurm")
def test_a_finished_task_that_is_requeued(lab: ClusterLab) -> None:
    """A task that is requeued although it is finished sees that, and does not make its result again."""
    lab.videos(1)
    lab.scan()
    job = lab.process_and_wait()
    made = lab.result("d1/v1.txt").stat().st_mtime_ns
    lab.requeue(job, 1)
    wait_for(lambda: lab.log(1, 1).count("# end ") == 2, "the second end", 120)
    assert "why=finished already" in lab.log(1, 1), told(lab.rt("why", "v1"))
    assert lab.ledger() == lab.once()
    assert lab.result("d1/v1.txt").stat().st_mtime_ns == made
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1}


@on("slurm")
def test_preemption(lab: ClusterLab) -> None:
    """Tasks that a more urgent job pushes out are told as that, listed by no scan, and run again after it."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    lab.submit()
    lab.wait_for_running(3)
    until = ["--wrap", f"until [ -e '{lab.root}/over' ]; do sleep 0.1; done"]
    urgent = lab.run("sbatch", "-p", "urgent", "--nodes=3", "--exclusive", *until, folder="AuxiliaryFiles")
    assert urgent.code == 0, urgent
    wait_for(lambda: all("# end " in lab.log(1, task) for task in (1, 2, 3)), "an end of all three", 60)
    assert lab.counts().keys() <= {"queued", "running"}
    wait_for(lambda: lab.counts() == {"queued": 3}, "all three pending", 30)
    assert not (lab.batch(2)).exists()
    assert re.search(r"batch 0001, task 1: stopped on n\d after \d+ s: it was preempted", lab.rt("why", "v1").out)
    lab.open_gate()
    (lab.root / "over").touch()
    lab.wait_until_empty()
    assert [lab.log(1, task).count("# start ") for task in (1, 2, 3)] == [2] * 3
    assert lab.counts() == {"finished": 3}
    assert [entry.count("begun done") for entry in lab.ledger().values()] == [1] * 3
