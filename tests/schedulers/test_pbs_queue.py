"""What PBS's own texts say of a project's batches: in the queue, why not, how many more, what was used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.model.scheduling import BatchRef, Job, LiveUse, Used
from remote_tracker.schedulers import advise, pbs, require_queue
from remote_tracker.schedulers.pbs.words import REASONS, REFUSALS

from schedulers.fakes import Programs, make_programs

FOLDER = Path("/lab/flies/workspace")
DOWN = "Connection refused\nqstat: cannot connect to server pbs1 (errno=15010)\n"
SERVER = """Server: pbs1
    server_state = Active
    default_queue = workq
    query_other_jobs = {others}
    max_array_size = 10000
{more}
"""
QUEUES = """Queue: workq
    queue_type = Execution
    total_jobs = 1
    enabled = True
    started = True

Queue: short
    queue_type = Execution
    resources_max.ncpus = 4
    resources_max.walltime = 24:00:00
    enabled = True
    started = True

Queue: lim
    max_queued = [u:PBS_GENERIC=5]
    max_array_size = 10
    enabled = True
    started = False
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for PBS's."""
    return make_programs(tmp_path / "bin", monkeypatch)


def array(number: str = "0001", **told: Any) -> dict[str, Any]:
    """Return an array as qstat -f -F json shows it."""
    usual = {
        "Job_Name": f"rt{number}.track.flies",
        "Job_Owner": "ann@pbs1",
        "job_state": "B",
        "Output_Path": f"pbs1:{FOLDER}/batches/{number}/output.^array_index^",
        "Variable_List": {"PBS_O_WORKDIR": str(FOLDER), "PBS_O_HOST": "pbs1"},
        "comment": "Job Array Began at Fri Nov 20 at 15:47",
        "Submit_arguments": "process_all.pbs",
        "array": "True",
        "array_indices_submitted": "1-9",
        "array_indices_remaining": 9,
    }
    return {**usual, **told}


def known(number: str = "0001", *jobs: str, per_job: int = 1) -> BatchRef:
    """Return a batch that these jobs have."""
    return BatchRef(FOLDER / "batches" / number, frozenset(jobs), per_job, "process_all.pbs")


def jobs_of(told: Mapping[str, Any], pending: str, running: str, *batches: BatchRef) -> list[Job]:
    """Return the jobs that three answers hold."""
    waiting, active = (pbs.queue.read_subjobs(text) for text in (pending, running))
    return list(pbs.queue.find_jobs(told, waiting, active, batches or [known()]))


def test_subjobs() -> None:
    """The subjobs of each array are told apart, whatever their server's name is; other jobs are none."""
    text = "0[3].pbs1\n0[12].pbs1\n7[1].pbs1.lab.org\n20.pbs1\n0[].pbs1\n"
    assert pbs.queue.read_subjobs(text) == {"0[].pbs1": [3, 12], "7[].pbs1.lab.org": [1]}


def test_arrays() -> None:
    """Arrays are read from qstat's JSON, jobs that are none are not; an empty queue has no Jobs at all."""
    told = {"Jobs": {"1[].pbs1": array(), "2.pbs1": {"Job_Name": "x", "job_state": "R"}}}
    assert list(pbs.queue.read_arrays(json.dumps(told))) == ["1[].pbs1"]
    assert pbs.queue.read_arrays('{"timestamp":\t1795189622, "pbs_server":\t"pbs1"}') == {}
    assert pbs.queue.read_arrays("") == {}


def test_raw_bytes() -> None:
    """What a job's environment holds passes through raw, line breaks and tabs too."""
    text = json.dumps({"Jobs": {"1[].pbs1": array()}}).replace('"PBS_O_HOST": "pbs1"', '"A": "b\tc\nd"')
    assert list(pbs.queue.read_arrays(text)) == ["1[].pbs1"]


def test_running_and_pending() -> None:
    """What runs and what waits of a batch, by where its logs go."""
    jobs = jobs_of({"1[].pbs1": array()}, "1[9].pbs1\n", "1[7].pbs1\n1[8].pbs1\n")
    assert [(job.batch, job.id, job.user, job.tasks, job.running) for job in jobs] == [
        ("0001", "1[].pbs1", "ann", frozenset({7, 8}), True),
        ("0001", "1[].pbs1", "ann", frozenset({9}), False),
    ]


