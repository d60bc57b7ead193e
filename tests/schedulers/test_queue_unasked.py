"""What a scan believes where the queue does not answer, where a batch is given up, where a log is fresh."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import wait_for
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.seal import give_up, seal_batches
from remote_tracker.batches.submit import ResourceRequest
from remote_tracker.disk.files import write_file
from remote_tracker.errors import WrongUse
from remote_tracker.model import Project, State
from remote_tracker.model.scheduling import SETTLING_S, BatchRef, Job, Queue, hide, queue_of
from remote_tracker.records import Batch, BatchesFolder, render_sealed
from remote_tracker.records.batch import GONE, SUBMITTED
from remote_tracker.records.sealed import SEALED
from remote_tracker.report.queue import queue_lines
from remote_tracker.report.scan import scan_text
from remote_tracker.report.situation import examine_odd, situation_of, stand_of
from remote_tracker.report.standing import Did
from remote_tracker.report.status import status_text
from remote_tracker.run.submit import send
from remote_tracker.schedulers import local, slurm, snapshot
from remote_tracker.survey import load_queue, survey_stage
from remote_tracker.survey.in_flight import load_past
from scan.trees import LONG_AGO, end_line, start_line, with_queue

from schedulers.fakes import COPY, Programs, make_programs, make_slurm, pin_all, queue_line

DOWN = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"
UNASKED = Queue(asked=False, why_not=DOWN)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with four videos."""
    return make_slurm(tmp_path / "lab", videos=4)


@pytest.fixture
def batch(project: Project, programs: Programs) -> Path:
    """Return a batch of four: the first finished, the second failed, the third without an end, the fourth not begun."""
    folder = pin_all(project)
    (folder / "owner").write_text("slurm.39\n")
    for task, text in enumerate((end_line(), end_line("failed", 3, "it broke"), "working\n"), 1):
        write_log(folder, task, text)
    return folder


def write_log(folder: Path, task: int, text: str, age: float | None = None, **keys: int) -> None:
    """Write a task's log, last written so many seconds ago (None: long ago)."""
    log = folder / f"output.{task}"
    log.write_text(start_line(f"d/v{task:03d}.avi", task, **keys) + text)
    when = LONG_AGO if age is None else time.time() - age
    os.utime(log, (when, when))


def flying(batch: Path, queue: Queue) -> dict[str, State]:
    """Return what of a batch is queued or running."""
    return load_past([Batch(str(batch))], BatchesFolder(batch.parents[1]).redo, queue)[0]


def failures(batch: Path, queue: Queue) -> set[str]:
    """Return the names that failed."""
    return set(load_past([Batch(str(batch))], BatchesFolder(batch.parents[1]).redo, queue)[1].failed)


def test_whatever_has_no_end_may_run(batch: Path) -> None:
    """Where the queue cannot be asked, what has no end is running or queued; what has one is as it ended."""
    assert flying(batch, UNASKED) == {"d/v003.avi": State.RUNNING, "d/v004.avi": State.QUEUED}
    assert failures(batch, UNASKED) == {"d/v002.avi"}


def test_out_of_the_queue(batch: Path) -> None:
    """Where the queue is asked and empty, nothing runs: what has no end vanished."""
    assert flying(batch, Queue()) == {}
    assert failures(batch, Queue()) == {"d/v002.avi", "d/v003.avi"}


