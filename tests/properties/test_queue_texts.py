"""Whatever a scheduler prints, whole, cut or mangled: nothing breaks, and no task that lives is taken for gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lab import REPOSITORY
from remote_tracker import shell
from remote_tracker.doctor import hold_against
from remote_tracker.model.scheduling import Array, BatchRef
from remote_tracker.report.usage import summary
from remote_tracker.schedulers import get_scheduler, require_queue, sge, slurm
from report.test_usage import CARD, RUNNING, STEPS
from schedulers.fakes import queue_line
from schedulers.test_pbs_queue import QUEUES as PBS_QUEUES
from schedulers.test_pbs_queue import SERVER as PBS_SERVER
from schedulers.test_sge_queue import ACCOUNT, PLACE

from properties.queues import FOLDER, KINDS, SCHEDULERS, Held, ask, covers, known, queues, truth

DATA = REPOSITORY.parent / "shared" / "data"
ONE = Held("0001", 77, frozenset({1, 2}), frozenset({3, 4, 9}))

# What is whole


@pytest.mark.parametrize("name", SCHEDULERS)
@given(held=queues, with_ids=st.sets(st.sampled_from(["0001", "0002", "0003"])))
def test_whole(name: str, held: list[Held], with_ids: set[str]) -> None:
    """What a scheduler says runs and waits is read, every task of it and no other, by name or by the job's id."""
    queue = ask(name, KINDS[name].texts(held), known(held, *(with_ids if name in ("slurm", "lsf") else ())))
    assert queue.asked
    assert queue.alive == truth(held)
    for job in queue.jobs:
        (of,) = [h for h in held if h.number == job.batch and not h.theirs]
        indices = of.running if job.running else of.pending
        assert job.tasks is not None
        assert job.tasks <= {index + more for index in indices for more in range(of.per_job)}
        assert job.id.startswith(str(of.job))


@pytest.mark.parametrize("name", ["slurm", "pbs"])
@given(held=queues, data=st.data())
def test_lines_in_any_order(name: str, held: list[Held], data: st.DataObject) -> None:
    """Lines that come twice, or in another order, change nothing."""
    texts = KINDS[name].texts(held)
    for at, of_lines in enumerate(KINDS[name].of_lines):
        if of_lines:
            lines = texts[at].splitlines(keepends=True)
            twice = [line for line in lines if data.draw(st.booleans())]
            texts[at] = "".join(data.draw(st.permutations([*lines, *twice])))
    assert ask(name, texts, known(held)).alive == truth(held)


# What is cut, or not to be understood: the safe side


@pytest.mark.parametrize("name", SCHEDULERS)
@given(held=queues, which=st.integers(0, 2), at=st.floats(0, 1, exclude_max=True))
@example(held=[ONE], which=0, at=0.99)
@example(held=[ONE], which=1, at=0.5)
@example(held=[ONE], which=2, at=0.5)
def test_cut(name: str, held: list[Held], which: int, at: float) -> None:
    """An answer that breaks off is not taken for the whole: nothing that lives looks gone."""
    texts = KINDS[name].texts(held)
    which %= len(texts)
    cut = texts[which][: int(at * len(texts[which]))]
    ends_well = cut == "" or cut.endswith("\n")
    assume(not (KINDS[name].of_lines[which] and ends_well))  # such a cut cannot be seen
    assume(not (name == "pbs" and cut == ""))  # an empty queue, of some
    texts[which] = cut
    assert covers(ask(name, texts, known(held)), truth(held))


STATES = {
    "slurm": r"(?<=\x1f)(?:R|PD)(?=\x1f)",
    "pbs": r'(?<="job_state":\t")B(?=")',
    "sge": r"(?<=<state>)\w+(?=</state>)",
    "lsf": r'(?<="STAT": ")\w+(?=")',
}
word = st.text(st.sampled_from("ABCDEGHIJKLMNOPQRSTUVWYZabcdefghijkz _"), min_size=1, max_size=8)
NEW = {
    **dict.fromkeys(SCHEDULERS, word),
    "lsf": word.filter(lambda text: text not in ("DONE", "EXIT", "POST_DONE", "POST_ERR")),
    "sge": word.filter(lambda text: "<" not in text),
    "pbs": word.filter(lambda text: text != "F"),
}


