"""The jobs of a workflow's rules: what they ask for, and what becomes of them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model.scheduling import SETTLING_S, Job, Queue, Submission
from remote_tracker.render import BLOCK_END, BLOCK_START
from remote_tracker.schedulers import get_scheduler, pbs, require_queue
from remote_tracker.snakemake import jobs
from schedulers.fakes import Programs

PROPERTIES = {
    "rule": "track",
    "jobid": 3,
    "threads": 4,
    "resources": {"mem_mb": 8000, "runtime": 90, "gpu": 1, "tmpdir": "/tmp", "slurm_partition": "long"},
}


def job_script(**more: object) -> str:
    """Return a script as Snakemake writes it."""
    return f"#!/bin/sh\n# properties = {json.dumps({**PROPERTIES, **more})}\ncd /x && python -m snakemake\n"


def submission_of(name: str) -> Submission:
    """Return how jobs are sent to a scheduler."""
    return require_queue(get_scheduler(name)).submission


def test_what_a_job_asks_for() -> None:
    """Threads, memory, minutes, GPUs and the partition of a rule are said in the scheduler's words."""
    asked = jobs.asked_of(jobs.read_properties(job_script()), submission_of("pbs"))
    assert asked.words == {"cpus": "4", "memory": "8000M", "walltime": "1:30:00", "partition": "long", "gpus": "1"}
    argv = pbs.script.option_argv(asked.words, {})
    assert argv[:2] == ["-l", "select=1:ncpus=4:mem=8000mb:ngpus=1"]


@pytest.mark.parametrize("name", ["pbs", "sge", "lsf"])
def test_every_scheduler_takes_it(name: str) -> None:
    """What a rule asks for is something that each scheduler has options for."""
    submission = submission_of(name)
    assert submission.option_argv(jobs.asked_of(PROPERTIES, submission).words, {})


def test_own_options() -> None:
    """A rule may say options of the scheduler as they are typed."""
    asked = jobs.asked_of({"resources": {"scheduler_options": "-l 'gpu_model=a 100'"}}, submission_of("pbs"))
    assert asked.own == ("-l", "gpu_model=a 100")


@pytest.mark.parametrize("text", ["", "# properties = {broken", "# properties = [1]", "# properties = 3"])
def test_no_properties(text: str) -> None:
    """A job script that does not say what it asks for is refused."""
    with pytest.raises(RemoteTrackerError, match="does not say what it asks for"):
        jobs.read_properties(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a workflow on PBS, whose qsub takes everything as job 12[].server."""
    programs = Programs(tmp_path / "programs")
    programs.say("qsub", "12[].server\n")
    programs.say("qdel")
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")
    profile = tmp_path / "p/workspace/batches/0001/profile"
    profile.mkdir(parents=True)
    facts = {"scheduler": "pbs", "project": "p", "script": "process_all.pbs"}
    (profile / "rules.json").write_text(json.dumps(facts))
    script = f"#!/bin/bash\n#PBS -l select=1:ncpus=1:mem=1gb\n{BLOCK_START}\n{BLOCK_END}\nexec true\n"
    (profile / "process_all.pbs").write_text(script)
    made = tmp_path / "p/workspace/batches/rules/0001/all"
    made.mkdir(parents=True)
    return made


def sent(folder: Path, **more: object) -> str:
    """Send a job of a rule; returns its name for Snakemake."""
    script = folder / "snakejob.sh"
    script.write_text(job_script(**more))
    return jobs.submit(folder, script)


def test_a_job_is_sent(folder: Path) -> None:
    """It is an array of one task whose log lies with it; Snakemake is told where, and which job it became."""
    assert sent(folder) == "track/3@12[].server"
    place = folder / "track/3"
    text = (place / "process_all.pbs").read_text()
    assert "#PBS -N rtrules.track.p\n" in text
    assert "output.^array_index^" in text
    assert "batches/rules/0001/all/track/3/output" in text
    assert (place / "command.sh").read_text() == job_script()
    assert os.access(place / "run_task.sh", os.X_OK)


def test_another_try(folder: Path) -> None:
    """Another try of a job has a folder of its own: the first one's log and end stay."""
    assert sent(folder) == "track/3@12[].server"
    assert sent(folder) == "track/3.2@12[].server"


def test_a_group(folder: Path) -> None:
    """A group of jobs that Snakemake sends as one is one job, named as the group."""
    script = folder / "snakejob.sh"
    script.write_text(f"# properties = {json.dumps({'type': 'group', 'groupid': 'a/b c', 'jobid': 'x-1'})}\n")
    assert jobs.submit(folder, script) == "a_b_c/x_1@12[].server"


@pytest.mark.parametrize(("code", "said"), [("0", "success"), ("1", "failed"), ("137", "failed")])
def test_its_own_word(folder: Path, code: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a job wrote of its end goes before whatever the queue says, which is not asked."""
    name = sent(folder)
    (folder / "track/3/exit").write_text(f"{code}\n")
    calls = in_queue(monkeypatch)
    assert jobs.status(folder, name) == (said, "")
    assert not calls


def in_queue(monkeypatch: pytest.MonkeyPatch, *ids: str, asked: bool = True) -> list[int]:
    """Let the queue hold these jobs; returns a list that grows with each time it is asked."""
    calls: list[int] = []

    def read_queue(_known: object, _fresh: bool = True) -> Queue:
        calls.append(1)
        return Queue(jobs=tuple(Job("3", job, "me", None, True) for job in ids), asked=asked)

    monkeypatch.setattr(pbs, "SCHEDULER", pbs.SCHEDULER._replace(read_queue=read_queue))
    return calls


def test_it_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the queue holds runs; asked again a moment later, the queue is left in peace."""
    name = sent(folder)
    calls = in_queue(monkeypatch, "12[].server")
    assert [jobs.status(folder, name)[0] for _ in range(3)] == ["running"] * 3
    assert len(calls) == 1


def test_a_queue_that_says_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the queue cannot be asked, a job without an end runs."""
    name = sent(folder)
    in_queue(monkeypatch, asked=False)
    assert jobs.status(folder, name) == ("running", "")


def test_it_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What left the queue without an end has failed, when a shared disk had time to show its last word."""
    name = sent(folder)
    in_queue(monkeypatch)
    assert jobs.status(folder, name) == ("running", "")
    long_ago = time.time() - SETTLING_S - 1
    os.utime(folder / "track/3/lost", (long_ago, long_ago))
    said, why = jobs.status(folder, name)
    assert said == "failed"
    assert "left the queue without an end" in why


def test_what_was_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of a workflow that was killed are cancelled, and waited for; what ended by itself is left alone."""
    sent(folder)
    sent(folder, jobid=4)
    (folder / "track/4/exit").write_text("0\n")
    answers = [["12[].server"], ["12[].server"], []]
    monkeypatch.setattr(jobs, "_find_left", lambda *_: answers.pop(0))
    monkeypatch.setattr(jobs, "POLL_S", 0)
    assert jobs.clear(folder, "rt-x") == 1
    assert answers == []


def test_what_does_not_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that does not leave the queue stops the next workflow: two would write one file."""
    sent(folder)
    monkeypatch.setattr(jobs, "_find_left", lambda *_: ["12[].server"])
    monkeypatch.setattr(jobs, "GONE_S", 0)
    monkeypatch.setattr(jobs, "POLL_S", 0)
    with pytest.raises(RemoteTrackerError, match=r"does not go: 12\[\]\.server"):
        jobs.clear(folder, "rt-x")
