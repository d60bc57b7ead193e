"""What squeue tells of a project's batches, read from its plain text."""

from __future__ import annotations

import os
from getpass import getuser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.model.scheduling import Array, BatchRef, Job, Queue, Used, queue_of
from remote_tracker.schedulers import match, slurm, snapshot
from remote_tracker.schedulers.slurm.words import REASONS

from schedulers.fakes import Programs, make_programs, queue_line

HOSTILE = [
    "a b",
    "it's",
    'a"b',
    "$(touch x)",
    "a|b",
    "a,b",
    "[1-3]%4",
    "ünï 日本",
    "a\tb",
    "a\\b",
    "-rf",
    "0001",
    "e" * 200,
]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a workspace with three batches."""
    for number in ("0001", "0002", "0003"):
        (tmp_path / "lab" / "workspace" / "batches" / number).mkdir(parents=True)
    return tmp_path / "lab" / "workspace"


def known(folder: Path, number: str = "0001", *jobs: str, per_job: int = 1) -> BatchRef:
    """Return a batch that these jobs have."""
    return BatchRef(folder / "batches" / number, frozenset(jobs), per_job)


def jobs_of(line: str, *batches: BatchRef) -> list[Job]:
    """Return the jobs that an answer holds."""
    return list(slurm.queue.find_jobs(line, batches))


def found(line: str, *batches: BatchRef) -> list[str]:
    """Return the numbers of the batches whose jobs an answer holds."""
    return [job.batch for job in jobs_of(line, *batches)]


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("3", {3}),
        ("1-20%4", set(range(1, 21))),
        ("3,7-9", {3, 7, 8, 9}),
        ("5-20%4", set(range(5, 21))),
        ("1-41:10%2", {1, 11, 21, 31, 41}),
        ("1,3-5,9-13:2%1", {1, 3, 4, 5, 9, 11, 13}),
        ("1000-1000", {1000}),
    ],
)
def test_indices(text: str, tasks: set[int]) -> None:
    """Each compressed form of an array's indices is read; how many run at once is no index."""
    assert slurm.queue.read_indices(text) == tasks


@pytest.mark.parametrize("text", ["N/A", "", "-", "1-", "a", "1-5...", "1,,2", "1 2", "0x4"])
def test_no_indices(text: str) -> None:
    """What is no list of indices means any of the batch's tasks, never none."""
    assert slurm.queue.read_indices(text) is None


@pytest.mark.parametrize(("text", "last"), [("1-41:10%2", 50), ("1-41:10", 50), ("1", 10)])
def test_indices_of_packed_jobs(text: str, last: int) -> None:
    """Where a job takes ten tasks, its index stands for the ten from there on."""
    assert slurm.queue.read_indices(text, per_job=10) == set(range(1, last + 1))


def compressed(tasks: set[int], throttle: int) -> str:
    """Return indices as squeue writes them: runs of neighbours, and how many run at once."""
    runs: list[list[int]] = []
    for task in sorted(tasks):
        if runs and runs[-1][-1] == task - 1:
            runs[-1].append(task)
        else:
            runs.append([task])
    text = ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"{text}%{throttle}" if throttle else text


@given(st.sets(st.integers(1, 400), min_size=1), st.integers(0, 20))
def test_indices_round_trip(tasks: set[int], throttle: int) -> None:
    """Whatever tasks squeue compresses come back, all of them and no other."""
    assert slurm.queue.read_indices(compressed(tasks, throttle)) == tasks


@given(st.integers(1, 300), st.integers(1, 50), st.integers(1, 20))
def test_every_listed_task_is_read(tasks: int, per_job: int, throttle: int) -> None:
    """The indices of a pinned batch, as they are submitted, stand for every one of its tasks."""
    line = slurm.script.array_directives(Array("0001", tasks, "x", Path("/x"), per_job, throttle))[1]
    read = slurm.queue.read_indices(line.partition("=")[2], per_job)
    assert read is not None
    assert read >= set(range(1, tasks + 1))
    assert max(read) < tasks + per_job


@pytest.mark.parametrize(("state", "running"), [("PD", False), ("R", True), ("CG", True), ("CF", True)])
def test_states(folder: Path, state: str, running: bool) -> None:
    """Pending is queued; running, starting and ending count as running."""
    assert jobs_of(queue_line(folder, state=state, reason="Priority"), known(folder)) == [
        Job("0001", "77", "ann", frozenset({1}), running, "" if running else "other jobs come first")
    ]


