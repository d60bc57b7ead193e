"""A list sent to PBS: how many run at once is said in one place, and a list is as long as its queue takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.cancel import Cancelled, ProjectJob, cancel
from remote_tracker.batches.job_script import make_script
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.submit import NeverRuns, ResourceRequest, has_left
from remote_tracker.errors import RemoteTrackerError, WrongUse
from remote_tracker.model import Project, Resources
from remote_tracker.model.scheduling import Job, Queue, queue_of
from remote_tracker.records import batches_of
from remote_tracker.run import project as whole
from remote_tracker.run.submit import send
from remote_tracker.schedulers import get_scheduler
from remote_tracker.survey import ScanOptions
from schedulers.fakes import COPY, Programs, make_programs, make_slurm

STAGE = replace(COPY, resources=Resources(cpus=1, memory="2G", walltime="4:00:00"))
SERVER = "Server: pbs1\n    default_queue = workq\n    max_array_size = 10000\n"
LIMITED = "Queue: lim\n    max_queued = [u:PBS_GENERIC=5]\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for PBS's: an empty queue, a qsub that gives job 12[].pbs1."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    programs.say("qsub", "12[].pbs1\n", "pbs_version = 23.06.06\n")
    programs.say("qstat", "{}")
    programs.say("qselect")
    programs.say("qdel")
    return programs


def make(tmp_path: Path, throttle: int = 0, videos: int = 6) -> Project:
    """Return a project on a PBS whose cluster's file lets so many tasks run at once."""
    return make_slurm(tmp_path / "lab", STAGE, scheduler="pbs", throttle=throttle, videos=videos)


def sent(programs: Programs) -> list[str]:
    """Return the words of the qsub that submitted something."""
    (words,) = (words for words in programs.calls("qsub") if "--version" not in words)
    return words


def throttles(project: Project) -> list[str]:
    """Return the lines of the job script that say how many run at once."""
    text = make_script(project, STAGE).read_text()
    return [line for line in text.splitlines() if "max_run_subjobs" in line]


@pytest.mark.parametrize(
    ("of_the_file", "typed", "said"), [(2, 0, ["2"]), (2, 3, ["3"]), (0, 3, ["3"]), (0, 0, []), (2, 2, ["2"])]
)
def test_one_place_says_how_many_run_at_once(
    tmp_path: Path, programs: Programs, of_the_file: int, typed: int, said: list[str]
) -> None:
    """It is the block of the job script, whether the cluster's file or --throttle says it: qsub takes it once."""
    project = make(tmp_path, of_the_file)
    assert send(project, "workspace", None, None, ResourceRequest(throttle=typed), print) == 0
    assert sent(programs) == ["process_all.pbs"]
    lines = [f"#PBS -W max_run_subjobs={number}" for number in said]
    assert throttles(project) == lines
    kept = batches_of(project, STAGE).batch("0001").folder / "process_all.pbs"
    assert [line for line in kept.read_text().splitlines() if "max_run_subjobs" in line] == lines


def test_the_next_scan_says_what_the_file_says(tmp_path: Path, programs: Programs) -> None:
    """What --throttle said for one list is gone from the script that the next scan fills in."""
    project = make(tmp_path, 2)
    send(project, "workspace", None, None, ResourceRequest(throttle=3, dry=True), print)
    assert throttles(project) == ["#PBS -W max_run_subjobs=3"]
    prepare(project, [STAGE])
    assert throttles(project) == ["#PBS -W max_run_subjobs=2"]


def own_line(project: Project) -> int:
    """Write a line of the user's own into the job script that says how many run at once; return its number."""
    path = make_script(project, STAGE)
    path.write_text(path.read_text().replace("#PBS -r y\n", "#PBS -r y\n#PBS -W max_run_subjobs=4\n"))
    return path.read_text().split("\n").index("#PBS -W max_run_subjobs=4") + 1


def test_a_line_of_the_users_own_goes_before_the_clusters_file(tmp_path: Path, programs: Programs) -> None:
    """Where a line of the script says how many run at once, a scan adds no second one."""
    project = make(tmp_path, 2)
    own_line(project)
    send(project, "workspace", None, None, ResourceRequest(), print)
    assert throttles(project) == ["#PBS -W max_run_subjobs=4"]
    assert sent(programs) == ["process_all.pbs"]


