"""What LSF's own texts say of a project's batches: in the queue, why not, how many more, what was used.

The texts are of the forms that its manual and its users show; none was printed by a real LSF for these tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.model.quantities import read_memory
from remote_tracker.model.scheduling import BatchRef, Job, LiveUse, Used
from remote_tracker.records import load_last_run, read_record
from remote_tracker.records.causes import WORDS, find_cause
from remote_tracker.schedulers import advise, lsf, require_queue
from remote_tracker.schedulers.lsf.words import REASONS, REFUSALS
from scan.trees import end_line, start_line

from schedulers.fakes import Programs, make_programs

FOLDER = Path("/lab/flies/workspace")
DOWN = "LSF is down. Please wait ...\n"
QUEUES = """
QUEUE: normal
  -- For usual work.  This is the default queue.

PARAMETERS/STATISTICS
PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV PJOBS
 30    0  Open:Active       -    -    -    -     0     0     0     0     0    0     0

DEFAULT LIMITS:
 RUNLIMIT
 10.0 min of hostA

MAXIMUM LIMITS:
 CPULIMIT                RUNLIMIT
 20.0 min of hostA       2880.0 min of hostA

 FILELIMIT DATALIMIT STACKLIMIT CORELIMIT MEMLIMIT SWAPLIMIT
  20000 K   20000 K   2048 K     20000 K   37.1 G   30000 K

USERS: all
HOSTS:  all
------------------------------------------------------------------------------

QUEUE: night
  -- no description provided.
PRIO NICE STATUS          MAX JL/U
 40    0  Open:Inact       -    -
HOSTS:  n1 n2

QUEUE: old
 40    0  Closed:Active       -    -
"""
PARAMS = "       MAX_JOB_ARRAY_SIZE = {array}\n       SECURE_JOB_INFO_LEVEL = {secure}\n"
USERS = (
    "USER/GROUP          JL/P    MAX  NJOBS   PEND    RUN  SSUSP  USUSP    RSV  MPEND  PJOBS MPJOBS\n"
    "ann                    -      -      7      5      2      0      0      0      -      5 {most:>6}\n"
)
REPORT = """{line}Sender: LSF System <lsfadmin@n1>
Subject: Job 7[1]: <rt0001.track.flies[1]> in cluster <lab> Exited

Your job looked like:

------------------------------------------------------------
# LSBATCH: User input
#BSUB -J "rt0001.track.flies[1-3]"
------------------------------------------------------------

{term}Exited with exit code 137.

Resource usage summary:

    CPU time :                                   66557.29 sec.

The output (if any) follows:
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for LSF's."""
    return make_programs(tmp_path / "bin", monkeypatch)


def element(index: int = 1, number: str = "0001", **told: str) -> dict[str, str]:
    """Return an element of an array as bjobs -json shows it."""
    usual = {
        "JOBID": "7",
        "JOBINDEX": str(index),
        "STAT": "RUN",
        "USER": "ann",
        "JOB_NAME": f"rt{number}.track.flies[{index}]",
        "OUTPUT_FILE": f"{FOLDER}/batches/{number}/output.%I",
        "EXEC_CWD": str(FOLDER),
        "SUB_CWD": "$HOME",
        "PEND_REASON": "",
    }
    return {**usual, **told}


def answer(*elements: Mapping[str, str]) -> str:
    """Return bjobs' answer, with the slashes as it writes them."""
    told = {"COMMAND": "bjobs", "JOBS": len(elements), "RECORDS": elements}
    return json.dumps(told, indent=2).replace("/", "\\/")


def known(number: str = "0001", *jobs: str, per_job: int = 1) -> BatchRef:
    """Return a batch that these jobs have."""
    return BatchRef(FOLDER / "batches" / number, frozenset(jobs), per_job, "process_all.lsf")


def jobs_of(*elements: Mapping[str, str], batches: tuple[BatchRef, ...] = ()) -> list[Job]:
    """Return the jobs that an answer holds."""
    return list(lsf.queue.find_jobs(elements, batches or (known(),)))