@pytest.mark.parametrize("name", SCHEDULERS)
@given(held=queues, data=st.data())
def test_states_that_are_not_known(name: str, held: list[Held], data: st.DataObject) -> None:
    """A task in a state that nobody has told us of is there: it is not listed again."""
    texts = KINDS[name].texts(held)
    texts[0] = re.sub(STATES[name], lambda _: data.draw(NEW[name]), texts[0])
    queue = ask(name, texts, known(held))
    assert queue.asked
    assert queue.alive == truth(held)


INDICES = {
    "slurm": r"(?<=\x1f)[\d,:%-]+(?=\x1f(?:R|PD)\x1f)",
    "sge": r"(?<=<tasks>)[^<]+(?=</tasks>)",
    "lsf": r'(?<="JOBINDEX": ")\d+(?=")',
}
ODD = [
    "x",
    "1-",
    "-",
    "1-5...",
    "1,,2",
    "0x4",
    "N/A",
    "undefined",
    "1-5:0",
    "9" * 5000,
    "1-99999999999",
    "*",
    "7x,9",
    "%",
]


@pytest.mark.parametrize("name", sorted(INDICES))
@given(
    held=queues,
    odd=st.one_of(st.sampled_from(ODD), st.text("0123456789,-:%x. ", min_size=1, max_size=9)),
    nth=st.integers(0, 40),
)
@example(held=[ONE], odd="1-5:0", nth=0)
@example(held=[ONE], odd="", nth=0)
def test_indices_that_are_none(name: str, held: list[Held], odd: str, nth: int) -> None:
    """Indices that cannot be read mean any of the batch's tasks, never none of them."""
    texts = KINDS[name].texts(held)
    found = [*re.finditer(INDICES[name], texts[0])]
    assume(
        found and not re.fullmatch(r"(\d{1,9}(-\d{1,9}(:\d{1,9})?)?,?)+(%.*)?", odd)
    )  # other indices, as good as any
    assume(odd or name != "sge")  # a job that is no array
    spot = found[nth % len(found)]
    texts[0] = texts[0][: spot.start()] + odd + texts[0][spot.end() :]
    assert covers(ask(name, texts, known(held)), truth(held))


# Ranges


def expand(text: str, per_job: int) -> set[int]:
    """Return the tasks of 1-4,7-13:2%5, counted one by one."""
    found: set[int] = set()
    for part in text.split("%")[0].split(","):
        ends, _, step = part.partition(":")
        first, _, last = ends.partition("-")
        index = int(first)
        while index <= int(last or first):
            found.update(index + more for more in range(per_job))
            index += int(step or 1)
    return found


_range = st.builds(
    lambda first, more, step: f"{first}-{first + more}:{step}",
    st.integers(1, 999),
    st.integers(0, 99),
    st.integers(1, 9),
)
_part = st.one_of(st.integers(1, 9999).map(str), _range, _range.map(lambda text: text.partition(":")[0]))
ranges = st.lists(_part, min_size=1, max_size=5).map(",".join)


@given(text=ranges, throttle=st.integers(0, 99), per_job=st.sampled_from([1, 1, 7, 25]))
@example(text="1-1000000:3", throttle=5, per_job=1)
@example(text="1-1000:25", throttle=0, per_job=25)
def test_ranges(text: str, throttle: int, per_job: int) -> None:
    """Compressed lists of indices stand for the same tasks as counted one by one, on Slurm and GridEngine."""
    wanted = expand(text, per_job)
    assert slurm.queue.read_indices(f"{text}%{throttle}" if throttle else text, per_job) == wanted
    indices = sge.queue.read_indices(text)
    assert indices is not None
    assert {index + more for index in indices for more in range(per_job)} == wanted


# Ids


SUBMITTED = {
    "slurm": ("{}\n", "{};tux\n"),
    "pbs": ("{}[].pbs1\n", "{}[].pbs1.lab.org\n"),
    "sge": ("{}.1-5:1\n", "{}.1-1:1\n"),
    "lsf": ("Job <{}> is submitted to queue <normal>.\n", "Job <{}> is submitted to default queue <night>.\n"),
}
banner = st.lists(
    st.sampled_from(["", "Welcome!", "sbatch: 12 credits left", "Job 12", "12.", "* 5 *", "Ann <12>"]), max_size=3
)