@pytest.mark.parametrize(
    ("alive", "expected"),
    [
        (None, {"d/v003.avi": State.RUNNING, "d/v004.avi": State.QUEUED}),
        (frozenset({4}), {"d/v004.avi": State.QUEUED}),
        (frozenset({3}), {"d/v003.avi": State.RUNNING}),
        (frozenset({1, 2}), {}),
        (frozenset({9}), {}),
    ],
)
def test_in_the_queue(batch: Path, alive: frozenset[int] | None, expected: dict[str, State]) -> None:
    """A task in the queue is running where it began, queued where it did not, and as it ended where it did."""
    assert flying(batch, Queue({"0001": alive})) == expected


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        (False, {"d/v002.avi": State.QUEUED, "d/v003.avi": State.QUEUED, "d/v004.avi": State.QUEUED}),
        (True, {"d/v003.avi": State.RUNNING, "d/v004.avi": State.RUNNING}),
    ],
)
def test_a_task_that_starts_again(batch: Path, running: bool, expected: dict[str, State]) -> None:
    """What ended and is still held starts again: if pending, all but what is finished; else only what was stopped."""
    write_log(batch, 4, end_line("cancelled", 143, "it was stopped"))
    jobs = [Job("0001", "39", "ann", frozenset({1, 2, 3, 4}), running=running)]
    assert flying(batch, queue_of(jobs, 90)) == expected
    assert flying(batch, UNASKED) == {"d/v003.avi": State.RUNNING}


def test_another_batch_in_the_queue(batch: Path) -> None:
    """What the queue holds of another batch says nothing of this one."""
    assert flying(batch, Queue({"0002": None})) == {}


def test_sealed_is_over(batch: Path) -> None:
    """A batch that is over has nothing in flight, whether the queue answers or not."""
    write_file(batch / SEALED, render_sealed(Batch(str(batch)).records()))
    assert flying(batch, UNASKED) == {}


def test_given_up(batch: Path) -> None:
    """A batch that the user gave up has nothing in flight, whatever the queue says or does not; it vanished."""
    give_up(BatchesFolder(batch.parents[1]), "1")
    for queue in (UNASKED, Queue({"0001": None}), Queue()):
        assert flying(batch, queue) == {}
        assert failures(batch, queue) == {"d/v002.avi", "d/v003.avi"}


@pytest.mark.parametrize("number", ["1", "01", "0001"])
def test_give_up(batch: Path, number: str) -> None:
    """A batch is given up by its number, with zeros before it or without."""
    give_up(BatchesFolder(batch.parents[1]), number)
    assert (batch / GONE).exists()


@pytest.mark.parametrize("number", ["2", "", "none", "-1", "x", "../0001", "0"])
def test_give_up_what_is_none(batch: Path, number: str) -> None:
    """What is no batch cannot be given up, and nothing is written."""
    before = sorted(batch.parent.rglob("*"))
    with pytest.raises(WrongUse, match="There is no batch"):
        give_up(BatchesFolder(batch.parents[1]), number)
    assert sorted(batch.parent.rglob("*")) == before


@pytest.mark.parametrize(("age", "running"), [(0, True), (60, True), (120, False), (3600, False)])
def test_settling(batch: Path, age: float, running: bool) -> None:
    """A task that left the queue counts as running while its last lines may still come: 90 seconds with Slurm."""
    write_log(batch, 3, "working\n", age)
    queue = Queue(settling_s=SETTLING_S)
    assert flying(batch, queue) == ({"d/v003.avi": State.RUNNING} if running else {})
    assert failures(batch, queue) == {"d/v002.avi"} | (set() if running else {"d/v003.avi"})


def test_ended_is_settled(batch: Path) -> None:
    """A fresh log that has its end is settled: it counts as it ended."""
    write_log(batch, 3, end_line("failed", 4, "x"), 0)
    assert flying(batch, Queue(settling_s=90)) == {}
    assert failures(batch, Queue(settling_s=90)) == {"d/v002.avi", "d/v003.avi"}


def test_no_settling_without_a_queue(batch: Path) -> None:
    """Where tasks run on this machine a fresh log without an end is no sign of life."""
    write_log(batch, 3, "working\n", 0)
    assert flying(batch, local.read_queue([BatchRef(batch)])) == {}


