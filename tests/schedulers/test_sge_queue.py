"""What GridEngine's own texts say of a project's batches: in the queue, why not, how many more, what was used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from remote_tracker.model.quantities import read_memory
from remote_tracker.model.scheduling import BatchRef, Job
from remote_tracker.schedulers import advise, require_queue, sge
from remote_tracker.schedulers.sge.words import REFUSALS

from schedulers.fakes import Programs, make_programs

FOLDER = Path("/lab/my flies/workspace")
HEAD = "<?xml version='1.0'?>\n<job_info  xmlns:xsd=\"http://arc.liv.ac.uk/qstat.xsd\">\n  <queue_info>\n"
DOWN = """error: commlib error: got select error (Connection refused)
error: unable to send message to qmaster using port 16844 on host "vm": got send error
"""
PLACE = """==============================================================
job_number:                 {job}
owner:                      ann
sge_o_workdir:              /elsewhere
cwd:                        {folder}
hard resource_list:         h_rt=3600,h_vmem=1G
job_name:                   rt0001.track.flies
script_file:                process_all.sge
job-array tasks:            1-20:1
usage         1:            cpu=00:00:30, mem=0.00264 GB s, io=0.00005 GB, vmem=100M, maxvmem=110.672M
usage         2:            cpu=00:00:10, mem=0.00264 GB s, io=0.00005 GB, vmem=N/A, maxvmem=N/A
"""
ACCOUNT = """==============================================================
qname        all.q
hostname     n1
jobnumber    {job}
taskid       {task}
slots        1
failed       {failed}
exit_status  {status}
ru_wallclock {seconds}s
cpu          30.009s
category     -l h_rt=3600,h_vmem=1G
maxvmem      110.672MB
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for GridEngine's."""
    return make_programs(tmp_path / "bin", monkeypatch)


def listed(*tasks: tuple[str, str, str], name: str = "rt0001.track.flies") -> str:
    """Return qstat's XML for jobs as (id, state, tasks)."""
    parts = [
        f"<job_list state='x'><JB_job_number>{job}</JB_job_number><JB_name>{name}</JB_name><JB_owner>ann</JB_owner>"
        f"<state>{state}</state><slots>1</slots>{f'<tasks>{text}</tasks>' if text else ''}</job_list>"
        for job, state, text in tasks
    ]
    return HEAD + "".join(parts) + "</queue_info><job_info></job_info></job_info>\n"


def known(number: str = "0001", *jobs: str, per_job: int = 1) -> BatchRef:
    """Return a batch that these jobs have."""
    return BatchRef(FOLDER / "batches" / number, frozenset(jobs), per_job, "process_all.sge")


def jobs_of(xml: str, places: str, *batches: BatchRef, programs: Programs) -> list[Job]:
    """Return the jobs that two answers hold."""
    programs.say("qstat", xml, "", 0, places)
    return list(sge.queue.read_queue(batches or [known()]).jobs)


@pytest.mark.parametrize(
    ("text", "indices"),
    [("7", [7]), ("13-20:1", [*range(13, 21)]), ("1-5:2", [1, 3, 5]), ("15-17:1,23,30", [15, 16, 17, 23, 30])],
)
def test_indices(text: str, indices: list[int]) -> None:
    """Single tasks, ranges and mixtures of both are read."""
    assert sge.queue.read_indices(text) == set(indices)


def test_running_and_pending(programs: Programs) -> None:
    """What runs and what waits of a batch: a job of its number in its folder."""
    xml = listed(("186", "r", "1"), ("186", "r", "2"), ("186", "qw", "3-5:1"), ("186", "Eqw", "6,7"))
    jobs = jobs_of(xml, PLACE.format(job=186, folder=FOLDER), programs=programs)
    assert [(job.batch, job.tasks, job.running, job.never) for job in jobs] == [
        ("0001", frozenset({1, 2}), True, False),
        ("0001", frozenset({3, 4, 5}), False, False),
        ("0001", frozenset({6, 7}), False, True),
    ]
    assert "waits for free slots" in jobs[1].reason
    assert "could not be started" in jobs[2].reason