def test_running_and_pending() -> None:
    """What runs and what waits of a batch, by where its logs go, with the reason."""
    waits = {"STAT": "PEND", "PEND_REASON": "New job is waiting for scheduling;", "EXEC_CWD": ""}
    jobs = jobs_of(element(7), element(8), element(9, **waits), element(2, STAT="DONE"), element(3, STAT="EXIT"))
    assert [(job.batch, job.id, job.user, job.tasks, job.running, job.reason) for job in jobs] == [
        ("0001", "7", "ann", frozenset({7, 8}), True, ""),
        ("0001", "7", "ann", frozenset({9}), False, "just submitted"),
    ]


@pytest.mark.parametrize("state", ["RUN", "USUSP", "SSUSP", "UNKWN", "ZOMBI", "PROV"])
def test_may_run(state: str) -> None:
    """What is suspended or cannot be reached may still run."""
    (job,) = jobs_of(element(1, STAT=state))
    assert job.running


def test_several_tasks_an_element() -> None:
    """An index stands for all the tasks that its job takes."""
    (job,) = jobs_of(element(11), batches=(known(per_job=10),))
    assert job.tasks == frozenset(range(11, 21))


@pytest.mark.parametrize(
    ("told", "batch"),
    [
        ({}, "0002"),
        ({"JOB_NAME": "mine"}, "0002"),
        ({"OUTPUT_FILE": "/elsewhere/log.%I"}, "0002"),
        ({"OUTPUT_FILE": "", "EXEC_CWD": "", "SUB_CWD": str(FOLDER)}, "0002"),
        ({"OUTPUT_FILE": "/other/workspace/batches/0002/output.%I"}, None),
        ({"OUTPUT_FILE": "log", "EXEC_CWD": "/elsewhere"}, None),
        ({"OUTPUT_FILE": "log", "JOB_NAME": "mine"}, None),
    ],
)
def test_whose_it_is(told: Mapping[str, str], batch: str | None) -> None:
    """A job is a batch's by its logs' place, else by name and folder."""
    jobs = jobs_of(element(number="0002", **told), batches=(known("0002"), known("0003")))
    assert [job.batch for job in jobs] == ([batch] if batch else [])


def test_by_its_id() -> None:
    """A job that a batch knows is its, whatever was changed on bsub's line."""
    odd = element(JOB_NAME="x", OUTPUT_FILE="log", EXEC_CWD="/elsewhere")
    (job,) = jobs_of(odd, batches=(known("0002", "7"),))
    assert job.batch == "0002"