def test_several_tasks_a_subjob() -> None:
    """An index stands for all the tasks that its subjob takes."""
    (job,) = jobs_of({"1[].pbs1": array()}, "1[11].pbs1\n", "", known(per_job=10))
    assert job.tasks == frozenset(range(11, 21))


def test_the_last_subjob_takes_what_is_left() -> None:
    """A batch of ten tasks in jobs of four has two in its last job."""
    last = known(per_job=4)._replace(tasks=10)
    (job,) = jobs_of({"1[].pbs1": array()}, "1[9].pbs1\n", "", last)
    assert job.tasks == {9, 10}


TYPED_AT_HOME = {
    "Output_Path": "pbs1:/people/ann/batches/0002/output.^array_index^",
    "Variable_List": {"PBS_O_WORKDIR": "/people/ann"},
    "Job_Name": "rt0002.track.flies",
    "job_state": "H",
    "comment": "Job Array Held, too many failed attempts to run subjob 5[1].pbs1",
}


@pytest.mark.parametrize(
    "place", ["/lab/fl'ies/workspace", '/lab/my "flies"/workspace', "/people/ann/my flies/workspace"]
)
@pytest.mark.parametrize("before", ["", "-q long ", "-v A=b c "])
@pytest.mark.parametrize("relative", [False, True])
def test_typed_in_another_folder(place: str, before: str, relative: bool) -> None:
    """An array whose logs go astray, as its folder's name cannot stand in a directive, is found by what was typed."""
    script = f"{place}/process_all.pbs"
    typed = script.removeprefix("/people/ann/") if relative else script
    batches = [BatchRef(Path(place, "batches", number), script="process_all.pbs") for number in ("0001", "0002")]
    told = array("0002", **TYPED_AT_HOME, Submit_arguments=f"{before}{typed}")
    found = jobs_of({"5[].pbs1": told}, "5[1].pbs1\n5[2].pbs1\n", "", *batches)
    (job,) = found
    assert (job.batch, job.tasks, job.never) == ("0002", {1, 2}, True)


@pytest.mark.parametrize("typed", ["/lab/other/workspace/process_all.pbs", "process_all.pbs", "/lab/x/process_all.pbs"])
def test_typed_in_another_folder_for_another_project(typed: str) -> None:
    """An array of another project, of the same name and with logs that go astray alike, is not taken for ours."""
    told = array("0002", **TYPED_AT_HOME, Submit_arguments=typed)
    ours = BatchRef(Path("/lab/my flies/workspace/batches/0002"), script="process_all.pbs")
    assert jobs_of({"5[].pbs1": told}, "5[1].pbs1\n", "", ours) == []


def test_over_but_remembered() -> None:
    """An array whose subjobs are all over holds nothing, whatever it says of itself."""
    assert jobs_of({"1[].pbs1": array(job_state="B", array_indices_remaining="6-9")}, "", "") == []


@pytest.mark.parametrize(
    ("told", "batch"),
    [
        ({}, "0002"),
        ({"Job_Name": "mine"}, "0002"),
        ({"Output_Path": "pbs1:/elsewhere/log.^array_index^"}, "0002"),
        ({"Output_Path": "pbs1:/elsewhere/log.^array_index^", "Job_Name": "mine"}, "0003"),
        ({"Output_Path": "pbs1:/other/workspace/batches/0002/output.^array_index^"}, None),
        ({"Output_Path": "pbs1:/x/y", "Variable_List": {"PBS_O_WORKDIR": "/elsewhere"}}, None),
        ({"Output_Path": "pbs1:/x/y", "Variable_List": {}, "Job_Name": "mine"}, None),
    ],
)
def test_whose_it_is(told: Mapping[str, Any], batch: str | None) -> None:
    """An array is a batch's by its logs' place, else by name and folder, else the newest's that no job has."""
    jobs = jobs_of({"5[].pbs1": array("0002", **told)}, "5[1].pbs1\n", "", known("0002", "4[].pbs1"), known("0003"))
    assert [job.batch for job in jobs] == ([batch] if batch else [])