def test_settling_needs_a_start(batch: Path) -> None:
    """A fresh log in which nothing started yet is not in flight by itself."""
    (batch / "output.4").write_text("slurmstepd: a word\n")
    assert flying(batch, Queue(settling_s=90)) == {}


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[int]:
    """Run a process that is called as a task is; return its number."""
    script = tmp_path / "run_task.sh"
    script.write_text("read -r _\n")
    process = subprocess.Popen(["bash", str(script)], stdin=subprocess.PIPE)
    wait_for(lambda: b"run_task.sh" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the task is started")
    yield process.pid
    process.communicate()


def test_by_hand(batch: Path, by_hand: int) -> None:
    """A task that is run by hand on this machine is running, though the queue does not know it."""
    text = start_line("d/v003.avi", 3, pid=by_hand).replace("node1", socket.gethostname())
    (batch / "output.3").write_text(text)
    os.utime(batch / "output.3", (LONG_AGO, LONG_AGO))
    assert flying(batch, Queue()) == {"d/v003.avi": State.RUNNING}
    give_up(BatchesFolder(batch.parents[1]), "1")
    assert flying(batch, Queue()) == {}  # whatever runs under that number, the user knows better


def test_number_of_a_task_before(batch: Path, by_hand: int) -> None:
    """A task whose log says that its process began at another time is over, though a task has its number now."""
    text = start_line("d/v003.avi", 3, pid=by_hand).replace("node1", socket.gethostname())
    (batch / "output.3").write_text(text.replace(" unit=", " began=1 unit="))
    os.utime(batch / "output.3", (LONG_AGO, LONG_AGO))
    assert flying(batch, Queue()) == {}
    assert failures(batch, Queue()) == {"d/v002.avi", "d/v003.avi"}


@pytest.mark.parametrize(
    ("owner", "submitted", "jobs"),
    [
        (None, None, set()),
        ("slurm.39\n", None, {"39"}),
        (None, "slurm.39\nslurm.41\n", {"39", "41"}),
        ("slurm.40\n", "slurm.39\n", {"39", "40"}),
        ("slurm.40\n", "slurm.40\n", {"40"}),
        (None, "slurm.39\nslurm.4", {"39"}),
    ],
)
def test_ref(batch: Path, owner: str | None, submitted: str | None, jobs: set[str]) -> None:
    """A batch's jobs are those that it was submitted as and the one that began it; half a line is none."""
    (batch / "owner").unlink()
    for name, text in (("owner", owner), (SUBMITTED, submitted)):
        if text is not None:
            (batch / name).write_text(text)
    assert Batch(str(batch)).ref(slurm.SCHEDULER) == BatchRef(batch, frozenset(jobs), 1, tasks=4)


def test_ref_packed(batch: Path) -> None:
    """How many tasks a job takes is read from the batch; an older one, that does not say, has one."""
    described = batch / "batch.yml"
    described.write_text(described.read_text().replace("per_job: 1\n", "per_job: 25\n"))
    assert Batch(str(batch)).per_job == 25
    described.write_text(described.read_text().replace("per_job: 25\n", ""))
    assert Batch(str(batch)).per_job == 1


def test_only_what_may_run_is_asked_for(batch: Path, programs: Programs) -> None:
    """Batches that are over or given up are not asked for; where none is left Slurm is not asked at all."""
    (batch / GONE).touch()
    assert load_queue(slurm.SCHEDULER, [Batch(str(batch))]) == Queue(settling_s=SETTLING_S)
    (batch / GONE).unlink()
    (batch / SEALED).touch()
    assert load_queue(slurm.SCHEDULER, [Batch(str(batch))]) == Queue(settling_s=SETTLING_S)
    assert programs.calls("squeue") == []
    (batch / SEALED).unlink()
    load_queue(slurm.SCHEDULER, [Batch(str(batch))])
    assert len(programs.calls("squeue")) == 1


def test_scan_without_an_answer(batch: Path, project: Project, programs: Programs) -> None:
    """A scan that cannot ask lists only what surely ended, seals nothing, and says what it believes and the way out."""
    programs.say("squeue", err=f"{DOWN}\n", code=1)
    prepared = prepare(project, [COPY])
    counts = prepared.survey.counts
    assert (counts[State.RUNNING], counts[State.QUEUED]) == (1, 1)
    listed = (project.root / "workspace" / "batches" / "0002" / "names.txt").read_text().split()
    assert listed == ["d/v002.avi"]
    assert not (batch / SEALED).exists()
    text = scan_text(project, prepared)
    assert f"The queue could not be asked ({DOWN}): whatever has no end counts as running." in text
    assert "./rt scan --assume-gone BATCH" in text


def test_scan_with_an_answer(batch: Path, project: Project) -> None:
    """A scan that can ask lists all that is not finished, and says nothing of the queue."""
    prepared = prepare(project, [COPY])
    listed = (project.root / "workspace" / "batches" / "0002" / "names.txt").read_text().split()
    assert {"d/v003.avi", "d/v004.avi"} <= set(listed)
    assert "could not be asked" not in scan_text(project, prepared)
    assert (batch / SEALED).exists()


def test_scan_after_giving_up(batch: Path, project: Project, programs: Programs) -> None:
    """After a batch was given up what had no end is listed again, though the queue still does not answer."""
    programs.say("squeue", err=f"{DOWN}\n", code=1)
    give_up(BatchesFolder(project.root / "workspace"), "0001")
    prepared = prepare(project, [COPY])
    listed = (project.root / "workspace" / "batches" / "0002" / "names.txt").read_text().split()
    assert {"d/v003.avi", "d/v004.avi"} <= set(listed)
    assert prepared.survey.counts[State.RUNNING] == 0


def test_unasked_then_nothing_is_sent(project: Project, programs: Programs) -> None:
    """What was submitted and cannot be asked for is not submitted a second time."""
    send(project, "workspace", None, None, ResourceRequest(), lambda _: None)
    programs.say("squeue", err=f"{DOWN}\n", code=1)
    assert send(project, "workspace", None, None, ResourceRequest(), lambda _: None) == 1
    assert len(programs.calls("sbatch")) == 1


def test_submitted_by_hand(project: Project, programs: Programs) -> None:
    """What somebody submitted with sbatch itself is found by its name and not listed again."""
    script = prepare(project, [COPY]).script.path
    line = queue_line(script.parent, index="1-4", state="PD", reason="Priority", name="flies.track.0001")
    programs.say("squeue", line)
    survey = survey_stage(project, COPY)
    assert survey.counts[State.QUEUED] == 4
    assert survey.to_do == []


@pytest.mark.parametrize("age", [0.0, None])
def test_not_sealed_while_settling(batch: Path, project: Project, age: float | None) -> None:
    """A batch that left the queue is sealed only when its last log has settled."""
    write_log(batch, 3, "working\n", age)
    seal_batches(project, COPY, Queue(settling_s=90))
    assert (batch / SEALED).exists() == (age is None)


def test_not_sealed_unasked(batch: Path, project: Project) -> None:
    """Where the queue cannot be asked no batch is sealed but one that was given up."""
    seal_batches(project, COPY, UNASKED)
    assert not (batch / SEALED).exists()
    (batch / GONE).touch()
    seal_batches(project, COPY, UNASKED)
    assert (batch / SEALED).exists()


def test_status_says_so(batch: Path) -> None:
    """Where the queue cannot be asked, what is shown of it says so."""
    assert list(queue_lines(COPY, UNASKED)) == [
        f"  The queue could not be asked: {DOWN}. Whatever has no end counts as running."
    ]
    assert BatchesFolder(batch.parents[1]).find("track") == [Batch(str(batch))]


def test_hidden(batch: Path) -> None:
    """What another person listed, whose jobs are not shown, is queued or running until it has an end."""
    queue = hide(Queue(), ["0001"])
    assert flying(batch, queue) == {"d/v003.avi": State.RUNNING, "d/v004.avi": State.QUEUED}
    assert [*queue_lines(COPY, queue)] == [
        "  track, batch 0001: another person's; the queue does not show whether it is there"
    ]


def test_scan_of_what_is_hidden(
    batch: Path, project: Project, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan lists nothing of a batch that may be in a queue it cannot see, and says how to release it."""
    monkeypatch.setattr(snapshot, "is_of_another", lambda batch: True)
    monkeypatch.setattr(slurm.queue, "hides_jobs", lambda: True)
    prepared = prepare(project, [COPY])
    assert prepared.pinned is not None
    assert [seen.unit.key for seen in prepared.listed] == ["d/v002.avi"]
    said = scan_text(project, prepared)
    assert "Other people's jobs are not shown here: what they listed (0001) and has no end counts as queued." in said
    assert "./rt scan --assume-gone BATCH" in said


@pytest.mark.parametrize("never", [True, False])
def test_scan_of_a_job_that_never_starts(batch: Path, project: Project, programs: Programs, never: bool) -> None:
    """What a job holds that cannot start is not listed; the scan says so, and what to type: waiting would not help."""
    job = Job("0001", "slurm.40", "me", frozenset({2, 3, 4}), False, "asks for too much: it will never run", never)
    prepared = prepare(with_queue(project, Queue(jobs=(job,))), [COPY])
    said = scan_text(project, prepared)
    told = "Job slurm.40 (batch 0001) does not start by itself, and what it holds is not listed: asks for too much: "
    assert (told in said) == never
    assert ("rt cancel 0001   then scan." in said) == never


@pytest.mark.parametrize("others", [False, True])
def test_status_of_a_job_that_never_starts(batch: Path, project: Project, programs: Programs, others: bool) -> None:
    """The status names a job that cannot start as the scan does; where nothing else is waited for, it says cancel."""
    write_log(batch, 1, end_line("failed", 3, "it broke"))
    waits = frozenset({1, 2, 3} if others else {1, 2, 3, 4})
    job = Job("0001", "slurm.40", "me", waits, False, "asks for too much: it will never run", True)
    more = [Job("0001", "slurm.41", "me", frozenset({4}), True)] if others else []
    asked = with_queue(project, queue_of([job, *more], 90))
    found = examine_odd(asked)
    now = situation_of(asked, Did.LOOKED, "workspace", [stand_of(*one) for one in found])
    *said, last = status_text(asked, found, now).splitlines()
    scanned = scan_text(asked, prepare(asked, [COPY])).splitlines()
    named = [line for line in scanned if line.startswith(("Job slurm.40", "To have that listed again:"))]
    assert len(named) == 2
    assert [line for line in said if line in named] == named
    assert last.endswith("rt status   (again, in a while)" if others else "rt cancel 0001")


def test_scan_in_an_odd_environment(project: Project, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that sbatch would put before the script's lines is named before it is submitted by hand."""
    monkeypatch.setenv("SBATCH_ARRAY_INX", "1-3")
    said = scan_text(project, prepare(project, [COPY]))
    assert (
        "SBATCH_ARRAY_INX is set here, and sbatch puts it before the script's own line. First:  unset SBATCH_ARRAY_INX"
        in said
    )


@pytest.mark.parametrize(
    ("word", "noted"),
    [
        ("slurmstepd: error: Detected 1 oom-kill event(s) in StepId=1.batch.\n", True),
        ("slurmstepd: error: *** JOB 49 ON n1 CANCELLED AT 2026-01-01T15:34:29 DUE TO TIME LIMIT ***\n", True),
        ("it broke\n", False),
    ],
)
def test_scan_after_memory_ran_out(batch: Path, project: Project, programs: Programs, word: str, noted: bool) -> None:
    """A scan that lists what ran out of memory or time names the command that asks for more."""
    write_log(batch, 3, word + end_line("failed", 137))
    said = scan_text(project, prepare(project, [COPY]))
    assert noted is ("1 ran out of memory or time. To ask for twice as much:  " in said)