NEVER = {
    "JobHeldUser",
    "JobHeldAdmin",
    "launch failed requeued held",
    "PartitionTimeLimit",
    "PartitionNodeLimit",
    "PartitionConfig",
    "BadConstraints",
    "AssocMaxWallDurationPerJobLimit",
    "QOSMaxWallDurationPerJobLimit",
    "DependencyNeverSatisfied",
}


@pytest.mark.parametrize("reason", REASONS)
def test_reasons(folder: Path, reason: str) -> None:
    """Each known reason for waiting is told in words, and those that never go away need the user."""
    (job,) = jobs_of(queue_line(folder, state="PD", reason=reason), known(folder))
    assert (job.reason, job.never) == (REASONS[reason][0], reason in NEVER)
    assert job.reason != reason


def test_never_is_known() -> None:
    """No reason that needs the user is missing among those that are known."""
    assert set(REASONS) >= NEVER


@pytest.mark.parametrize("reason", ["NewInSlurm99", "Node(s) gone, so", ""])
def test_unknown_reason(folder: Path, reason: str) -> None:
    """A reason that is not known is told as Slurm tells it, and is no alarm."""
    (job,) = jobs_of(queue_line(folder, state="PD", reason=reason), known(folder))
    assert (job.reason, job.never) == (reason, False)


@pytest.mark.parametrize("state", ["R", "CG", "CF"])
def test_running_has_no_reason(folder: Path, state: str) -> None:
    """The reason that is left on a job that was held and now runs is no alarm."""
    (job,) = jobs_of(queue_line(folder, state=state, reason="JobHeldUser"), known(folder))
    assert (job.reason, job.never) == ("", False)


def test_by_name(folder: Path) -> None:
    """A job belongs to the batch whose number its name ends in."""
    batches = [known(folder, number) for number in ("0001", "0002", "0003")]
    assert found(queue_line(folder, name="flies.track.0002"), *batches) == ["0002"]


@pytest.mark.parametrize("name", HOSTILE)
def test_renamed_is_found_by_id(folder: Path, name: str) -> None:
    """A job with another name, in another folder, belongs to the batch that knows its id."""
    batches = [known(folder), known(folder, "0002", "5", "77"), known(folder, "0003")]
    assert found(queue_line("/elsewhere", name=name, command="x"), *batches) == ["0002"]


def test_id_before_name(folder: Path) -> None:
    """The id decides where the name says another batch: a script submitted again by hand keeps its old name."""
    batches = [known(folder), known(folder, "0002", "77")]
    assert found(queue_line(folder, name="flies.track.0001"), *batches) == ["0002"]


def test_a_part_of_an_id_is_no_id(folder: Path) -> None:
    """Job 7 is not job 77."""
    assert found(queue_line("/elsewhere", name="x", command="x"), known(folder, "0001", "7", "777", "177")) == []


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "0001"])
def test_renamed_not_started_yet(folder: Path, name: str) -> None:
    """A job with another name that was not started yet belongs to the newest batch of its folder that no job has."""
    batches = [known(folder), known(folder, "0002"), known(folder, "0003", "5")]
    assert found(queue_line(folder, name=name), *batches) == ["0002"]


def test_not_our_script(folder: Path) -> None:
    """Another job of the user's that runs in the same folder is none of ours."""
    assert found(queue_line(folder, name="jupyter", command="/opt/jupyter.sh"), known(folder)) == []


def test_renamed_with_all_batches_taken(folder: Path) -> None:
    """A job with another name is no batch's where each batch has its job."""
    assert found(queue_line(folder, name="mine"), known(folder, "0001", "5")) == []


@pytest.mark.parametrize("where", ["/data/copy/workspace", "", "/"])
def test_copy_of_a_project(folder: Path, where: str) -> None:
    """A job of another project, a copy with the same name and numbers in another folder, is not taken."""
    line = queue_line(where, command=f"{folder}/process_all.slurm")
    assert found(line, known(folder)) == []


def test_neighbour_of_that_name(folder: Path) -> None:
    """A folder whose path begins or ends as ours does is another one."""
    for other in (f"{folder}2", f"{folder}/batches", str(folder.parent), f"/mnt{folder}"):
        assert found(queue_line(other), known(folder)) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_folder(tmp_path: Path, name: str) -> None:
    """A job is found whatever its folder is called."""
    folder = tmp_path / name / "workspace"
    (folder / "batches" / "0001").mkdir(parents=True)
    assert found(queue_line(folder), known(folder)) == ["0001"]


