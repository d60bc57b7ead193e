"""What is read from the first and last lines of logs, and from the sealed form of a whole batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.disk.files import write_file
from remote_tracker.model import Cause, Record
from remote_tracker.records import Batch, load_record, load_sealed, open_sealed, read_record, render_sealed
from remote_tracker.records import log as log_module
from remote_tracker.records.log import TAIL_BYTES
from remote_tracker.records.sealed import load_finished_names
from scan.trees import MTIME, end_line, make_record, start_line

HOSTILE = [
    "a b.avi",
    "x unit=y.avi",
    "x\ty.avi",
    "$(rm -rf ~) 'x\".mp4",
    "# end 2026-01-01T00:00:00 exit=0 seconds=1 result=finished why=.avi",
    "# start 2026-01-01 host=h pid=1 job=j batch=0001 task=1 params=p unit=q.avi",
    "ü\u2028日本.avi",
    "a\rb.avi",
    "\udcff.avi",
    "e" * 250,
]


def read(*texts: str) -> Record:
    """Return the record of a log that holds these texts."""
    record = read_record("".join(texts), "0001", 1)
    assert record is not None
    return record


@pytest.mark.parametrize("name", HOSTILE)
def test_name(name: str) -> None:
    """Any name comes back from a log's first line as it was, and ends nothing."""
    record = read(start_line(name))
    assert (record.unit, record.result, record.inputs) == (name, "", f"1 {MTIME.replace('.', '')}")


def test_all_fields() -> None:
    """A whole log says where the task ran, on which input, how long, and how it ended."""
    assert read(start_line(), "working\n", end_line("failed", 3, "it broke: x=1 why=not")) == Record(
        unit="d/a.avi",
        batch="0001",
        task=1,
        host="node1",
        pid=7,
        job="local.1",
        inputs=f"1 {MTIME.replace('.', '')}",
        params="abcd",
        exit=3,
        seconds=9,
        result="failed",
        why="it broke: x=1 why=not",
        at="2026-01-01T00:00:09+0000",
    )


def test_many_inputs() -> None:
    """Of many inputs a log says how many, and their digest."""
    line = start_line().replace(f"size=1 mtime={MTIME}", "files=12 sum=0123abc")
    assert read(line).inputs == "12 0123abc"


def test_beginning_of_the_process() -> None:
    """A log says when its process began; a log of an older version does not."""
    line = start_line().replace(" unit=", " began=123 unit=")
    assert (read(line).began, read(line).inputs) == ("123", f"1 {MTIME.replace('.', '')}")
    assert read(start_line(" began=9 unit=x")).began == ""


def test_no_input() -> None:
    """A task without input has no fingerprint."""
    assert read(start_line().replace(f"size=1 mtime={MTIME}", "size= mtime=")).inputs == ""


@pytest.mark.parametrize(
    "text", ["", "slurm: prolog\n", "a # start 2026-01-01", end_line(), start_line().rstrip("\n"), "# start \n"]
)
def test_not_started(text: str) -> None:
    """Without a whole first line no task started."""
    assert read_record(text, "0001", 1) is None


def test_last_start_counts() -> None:
    """Of a task that ran again the last time counts, ended or not."""
    old = start_line(size=1) + "old\n" + end_line("failed", 1, "old")
    assert read(old, start_line(size=2), "new\n")[6:12] == (
        f"2 {MTIME.replace('.', '')}",
        "abcd",
        None,
        0,
        "",
        "new",
    )
    assert read(old, start_line(size=2), end_line()).result == "finished"


@pytest.mark.parametrize("before", ["", "Loading modules\nmodule: done\n", "a\rb\r\n", "no line break"])
@pytest.mark.parametrize("after", ["", "slurm: epilog\n", "Resources: cpu=3\n"])
def test_schedulers_lines(before: str, after: str) -> None:
    """What a scheduler writes before and after changes nothing; without a line break it hides the start."""
    record = read_record(before + start_line() + "x\n" + end_line() + after, "0001", 1)
    assert (record.result if record else None) == (None if before == "no line break" else "finished")


