"""What PBS takes once only, refuses at the wrong moment or never starts: nothing is submitted in vain or waited for."""

from __future__ import annotations

import re

import pytest
from cluster_lab import GATE, RUNNING, on
from lab import wait_for
from pbs.settings import QUEUE
from pbs_lab import PbsLab

NEVER = "asks for more than there is: it will never run"
FREE_BY_NAME = "until [ -e go ] || [ -e go.$unit ]; do sleep 0.1; done"


@on("pbs")
def test_how_many_run_at_once(lab: PbsLab) -> None:
    """Said by the cluster's file, by --throttle or for a pilot, it reaches qsub once; a retry says it, too."""
    lab.own_cluster("slow", throttle=2)
    lab.work("[ ! -e bad ] || exit 3")
    lab.videos(3)
    ran = lab.rt("submit", "--pilot")
    assert (ran.code, "The pilot (d1/v" in ran.out) == (0, True), ran
    (lab.root / "bad").touch()
    for words, at_once in ((("submit", "--throttle", "3"), 3), (("retry",), 2), (("retry", "--throttle", "1"), 1)):
        (job,) = lab.submitted(*words)
        assert lab.records("-x", job)[job]["max_run_subjobs"] == at_once
        lab.wait_until_empty()
    (lab.root / "bad").unlink()
    lab.submitted("retry")
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 3}


@on("pbs")
def test_cancel_beside_what_is_just_ending(lab: PbsLab) -> None:
    """A task in its epilogue, which qdel refuses, keeps neither its array nor another from being cancelled."""
    lab.work(FREE_BY_NAME)
    lab.stand.settings(epilogue=1000)
    lab.videos(2)
    lab.submitted("submit")
    lab.video("d2/w1.avi")
    lab.submitted("submit")
    lab.wait_for_running(3)
    (lab.root / "go.v1.avi").touch()
    wait_for(lambda: "result=finished" in lab.log(1, 1), "the first one's end", 60)
    ran = wait_for(lambda: (r := lab.rt("cancel")).code == 0 and "for state of job" in r.out and r, "a refusal", 60)
    assert re.search(r"^qdel: Request invalid for state of job \d+\[1\]: it was over already", ran.out, re.MULTILINE)
    wait_for(lambda: {task.index for task in lab.queue()} <= {"1"} and len(lab.queue()) == 1, "the others' ends", 60)
    lab.stand.settings(epilogue=0)
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1, "unprocessed": 2}


@on("pbs")
@pytest.mark.parametrize(
    ("limits", "most", "who"),
    [
        ({"max_queued": 5}, 5, "your limit of queued jobs of queue few"),
        ({"max_array_size": 4}, 4, "max_array_size of queue few"),
    ],
)
def test_a_list_for_the_queue_that_is_asked_for(lab: PbsLab, limits: dict[str, int], most: int, who: str) -> None:
    """A list is as long as the queue takes that is typed with it; the next one holds what is left."""
    lab.stand.settings(queues={"workq": QUEUE, "few": {**QUEUE, **limits}})
    lab.videos(most + 2)
    ran = lab.rt("submit", "--partition", "few")
    assert ran.code == 0, ran
    assert f"Listed now: {most}, the most that one list may hold here ({who})." in ran.out
    lab.wait_until_empty()
    lab.submitted("submit", "--partition", "few")
    lab.wait_until_empty()
    assert lab.counts() == {"finished": most + 2}


@on("pbs")
def test_what_never_runs_is_not_waited_for(lab: PbsLab) -> None:
    """A pilot and a look on a node that ask for too much are waited for no longer; status and cancel know both."""
    lab.videos(2)
    pilot = lab.rt("submit", "--pilot", "--cpus", "64")
    assert pilot.code == 1
    job = lab.queue()[0].job
    said = f"Job {job} {NEVER}. It is waited for no longer, and stays in the queue: ./rt cancel takes it out.\n"
    assert pilot.err == said
    look = lab.rt("doctor", "--on-node", "--cpus", "64")
    assert (look.code, f"{NEVER}. It is waited for no longer" in look.err) == (1, True), look
    status = lab.rt("status").out
    assert re.search(rf"^  copy, batch 0001, job \S+: 1 pending: {NEVER}  <- needs you$", status, re.MULTILINE)
    assert re.search(
        rf"^  copy, \./rt doctor --on-node, job \S+: 1 pending: {NEVER}  <- needs you$", status, re.MULTILINE
    )
    assert lab.rt("cancel", "doctor").out.startswith("1 task cancelled.")
    assert lab.rt("cancel").out.startswith("1 task cancelled.")
    lab.wait_until_empty()
    assert "In the queue:" not in lab.rt("status").out
    assert lab.rt("doctor", "--on-node").code == 0


@on("pbs")
def test_typed_in_another_folder(lab: PbsLab) -> None:
    """A list of a project with an odd name that was submitted from elsewhere never starts: it is known, not listed."""
    lab.stand.settings(start_retry=0.01)
    lab.rename("fl\"ies of ann's")
    lab.videos(2)
    lab.scan()
    ran = lab.run("qsub", str(lab.workspace / lab.script), folder=str(lab.home))
    assert ran.code == 0, ran
    job = ran.out.strip()
    wait_for(lambda: lab.records()[job]["job_state"] == "H", "a held array", 60)
    assert "0\tTotal files to be processed." in lab.scan().out
    held = "2 pending: could not be started twenty times and is held; ./rt cancel, then scan  <- needs you"
    assert held in lab.rt("status").out
    assert lab.rt("cancel").out.startswith("2 tasks cancelled.")
    lab.wait_until_empty()
    wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2}


@on("pbs")
def test_jobs_of_several_tasks(lab: PbsLab) -> None:
    """Ten tasks in jobs of four are ten in the queue and ten in what was used."""
    lab.own_cluster("packs", tasks_per_job=4)
    lab.work(f"{GATE}; sleep 0.6")
    lab.videos(10)
    lab.scan()
    lab.submit(hold=True)
    assert ": 10 pending: is held" in lab.rt("status").out
    (job,) = {task.job for task in lab.queue()}
    lab.release(job)
    lab.wait_for_running(3)
    assert len(lab.queue(RUNNING)) == 3
    lab.open_gate()
    lab.wait_until_empty()
    assert "3 jobs with 10 tasks ended; time " in lab.rt("status", "--usage").out


@on("pbs")
def test_a_server_that_is_down_is_named_once(lab: PbsLab) -> None:
    """What status --usage and doctor cannot ask is told in one line, which names the server."""
    lab.videos(1)
    lab.submitted("submit")
    lab.wait_until_empty()
    lab.stand.settings(server_down=True)
    for words in (("status", "--usage"), ("doctor",)):
        said = lab.rt(*words).out
        assert said.count("qstat: cannot connect to server pbs1 (errno=15010)") == 1, said
        assert "Connection refused" not in said


@on("pbs")
def test_started_again_behind_its_end(lab: PbsLab) -> None:
    """What had just finished where PBS started it again finds its own result, says so, and runs nothing."""
    lab.work()
    lab.stand.settings(epilogue=1000)
    lab.videos(1)
    (job,) = lab.submitted("submit")
    wait_for(lambda: "result=finished" in lab.log(1, 1), "the end", 60)
    assert lab.stand.sh("down").code == 0
    lab.stand.settings(epilogue=0)
    lab.stand.up()
    lab.wait_until_empty()
    assert lab.records("-x", job)[job.replace("[]", "[1]")]["run_count"] == 2
    assert lab.log(1, 1).rstrip().endswith("why=finished already, by its own earlier start")
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 1}