def test_by_its_id() -> None:
    """A job that a batch knows is its, whatever was changed on qsub's line."""
    odd = array(Job_Name="x", Output_Path="pbs1:/x/y", Variable_List={})
    (job,) = jobs_of({"5[].pbs1": odd}, "5[1].pbs1\n", "", known("0002", "5[].pbs1"))
    assert job.batch == "0002"


@pytest.mark.parametrize(
    ("told", "words", "never"),
    [
        (
            {"comment": "Can Never Run: Insufficient amount of resource: ncpus (R: 64 A: 8 T: 8)"},
            "asks for more than there is: it will never run",
            True,
        ),
        (
            {"comment": "job held, too many failed attempts to run", "job_state": "H"},
            "could not be started twenty times and is held; ./rt cancel, then scan",
            True,
        ),
        ({"job_state": "H", "comment": ""}, "is held; qrls lets it go", True),
        ({"job_state": "H", "depend": "afterany:1[].pbs1@pbs1"}, "waits for an earlier job", False),
        ({"job_state": "H", "comment": "", "depend": "beforeany:2[].pbs1@pbs1"}, "is held; qrls lets it go", True),
        ({"comment": "Not Running: Queue not started."}, "its queue is stopped", False),
        ({"comment": "Not Running: the moon"}, "Not Running: the moon", False),
        ({"comment": ""}, "just submitted", False),
        ({}, "as many run at once as may", False),
    ],
)
def test_reason(told: Mapping[str, Any], words: str, never: bool) -> None:
    """Why an array waits is told in words, and whether it will never run; an unknown reason as it stands."""
    (job,) = jobs_of({"1[].pbs1": array(**told)}, "1[1].pbs1\n", "")
    assert (job.reason, job.never) == (words, never)


def test_reasons_are_sentences() -> None:
    """Each reason is told so that it can stand behind a colon."""
    assert all(words and not words.endswith(".") for _, words, _ in REASONS)


def test_down(programs: Programs) -> None:
    """A server that does not answer is no empty queue; the line that names it is shown."""
    programs.say("qstat", err=DOWN, code=255)
    programs.say("qselect")
    queue = pbs.queue.read_queue([known()])
    assert not queue.asked
    assert queue.why_not == "qstat: cannot connect to server pbs1 (errno=15010)"
    assert not programs.calls("qselect")


def test_no_json(programs: Programs) -> None:
    """An answer that cannot be read is no empty queue."""
    programs.say("qstat", '{"Jobs": {')
    programs.say("qselect")
    queue = pbs.queue.read_queue([known()])
    assert not queue.asked
    assert queue.why_not.startswith("what qstat prints is no JSON")


def test_three_calls(programs: Programs) -> None:
    """A look at the queue is three calls: the arrays first, then the pending, then the running."""
    programs.say("qstat", "{}")
    programs.say("qselect")
    pbs.queue.read_queue([known()])
    assert programs.calls("qstat") == [["-f", "-F", "json"]]
    assert [words[:3] for words in programs.calls("qselect")] == [["-T", "-s", "QHWT"], ["-T", "-s", "RESU"]]


def test_nothing_to_ask_for(programs: Programs) -> None:
    """Without a batch that may run nothing is asked."""
    programs.say("qstat", code=1)
    assert pbs.queue.read_queue([]).asked
    assert not programs.calls("qstat")