def test_folder_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder below the home is told as $HOME/..."""
    monkeypatch.setenv("HOME", "/lab")
    (job,) = jobs_of(element(OUTPUT_FILE="", EXEC_CWD="", SUB_CWD="$HOME/flies/workspace"))
    assert job.batch == "0001"


@pytest.mark.parametrize(
    ("told", "words", "never"),
    [
        (
            {"PEND_REASON": "The job array has reached its job slot limit;"},
            "as many run at once as were asked for",
            False,
        ),
        (
            {"PEND_REASON": "Job array has reached its running element limit"},
            "as many run at once as were asked for",
            False,
        ),
        ({"PEND_REASON": "Job dependency condition not satisfied;"}, "waits for an earlier job", False),
        (
            {"PEND_REASON": "Dependency condition invalid or never satisfied;"},
            "what it waits for never comes: it will never run",
            True,
        ),
        ({"STAT": "PSUSP", "PEND_REASON": ""}, "is held; bresume lets it go", True),
        ({"PEND_REASON": "the moon is\n full;"}, "the moon is full", False),
        ({"PEND_REASON": ""}, "just submitted", False),
    ],
)
def test_reason(told: Mapping[str, str], words: str, never: bool) -> None:
    """Why an element waits is told in words, and whether it never will run; an unknown reason as it stands."""
    (job,) = jobs_of(element(**{"STAT": "PEND", **told}))
    assert (job.reason, job.never) == (words, never)


def test_reasons_are_sentences() -> None:
    """Each reason is told so that it can stand behind a colon."""
    assert all(words and not words.endswith(".") for _, words, _ in REASONS)


@pytest.mark.parametrize(
    ("out", "err", "code"),
    [
        (answer(), "", 0),
        ("", "No unfinished job found\n", 0),
        ("", "No unfinished job found\n", 255),
        ("Cannot connect to LSF. Please wait ...\n" + answer(), "", 0),
    ],
)
def test_empty(programs: Programs, out: str, err: str, code: int) -> None:
    """An empty queue is one, however it is told."""
    programs.say("bjobs", out, err, code)
    queue = lsf.queue.read_queue([known()])
    assert (queue.asked, queue.jobs) == (True, ())


@pytest.mark.parametrize(
    ("out", "err", "code", "why_not"),
    [
        ("", DOWN, 255, "LSF is down. Please wait ..."),
        ("", DOWN, 0, "LSF is down. Please wait ..."),
        ("", "", 0, "it ended with 0"),
        ("", "bjobs: Illegal option -- json\n", 255, "bjobs: Illegal option -- json"),
        (answer(element())[:90], "", 0, "what bjobs prints is no JSON"),
        ('{"COMMAND":"bjobs"}', "", 0, "what bjobs prints holds no RECORDS"),
    ],
)
def test_no_answer(programs: Programs, out: str, err: str, code: int, why_not: str) -> None:
    """What tells nothing is no empty queue; the reason is shown."""
    programs.say("bjobs", out, err, code)
    queue = lsf.queue.read_queue([known()])
    assert not queue.asked
    assert queue.why_not.startswith(why_not)


def test_one_call(programs: Programs, tmp_path: Path) -> None:
    """A look at the queue is one call; for everybody's jobs where others may submit what we listed."""
    programs.say("bjobs", answer())
    batch = tmp_path / "workspace" / "batches" / "0001"
    batch.mkdir(parents=True)
    for mode, whose in ((0o755, []), (0o775, ["-u", "all"])):
        batch.parents[1].chmod(mode)
        lsf.queue.read_queue([BatchRef(batch)])
        assert programs.calls("bjobs")[-1] == [*whose, "-o", lsf.queue.FIELDS, "-json"]
    assert len(programs.calls("bjobs")) == 2


def test_nothing_to_ask_for(programs: Programs) -> None:
    """Without a batch that may run nothing is asked."""
    programs.say("bjobs", code=1)
    assert lsf.queue.read_queue([]).asked
    assert not programs.calls("bjobs")


@pytest.mark.parametrize(
    ("params", "most", "limit"),
    [
        (PARAMS.format(array=4000, secure=0), "-", (4000, "MAX_JOB_ARRAY_SIZE")),
        (PARAMS.format(array=4000, secure=0), "15", (10, "your limit of pending jobs")),
        (PARAMS.format(array=4000, secure=0), "3", (0, "your limit of pending jobs")),
        ("DEFAULT_QUEUE = normal\n", "-", (1000, "MAX_JOB_ARRAY_SIZE")),
        ("", "-", (-1, "")),
    ],
)
def test_limit(programs: Programs, params: str, most: str, limit: tuple[int, str]) -> None:
    """A list is no longer than an array may be, and than this user may have waiting."""
    programs.say("bparams", params)
    programs.say("busers", USERS.format(most=most))
    assert lsf.limits.read_limit({}) == limit