def test_a_line_of_the_users_own_and_a_throttle_typed(tmp_path: Path, programs: Programs) -> None:
    """Both cannot be said: the line is named, and nothing is submitted."""
    project = make(tmp_path)
    number = own_line(project)
    with pytest.raises(WrongUse) as error:
        send(project, "workspace", None, None, ResourceRequest(throttle=3), print)
    assert str(error.value) == (
        f"process_all.pbs line {number} says that 4 tasks run at once, and qsub takes that once: take that line away, "
        f"or leave --throttle out. Nothing was submitted."
    )
    assert all("--version" in words for words in programs.calls("qsub"))
    assert throttles(project) == ["#PBS -W max_run_subjobs=4"]


@pytest.mark.parametrize(("words", "listed"), [({"partition": "lim"}, 5), ({}, 6)])
def test_a_list_is_as_long_as_the_queue_takes_that_is_asked_for(
    tmp_path: Path, programs: Programs, words: dict[str, str], listed: int
) -> None:
    """The queue that is typed with the submission limits its list, though the script asks for another."""
    script = programs.folder / "qstat"
    told = {"-B": SERVER, "-Q": LIMITED}
    cases = "".join(f'case " $* " in *" {word} "*) printf %s "{text}"; exit;; esac\n' for word, text in told.items())
    script.write_text(f'#!/bin/bash\n{cases}echo "{{}}"\n')
    project = make(tmp_path)
    prepared = prepare(project, [STAGE], ScanOptions(asked=words))
    assert prepared.pinned is not None
    assert prepared.pinned.tasks == listed
    assert prepared.limited_by == ("your limit of queued jobs of queue lim" if words else "max_tasks of test")


def job(number: str, tasks: set[int], running: bool = True, **told: object) -> Job:
    """Return a job of batch 0001."""
    return Job("0001", f"{number}[].pbs1", "ann", frozenset(tasks), running)._replace(**told)  # type: ignore[arg-type]


EPILOGUE = "qdel: Request invalid for state of job 51[1]"


def test_cancel_goes_on_behind_a_refusal(tmp_path: Path, programs: Programs) -> None:
    """A subjob that is just ending keeps no other array from being cancelled; it is told, and not counted."""
    programs.say("qdel", "", f"{EPILOGUE}\n", 168)
    held = [ProjectJob(STAGE, job(number, {1, 2, 3})) for number in ("51", "52")]
    (programs.folder / "qdel").write_text(
        (programs.folder / "qdel").read_text().replace("cat ", "[[ $* == 51* ]] || exit 0\ncat ", 1)
    )
    assert cancel(make(tmp_path), held) == Cancelled(5, (EPILOGUE,))
    assert programs.calls("qdel") == [["51[].pbs1"], ["52[].pbs1"]]


@pytest.mark.parametrize("said", ["Job has finished", "Unknown Job Id"])
def test_cancel_what_is_over(tmp_path: Path, programs: Programs, said: str) -> None:
    """A whole array that is over by now counts as no task, and is no fault; so are single subjobs."""
    project = make(tmp_path)
    programs.say("qdel", "", f"qdel: {said} 51[].pbs1\n", 35)
    line = f"qdel: {said} 51[].pbs1"
    assert cancel(project, [ProjectJob(STAGE, job("51", {1, 2, 3}))]) == Cancelled(0, (line,))
    programs.say("qdel", "", f"qdel: {said} 51[2].pbs1\n", 35)
    assert cancel(project, [ProjectJob(STAGE, job("51", {1, 2, 3}), (1, 2))]).tasks == 1


