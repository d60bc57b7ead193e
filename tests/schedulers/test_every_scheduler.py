"""Each scheduler is one value: every member of it is there, and answers an easy question as its type says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from remote_tracker import shell
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Resources
from remote_tracker.model.scheduling import Array, BatchRef, Queue, QueueSystem, Scheduler, Submission
from remote_tracker.schedulers import NAMES, advise, find_overrides, get_scheduler, require_queue
from remote_tracker.schedulers.endings import MARKS, REPORTS

PACKAGE = str(Path(sys.modules["remote_tracker"].__file__ or "").parents[1])
ARRAY = Array("0007", 12, "rt0007.track.flies", Path("/lab/workspace"))
SCRIPT = "#!/usr/bin/env bash\ntrue\n"
QUEUED = [name for name in NAMES if name != "local"]


@pytest.fixture(params=NAMES)
def scheduler(request: pytest.FixtureRequest) -> Scheduler:
    """Return each scheduler."""
    return get_scheduler(request.param)


@pytest.fixture(params=QUEUED)
def queue(request: pytest.FixtureRequest) -> QueueSystem:
    """Return the queue of each scheduler that has one."""
    return require_queue(get_scheduler(request.param))


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """No program is there."""
    monkeypatch.setattr(shell, "run", lambda *_, **__: shell.Result(shell.NOT_FOUND, "", "not found"))


def members(value: Any) -> list[str]:
    """Return the dotted names of all members, those of groups too."""
    found = []
    for member, inner in value._asdict().items():
        found += [f"{member}.{name}" for name in members(inner)] if hasattr(inner, "_fields") else [member]
    return found


def test_every_member_is_asked_here() -> None:
    """A member that is added to the type is asked in this file, too."""
    text = Path(__file__).read_text(encoding="utf-8")
    names = {name.rpartition(".")[2] for name in members(get_scheduler("slurm"))}
    assert not [name for name in names if f".{name}" not in text]


def test_itself(scheduler: Scheduler) -> None:
    """It is called as a cluster's file calls it, and says so without where its functions lie in memory."""
    assert scheduler is get_scheduler(scheduler.name)
    assert repr(scheduler) == f"Scheduler({scheduler.name})"
    assert scheduler.executor in ("local", "slurm", "cluster-generic")
    assert scheduler.is_local == (scheduler.name == "local") == (scheduler.queue is None)
    assert scheduler.program in ("bash", "sbatch", "qsub", "bsub")


def test_script(scheduler: Scheduler) -> None:
    """Its job scripts are made from a template that is there, and every question of them is answered."""
    script = scheduler.script
    assert script.extension == {"local": "sh"}.get(scheduler.name, scheduler.name)
    assert script.template.read_text(encoding="utf-8").startswith("#!")
    assert script.command.split()[0] == scheduler.program
    assert "batch=0007" in script.array_directives(ARRAY)
    assert isinstance(script.native_resources(Resources(memory="2G", walltime="1:00:00")), dict)
    assert "0007" in script.name_job("flies", "track", "0007")
    assert script.folder_problem("/lab/workspace") == ""
    assert script.works_from_anywhere("/lab/workspace") is True
    assert script.find_faults(SCRIPT) == []
    assert script.read_asked(SCRIPT) == {}


def test_folder_of_two_lines(scheduler: Scheduler) -> None:
    """A folder with a line break in its path, which a script would hold on two lines, is refused; bash works there."""
    assert bool(scheduler.script.folder_problem("/lab/a\nb/workspace")) is not scheduler.is_local


def test_no_batch(scheduler: Scheduler) -> None:
    """Where nothing was ever listed nothing runs, asked freshly or not."""
    assert scheduler.read_queue([]) == scheduler.read_queue([], False) == Queue()


@pytest.mark.usefixtures("silent")
def test_queue_that_is_not_there(scheduler: Scheduler, tmp_path: Path) -> None:
    """Where its programs are missing, the queue was not asked; this machine always is."""
    (tmp_path / "batches" / "0001").mkdir(parents=True)
    seen = scheduler.read_queue([BatchRef(tmp_path / "batches" / "0001")], fresh=True)
    assert seen.asked is scheduler.is_local
    assert bool(seen.why_not) is not scheduler.is_local