@pytest.mark.parametrize(
    ("more", "asked", "mine", "limit"),
    [
        ("", {}, "", (10000, "max_array_size")),
        (
            "    max_queued = [u:PBS_GENERIC=50]",
            {},
            "1[].pbs1\n1[1].pbs1\n1[2].pbs1\n",
            (48, "your limit of queued jobs"),
        ),
        ("    max_queued = [u:nobody-else=5]", {}, "", (10000, "max_array_size")),
        ("", {"partition": "lim"}, "", (5, "your limit of queued jobs of queue lim")),
        ("", {"partition": "lim"}, "1[1].pbs1\n" * 7, (0, "your limit of queued jobs of queue lim")),
        ("", {"partition": "short"}, "", (10000, "max_array_size")),
    ],
)
def test_limit(programs: Programs, more: str, asked: Mapping[str, str], mine: str, limit: tuple[int, str]) -> None:
    """A list is no longer than the server and the queue take of an array, and of this user."""
    programs.say("qstat", SERVER.format(others="True", more=more), "", 0, QUEUES)
    programs.say("qselect", mine)
    assert pbs.limits.read_limit(asked) == limit


@pytest.mark.parametrize(("call", "name"), [("find_partitions", "limits"), ("accounting_usage", "usage")])
def test_a_server_that_is_down_is_named(programs: Programs, call: str, name: str) -> None:
    """Whoever asks in vain, the line that names the server is told, not that the connection was refused."""
    programs.say("qstat", err=DOWN, code=255)
    asked = getattr(getattr(pbs, name), call)
    told = asked(["3[].pbs1"]) if name == "usage" else asked()
    assert told == ([], "qstat: cannot connect to server pbs1 (errno=15010)")


def test_limit_not_told(programs: Programs) -> None:
    """Where the server does not answer no limit is known."""
    programs.say("qstat", err=DOWN, code=255)
    assert pbs.limits.read_limit({}) == (-1, "")


@pytest.mark.parametrize(("others", "hidden"), [("True", False), ("False", True)])
def test_hidden_jobs(programs: Programs, others: str, hidden: bool) -> None:
    """Whether the server shows other people's jobs is asked of itself."""
    programs.say("qstat", SERVER.format(others=others, more=""))
    assert pbs.limits.hides_jobs() is hidden


def test_partitions(programs: Programs) -> None:
    """The queues are told with their limits; the default one is marked."""
    programs.say("qstat", QUEUES, "", 0, SERVER.format(others="True", more=""))
    rows, why_not = pbs.limits.find_partitions()
    assert why_not == ""
    told = [(row["partition"], row["state"], row["walltime"], row["cpus"]) for row in rows]
    assert told == [
        ("workq*", "up", "infinite", "0"),
        ("short", "up", "24:00:00", "4"),
        ("lim", "stopped", "infinite", "0"),
    ]


@pytest.mark.parametrize(
    ("answer", "job"),
    [
        ("0[].pbs1\n", "0[].pbs1"),
        ("a word of the site\n12[].pbs1.lab.org\n", "12[].pbs1.lab.org"),
        ("12.pbs1\n", ""),
        ("", ""),
    ],
)
def test_job_id(answer: str, job: str) -> None:
    """The array's id is read from what qsub prints; a job that is no array is none of ours."""
    assert pbs.read_job_id(answer) == job


def test_cancel_words() -> None:
    """A whole array is cancelled by its id, single tasks of it by their indices."""
    assert pbs.cancel_argv("39[].pbs1", ()) == ["qdel", "39[].pbs1"]
    assert pbs.cancel_argv("39[].pbs1", [3, 7]) == ["qdel", "39[3].pbs1", "39[7].pbs1"]


def test_after_words() -> None:
    """A job waits until others ended, however they did: afterok is let go though a subjob failed."""
    assert pbs.after_argv(["39[].pbs1", "40[].pbs1"]) == ["-W", "depend=afterany:39[].pbs1:40[].pbs1"]
    assert pbs.after_argv([]) == []


