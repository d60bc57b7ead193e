"""What goes wrong on PBS in a way of its own: nothing is processed twice or lost, and what to do is said."""

from __future__ import annotations

import stat

import pytest
from cluster_lab import GATE, PENDING, RUNNING, on
from lab import wait_for
from pbs_lab import PbsLab


@on("pbs")
def test_history_off(lab: PbsLab) -> None:
    """Where PBS keeps no history, all is proven all the same, and status --usage says why it tells nothing."""
    lab.stand.settings(job_history_enable=False)
    lab.videos(3)
    lab.scan()
    lab.process_and_wait()
    assert lab.counts() == {"finished": 3}
    ran = lab.rt("status", "--usage")
    assert ran.code == 0, ran
    assert "PBS is not configured to maintain job history" in ran.out


@on("pbs")
def test_a_percent_that_is_refused(lab: PbsLab) -> None:
    """A list with a throttle runs where PBS takes no 1-4%1: that is said in another way."""
    lab.stand.settings(percent_refused=True)
    lab.own_cluster("slow", throttle=1)
    lab.work("mkdir alone || exit 3; sleep 0.1; rmdir alone")
    lab.videos(4)
    lab.scan()
    lab.process_and_wait()
    assert lab.counts() == {"finished": 4}


@on("pbs")
def test_the_server_is_down_for_a_while(lab: PbsLab) -> None:
    """While nobody answers, what runs is not listed again; it finishes, and so is it known afterwards."""
    lab.work(GATE)
    lab.videos(4)
    lab.scan()
    lab.submit(at_once=2)
    lab.wait_for_running(2)
    lab.stand.settings(server_down=True)
    said = lab.scan().out
    assert "The queue could not be asked (qstat: cannot connect to server" in said
    assert "0\tTotal files to be processed." in said
    lab.open_gate()
    wait_for(lambda: len(lab.made()) >= 2, "two results", 60)
    lab.stand.settings(server_down=False)
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()
    assert lab.counts() == {"finished": 4}


@on("pbs")
def test_a_batch_that_vanished(lab: PbsLab) -> None:
    """Tasks whose logs have no folder never start: PBS holds them, status says that they need you, cancel helps."""
    lab.stand.settings(start_retry=0.01)
    lab.videos(2)
    lab.scan()
    lab.submit(hold=True)
    (job,) = {task.job for task in lab.queue()}
    logs = lab.batch(1)
    kept = logs.rename(logs.with_name("kept"))
    lab.release(job)
    wait_for(lambda: lab.records()[job]["job_state"] == "H", "a held array", 60)
    kept.rename(logs)
    held = "2 pending: could not be started twenty times and is held; ./rt cancel, then scan  <- needs you"
    assert held in lab.rt("status").out, lab.rt("status").out
    assert lab.rt("cancel").code == 0
    lab.wait_until_empty()
    wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2}


@on("pbs")
def test_qdel_by_hand(lab: PbsLab) -> None:
    """What is deleted by hand, a subjob that runs, one that waits, then all, is cancelled and to do again."""
    lab.work(GATE)
    lab.videos(4)
    lab.scan()
    job = lab.submit(at_once=2)
    lab.wait_for_running(2)
    lab.cancel(job, 1)
    lab.cancel(job, 4)
    wait_for(lambda: {task.index for task in lab.queue(PENDING, RUNNING)} == {"2", "3"}, "two left", 60)
    wait_for(lambda: "result=cancelled" in lab.log(1, 1), "the first one's end", 30)
    assert lab.look()["to_process"] == 2
    lab.cancel(job)
    lab.wait_until_empty()
    wait_for(lambda: lab.look()["to_process"] == 4, "all to do", 30)
    assert not lab.made()
    assert "failed" not in lab.rt("status").out.partition("Needs a look")[2]


@on("pbs")
def test_logs_that_go_elsewhere(lab: PbsLab) -> None:
    """Submitted with another place for logs, an array is known by its job's name, and its logs are where they were."""
    lab.work(GATE)
    lab.videos(2)
    lab.scan()
    lab.submit(more=("-o", f"{lab.root}/AuxiliaryFiles/"))
    lab.wait_for_running(2)
    assert lab.counts() == {"running": 2}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}
    assert [lab.log(1, task).count("# end ") for task in (1, 2)] == [1, 1]


@on("pbs")
@pytest.mark.parametrize(("umask", "mode"), [("022", 0o644), ("007", 0o640)])
def test_who_may_read_a_log(lab: PbsLab, umask: str, mode: int) -> None:
    """A log may be read by those whom the script's umask lets: without it, by its owner alone."""
    lab.videos(1)
    lab.scan()
    lines = (lab.workspace / lab.script).read_text().splitlines()
    (asked,) = [line for line in lines if line.startswith("#PBS -W umask=")]
    lab.edit_script(asked, f"#PBS -W umask={umask}")
    lab.process_and_wait()
    assert stat.S_IMODE((lab.batch(1) / "output.1").stat().st_mode) == mode


@on("pbs")
def test_a_project_of_gridengine(lab: PbsLab) -> None:
    """A project for GridEngine is refused here before anything is listed."""
    lab.settings(cluster="sge")
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert "The qsub here is not GridEngine's; PBS's has the same name. Write cluster: pbs" in ran.err
    assert not (lab.workspace / "batches").exists() or not lab.batches()