@pytest.mark.parametrize("bar", ["10%", "10%\r50%\r100%", "done\r", "\x00\x01\udcfe"])
def test_end_behind_a_bar(bar: str) -> None:
    """The end is read behind what a program printed without a line break."""
    assert read(start_line(), bar, end_line("bad", 65, "x is empty")).why == "x is empty"


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("one\ntwo\n", "two"),
        ("one\ntwo\r\n\r\n", "two"),
        ("10%\r50%\r99%", "99%"),
        ("# of frames\n", ""),
        ("real error\n# signal TERM\n", "real error"),
        ("x" * 900, "x" * 200),
        ("", ""),
    ],
)
def test_last_word(printed: str, word: str) -> None:
    """Where no end was written the last line of the program stands for the reason."""
    assert read(start_line(), printed).why == word


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_end_cut_short(cut: int) -> None:
    """An end line that was cut in its middle is no end."""
    whole = end_line().partition(" why=")[0]
    assert read(start_line(), whole[:-cut]).result == ""


LONG = 3 * 1024 * 1024


@pytest.mark.parametrize(
    ("before", "size", "ended"),
    [
        ("", 1, True),
        ("slurm: prolog\n", 1, True),
        ("slurm: prolog\n", 1, False),
        (start_line(size=5) + end_line("failed", 1), 1, False),
        ("x" * LONG + "\n" + start_line(size=5) + end_line("failed", 1), 1, True),
    ],
)
@pytest.mark.parametrize("long", [70_000, LONG])
def test_huge_log(tmp_path: Path, before: str, size: int, ended: bool, long: int) -> None:
    """The last start is found however much was printed since, and whatever stands before it."""
    log = tmp_path / "output.1"
    log.write_text(before + start_line(size=size) + "y" * 99 + "\n" * long + "z\n" + (end_line() if ended else ""))
    record = load_record(log, "0001", 1)
    assert record is not None
    assert record.inputs == f"{size} {MTIME.replace('.', '')}"
    assert record.result == ("finished" if ended else "")


NEW = start_line(size=5).replace(" unit=", " began=5 unit=")
NEWER = start_line(size=1).replace(" unit=", " began=9 unit=")
HUGE = 2 * 1024**3


@pytest.fixture
def read_bytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that takes how many bytes are read of logs, read by read."""
    read_at, sizes = log_module._read_at, list[int]()
    monkeypatch.setattr(log_module, "_read_at", lambda *words: (sizes.append(words[2]), read_at(*words))[1])
    return sizes


@pytest.mark.parametrize("again", [False, True])
def test_little_is_read_of_a_huge_line(tmp_path: Path, read_bytes: list[int], again: bool) -> None:
    """Of a log of 2 GiB in one line, also of one that was begun again in its middle, some thousand bytes are read."""
    log = tmp_path / "output.1"
    with open(log, "wb") as file:
        file.write(f"prolog\n{NEW}".encode())
        if again:
            file.seek(HUGE // 2)
            file.write(f"\n{NEWER}".encode())
            (tmp_path / "begin.1").write_text(f"{HUGE // 2}\n")
        file.truncate(HUGE)
    record = load_record(log, "0001", 1)
    assert record is not None
    assert record.began == ("9" if again else "5")
    assert record.result == ""
    assert sum(read_bytes) <= 128 * 1024


@pytest.mark.parametrize("note", ["", "x\n", "-5\n", "0\n", "7\n", "9" * 30, "\udcff", "99999999999\n"])
def test_spoilt_note(tmp_path: Path, note: str) -> None:
    """A note that was cut short, or that names a place where no start stands, costs time and no truth."""
    log = tmp_path / "output.1"
    log.write_text(NEW + "x" * 100_000 + f"\n{NEWER}" + "y" * 100_000)
    (tmp_path / "begin.1").write_bytes(note.encode("utf-8", "surrogateescape"))
    record = load_record(log, "0001", 1)
    assert record is not None
    assert record.began == "9"


def test_no_number_is_too_long() -> None:
    """What a program prints in the form of our lines, with numbers that no process has, is none of them."""
    assert read_record(start_line().replace("pid=7", f"pid={'7' * 5000}"), "0001", 1) is None
    assert read(start_line(), end_line().replace("exit=0", f"exit={'0' * 5000}")).result == ""


def test_long_start_line() -> None:
    """A line in the form of a start, but longer than any, is none, whether it ends or not."""
    assert read_record(start_line("unit=" * 10_000), "0001", 1) is None
    assert read_record(start_line("unit=" * 10_000)[:-1], "0001", 1) is None


@pytest.mark.parametrize("shift", range(-3, 4))
def test_start_on_the_edge(tmp_path: Path, shift: int) -> None:
    """A first line that lies across the edge of what is read first is read whole."""
    log = tmp_path / "output.1"
    tail = TAIL_BYTES + shift - len(end_line())
    log.write_text("old\n" * 99 + start_line() + "y" * (tail - 1 - len(start_line()) // 2) + "\n" + end_line())
    record = load_record(log, "0001", 1)
    assert record is not None
    assert record.unit == "d/a.avi"


def test_binary_log(tmp_path: Path) -> None:
    """Bytes that are no text do no harm, and a name that is not UTF-8 comes back."""
    log = tmp_path / "output.1"
    log.write_bytes(start_line().encode().replace(b"d/a", b"d\xff/a") + bytes(range(256)) + end_line().encode())
    record = load_record(log, "0001", 1)
    assert record is not None
    assert (record.unit, record.result) == ("d\udcff/a.avi", "finished")


def test_logs_of_a_batch(tmp_path: Path) -> None:
    """A batch's logs are read by task number; other files and logs without a start are none."""
    for number in (10, 9, 2):
        (tmp_path / f"output.{number}").write_text(start_line(f"v{number}", number) + end_line())
    for name in ("output.x", "output.1", ".output.3", "output.4.swp", "names.txt"):
        (tmp_path / name).write_text("nothing\n")
    assert [(r.task, r.unit) for r in Batch(str(tmp_path)).records()] == [(2, "v2"), (9, "v9"), (10, "v10")]


text = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=8)
word = st.text(st.sampled_from("abz019.-:%"), max_size=5)
record_of = st.builds(
    Record,
    unit=text.filter(bool),
    batch=st.just("0007"),
    task=st.integers(1, 99),
    host=word,
    pid=st.just(0),
    began=st.just(""),
    job=word,
    inputs=st.sampled_from(["", "1 2", "12 abc"]),
    params=word,
    exit=st.one_of(st.none(), st.integers(0, 255)),
    seconds=st.integers(0, 10**6),
    result=st.sampled_from(["finished", "failed", "bad", "cancelled", ""]),
    why=text.map(lambda t: t.replace("\t", " ")),
    version=word,
    ended=word,
    program=st.one_of(st.none(), st.integers(0, 255)),
    cause=st.sampled_from([None, *Cause]),
    activate=word,
    at=word,
)


@given(given_records=st.lists(record_of, max_size=6))
def test_sealed_and_back(tmp_path_factory: pytest.TempPathFactory, given_records: list[Record]) -> None:
    """A sealed batch gives back its records, what did not finish first; or only that."""
    sealed = tmp_path_factory.getbasetemp() / "0007" / "records.tsv"
    sealed.parent.mkdir(exist_ok=True)
    write_file(sealed, render_sealed(given_records))
    unfinished = [r for r in given_records if r.result != "finished"]
    assert load_sealed(sealed) == [*unfinished, *(r for r in given_records if r.result == "finished")]
    opened = open_sealed(sealed)
    assert opened is not None
    assert opened.failures == unfinished
    assert opened.head[:2] == (len(unfinished), len(given_records) - len(unfinished))
    nothing = (Cause.ALREADY_FINISHED, Cause.ACCEPTED, Cause.NOTED, Cause.MOVED)  # their tasks made nothing
    made = {(r.params, r.version) for r in given_records if r.result == "finished" and r.cause not in nothing}
    assert set(opened.head.made) == made
    assert load_finished_names(opened) == [r.unit for r in given_records if r.result == "finished"]