@pytest.mark.parametrize("name", QUEUED)
def test_a_moment_ago(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a queue said a moment ago will do for the next stage, unless it must be fresh or another one is meant."""
    calls: list[Sequence[str]] = []

    def run(argv: Sequence[str], **_: Any) -> shell.Result:
        calls.append(argv)
        return shell.Result(1, "", "it broke")

    monkeypatch.setattr(shell, "run", run)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "batches" / "0001").mkdir(parents=True)
    ask = partial(get_scheduler(name).read_queue, [BatchRef(tmp_path / "batches" / "0001")])
    assert ask(fresh=False) == ask(fresh=False) == Queue(asked=False, why_not="it broke")
    assert len(calls) == 1
    ask(fresh=True)
    assert len(calls) == 2
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin")
    ask(fresh=False)
    assert len(calls) == 3


def test_endings(scheduler: Scheduler) -> None:
    """Every ending begins with the mark by which a log is seen to hold it; without one, the scheduler is not loaded."""
    mark = MARKS.get(scheduler.name, "").lstrip("^")
    assert bool(scheduler.endings) is bool(mark)
    for pattern, cause, counts in scheduler.endings:
        assert all(part.startswith(mark) for part in re.split(r"\|(?=TERM)", pattern))
        assert cause
        assert isinstance(counts, bool)
    assert bool(scheduler.report) is (scheduler.name in REPORTS)
    assert re.search(scheduler.report, REPORTS.get(scheduler.name, ""))


def test_submission(queue: QueueSystem) -> None:
    """What is submitted, and with which options, is words of a command; options are those of ./rt submit."""
    submission = queue.submission
    assert {"partition", "cpus", "memory", "walltime", "gpus"} <= set(submission.options)
    assert {word for _, word, _ in submission.refusals} <= {"", *submission.options}
    words = {word: "1" for word in submission.options if word in ("partition", "cpus", "gpus")}
    assert submission.option_argv(words, {})
    assert submission.option_argv({}, {}) == submission.after_argv([]) == []
    assert any("39" in word for word in submission.after_argv(["39"]))
    argv = submission.submit_argv("process_all.x", ARRAY, ["--mine"])
    assert "--mine" in argv
    assert ("process_all.x" in argv) is not submission.reads_input
    assert submission.read_job_id("") == ""
    assert isinstance(submission.overriding_env, tuple)
    assert isinstance(submission.silencing_env, tuple)
    assert submission.throttles_once is not any("12" in word for word in throttled_argv(submission))
    if submission.list_mail is not None:
        argv = submission.list_mail.ask_argv("39", "flies", "lab", "ann@lab.org")
        assert {"39", "lab", "ann@lab.org"} < set(argv)
        assert "39" in " ".join(submission.list_mail.cancel_argv("39"))
        assert submission.list_mail.silencing_argv("true\n") == []
        assert re.search(submission.list_mail.took, "denied") is None


IS_OVER = {
    "slurm": (
        "scancel: error: Kill job error on job id 39: Invalid job id specified",
        "scancel: error: Kill job error on job id 39: Job/step already completing or completed",
    ),
    "pbs": (
        "qdel: Request invalid for state of job 51[1]",
        "qdel: Job has finished 51[].pbs1",
        "qdel: Unknown Job Id 51[].pbs1",
        "qdel: Request invalid for finished array subjob 51[1].pbs1",
    ),
    "sge": ('denied: job "622" does not exist', 'job "623" task "2" does not exist', "job 623 is already in deletion"),
    "lsf": ("Job <39>: Job has already finished", "Job <39[2]>: Job has already finished"),
}
REFUSES = ("Access denied", "qdel: Unauthorized Request  51[1].pbs1", "you do not have the necessary privileges", "")


@pytest.mark.parametrize("name", QUEUED)
def test_what_is_over(name: str) -> None:
    """What a scheduler says of a job that is over, where it should be cancelled, is told from what it refuses."""
    over = require_queue(get_scheduler(name)).over
    assert all(re.search(over, said) for said in IS_OVER[name])
    assert not any(re.search(over, said) for said in REFUSES)


def throttled_argv(submission: Submission) -> list[str]:
    """Return the command for an array of which twelve tasks may run at once."""
    return submission.submit_argv("process_all.x", ARRAY._replace(throttle=12, tasks=30), [])


@pytest.mark.usefixtures("silent")
def test_what_a_queue_tells(queue: QueueSystem) -> None:
    """A queue whose programs are missing has no limit, and says why it tells nothing of partitions and use."""
    assert queue.read_limit({}) == (-1, "")
    assert queue.find_partitions() == ([], "not found")
    assert list(queue.accounting_usage(["39"])[0]) == list(queue.live_usage(["39"]).used) == []
    assert "39" in " ".join(queue.cancel_argv("39", ()))
    assert re.search(queue.over, "it is fine") is None
    if queue.find_named is not None:
        with pytest.raises(RemoteTrackerError, match="not found"):
            queue.find_named("rt-")


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("name", QUEUED)
def test_program(name: str) -> None:
    """That its program is missing is said by all but Slurm's, whose name no other program has."""
    scheduler = get_scheduler(name)
    said = require_queue(scheduler).submission.program_problem()
    assert said.startswith(f"There is no {scheduler.program} here.") is (name != "slurm")


def test_what_this_machine_has_not() -> None:
    """Where tasks run on this machine no refusal is known, nothing overrides a script, and a queue is refused."""
    local = get_scheduler("local")
    assert advise(local, "invalid partition") == ("", "")
    assert find_overrides(local) == []
    with pytest.raises(RemoteTrackerError, match="local has no queue"):
        require_queue(local)


@pytest.mark.parametrize("name", NAMES)
def test_alone(name: str) -> None:
    """To take a scheduler loads no other one's module; that of this machine knows its locks, which all need."""
    program = (
        "import sys; from remote_tracker.schedulers import get_scheduler; get_scheduler(sys.argv[1]);"
        "print(*sorted(m.split('.')[2] for m in sys.modules if m.startswith('remote_tracker.schedulers.')))"
    )
    argv = [sys.executable, "-c", program, name]
    said = subprocess.run(argv, env={"PYTHONPATH": PACKAGE}, capture_output=True, text=True, check=True).stdout
    assert set(said.split()) & set(NAMES) == {name}


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that holds something else by that name is refused, instead of failing where it is used."""
    from remote_tracker.schedulers import local

    monkeypatch.setattr(local, "SCHEDULER", local)
    with pytest.raises(TypeError, match="is no Scheduler"):
        get_scheduler("local")