def test_hidden_jobs(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether LSF shows other people's jobs is asked of itself; root sees them all."""
    for secure, user, hidden in ((0, 1000, False), (3, 1000, True), (3, 0, False)):
        monkeypatch.setattr(os, "getuid", lambda user=user: user)
        programs.say("bparams", PARAMS.format(array=1000, secure=secure))
        assert lsf.limits.hides_jobs() is hidden


def test_partitions(programs: Programs) -> None:
    """The queues are told with their largest limits; the default one is marked."""
    programs.say("bqueues", QUEUES)
    rows, why_not = lsf.limits.find_partitions()
    assert why_not == ""
    told = [(row["partition"], row["state"], row["walltime"], row["memory"], row["nodes"]) for row in rows]
    assert told == [
        ("normal*", "up", "48:00:00", "37.1G", "all"),
        ("night", "stopped", "infinite", "0", "n1 n2"),
        ("old", "closed", "infinite", "0", ""),
    ]
    programs.say("bqueues", err=DOWN, code=255)
    assert lsf.limits.find_partitions() == ([], "LSF is down. Please wait ...")


@pytest.mark.parametrize(
    ("told", "job"),
    [
        ("Job <12> is submitted to queue <normal>.\n", "12"),
        ("a word of the site\nJob <12> is submitted to default queue <normal>.\n", "12"),
        ("", ""),
    ],
)
def test_job_id(told: str, job: str) -> None:
    """The array's id is read from what bsub prints."""
    assert lsf.read_job_id(told) == job


def test_cancel_and_after_words() -> None:
    """A whole array is cancelled by its id, single tasks by their indices; what waits, waits for all of an array."""
    assert lsf.cancel_argv("39", ()) == ["bkill", "39"]
    assert lsf.cancel_argv("39", [3, 7]) == ["bkill", "39[3,7]"]
    assert lsf.after_argv(["39", "40"]) == ["-w", "numended(39,*) && numended(40,*)"]
    assert lsf.after_argv([]) == []


REFUSED = {
    "nosuch: No such queue. Job not submitted.": "partition",
    "short: Queue has been closed. Job not submitted.": "partition",
    "User cannot use the queue. Job not submitted.": "partition",
    "RUNLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.": "walltime",
    "MEMLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.": "memory",
    "Too many processors requested. Job not submitted.": "cpus",
    "Job array index too large. Job not submitted.": "",
    "1-0: Job Array index invalid range. Job not submitted.": "",
    "rt[a]: Bad job array index list.": "",
    "Invoker is not in specified project group. Job not submitted.": "account",
    "Pending job threshold reached. Retrying in 60 seconds...": "",
    "User or one of user's groups does not have enough job slots. Job not submitted.": "",
    "numended(3,*): No matching job found. Job not submitted.": "",
    'Error near "select" : duplicate section. Job not submitted.': "",
    "Bad resource requirement syntax. Job not submitted.": "",
    "Bad resource name. Job not submitted.": "",
    "Request aborted by esub. Job not submitted.": "",
    "Failed in an LSF library call: LIM is down; try later. Job not submitted.": "",
}


@pytest.mark.parametrize("refusal", REFUSED)
def test_advice(refusal: str) -> None:
    """Each refusal that is known of tells which word it is about, and what to do."""
    word, advice = advise(lsf.SCHEDULER, refusal)
    assert word == REFUSED[refusal]
    assert advice


def test_advice_names_words() -> None:
    """A refusal is about a word that can be asked for."""
    assert {word for _, word, _ in REFUSALS if word} <= set(require_queue(lsf.SCHEDULER).submission.options)


@pytest.mark.parametrize(
    ("err", "says"),
    [("IBM Spectrum LSF Standard 10.1.0.0, May 31 2016\n", ""), ("openlava project 3.0, Nov 9 2014\n", "OpenLava")],
)
def test_which_bsub(programs: Programs, err: str, says: str) -> None:
    """The bsub of OpenLava, which cannot tell what runs, is refused before anything is submitted."""
    programs.say("bsub", err=err)
    assert says in (reason := lsf.program_problem())
    assert bool(reason) is bool(says)


def test_no_bsub(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no bsub that is said."""
    monkeypatch.setenv("PATH", str(programs.folder))
    assert lsf.program_problem().startswith("There is no bsub here.")


def ended(state: str, **told: Any) -> dict[str, str]:
    """Return an element as bjobs shows what it used."""
    usual = {"JOBID": "7", "JOBINDEX": "1", "RUN_TIME": "61 second(s)", "MAX_MEM": "5.2 Gbytes", "SLOTS": "2"}
    return {**usual, "STAT": state, "MEMLIMIT": "37.1 G", "CPU_USED": "30.5 second(s)", **told}


def test_usage(programs: Programs) -> None:
    """What tasks used is read with its units; what runs is told apart."""
    programs.say(
        "bjobs",
        answer(
            ended("DONE"),
            ended("EXIT", JOBINDEX="2", RUN_TIME="00:01:01"),
            ended("RUN", JOBINDEX="3"),
        ),
    )
    used, why_not = lsf.usage.accounting_usage(["7"])
    assert why_not == ""
    assert used[0] == Used("7_1", "COMPLETED", 61, read_memory("5.2G"), read_memory("37.1G"), 30.5, 2)
    assert [(task.id, task.state, task.seconds) for task in used[1:]] == [("7_2", "FAILED", 61)]
    assert [(task.id, task.state) for task in lsf.usage.live_usage(["7"]).used] == [("7_3", "RUNNING")]


@pytest.mark.parametrize("told", [answer({"JOBID": "7", "ERROR": "Job <7> is not found"}), ""])
def test_usage_forgotten(programs: Programs, told: str) -> None:
    """Where LSF has forgotten the job that is said; of what runs nothing is missing then."""
    programs.say("bjobs", told, "" if told else "Job <7> is not found\n", 0 if told else 255)
    rows, why_not = lsf.usage.accounting_usage(["7"])
    assert (rows, why_not) == ([], lsf.usage.FORGOTTEN)
    assert lsf.usage.live_usage(["7"]) == LiveUse([], (), "")


@pytest.mark.parametrize("line", ["", "-" * 60 + "\n"])
@pytest.mark.parametrize(
    ("term", "result", "why"),
    [
        ("TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.\n", "failed", "out of memory"),
        ("TERM_RUNLIMIT: job killed after reaching LSF run time limit.\n", "failed", "over its walltime"),
        ("TERM_OWNER: job killed by owner.\n", "cancelled", "it was cancelled"),
        (
            "TERM_FORCE_ADMIN: job killed by root or LSF administrator without time for cleanup.\n",
            "cancelled",
            "it was cancelled",
        ),
        ("TERM_REQUEUE_OWNER: job killed and requeued by owner.\n", "cancelled", "it was requeued"),
        ("TERM_PREEMPT: job killed after preemption.\n", "cancelled", "it was preempted"),
    ],
)
def test_report(line: str, term: str, result: str, why: str) -> None:
    """Why LSF ended a task stands in the report behind its log, whether the task wrote its end or not."""
    text = REPORT.format(line=line, term=term)
    cause, counts = find_cause(text)
    assert cause
    assert (WORDS[cause], counts) == (why, result == "failed")
    for end in ("", end_line("failed", 143, "it was stopped")):
        record = read_record(f"{start_line()}working\n{end}{text}", "0001", 1)
        assert record
        assert (record.result, record.why) == (result, why)
    record = read_record(f"{start_line()}{end_line()}{text}", "0001", 1)
    assert record
    assert record.result == "finished"


@pytest.mark.parametrize("line", ["", "-" * 60 + "\n"])
def test_report_without_a_reason(line: str) -> None:
    """A report is not taken for what the program said last; nor is what it says of an earlier start for this one's."""
    report = REPORT.format(line=line, term="")
    record = read_record(f"{start_line()}the disk broke\n{report}", "0001", 1)
    assert record
    assert (record.result, record.why) == ("", "the disk broke")
    killed = REPORT.format(line=line, term="TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.\n")
    record = read_record(f"{start_line()}{killed}{start_line(pid=9)}working\n{end_line()}", "0001", 1)
    assert record
    assert record.result == "finished"


def test_what_a_program_said_last(tmp_path: Path) -> None:
    """The lines that a cause is looked for in are the program's, however long the report behind them is."""
    log = tmp_path / "output.1"
    log.write_text(f"{start_line()}no space left\n{end_line('failed', 1, 'x')}{REPORT.format(line='', term='')}")
    assert load_last_run(log).splitlines()[1:2] == ["no space left"]
    assert "LSF" not in load_last_run(log)
