"""What goes wrong on GridEngine in a way of its own: nothing is processed twice or lost, and what to do is said."""

from __future__ import annotations

import pytest
from cluster_lab import GATE, on
from lab import wait_for
from sge_lab import SgeLab


@on("sge")
def test_a_batch_that_vanished(lab: SgeLab) -> None:
    """Tasks whose logs have no folder are in error: status says that they need you, cancel and a scan help."""
    lab.videos(2)
    lab.scan()
    job = lab.submit(hold=True)
    logs = lab.batch(1)
    kept = logs.rename(logs.with_name("kept"))
    lab.release(job)
    wait_for(lambda: len(lab.queue("error")) == 2, "two tasks in error", 60)
    kept.rename(logs)
    told = "2 pending: could not be started and is in error (qstat -j tells why); ./rt cancel, then scan  <- needs you"
    assert told in lab.rt("status").out, lab.rt("status").out
    assert lab.counts() == {"queued": 2}
    assert lab.rt("cancel").code == 0
    lab.wait_until_empty()
    wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2}


@on("sge")
@pytest.mark.parametrize("code", [99, 100])
def test_an_exit_code_that_gridengine_obeys(lab: SgeLab, code: int) -> None:
    """A tracker that ends with 99 or 100 is neither started again nor held: it failed, with its own code."""
    lab.work(f"[ $unit != v1.avi ] || {{ echo no light >&2; exit {code}; }}")
    lab.videos(2)
    lab.scan()
    job = lab.process_and_wait()
    assert lab.wait_for_codes(job, 2) == {"1": 1, "2": 0}
    assert lab.log(1, 1).count("# start ") == 1
    assert f"d1/v1.avi: failed (exit code {code}): no light" in lab.rt("status", "--failures").out


@on("sge")
def test_qdel_by_hand(lab: SgeLab) -> None:
    """What is deleted by hand hears of it first, says that it was cancelled, and is to do again."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    job = lab.submit(at_once=2)
    lab.wait_for_running(2)
    lab.cancel(job, 1)
    wait_for(lambda: "result=cancelled" in lab.log(1, 1), "the first one's end", 30)
    assert "# signal TERM" in lab.log(1, 1)
    lab.cancel(job)
    lab.wait_until_empty()
    wait_for(lambda: lab.look()["to_process"] == 3, "all to do", 30)
    assert not lab.made()
    assert "failed" not in lab.rt("status").out.partition("Needs a look")[2]


@on("sge")
def test_no_more_jobs(lab: SgeLab) -> None:
    """Where the user may have no job more, nothing is listed, and it is said who says so."""
    lab.work(GATE)
    lab.videos(1)
    lab.scan()
    lab.submit(hold=True)
    lab.configure(max_u_jobs=1)
    lab.video("d1/late.avi")
    assert "Nothing more can be submitted now (max_u_jobs 1)." in lab.scan().out


@on("sge")
def test_a_project_of_pbs(lab: SgeLab) -> None:
    """A project for PBS is refused here before anything is listed."""
    lab.settings(cluster="pbs")
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert "The qsub here is not PBS's; GridEngine's has the same name. Write cluster: sge" in ran.err
    assert not (lab.workspace / "batches").exists() or not lab.batches()


@on("sge")
def test_one_mail_for_a_list(lab: SgeLab) -> None:
    """A list of a project with an e-mail address sends no mail a task; the script's own line sends one for all."""
    mails, mailer = lab.root.parent / "mails", lab.root.parent / "mailer"
    mailer.write_text(f'#!/bin/sh\necho "$*" >>{mails}\ncat >/dev/null\n')
    mailer.chmod(0o755)
    lab.configure(mailer=mailer)
    once = ("qsub", "-terse", "-b", "y", "-o", "/dev/null", "-j", "y", "-m", "e", "-M", "ann@lab.org", "true")
    wait_for(lambda: lab.command(*once) and mails.exists(), "a mail, once the new mailer is known", 120)
    lab.settings(email="ann@lab.org")
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    job = lab.submit()
    script = (lab.workspace / lab.script).read_text()
    (line,) = [line.removeprefix("#").strip() for line in script.splitlines() if "-hold_jid" in line]
    assert "-M ann@lab.org" in line
    lab.command(*line.replace("-hold_jid 12 ", f"-hold_jid {job} ").split())
    lab.open_gate()
    lab.wait_until_empty()
    wait_for(lambda: "(over)" in mails.read_text(), "the list's mail", 60)
    told = [mail for mail in mails.read_text().splitlines() if "(true)" not in mail]
    assert len(told) == 1, told
    assert "(over) Complete ann@lab.org" in told[0]


@on("sge")
def test_typed_in_another_folder(lab: SgeLab) -> None:
    """A list of a project with quotes in its name that was submitted from elsewhere never starts: it is not listed."""
    lab.rename("fl\"ies of ann's")
    lab.videos(2)
    lab.scan()
    ran = lab.run("qsub", "-terse", str(lab.workspace / lab.script), folder=str(lab.home))
    assert ran.code == 0, ran
    job = ran.out.partition(".")[0]
    try:
        wait_for(lambda: lab.rt("status").out.count("is in error") == 1, "tasks in error", 60)
        assert "0\tTotal files to be processed." in lab.scan().out
        assert lab.rt("cancel").out.startswith("2 tasks cancelled.")
        wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)
    finally:
        lab.cancel(job)
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2}