@pytest.mark.parametrize("name", SCHEDULERS)
@given(job=st.integers(1, 10**8), how=st.integers(0, 1), before=banner, after=banner)
def test_ids(name: str, job: int, how: int, before: list[str], after: list[str]) -> None:
    """The id of a job comes back from what its submission printed, whatever a site prints around it."""
    lines = [f"{line}\n" for line in before], [f"{line}\n" for line in after]
    answer = "".join([*lines[0], SUBMITTED[name][how].format(job), *lines[1]])
    assert re.match(r"\d+", require_queue(get_scheduler(name)).submission.read_job_id(answer))[0] == str(job)


@pytest.mark.parametrize("name", SCHEDULERS)
@given(job=st.integers(1, 10**8), tasks=st.sets(st.integers(1, 5000), max_size=30))
def test_cancelled_are_those_meant(name: str, job: int, tasks: set[int]) -> None:
    """What is cancelled is the tasks that are meant, and the whole job only where none is named."""
    queue = require_queue(get_scheduler(name))
    number = queue.submission.read_job_id(SUBMITTED[name][0].format(job))
    said = " ".join(queue.cancel_argv(number, sorted(tasks))[1:])
    assert {int(n) for n in re.findall(r"\d+", said.replace("pbs1", ""))} == {job, *tasks}
    if not tasks:
        assert said == number


# What is mangled


def drop(lines: list[str], at: int, _: Any) -> None:
    """Leave a line out."""
    del lines[at]


def double(lines: list[str], at: int, _: Any) -> None:
    """Print a line twice."""
    lines.insert(at, lines[at])


def swap(lines: list[str], at: int, other: int) -> None:
    """Print two lines in the other order."""
    other %= len(lines)
    lines[at], lines[other] = lines[other], lines[at]


def cut(lines: list[str], at: int, place: int) -> None:
    """Break a line off, and go on with the next."""
    lines[at] = lines[at][: place % (len(lines[at]) + 1)]


def shift(lines: list[str], at: int, place: int) -> None:
    """Leave a field out, so that the others stand one further left."""
    parts = re.split(r"(\x1f|\||\s+|, |\":)", lines[at])
    del parts[place % len(parts)]
    lines[at] = "".join(parts)


def replace(lines: list[str], at: int, told: tuple[int, str]) -> None:
    """Print another word."""
    words = [*re.finditer(r"[^\s\x1f|,:=\"<>]+", lines[at])]
    if words:
        spot = words[told[0] % len(words)]
        lines[at] = lines[at][: spot.start()] + told[1] + lines[at][spot.end() :]