def test_through_a_link(tmp_path: Path, folder: Path) -> None:
    """A project that is reached through a link is the same project."""
    (tmp_path / "link").symlink_to(folder.parent)
    assert found(queue_line(tmp_path / "link" / "workspace"), known(folder)) == ["0001"]
    assert found(queue_line(folder), known(tmp_path / "link" / "workspace")) == ["0001"]


@pytest.mark.parametrize("name", ["a.0001", ".0001", "0001", "flies.track.0001.0001"])
def test_name_ends_in_number(folder: Path, name: str) -> None:
    """What stands behind the name's last dot is the number, whatever stands before it."""
    assert found(queue_line(folder, name=name, command="x"), known(folder)) == ["0001"]


@pytest.mark.parametrize("name", ["flies.track.1", "flies.track.00011", "0001.flies", "flies.track.0001 "])
def test_name_without_number(folder: Path, name: str) -> None:
    """A name that ends in something else is no batch's."""
    assert found(queue_line(folder, name=name, command="x"), known(folder)) == []


@pytest.mark.parametrize(
    "line", ["", "\n", "slurm_load_jobs error\n", "77\x1f1\x1fR\n", queue_line()[:-1] + "\x1fmore\n"]
)
def test_no_job_line(line: str) -> None:
    """A line that has not each of the fields is passed over."""
    assert jobs_of(line, known(Path("/lab/workspace"))) == []


def test_fields_are_held_apart() -> None:
    """The fields are asked for with a separator between them that no name can hold."""
    assert slurm.queue.SEPARATOR == "\x1f"
    assert set(slurm.queue.FIELDS) == {"%F", "%K", "%t", "%u", "%r", "%j", "%o", "%Z"}


def test_queue_of_jobs(folder: Path) -> None:
    """A batch's jobs are put together: pending and running tasks are all alive, once each."""
    text = queue_line(folder, index="5-20%4", state="PD", reason="JobArrayTaskLimit")
    text += "".join(queue_line(folder, index=str(n)) for n in (3, 4)) + queue_line(folder, job="9", name="x.y.0002")
    queue = queue_of(jobs_of(text, known(folder), known(folder, "0002")), 90.0)
    assert queue.alive == {"0001": set(range(3, 21)), "0002": {1}}
    assert queue.settling_s == 90.0
    assert len(queue.jobs) == 4


@pytest.mark.parametrize("order", [("N/A", "3"), ("3", "N/A")])
def test_queue_of_any(folder: Path, order: tuple[str, str]) -> None:
    """A job that is no array may run any of the tasks, whichever line comes first."""
    text = "".join(queue_line(folder, index=index) for index in order)
    assert queue_of(jobs_of(text, known(folder)), 0).alive == {"0001": None}


def test_asked_once(programs: Programs, folder: Path) -> None:
    """The queue is asked once for all batches, for the user's own jobs, with no index cut away."""
    programs.say("squeue", queue_line(folder, index="1-3") + queue_line("/other") + queue_line(folder, name="a.b.0002"))
    queue = slurm.queue.read_queue([known(folder), known(folder, "0002"), known(folder, "0003")])
    assert queue.asked
    assert queue.alive == {"0001": {1, 2, 3}, "0002": {1}}
    (words,) = programs.calls("squeue")
    assert f"--user={os.getuid()}" in words
    assert words[-1] == "\x1f".join(slurm.queue.FIELDS)
    assert programs.surroundings("squeue")[0][1] == "0"


def test_not_asked_for_nothing(programs: Programs) -> None:
    """Where no batch may be in the queue it is not asked."""
    programs.say("squeue", code=1)
    assert slurm.queue.read_queue([]) == Queue()
    assert programs.calls("squeue") == []