def test_two_calls(programs: Programs) -> None:
    """A look is two calls; of a job whose id a batch knows, the folder is not asked for."""
    jobs_of(listed(("186", "qw", "1-3:1")), "", known("0001", "186"), programs=programs)
    assert len(programs.calls("qstat")) == 1
    jobs_of(listed(("186", "qw", "1-3:1")), PLACE.format(job=186, folder=FOLDER), programs=programs)
    assert [words[0] for words in programs.calls("qstat")] == ["-u", "-j"]


@pytest.mark.parametrize(
    ("folder", "name", "batch"),
    [
        (FOLDER, "rt0002.track.flies", "0002"),
        (FOLDER, "mine", "0003"),
        ("/elsewhere", "rt0002.track.flies", None),
    ],
)
def test_whose_it_is(programs: Programs, folder: Path | str, name: str, batch: str | None) -> None:
    """A job is a batch's by its folder and the number in its name; under another name, the newest's."""
    xml = listed(("5", "qw", "1-3:1"), name=name)
    found = jobs_of(xml, PLACE.format(job=5, folder=folder), known("0002", "4"), known("0003"), programs=programs)
    assert [job.batch for job in found] == ([batch] if batch else [])


def test_a_job_that_ended_meanwhile(programs: Programs) -> None:
    """A job that has left between the two calls holds nothing."""
    programs.say("qstat", listed(("5", "r", "1")), "Following jobs do not exist: \n5\n", 1)
    script = programs.folder / "qstat"
    script.write_text(script.read_text().replace("exit 1", "[[ $1 == -u ]] || exit 1"))
    queue = sge.queue.read_queue([known()])
    assert queue.asked
    assert queue.alive == {}


def test_plain_jobs_are_none_of_ours(programs: Programs) -> None:
    """A job that is no array has no task of ours."""
    assert jobs_of(listed(("9", "r", "")), "", programs=programs) == []


@pytest.mark.parametrize(
    ("out", "err", "code", "says"),
    [("", DOWN, 1, "error: unable to send message to qmaster"), ("<job_info", "", 0, "what qstat prints is no XML")],
)
def test_could_not_be_asked(programs: Programs, out: str, err: str, code: int, says: str) -> None:
    """A qstat that fails, or whose answer cannot be read, is no empty queue."""
    programs.say("qstat", out, err, code)
    queue = sge.queue.read_queue([known()])
    assert not queue.asked
    assert queue.why_not.startswith(says)


@pytest.mark.parametrize("state", ["r", "t", "dr", "Rr", "s"])
def test_states_that_run(state: str) -> None:
    """What runs, is handed over, suspended, or being deleted is alive and waits for nothing."""
    assert sge.queue.read_reason(state) == ("", False)


@pytest.mark.parametrize(("state", "never"), [("qw", False), ("hqw", False), ("Rq", False), ("Eqw", True)])
def test_states_that_wait(state: str, never: bool) -> None:
    """What waits says why; what is in error will never run."""
    words, told = sge.queue.read_reason(state)
    assert words
    assert told is never


def test_what_waits_for_an_earlier_job(programs: Programs) -> None:
    """A job that is held because it comes after others is told so, as long as there are any."""
    xml = listed(("5", "hqw", "1-3:1")).replace("<slots>", "<predecessor_jobs>4</predecessor_jobs><slots>")
    (job,) = jobs_of(xml, PLACE.format(job=5, folder=FOLDER), programs=programs)
    assert (job.reason, job.never) == ("waits for an earlier job", False)


@pytest.mark.parametrize(
    ("conf", "mine", "limit"),
    [
        ("max_aj_instances             2000\nmax_aj_tasks                 75000\n", "", (75000, "max_aj_tasks 75000")),
        ("max_aj_tasks                 0\n", "", (-1, "")),
        ("max_aj_tasks 10\nmax_u_jobs 2\n", "head\n---\n 5 0.5 x\n 5 0.5 x\n 6 0.5 y\n", (0, "max_u_jobs 2")),
        ("max_aj_tasks 10\nmax_u_jobs 2\n", "head\n---\n 5 0.5 x\n 5 0.5 x\n", (10, "max_aj_tasks 10")),
    ],
)
def test_limit(programs: Programs, conf: str, mine: str, limit: tuple[int, str]) -> None:
    """A list is no longer than an array may be; where the user may have no job more, it is empty."""
    programs.say("qconf", conf)
    programs.say("qstat", mine)
    assert sge.limits.read_limit({}) == limit


