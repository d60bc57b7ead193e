"""Why Slurm ended a task, read from the lines that it writes into the task's log."""

from __future__ import annotations

import pytest
from remote_tracker.model import Cause, Record
from remote_tracker.records import History, read_record
from remote_tracker.records.causes import WORDS, find_cause
from remote_tracker.survey.sentences import describe_failure
from scan.trees import end_line, start_line

STAMP = "2026-01-01T15:34:29"
MEMORY = "slurmstepd-n1: error: StepId=322.batch exceeded memory limit (268546048 > 209715200), being killed\n"
EXCEEDED = "slurmstepd-n1: error: Exceeded job memory limit\n"
KILLED = (
    "slurmstepd-n2: error: Detected 1 oom-kill event(s) in StepId=73.batch. Some of your processes may have been "
    "killed by the cgroup out-of-memory handler.\n"
)
TIME = f"slurmstepd-n1: error: *** JOB 49 ON n1 CANCELLED AT {STAMP} DUE TO TIME LIMIT ***\n"
REQUEUED = f"slurmstepd-n1: error: *** JOB 76 ON n1 CANCELLED AT {STAMP} DUE TO JOB REQUEUE ***\n"
NODE = f"slurmstepd-n1: error: *** JOB 76 ON n1 CANCELLED AT {STAMP} DUE TO NODE FAILURE, SEE SLURMCTLD LOG ***\n"
PREEMPTED = f"slurmstepd-n1: error: *** JOB 76 ON n1 CANCELLED AT {STAMP} DUE TO PREEMPTION ***\n"
CANCELLED = f"slurmstepd-n1: error: *** JOB 321 ON n1 CANCELLED AT {STAMP} ***\n"
CAUSES = {
    "memory": (MEMORY, "out of memory", True),
    "memory, then cancelled": (MEMORY + EXCEEDED + CANCELLED, "out of memory", True),
    "cancelled, then memory": (CANCELLED + MEMORY, "out of memory", True),
    "cgroups": (KILLED, "out of memory", True),
    "time": (TIME, "over its walltime", True),
    "requeued": (REQUEUED, "it was requeued", False),
    "node": (NODE, "its node failed", False),
    "preempted": (PREEMPTED, "it was preempted", False),
    "cancelled": (CANCELLED, "it was cancelled", False),
    "no node's name": (KILLED.replace("-n2", ""), "out of memory", True),
}


def read(*texts: str) -> Record:
    """Return the record of a log that holds these texts."""
    record = read_record("".join(texts), "0001", 1)
    assert record is not None
    return record


def told(text: str) -> tuple[str, bool]:
    """Return what people are told of the end that a log shows, and whether the video is to blame."""
    cause, counts = find_cause(text)
    return (WORDS[cause] if cause else ""), counts


@pytest.mark.parametrize("what", CAUSES)
def test_cause(what: str) -> None:
    """Each of Slurm's own lines says why it ended the task, and whether the video is to blame."""
    text, cause, counts = CAUSES[what]
    assert told(f"working\n{text}") == (cause, counts)
    assert told(text) == (cause, counts)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (f"frame 12{TIME}", "over its walltime"),
        (f"frame 12\r{TIME}", "over its walltime"),
        ("frame 12\r=>> PBS: job killed: walltime 7 exceeded limit 5\n", "over its walltime"),
        ("50%=>> PBS: job killed: mem 109744kb exceeded limit 51200kb\n", "out of memory"),
        ("frame 12\n# signal USR1\n", "over its walltime"),
    ],
)
def test_cause_behind_a_bar(text: str, cause: str) -> None:
    """A scheduler's line counts also behind what a program printed without a line break."""
    assert told(text)[0] == cause


@pytest.mark.parametrize(
    "text",
    [
        "",
        "working\n",
        "my program: oom-kill event\n",
        "slurmstepd: info: all is well\n",
        "slurmstepd-n1: error: task_p_pre_launch: no such file\n",
        f"echo {TIME}",
        f"  {MEMORY}",
        "30694     1 slurmstepd: [74.batch]\n",
    ],
)
def test_no_cause(text: str) -> None:
    """What a program prints, and what else Slurm says, is no cause."""
    assert find_cause(text) == (None, False)