def test_shared_project(programs: Programs, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of the batches is another person's, everybody's jobs are asked for."""
    others = {"0002"}
    monkeypatch.setattr(snapshot, "is_of_another", lambda batch: batch.name in others)
    slurm.queue.read_queue([known(folder), known(folder, "0002")])
    assert not any("--user" in word for word in programs.calls("squeue")[0])


@pytest.mark.parametrize(("mode", "everybody"), [(0o755, False), (0o775, True), (0o2775, True), (0o777, True)])
def test_folder_that_others_may_write(programs: Programs, folder: Path, mode: int, everybody: bool) -> None:
    """Where others may write beside a list they may submit it too: then everybody's jobs are asked for."""
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    slurm.queue.read_queue([known(folder)])
    assert everybody is not any("--user" in word for word in programs.calls("squeue")[0])


@pytest.mark.parametrize("name", ["", "owner", "submitted"])
def test_whose_a_batch_is(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch is another person's where they made its folder, ran its first task or submitted it."""
    (tmp_path / "owner").touch()
    (tmp_path / "submitted").touch()
    assert not match.is_of_another(tmp_path)
    mine = match.owner_of
    theirs = tmp_path / name
    monkeypatch.setattr(match, "owner_of", lambda path: mine(path) + (path == theirs))
    assert match.is_of_another(tmp_path)


PRIVATE = "PrivateData             = accounts,jobs,usage\n"


@pytest.mark.parametrize(
    ("config", "uid", "hidden"),
    [
        (PRIVATE, 1000, ("0002",)),
        (PRIVATE, 0, ()),
        ("PrivateData             = accounts\n", 1000, ()),
        ("PrivateData             = none\n", 1000, ()),
        ("", 1000, ()),
    ],
)
def test_hidden_jobs(
    programs: Programs, folder: Path, monkeypatch: pytest.MonkeyPatch, config: str, uid: int, hidden: tuple[str, ...]
) -> None:
    """Where Slurm hides other people's jobs, any task of their batches may run; root sees them all."""
    monkeypatch.setattr(snapshot, "is_of_another", lambda batch: batch.name == "0002")
    monkeypatch.setattr(os, "getuid", lambda: uid)
    programs.say("scontrol", config)
    programs.say("squeue", queue_line(folder, index="1-3"))
    queue = slurm.queue.read_queue([known(folder), known(folder, "0002")])
    assert queue.hidden == hidden
    assert queue.alive == {"0001": frozenset({1, 2, 3}), **dict.fromkeys(hidden)}


@pytest.mark.parametrize(
    ("err", "code", "says"),
    [
        (
            "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n",
            1,
            "slurm_load_jobs error: Un",
        ),
        ("\n\n  squeue: error: Invalid user\nmore\n", 1, "squeue: error: Invalid user"),
        ("", 3, "it ended with 3"),
    ],
)
def test_could_not_be_asked(programs: Programs, folder: Path, err: str, code: int, says: str) -> None:
    """A squeue that fails is no empty queue: it says that it was not asked, and why, in a line."""
    programs.say("squeue", queue_line(folder), err, code)
    queue = slurm.queue.read_queue([known(folder)])
    assert not queue.asked
    assert queue.why_not.startswith(says)
    assert "\n" not in queue.why_not


def test_no_squeue_at_all(programs: Programs, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no squeue the queue was not asked."""
    (programs.folder / "squeue").unlink()
    monkeypatch.setenv("PATH", str(programs.folder))
    assert not slurm.queue.read_queue([known(folder)]).asked


@pytest.mark.parametrize(
    ("config", "limits", "held", "limit"),
    [
        ("MaxArraySize            = 1001\n", "", 0, (1000, "MaxArraySize 1001")),
        ("MaxArraySize            = 4\n", "", 0, (3, "MaxArraySize 4")),
        ("SlurmdPort = 1\nMaxArraySize=50\nX=1", "\n", 0, (49, "MaxArraySize 50")),
        ("MaxArraySize = 1001\n", "200\n", 0, (200, "your limit of submitted jobs")),
        ("MaxArraySize = 1001\n", "\n500\n200\n", 50, (150, "your limit of submitted jobs")),
        ("MaxArraySize = 1001\n", "20\n", 50, (0, "your limit of submitted jobs")),
        ("MaxArraySize = 101\n", "2000\n", 0, (100, "MaxArraySize 101")),
        ("", "", 0, (-1, "")),
        ("", "7\n", 0, (7, "your limit of submitted jobs")),
        ("DefaultMaxArraySize = 3\n", "", 0, (-1, "")),
    ],
)
def test_limit(programs: Programs, config: str, limits: str, held: int, limit: tuple[int, str]) -> None:
    """A new array may have as many tasks as the highest index, or as the user may still submit: the fewer."""
    programs.say("scontrol", config)
    programs.say("sacctmgr", limits)
    programs.say("squeue", "77\n" * held)
    assert slurm.limits.read_limit({}) == limit
    assert f"user={getuser()}" in programs.calls("sacctmgr")[0]  # a number finds nobody there


def test_limit_of_the_qos_that_is_asked_for(programs: Programs) -> None:
    """What a QOS lets a user have holds for a list that asks for it, and only the jobs in it count."""
    programs.say("scontrol", "MaxArraySize = 1001\n")
    programs.say("sacctmgr", "200\n", "", 0, "5\n")
    programs.say("squeue", "7\n7\n")
    assert slurm.limits.read_limit({"qos": "quick"}) == (3, "your limit of submitted jobs of QOS quick")
    assert programs.calls("sacctmgr")[1][-3:] == ["qos", "quick", "format=MaxSubmitPU"]
    assert "--qos=quick" in programs.calls("squeue")[1]


def test_limit_without_accounting(programs: Programs) -> None:
    """Where no accounting is kept the user's limit is none."""
    programs.say("sacctmgr", "5\n", "Slurm accounting storage is disabled\n", 1)
    assert slurm.limits.read_limit({}) == (1000, "MaxArraySize 1001")


def test_limit_not_told(programs: Programs) -> None:
    """Where Slurm does not answer no limit is known."""
    programs.say("scontrol", err="down\n", code=1)
    programs.say("sacctmgr", err="down\n", code=1)
    assert slurm.limits.read_limit({})[0] == -1


@pytest.mark.parametrize(
    ("answer", "job"),
    [
        ("39\n", "39"),
        ("365;ci\n", "365"),
        ("sbatch: a word of the site\n40\n", "40"),
        ("", ""),
        ("Submitted batch job 21\n", ""),
        ("3 9\n", ""),
    ],
)
def test_job_id(answer: str, job: str) -> None:
    """The job's id is read from what --parsable prints, another cluster's and a site's own words included."""
    assert slurm.read_job_id(answer) == job


def test_cancel_words() -> None:
    """A whole job is cancelled by its id, single tasks of it by their indices."""
    assert slurm.cancel_argv("39", ()) == ["scancel", "39"]
    assert slurm.cancel_argv("39", [3, 7]) == ["scancel", "39_[3,7]"]


def test_after_words() -> None:
    """A job waits until others ended, however they did; for none it does not wait."""
    assert slurm.after_argv(["39", "40"]) == ["--dependency=afterany:39:40"]
    assert slurm.after_argv([]) == []


def test_usage(programs: Programs) -> None:
    """What tasks used is read by name, for these jobs alone."""
    programs.say(
        "sacct",
        "39_1|COMPLETED|61|1024K|2G|00:59|1\n39_2|OUT_OF_MEMORY|5||2G|00:01|1\n39_3|CANCELLED by 1000|0|||00:00|1\n",
    )
    used, why_not = slurm.usage.accounting_usage(["39", "40"])
    assert used == [
        Used("39_1", "COMPLETED", 61, 1024, 2 * 1024**2, 59.0, 1),
        Used("39_2", "OUT_OF_MEMORY", 5, 0, 2 * 1024**2, 1.0, 1),
        Used("39_3", "CANCELLED"),
    ]
    assert why_not == ""
    assert "39,40" in programs.calls("sacct")[0]


@pytest.mark.parametrize(
    ("told", "kib"), [("2G", 2 * 1024**2), ("2Gn", 2 * 1024**2), ("500Mc", 512_000), ("16?", 0), ("", 0), ("n", 0)]
)
def test_memory_as_sacct_tells_it(programs: Programs, told: str, kib: int) -> None:
    """What was asked for may end in n or c, for each node or core; what cannot be read is none."""
    programs.say("sacct", f"39_1|COMPLETED|61|{told}|{told}|00:59|1\n39_1.batch|COMPLETED|61|3K||00:58|1\n")
    ((used,), _) = slurm.usage.accounting_usage(["39"])
    assert used.asked_kib == kib
    assert used.memory_kib == max(3, kib if not told.endswith(("n", "c")) else 0)


def test_usage_without_accounting(programs: Programs) -> None:
    """Where no accounting is kept that is said."""
    programs.say("sacct", err="Slurm accounting storage is disabled\n", code=1)
    assert slurm.usage.accounting_usage(["39"]) == ([], "Slurm accounting storage is disabled")