NOWHERE = """Job 5 cannot run in queue "all.q" because it is not contained in its hard queue list (-q)
Job 5 (-l h_rt=3600) cannot run in queue "short" because of cluster queue
verification: no suitable queues
"""
TOO_MANY = 'Job 5 cannot run in PE "smp" because it only offers 0 slots\nverification: no suitable queues\n'
LOADED = """Job 5 (-l mem_free=1G) cannot run in queue "all.q@vm" because job requests unknown resource (mem_free)
verification: no suitable queues
"""
QUOTA = 'Job 5 cannot run because it exceeds limit "ann/////" in rule "lim/1"\nverification: no suitable queues\n'
SOMEWHERE = "verification: found suitable queue(s)\n"
NEVER = "no node is as it asks (qalter -w v 5 tells why): it will never run"


def asks(xml: str, slots: int, **requests: str) -> str:
    """Return qstat's XML with what its jobs ask for, as qstat -r tells it."""
    told = f'<requested_pe name="smp">{slots}</requested_pe>' if slots > 1 else ""
    told += "".join(
        f'<hard_request name="{name}" resource_contribution="0.000000">{value}</hard_request>'
        for name, value in requests.items()
    )
    return xml.replace("<slots>", f"{told}<slots>")


@pytest.mark.parametrize(
    ("told", "reason", "never"),
    [
        (NOWHERE, NEVER, True),
        (QUOTA, NEVER, True),
        (SOMEWHERE, "waits for free slots", False),
        (LOADED, "waits for free slots", False),
        ("verification: job is already running or is held\n", "waits for free slots", False),
        ('denied: "ann" must be at least owner of job 5 to change job attributes\n', "waits for free slots", False),
        ('denied: job "5" does not exist\n', "waits for free slots", False),
        ("", "waits for free slots", False),
    ],
)
def test_what_fits_nowhere(programs: Programs, told: str, reason: str, never: bool) -> None:
    """Of a job that no queue suits, on an empty cluster too, it is told; what is not sure waits for free slots."""
    programs.say("qalter", told, "", int(never))
    (job,) = jobs_of(
        asks(listed(("5", "qw", "1-3:1")), 1, h_rt="3600"), PLACE.format(job=5, folder=FOLDER), programs=programs
    )
    assert (job.reason, job.never) == (reason, never)
    assert programs.calls("qalter") == [["-w", "v", "5"]]


@pytest.mark.parametrize(
    ("alone", "never"),
    [
        (SOMEWHERE, True),
        (f"Unable to run job: {NOWHERE}Exiting.\n", True),
        (f"Unable to run job: {LOADED}Exiting.\n", False),
        ("Unable to run job: job rejected: only 2 jobs are allowed per user (current job count: 2)\nExiting.\n", False),
        ("", False),
    ],
)
def test_what_fits_nowhere_of_several_slots(programs: Programs, alone: str, never: bool) -> None:
    """Of several slots only their number is told: what each must have is asked about alone, and no job is submitted."""
    programs.say("qalter", TOO_MANY, "", 1)
    programs.say("qsub", "", alone, 1)
    xml = asks(listed(("5", "qw", "1-3:1")), 64, h_rt="60", mem_free="1G")
    (job,) = jobs_of(xml, PLACE.format(job=5, folder=FOLDER), programs=programs)
    assert job.never is never
    assert programs.calls("qsub") == [["-w", "v", "-l", "h_rt=60,mem_free=1G", "-b", "y", "true"]]


@pytest.mark.parametrize(
    "tasks",
    [
        [("5", "r", "1"), ("5", "qw", "2-3:1")],
        [("5", "hqw", "1-3:1")],
        [("5", "Eqw", "1-3:1")],
        [("5", "Rq", "1-3:1")],
        [("5", "r", "1-3:1")],
    ],
)
def test_what_is_not_asked_whether_it_fits(programs: Programs, tasks: list[tuple[str, str, str]]) -> None:
    """Nothing is asked of a job that runs in part, or that does not wait for slots."""
    programs.say("qalter", NOWHERE, "", 1)
    jobs = jobs_of(listed(*tasks), PLACE.format(job=5, folder=FOLDER), programs=programs)
    assert jobs
    assert programs.calls("qalter") == []
    assert NEVER not in [job.reason for job in jobs]