def test_cancel_where_a_task_is_over(tmp_path: Path, programs: Programs) -> None:
    """On GridEngine, whose qdel tells what it cancels, too, only what was over is told and not counted."""
    programs.say(
        "qdel", 'job "623" task "2" does not exist\nann has registered the job-array task 623.3 for deletion\n'
    )
    (programs.folder / "qdel").write_text((programs.folder / "qdel").read_text().replace("exit 0", "exit 1"))
    project = make_slurm(tmp_path / "lab", STAGE, scheduler="sge", videos=6)
    held = ProjectJob(STAGE, Job("0001", "623", "ann", frozenset({1, 2, 3}), True), (2, 3))
    assert cancel(project, [held]) == Cancelled(1, ('job "623" task "2" does not exist',))


def test_cancel_that_is_not_answered(tmp_path: Path, programs: Programs) -> None:
    """Where qdel fails with words that nobody knows, nothing of that job counts as cancelled."""
    programs.say("qdel", "", "qdel: the moon\n", 1)
    with pytest.raises(RemoteTrackerError) as error:
        cancel(make(tmp_path), [ProjectJob(STAGE, job("51", {1, 2, 3}))])
    assert str(error.value) == "qdel refused: qdel: the moon. ./rt status shows what still runs."


def test_cancel_tells_what_is_left(tmp_path: Path, programs: Programs) -> None:
    """What is refused for another reason is told once all that can be is cancelled."""
    programs.say("qdel", "", f"{EPILOGUE}\nqdel: Unauthorized Request  51[2].pbs1\n", 159)
    held = [ProjectJob(STAGE, job("51", {1, 2, 3}), (1, 2, 3)), ProjectJob(STAGE, job("52", {1}))]
    with pytest.raises(RemoteTrackerError) as error:
        cancel(make(tmp_path), held)
    assert str(error.value).startswith("qdel refused: qdel: Unauthorized Request  51[2].pbs1;")
    assert str(error.value).endswith(" 1 other was cancelled. ./rt status shows what still runs.")
    assert len(programs.calls("qdel")) == 2


NEVER = "asks for more than there is: it will never run"


@pytest.mark.parametrize(
    ("jobs", "left"),
    [
        ([], True),
        ([job("12", {1}, True)], False),
        ([job("12", {1}, False, reason="waits for free nodes")], False),
        ([job("12", {1}, True), job("12", {2}, False, reason=NEVER, never=True)], False),
        ([job("12", {1}, False, reason=NEVER, never=True)], None),
    ],
)
def test_what_will_never_run_is_waited_for_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: list[Job], left: bool | None
) -> None:
    """A wait ends where the queue says that nothing of the batch runs or will run; while anything runs it goes on."""
    scheduler = get_scheduler("pbs")._replace(read_queue=lambda _, fresh=True: queue_of(jobs, 0) if jobs else Queue())
    known = batches_of(make(tmp_path), STAGE).batch("0001").ref(scheduler)
    if left is not None:
        assert has_left(known, scheduler) is left
        return
    with pytest.raises(NeverRuns) as error:
        has_left(known, scheduler)
    assert str(error.value) == (
        f"Job 12[].pbs1 {NEVER}. It is waited for no longer, and stays in the queue: ./rt cancel takes it out."
    )


def test_run_stops_where_nothing_will_ever_run(
    tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """./rt run says so and ends where its jobs will never start, instead of asking the queue for ever."""
    project = make(tmp_path)
    monkeypatch.setattr(whole, "QUEUE_S", 0)
    told = {"12[].pbs1": {"array": "True", "job_state": "Q", "comment": "Can Never Run: ncpus (R: 64 A: 8 T: 8)"}}
    (tmp_path / "told.json").write_text(json.dumps({"Jobs": told}))
    sent = batches_of(project, STAGE).batch("0001").submissions_path
    first = f'#!/bin/bash\n[ -e "{sent}" ] || exit 0\n'
    (programs.folder / "qstat").write_text(f'{first}cat "{tmp_path}/told.json"\n')
    (programs.folder / "qselect").write_text(f'{first}[[ $* != *QHWT* ]] || echo "12[1].pbs1"\n')
    said: list[str] = []
    with pytest.raises(NeverRuns, match=r"Job 12\[\].pbs1 asks for more than there is: it will never run\."):
        whole.run_all(project, None, said.append)
    assert said[-1].startswith("Waiting for job 12[].pbs1.")