@pytest.mark.parametrize("end", ["", end_line("failed", 137, "Killed"), end_line("bad", 65, "no frames")])
@pytest.mark.parametrize("what", ["memory", "cgroups", "time"])
def test_video_is_to_blame(what: str, end: str) -> None:
    """Out of memory or time is a failure with that reason, whether the task could still write its end or not."""
    text, cause, _ = CAUSES[what]
    for record in (read(start_line(), "working\n", text, end), read(start_line(), end, text)):
        assert (record.result, record.why) == ("failed", cause)


@pytest.mark.parametrize("end", ["", end_line("failed", 143, "it was stopped")])
@pytest.mark.parametrize("what", ["requeued", "node", "preempted", "cancelled"])
def test_video_is_not_to_blame(what: str, end: str) -> None:
    """What happened to the job is no failure of the video's: it does not count among its attempts."""
    text, cause, _ = CAUSES[what]
    record = read(start_line(), "working\n", end, text)
    assert (record.result, record.why) == ("cancelled", cause)
    history = History()
    history.add("0001", [record])
    assert history.failed == set()


@pytest.mark.parametrize("what", CAUSES)
def test_finished_all_the_same(what: str) -> None:
    """A task that finished is finished, whatever Slurm writes behind it."""
    record = read(start_line(), "working\n", end_line(), CAUSES[what][0])
    assert (record.result, record.why) == ("finished", "")


@pytest.mark.parametrize("what", CAUSES)
def test_started_again(what: str) -> None:
    """What ended an earlier start of the task says nothing of its last one."""
    text = start_line() + CAUSES[what][0]
    assert read(text, start_line(pid=9), "working\n").result == ""
    assert read(text, start_line(pid=9), end_line("failed", 3, "it broke")).why == "it broke"
    assert read(text, start_line(pid=9), end_line()).result == "finished"


def test_told() -> None:
    """People are told the cause, with the exit code where there is one."""
    assert describe_failure(read(start_line(), KILLED)) == "failed: out of memory"
    assert (
        describe_failure(read(start_line(), TIME, end_line("failed", 143, "x")))
        == "failed (exit code 143): over its walltime"
    )


def test_no_start_no_record() -> None:
    """A log in which Slurm wrote and no task started holds no record."""
    assert read_record(TIME, "0001", 1) is None


@pytest.mark.parametrize(
    "said",
    [
        "MemoryError",
        "numpy.core._exceptions._ArrayMemoryError: Unable to allocate 3.00 GiB for an array",
        "terminate called after throwing an instance of 'std::bad_alloc'",
        "/bin/bash: fork: Cannot allocate memory",
    ],
)
def test_memory_asked_for_in_vain(said: str) -> None:
    """What says last that it got no memory ran out of it; said earlier, it is no reason."""
    record = read(start_line(), f"{said}\n", end_line("failed", code=1, why=said))
    assert (record.result, record.why) == ("failed", "out of memory")
    earlier = read(start_line(), f"{said}\nno light\n", end_line("failed", code=1, why="no light"))
    assert earlier.why == "no light"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("java: out of memory", Cause.OUT_OF_MEMORY),
        ("out of memory", Cause.OUT_OF_MEMORY),
        ("MemoryError", Cause.OUT_OF_MEMORY),
        ("CUDA out of memory", None),
        ("out of memory and out of luck", None),
    ],
)
def test_a_programs_own_word_for_it(said: str, cause: Cause | None) -> None:
    """A program that ends with that word lacked memory, and its word stays; a GPU's memory is another matter."""
    record = read(start_line(), f"{said}\n", end_line("failed", 1, said))
    assert record.cause is cause
    assert record.why == (said if said != "MemoryError" else "out of memory")