def test_whose_job_is_asked_whether_it_fits(programs: Programs) -> None:
    """Nothing is asked of other people's jobs, or of those of another project."""
    programs.say("qalter", NOWHERE, "", 1)
    assert jobs_of(listed(("5", "qw", "1-3:1")), PLACE.format(job=5, folder="/elsewhere"), programs=programs) == []
    assert programs.calls("qalter") == []


def test_partitions(programs: Programs) -> None:
    """The queues are told with their limits; INFINITY is none."""
    programs.say(
        "qconf",
        "qname                 all.q\nhostlist              @allhosts\nslots 1,[n1=12], \\\n  [n2=4]\n"
        "h_rt                  INFINITY\n"
        "h_vmem                INFINITY\nqname                 short\nh_rt                  0:10:0\nh_vmem  4G\n",
    )
    rows, why_not = sge.limits.find_partitions()
    assert why_not == ""
    told = [(row["partition"], row["walltime"], row["memory"]) for row in rows]
    assert told == [("all.q", "infinite", "0"), ("short", "0:10:0", "0")]


@pytest.mark.parametrize(
    ("answer", "job"),
    [
        ("9.1-5:1\n", "9"),
        ('warning: "-N" option has already been set\n12.1-1:1\n', "12"),
        ("7\n", ""),
        ("", ""),
        ('Unable to run job: warning: x\nYour job-array 31.1-2:1 ("x") has been submitted\nExiting.\n', "31"),
        ("Unable to run job: Your job-array 31.1-2:1 is denied\n", ""),
        ('Unable to run job: warning: x\nYour job 31 ("x") has been submitted\nExiting.\n', ""),
    ],
)
def test_job_id(answer: str, job: str) -> None:
    """The array's id is read from what qsub -terse prints, or says with a warning; a job that is no array has none."""
    assert sge.read_job_id(answer) == job


def test_cancel_and_after_words() -> None:
    """A whole array is cancelled by its id, single tasks by theirs; a job waits until others left, however."""
    assert sge.cancel_argv("39", ()) == ["qdel", "39"]
    assert sge.cancel_argv("39", [3, 7]) == ["qdel", "39.3", "39.7"]
    assert sge.after_argv(["39", "40"]) == ["-hold_jid", "39,40"]
    assert sge.after_argv([]) == []


REFUSED = {
    'Unable to run job: Job was rejected because job requests unknown queue "nosuch"\nExiting.': "partition",
    'Unable to run job: unknown resource "nosuch"\nExiting.': "",
    'Unable to run job: denied: missing value for resource "h_rt"\nExiting.': "",
    'Unable to run job: attribute "h_rt" is not a time value\nExiting.': "walltime",
    'Unable to run job: attribute "h_vmem" is not a memory value\nExiting.': "memory",
    'Unable to run job: job rejected: the requested parallel environment "nosuch" does not exist\nExiting.': "cpus",
    'Unable to run job: job rejected: the requested project "nosuch" does not exist\nExiting.': "account",
    "Unable to run job: job rejected: 0 is an invalid task id\nExiting.": "",
    "Unable to run job: job rejected: you tried to submit a job with more than 75000 tasks\nExiting.": "",
    "Unable to run job: job rejected: only 2 jobs are allowed per user (current job count: 2)\nExiting.": "",
    "Unable to run job: job rejected: your user id 0 is lower than minimum user id 1000 of cluster configuration": "",
    'Unable to run job: denied: "1abc" is not a valid object name (cannot start with a digit)\nExiting.': "",
    DOWN: "",
    "qsub: Unknown option \n": "",
    'qsub: invalid option argument "-nosuch"': "",
    'Unable to run job: can\'t resolve hostname "/tmp/lo"': "",
}


@pytest.mark.parametrize("refusal", REFUSED)
def test_advice(refusal: str) -> None:
    """Each refusal that was seen is known: which word it is about, and what to do."""
    word, advice = advise(sge.SCHEDULER, " ".join(refusal.split()))
    assert word == REFUSED[refusal]
    assert advice


def test_advice_names_words() -> None:
    """A refusal is about a word that can be asked for."""
    assert {word for _, word, _ in REFUSALS if word} <= set(require_queue(sge.SCHEDULER).submission.options)


