"""What goes wrong on GridEngine in a way of its own: nothing is processed twice or lost, and what to do is said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

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


class Mails(NamedTuple):
    """The mails that a cell sent, each as the words of its mailer."""

    lab: SgeLab
    path: Path

    def read(self) -> list[str]:
        """Return the mails of lists, once every job that mails is over and a mail behind theirs has come."""
        self.lab.wait_until_empty()
        wait_for(lambda: "over." not in self.lab.command("qstat", "-u", "*"), "no job that waits for a list", 60)
        self.send()
        return [mail for mail in self.path.read_text().splitlines() if "(true)" not in mail]

    def send(self) -> None:
        """Have a mail sent that is no list's, and wait until it has come."""
        before = self.path.read_text().count("(true)")
        once = ("qsub", "-terse", "-b", "y", "-o", "/dev/null", "-j", "y", "-m", "e", "-M", "ann@lab.org", "true")
        wait_for(lambda: self.lab.command(*once) and self.path.read_text().count("(true)") > before, "a mail", 120)


@pytest.fixture
def mails(lab: SgeLab) -> Mails:
    """What the cell's mailer was called with since the test began."""
    path, mailer = lab.root.parent / "mails", lab.root.parent / "mailer"
    mailer.write_text(f'#!/bin/sh\necho "$*" >>{path}\ncat >/dev/null\n')
    mailer.chmod(0o755)
    path.touch()
    lab.configure(mailer=mailer)
    mails = Mails(lab, path)
    mails.send()  # the execution daemon knows the new mailer then
    return mails


@on("sge")
def test_one_mail_for_a_list(lab: SgeLab, mails: Mails) -> None:
    """A list gets one mail when it is over: typed by hand or by ./rt submit, failed, or submitted twice."""
    lab.settings(email="ann@lab.org")
    lab.work(f"{GATE}; [ $unit != v1.avi ]")
    lab.videos(3)
    lab.scan()
    first = lab.submit()
    lab.wait_for_running(3)
    twin = lab.submit()
    wait_for(lambda: all(task.job != twin for task in lab.queue()), "the end of the second time", 60)
    lab.open_gate()
    assert [mail.partition("(")[2] for mail in mails.read()] == [f"over.{first}.rt0001.copy.tiny) Complete ann@lab.org"]
    (job,) = lab.submitted("submit")
    assert [mail.partition("(")[2] for mail in mails.read()] == [
        f"over.{first}.rt0001.copy.tiny) Complete ann@lab.org",
        f"over.{job}.rt0002.copy.tiny) Complete ann@lab.org",
    ]
    assert lab.counts()["finished"] == 2


@on("sge")
def test_no_mail_for_a_list_that_is_cancelled(lab: SgeLab, mails: Mails) -> None:
    """./rt cancel takes the list's mail back, whether ./rt submit or the list's first task asked for it."""
    lab.settings(email="ann@lab.org")
    lab.work(GATE)
    lab.videos(2)
    for submit in (lambda: lab.submitted("submit")[0], lab.submit):
        lab.scan()
        job = submit()
        lab.wait_for_running(2)
        wait_for(lambda job=job: f"over.{job}." in lab.command("qstat", "-u", "*", "-r"), "the mail's job", 60)
        assert lab.rt("cancel").out.startswith("2 tasks cancelled.")
        assert mails.read() == []
        wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)


NEVER = r"1 pending: no node is as it asks \(qalter -w v \d+ tells why\): it will never run  <- needs you"


@on("sge")
@pytest.mark.parametrize(
    "more",
    [("-pe", "smp", "64"), ("-q", "short", "-l", "h_rt=1:00:00"), ("-l", "mem_total=900T")],
    ids=["slots", "time", "memory"],
)
def test_what_fits_nowhere(lab: SgeLab, more: tuple[str, ...]) -> None:
    """A list that no queue could run on an empty cluster never will: status says so, and that it needs you."""
    lab.videos(1)
    lab.scan()
    lab.submit(more=more)
    assert re.search(NEVER, lab.rt("status").out), lab.rt("status").out
    assert lab.rt("cancel").out.startswith("1 task cancelled.")


@on("sge")
@pytest.mark.parametrize(
    "more", [(), ("-pe", "smp", "12"), ("-l", "mem_free=1M"), ("-pe", "smp", "2", "-l", "mem_free=1M")]
)
def test_what_waits_and_fits(lab: SgeLab, more: tuple[str, ...]) -> None:
    """A list waits for free slots where the cluster is full, also where it asks for what a host has at the moment."""
    full = lab.command("qsub", "-terse", "-t", "1-24", "-o", "/dev/null", "-j", "y", "-b", "y", "sleep", "300")
    job = full.partition(".")[0]
    try:
        wait_for(lambda: lab.command("qstat", "-s", "r").count(f" {job} ") == 24, "a full cluster", 60)
        lab.videos(1)
        lab.scan()
        lab.submit(more=more)
        told = lab.rt("status").out
        assert re.search(r"job \d+: 1 pending: waits for free slots$", told, re.MULTILINE), told
    finally:
        lab.cancel(job)


@on("sge")
def test_what_is_allowed_in_no_queue(lab: SgeLab) -> None:
    """A list that qsub takes with a warning and exit code 1 was submitted: it is said so, and that it never runs."""
    lab.videos(1)
    lab.command("qconf", "-au", "nobody", "others")
    try:
        for queue in ("all.q", "short"):
            lab.command("qconf", "-rattr", "queue", "user_lists", "others", queue)
        (job,) = lab.submitted("submit")
        told = lab.rt("status").out
        assert f"job {job}: 1 pending: no node is as it asks (qalter -w v {job} tells why): it will never run" in told
    finally:
        for queue in ("all.q", "short"):
            lab.command("qconf", "-rattr", "queue", "user_lists", "NONE", queue)
        lab.command("qconf", "-dul", "others")


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
        wait_for(lambda: lab.rt("status").out.count("2 pending: could not be started") == 1, "tasks in error", 60)
        assert "0\tTotal files to be processed." in lab.scan().out
        assert lab.rt("cancel").out.startswith("2 tasks cancelled.")
        wait_for(lambda: lab.look()["to_process"] == 2, "both to do", 60)
    finally:
        lab.cancel(job)
    lab.process_and_wait()
    assert lab.counts() == {"finished": 2}