def test_sealed_read_in_part(tmp_path: Path) -> None:
    """What finished is not even looked at where only the rest is asked for."""
    sealed = tmp_path / "records.tsv"
    some = [make_record("a"), make_record("\udcff\tb", result="failed", exit=1, why="a\tb")]
    write_file(sealed, render_sealed(some).replace("finished\t1", "finished\tnot a number"))
    opened = open_sealed(sealed)
    assert opened is not None
    (failed,) = opened.failures
    assert (failed.unit, failed.why, failed.exit) == ("\udcff\tb", "a b", 1)
    with pytest.raises(ValueError, match="not a number"):
        load_sealed(sealed)


OUT_OF_MEMORY = "slurmstepd-n1: error: Detected 1 oom-kill event(s) in StepId=73.batch. Some of your processes\n"


def packed(task: int) -> str:
    """Return the first line of a task's log whose job runs several tasks, from task 1 on."""
    return start_line(f"d/v{task}.avi", task).replace(f" task={task} ", f" task={task} told=1 ")


@pytest.mark.parametrize(
    ("end", "result", "why"),
    [
        (end_line("failed", 137, "Killed"), "failed", "out of memory"),
        ("", "failed", "out of memory"),
        (end_line("failed", 3, "no light"), "failed", "no light"),
        (end_line(), "finished", ""),
    ],
)
@pytest.mark.parametrize("task", [1, 2])
def test_several_tasks_of_one_job(tmp_path: Path, task: int, end: str, result: str, why: str) -> None:
    """What the scheduler wrote for a job of several tasks holds for each of them that a signal ended, no other."""
    texts = {1: packed(1), 2: packed(2)}
    texts[task] += f"working\n{end}"
    texts[1] += OUT_OF_MEMORY
    for number, text in texts.items():
        (tmp_path / f"output.{number}").write_text(text)
    record = load_record(tmp_path / f"output.{task}", "0001", task)
    assert record is not None
    assert (record.result, record.why) == (result, why)


def test_the_last_run_of_the_job_tells(tmp_path: Path) -> None:
    """What the scheduler wrote before the job ran again tells nothing of its tasks now."""
    (tmp_path / "output.1").write_text(packed(1) + OUT_OF_MEMORY + packed(1) + end_line())
    (tmp_path / "output.2").write_text(packed(2) + end_line("failed", 137, "Killed"))
    record = load_record(tmp_path / "output.2", "0001", 2)
    assert record is not None
    assert record.why == "killed (signal 9), often for want of memory"


def test_the_first_log_is_gone(tmp_path: Path) -> None:
    """Without the log in which the scheduler speaks, a task says what it said itself."""
    (tmp_path / "output.2").write_text(packed(2) + end_line("failed", 137, "Killed"))
    record = load_record(tmp_path / "output.2", "0001", 2)
    assert record is not None
    assert (record.result, record.why) == ("failed", "killed (signal 9), often for want of memory")


def test_a_warning_in_ones_own_log(tmp_path: Path) -> None:
    """What run_task.sh itself heard stands in the log of the very task, also where a job has several."""
    (tmp_path / "output.1").write_text(packed(1) + end_line())
    (tmp_path / "output.2").write_text(packed(2) + "# signal USR1\n" + end_line("cancelled", 143, "it was stopped"))
    record = load_record(tmp_path / "output.2", "0001", 2)
    assert record is not None
    assert (record.result, record.why) == ("failed", "over its walltime")


def test_a_shared_log_is_read_once(tmp_path: Path) -> None:
    """Several calls that share ``heard`` say what each says alone, and read the log of the first task once."""
    (tmp_path / "output.1").write_text(packed(1) + end_line() + OUT_OF_MEMORY)
    for task in (2, 3):
        (tmp_path / f"output.{task}").write_text(packed(task) + end_line("failed", 137, "Killed"))
    (tmp_path / "output.4").write_text(start_line("d/v4.avi", 4) + end_line("failed", 137, "Killed"))
    heard: dict[str, str] = {}
    tasks = (1, 2, 3, 4)
    alone = [load_record(tmp_path / f"output.{task}", "0001", task) for task in tasks]
    assert [load_record(tmp_path / f"output.{task}", "0001", task, heard) for task in tasks] == alone
    assert alone[1] != alone[3]
    (tmp_path / "output.1").unlink()
    assert [load_record(tmp_path / f"output.{task}", "0001", task, heard) for task in (2, 3)] == alone[1:3]