@pytest.mark.parametrize(
    ("out", "err", "code", "says"),
    [
        ("SGE 8.1.9\nusage: qsub [options]\n", "", 0, ""),
        ("OGS/GE 2011.11p1\nusage: qsub [options]\n", "", 0, ""),
        ("AGE 2024.1.0\n", "", 0, ""),
        ("usage: qsub [-a date_time]\n", "", 2, "PBS"),
        ("", "qsub: invalid option -- 'e'\nusage: qsub [-a date_time]", 2, "PBS"),
    ],
)
def test_which_qsub(programs: Programs, out: str, err: str, code: int, says: str) -> None:
    """The qsub of GridEngine is told from that of PBS before anything is submitted."""
    programs.say("qsub", out, err, code)
    reason = sge.program_problem()
    assert says in reason
    assert bool(reason) is bool(says)


def test_usage(programs: Programs) -> None:
    """What tasks used is read of each of them, of one that ran twice the last; a kill is no success."""
    parts: list[Mapping[str, str]] = [
        {"task": "1", "failed": "0", "status": "0", "seconds": "61"},
        {"task": "2", "failed": "25 : rescheduling", "status": "99", "seconds": "1"},
        {"task": "2", "failed": "37 : qmaster enforced h_rt", "status": "137 (Killed)", "seconds": "9"},
    ]
    programs.say("qacct", "".join(ACCOUNT.format(job=3, **part) for part in parts))
    used, why_not = sge.usage.accounting_usage(["3"])
    assert why_not == ""
    assert [(task.id, task.state, task.seconds, task.memory_kib, task.asked_kib) for task in used] == [
        ("3_1", "COMPLETED", 61, read_memory("110.672M"), 1024**2),
        ("3_2", "FAILED", 9, read_memory("110.672M"), 1024**2),
    ]


@pytest.mark.parametrize(("told", "state"), [("1.000GB", "OUT_OF_MEMORY"), ("110.672MB", "FAILED"), ("x", "FAILED")])
def test_killed_at_its_limit(programs: Programs, told: str, state: str) -> None:
    """A task that failed with nearly all the memory it had asked for ran out of it; what is no memory says nothing."""
    account = ACCOUNT.format(job=3, task=1, failed=0, status=137, seconds=9).replace("110.672MB", told)
    programs.say("qacct", account)
    assert [task.state for task in sge.usage.accounting_usage(["3"])[0]] == [state]


@pytest.mark.parametrize(
    ("said", "why_not"),
    [
        ("error: job id 99999 not found", ""),
        ("error: couldn't open accounting file", "error: couldn't open accounting file"),
    ],
)
def test_usage_not_known(programs: Programs, said: str, why_not: str) -> None:
    """A job that accounting does not know yet is waited for; any other trouble is said in its own words."""
    programs.say("qacct", "", f"{said}\n", 1)
    assert sge.usage.accounting_usage(["99999"]) == ([], why_not)


def test_what_runs(programs: Programs) -> None:
    """What runs tells its memory and CPU, since when, and on how many cores."""
    xml = listed(("5", "r", "1"), ("5", "r", "2"))
    xml = xml.replace("<slots>", "<JAT_start_time>2026-01-01T00:00:00</JAT_start_time><slots>")
    programs.say("qstat", PLACE.format(job=5, folder=FOLDER), "", 0, xml)
    live = sge.usage.live_usage(["5"]).used
    assert [(task.id, task.memory_kib, task.asked_kib, task.cpu_s, task.cpus) for task in live] == [
        ("5_1", read_memory("110.672M"), 1024**2, 30.0, 1),
        ("5_2", 0, 1024**2, 10.0, 1),
    ]
    assert live[0].seconds > 0


def test_another_name_beside_the_batches(programs: Programs, tmp_path: Path) -> None:
    """A job that somebody called otherwise is the newest batch's that has none, in a folder with batches in it."""
    (tmp_path / "batches" / "0003").mkdir(parents=True)
    batch = BatchRef(tmp_path / "batches" / "0003", script="process_all.sge")
    place = PLACE.format(job=5, folder=tmp_path)
    (job,) = jobs_of(listed(("5", "qw", "1-3:1"), name="mine"), place, batch, programs=programs)
    assert job.batch == "0003"