REFUSED = {
    "qsub: Unknown queue": "partition",
    "qsub: Queue is not enabled": "partition",
    "qsub: Unauthorized Request ": "partition",
    "qsub: Job violates queue and/or server resource limits": "walltime",
    "qsub: would exceed queue generic's per-user limit": "",
    "qsub: Array job exceeds server or queue size limit": "",
    "qsub: illegal -J value\nusage: qsub [-a date_time]": "",
    "qsub: Unknown resource: ngpus": "",
    "qsub: Illegal attribute or resource value select.mem": "memory",
    "qsub: Illegal attribute or resource value Resource_List.walltime": "walltime",
    'qsub: "-lresource=" cannot be used with "select" or "place", resource is: mem': "",
    "qsub: illegal -N value": "",
    "qsub: Job name is too long ": "",
    "qsub: directive error: -N ok1 # a comment ": "",
    "qsub: multiple max_run_subjobs values found\nqsub: directive error: -W max_run_subjobs=2 ": "",
    "qsub: Cannot be used with select or place: nodes": "",
    "qsub: script contains cr, lf": "",
    "qsub: script file:: No such file or directory": "",
    "Connection refused\nqsub: cannot connect to server pbs1 (errno=15010)": "",
    "qsub: Bad UID for job execution": "",
    "qsub:  cannot submit non-rerunable Array Job": "",
    "qsub: invalid option -- 't'": "",
    "qsub: illegal -W value": "",
}


@pytest.mark.parametrize("refusal", REFUSED)
def test_advice(refusal: str) -> None:
    """Each refusal that was seen is known: which word it is about, and what to do."""
    word, advice = advise(pbs.SCHEDULER, " ".join(refusal.split()))
    assert word == REFUSED[refusal]
    assert advice.endswith((".", ")", "gb")), advice


def test_advice_names_words() -> None:
    """A refusal is about a word that can be asked for."""
    assert {word for _, word, _ in REFUSALS if word} <= set(require_queue(pbs.SCHEDULER).submission.options)


@pytest.mark.parametrize(
    ("out", "err", "code", "says"),
    [
        ("", "pbs_version = 23.06.06\n", 0, ""),
        ("pbs_version = 19.1.3\n", "", 0, ""),
        ("", "Version: 6.1.2\nCommit: 661e092552de43a785c15d39a3634a541d86898e\n", 0, "Torque"),
        ("", "Unknown option --version\n", 1, "GridEngine"),
    ],
)
def test_which_qsub(programs: Programs, out: str, err: str, code: int, says: str) -> None:
    """The qsub of PBS is told from those of Torque and GridEngine before anything is submitted."""
    programs.say("qsub", out, err, code)
    reason = pbs.program_problem()
    assert says in reason
    assert bool(reason) is bool(says)


def test_no_qsub(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no qsub that is said."""
    monkeypatch.setenv("PATH", str(programs.folder))
    assert pbs.program_problem().startswith("There is no qsub here.")


def subjob(state: str, **told: Any) -> dict[str, Any]:
    """Return a subjob as qstat -t -f -F json shows it."""
    used = {"cput": "00:00:30", "mem": "51200kb", "walltime": "00:01:01"}
    return {"job_state": state, "resources_used": used, "Resource_List": {"ncpus": 1, "mem": "1gb"}, **told}


def test_usage(programs: Programs) -> None:
    """What subjobs used is read of each of them; the array's own record, which lies, is not."""
    told = {"3[].pbs1": array(Exit_status=0), "3[1].pbs1": subjob("X", Exit_status=0), "3[2].pbs1": subjob("R")}
    programs.say("qstat", json.dumps({"Jobs": told}))
    used, why_not = pbs.usage.accounting_usage(["3[].pbs1"])
    assert used == [Used("3[1]", "COMPLETED", 61, 51200, 1024**2, 30.0, 1)]
    assert why_not == ""
    live = pbs.usage.live_usage(["3[].pbs1"])
    assert live == LiveUse([Used("3[2]", "RUNNING", 61, 51200, 1024**2, 30.0, 1)], (), "")


def test_usage_without_history(programs: Programs) -> None:
    """Where the server keeps no history that is said, though qstat calls it fine."""
    programs.say("qstat", "", "qstat: PBS is not configured to maintain job history 132[].pbs1\n", 0)
    assert pbs.usage.accounting_usage(["132[].pbs1"]) == (
        [],
        "qstat: PBS is not configured to maintain job history 132[].pbs1",
    )
    programs.say("qstat", '{"timestamp": 1}', "qstat: Unknown Job Id 132[].pbs1\n", 153)
    assert pbs.usage.live_usage(["132[].pbs1"]) == LiveUse([], (), "")