odd = st.one_of(
    st.sampled_from(
        [*ODD, "", "null", "[]", "{}", "3", "true", '"', "0", "-1", "1e9", "1.2.3", "::", "1-2-3", "16?", "N/A"]
    ),
    st.sampled_from(
        ["<a>", "&x;", "\x00", "\x1f", "|", "12[].pbs1", "1[].", "e" * 300, "../..", "2026-13-01T00:00:00", "٣"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
edits = st.lists(
    st.tuples(
        st.one_of(
            st.tuples(st.sampled_from([drop, double]), st.none()),
            st.tuples(st.sampled_from([swap, cut, shift]), st.integers(0, 300)),
            st.tuples(st.just(replace), st.tuples(st.integers(0, 60), odd)),
            st.tuples(st.just(replace), st.tuples(st.integers(0, 60), odd)),
        ),
        st.integers(0, 10_000),
    ),
    max_size=5,
)


def mangle(text: str, edits: Sequence[Any], end: int = 10**9) -> str:
    """Return a text after these edits, without what stands behind ``end``."""
    lines = text.split("\n")
    for (change, how), at in edits:
        if lines:
            change(lines, at % len(lines), how)
    return "\n".join(lines)[:end]


ends = st.one_of(st.just(10**9), st.integers(0, 2000))


@pytest.mark.parametrize("name", SCHEDULERS)
@given(
    held=queues, edits=st.lists(edits, min_size=3, max_size=3), end=ends, code=st.sampled_from([0, 0, 0, 1, 124, 255])
)
def test_mangled(name: str, held: list[Held], edits: list[Any], end: int, code: int) -> None:
    """However an answer is mangled, there is a queue, or a reason of one line why there is none."""
    texts = [mangle(text, edit, end) for text, edit in zip(KINDS[name].texts(held), edits, strict=False)]
    queue = ask(name, texts, known(held, "0001"), code, "down\nmore\n" if code else "")
    assert queue.asked or (queue.why_not and "\n" not in queue.why_not)
    assert all(tasks is None or all(task > 0 for task in tasks) for tasks in queue.alive.values())


SACCT = "30804_1|COMPLETED|61||1Gn|00:00:30|1\n30804_1.batch|COMPLETED|61|54356K||00:00:30|1\n"
SACCT += "30804_2|FAILED|9||1Gn|00:09|2\n"
SINFO = "debug*|up|infinite|8|4000|(null)|3\ncpu|up|2-00:00:00|8+|4000+|gpu:1|3\n"
USED = '{"COMMAND":"bjobs","RECORDS":[{"JOBID":"7","JOBINDEX":"1","STAT":"DONE","RUN_TIME":"61 second(s)",\n'
USED += '"MAX_MEM":"5.2 Gbytes","MEMLIMIT":"37.1 G",\n"CPU_USED":"30.5 second(s)","SLOTS":"2"},\n'
USED += '{"JOBID":"7","JOBINDEX":"2","STAT":"RUN","RUN_TIME":"00:01:01",\n"CPU_USED":"30.5 second(s)","SLOTS":"-"}]}\n'
SUBJOBS = """{"Jobs":\t{
"3[1].pbs1":\t{"job_state":\t"X", "Exit_status":\t0,
"resources_used":\t{"cput":\t"00:00:30", "mem":\t"51200kb", "walltime":\t"00:01:01"},
"Resource_List":\t{"ncpus":\t1, "mem":\t"1gb"}},
"3[2].pbs1":\t{"job_state":\t"R", "resources_used":\t{"cput":\t"00:00:30"}}}}
"""
BQUEUES = "QUEUE: normal\n  -- a queue. This is the default queue.\nSTATUS: Open:Active\nMAXIMUM LIMITS:\n"
BQUEUES += " RUNLIMIT\n 240.0 min of n1\n\n CORELIMIT MEMLIMIT\n 0 M 5 G\nHOSTS: all\nQUEUE: night\n"
QCONF = "qname   all.q\nhostlist   @all \\\n   n1\nh_rt   INFINITY,[n1=4:00:00]\nqname   long.q\nh_rt   10:00:00\n"
STARTED = "<job_list state='x'><JB_job_number>5</JB_job_number><JAT_start_time>2026-01-01T00:00:00</JAT_start_time>\n"
STARTED += "<slots>1</slots><tasks>1</tasks></job_list>\n"
SCONTROL = "MaxArraySize            = 1001\nPrivateData             = jobs\n"
LIMITS = "max_u_jobs     5\nmax_aj_tasks  75000\n"
BPARAMS = " MAX_JOB_ARRAY_SIZE = 1000\n SECURE_JOB_INFO_LEVEL = 0\nUSER/GROUP  MPJOBS PJOBS\nann  5 2\n"
TEXTS = {
    "slurm": [SACCT, SINFO, RUNNING, STEPS, CARD, SCONTROL, "500\n", ""],
    "pbs": [SUBJOBS, PBS_SERVER, PBS_QUEUES, '{"Jobs":\t{}}\n', "1[3].pbs1\n"],
    "sge": [
        ACCOUNT.format(job=3, task=1, failed=0, status=0, seconds=61),
        PLACE.format(job=5, folder=FOLDER),
        QCONF,
        STARTED,
        LIMITS,
    ],
    "lsf": [USED, BQUEUES, BPARAMS],
}


def tell_all(name: str, texts: Sequence[str], code: int) -> None:
    """Ask a scheduler for all that it tells beside its queue, and tell it on; each call gets the next text."""
    queue, calls = require_queue(get_scheduler(name)), 0

    def run(*_: Any, **__: Any) -> shell.Result:
        nonlocal calls
        calls += 1
        return shell.Result(code, texts[(calls - 1) % len(texts)] if texts else "", "it broke\n" if code else "")

    with patch.object(shell, "run", run):
        accounted, live = queue.accounting_usage(["3"]), queue.live_usage(["3"])
        for used, why_not in (accounted, (live.used, live.why_not)):
            assert "\n" not in why_not
            assert all(u.seconds >= 0 and u.memory_kib >= 0 and u.cpu_s >= 0 and u.cpus >= 0 for u in used)
            assert "\n" not in summary(used, BatchRef(Path("batches/0001"), frozenset(), 1, "process_all.slurm"))
        partitions, why_not = queue.find_partitions()
        assert "\n" not in why_not
        asked = {"walltime": "4:00:00", "memory": "2G", "cpus": "2"}
        list(hold_against({**asked, **{f"{w} line": "3" for w in (*asked, "partition")}}, partitions))
        most, who = queue.read_limit({})
        assert most >= -1
        assert "\n" not in who


@pytest.mark.parametrize("name", SCHEDULERS)
@given(data=st.data(), code=st.sampled_from([0, 0, 0, 1]))
def test_told_beside_the_queue(name: str, data: st.DataObject, code: int) -> None:
    """What tasks used, partitions and limits: however mangled, nothing breaks, and no number is below what can be."""
    order = data.draw(st.permutations(TEXTS[name]))
    tell_all(name, [mangle(text, data.draw(edits), data.draw(ends)) for text in order], code)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("slurm", "30804_1|COMPL\n"),
        ("slurm", "30804_1|COMPLETED|x||1Gn|1-2-3|many\n"),
        ("slurm", "cpu|up\n"),
        ("slurm", "cpu|up|long|many|4000|(null)|3\n"),
        ("pbs", "[]"),
        ("pbs", '{"Jobs": {"3[1].pbs1": []}}'),
        ("pbs", '{"Jobs": {"3[1].pbs1": {"job_state": "X", "resources_used": "12"}}}'),
        ("sge", STARTED.replace("2026-01-01", "2026-13-01") + PLACE.format(job=5, folder=FOLDER)),
        ("sge", ACCOUNT.format(job=3, task=1, failed=0, status=0, seconds="1-")),
        ("sge", "h_rt   4:00:00\nqname   all.q\n"),
        ("lsf", BQUEUES.replace("240.0", "1.2.3")),
        ("lsf", "QUEUE: "),
        ("lsf", USED.replace("30.5", "1:2.3.4")),
    ],
)
def test_that_once_broke(name: str, text: str) -> None:
    """Answers that ended in a traceback once are passed over, or read as far as they can be."""
    tell_all(name, [text], 0)


@pytest.mark.parametrize("text", ["[]", "3", '{"Jobs": null}', '{"Jobs": {"1[].pbs1": 3}}'])
def test_json_of_something_else(text: str) -> None:
    """What is JSON and tells of no jobs is no empty queue."""
    queue = ask("pbs", [text, "", ""], known([ONE]))
    assert not queue.asked
    assert queue.why_not.startswith("what qstat prints is no JSON")


@pytest.mark.parametrize("name", ["x." + "e" * 300, "x.\0", "x.../.."])
def test_names_that_no_folder_has(tmp_path: Path, name: str) -> None:
    """A job of ours that is called as no folder may be, in the folder of our batches, breaks nothing."""
    (tmp_path / "batches" / "0001").mkdir(parents=True)
    batch = BatchRef(tmp_path / "batches" / "0001", frozenset(), 1, "process_all.slurm")
    queue = ask("slurm", [queue_line(tmp_path, name=name, command="other")], [batch])
    assert queue.asked
    assert ask("slurm", [queue_line(f"{tmp_path}/\0", name=name)], [batch]).alive == {}


@pytest.mark.parametrize("name", ["slurm", "pbs"])
@given(data=st.data())
def test_captured(name: str, data: st.DataObject) -> None:
    """All that a real Slurm and a real PBS ever printed for us, whole or mangled, taken for any answer."""
    files = sorted((DATA / name).glob("*.txt"))
    if not files:
        pytest.skip(f"no {name}/*.txt here: what real schedulers printed is not part of the project")
    parts = re.split(
        r"^\$ .*\n|^\[rc=\d+\]\n", data.draw(st.sampled_from(files)).read_text(errors="replace"), flags=re.MULTILINE
    )
    texts = [mangle(data.draw(st.sampled_from(parts)), data.draw(edits)) for _ in range(3)]
    tell_all(name, texts, 0)
    queue = ask(name, texts, known([ONE]))
    assert queue.asked or queue.why_not


@given(tasks=st.integers(1, 300), per_job=st.integers(1, 50), throttle=st.integers(0, 20))
def test_submitted_and_read(tasks: int, per_job: int, throttle: int) -> None:
    """The indices that a batch is submitted with, as the queue shows them, stand for each of its tasks."""
    line = slurm.script.array_directives(Array("0001", tasks, "x", FOLDER, per_job, throttle))[1].partition("=")[2]
    read = slurm.queue.read_indices(line, per_job)
    assert read is not None
    assert read >= set(range(1, tasks + 1))
