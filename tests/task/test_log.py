"""output.<n>: what a task writes of itself, and what is read from it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from collections.abc import Callable

import pytest
from lab import LONG_AGO, Lab, wait_for
from locales import COMMA, environment_of
from remote_tracker.records.log import load_record

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}"
START = rf"# start {STAMP} host=\S+ pid=\d+ job=\S+ batch=0001 task=1 token=\d+-[0-9a-f]{{16}} params=[0-9a-f]{{8}} "
START += rf"activate=none size=7 mtime={LONG_AGO}\.000000000 began=\d+ unit=d1/v1\.avi"
END = rf"# end {STAMP} token=\d+-[0-9a-f]{{16}} exit=(\d+)(?: program=\d+)? seconds=\d+ "
END += r"result=(\w+)(?: cause=[\w-]+)? why=(.*)"


def ends(lab: Lab) -> list[tuple[str, ...]]:
    """Return (exit, result, why) of each end in the log of the first task."""
    return re.findall(END, lab.log(1, 1))


def test_first_and_last_line(lab: Lab) -> None:
    """The first line says when, where, which job and which input; the last how it ended."""
    lab.tracker(command="echo at work; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.go()
    first, said, last = lab.said(1, 1)
    assert re.fullmatch(START, first)
    assert "job=local." in first
    assert said == "at work"
    assert re.fullmatch(END, last)
    assert ends(lab) == [("0", "finished", "")]


def test_appended_when_run_again(lab: Lab) -> None:
    """A second run appends; what it says last, not what the first said, is its reason."""
    lab.tracker(command="[ -e {{ project }}/silent ] || printf 'first\\nno animals'; exit 4")
    lab.videos(1)
    lab.go()
    (lab.root / "silent").touch()
    assert lab.task(1, 1).code == 4
    assert ends(lab) == [("4", "failed", "no animals"), ("4", "failed", "")]
    assert len(re.findall(START, lab.log(1, 1))) == 2
    assert "job=by-hand" in lab.log(1, 1)


@pytest.mark.parametrize("left", ["10 %", "\\0"])
def test_start_behind_an_open_line(lab: Lab, left: str) -> None:
    """A start begins a line, also where a program that was killed left its line open."""
    lab.tracker(command="exit 3")
    lab.videos(1)
    lab.go()
    with open(lab.batch(1) / "output.1", "ab") as log:
        log.write(left.encode())
    video = lab.video("d1/v1.avi", "another video")
    assert lab.task(1, 1).code == 3
    record = load_record(lab.batch(1) / "output.1", "0001", 1)
    assert record is not None
    assert record.inputs.startswith(f"{video.stat().st_size} ")


def test_long_log_run_again(lab: Lab) -> None:
    """Where a later start stands in a long log is noted; the record is that of the last start."""
    lab.tracker(command="head -c 100000 /dev/zero | tr '\\0' x; exit 3")
    lab.videos(1)
    lab.go()
    assert not (lab.batch(1) / "begin.1").exists()
    for size in (9, 12):
        lab.video("d1/v1.avi", "v" * size)
        assert lab.task(1, 1).code == 3
        at = int((lab.batch(1) / "begin.1").read_text())
        assert lab.log(1, 1)[at:].startswith("# start ")
        record = load_record(lab.batch(1) / "output.1", "0001", 1)
        assert record is not None
        assert record.inputs.startswith(f"{size} ")


@pytest.mark.parametrize("far", [False, True])
def test_running_in_a_huge_line(lab: Lab, far: bool) -> None:
    """A task whose log is one line that no memory holds is not begun a second time, near the log's head or far."""
    lab.tracker(command="touch {{ project }}/begun; sleep 60")
    lab.videos(1)
    lab.scan()
    log = lab.batch(1) / "output.1"
    if far:
        log.write_text(f"{OTHER.format(job='by-hand')}{'x' * 100_000}\n")
    lab.start("bash", "run_task.sh", "1", "1")
    wait_for((lab.root / "begun").exists, "the task runs")
    os.truncate(log, 3 * 1024**3)
    ran = lab.run("bash", "-c", "ulimit -v 1000000; exec bash run_task.sh 1 1")
    assert ran.code == 75, ran
    assert "is running here already" in ran.out


def test_log_counts_after_a_run_by_hand(lab: Lab) -> None:
    """A scan believes the last run, though it had read the first already."""
    lab.tracker(command="[ -e {{ project }}/fine ] && cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.go()
    assert lab.counts() == {"incomplete": 1}
    (lab.root / "fine").touch()
    assert lab.task(1, 1).code == 0
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("printf 'no line end'", "no line end"),
        ("printf 'one\\n\\n  \\n'", "one"),
        ("printf '10 %%\\r20 %%\\rout of memory'", "out of memory"),
        ("printf 'as on Windows\\r\\n'", "as on Windows"),
        ("echo '# start of tracking'; echo bad", "bad"),
        ("echo '# end of tracking'; echo bad", "bad"),
        ("printf 'caf\\351 ferm\\351\\n'", "caf\\xe9 ferm\\xe9"),
        ("printf '\\033[31mred\\033[0m\\n'", "\\x1b[31mred\\x1b[0m"),
        ("head -c 200000 /dev/zero | tr '\\0' x; echo; echo long", "long"),
        ("head -c 200000 /dev/zero | tr '\\0' '\\r'; echo behind bars", "behind bars"),
        ("echo 'Ω' >&2", "Ω"),
    ],
)
def test_last_word(lab: Lab, says: str, why: str) -> None:
    """What a program said last is the reason, whatever bytes it is made of, and it can be shown."""
    lab.tracker(command=f"{says}; exit 3")
    lab.videos(1)
    assert lab.go().code == 1
    assert lab.look()["odd"] == []
    for locale in ("C", "C.UTF-8"):
        told = lab.rt("status", LC_ALL=locale)
        assert told.code == 0
        if why.isascii() or locale == "C.UTF-8":
            assert f"d1/v1.avi: failed (exit code 3): {why}\n" in told.out


def test_a_long_reason_is_cut_behind_the_projects_path(lab: Lab) -> None:
    """Of a long last word both ends stay, paths in it are those from the project on, and none is cut for its length."""
    path = "{{ project }}/Results/d1/v1.txt"
    lab.tracker(command=f"echo {path} {'x' * 200} cannot follow {path} {path}; exit 3")
    lab.videos(1)
    lab.go()
    short = "Results/d1/v1.txt"  # a name from the project on, and no hint as for a name that the program cannot find
    assert f"why={short} {'x' * 200} cannot follow {short} {short}\n" in lab.log(1, 1)


def test_a_longer_reason_loses_its_middle(lab: Lab) -> None:
    """Of a last word that is too long for a line both ends stay, whatever the length of the project's path."""
    path = "{{ project }}/Results/d1/v1.txt"
    lab.tracker(command=f"echo {path} {'x' * 400} {path}; exit 3")
    lab.videos(1)
    lab.go()
    why = re.search(r" why=(.*)\n", lab.log(1, 1))
    assert why is not None
    assert re.fullmatch(r"Results/d1/v1\.txt x+ \.\.\. x+ Results/d1/v1\.txt", why[1])


def test_name_that_looks_like_a_log(lab: Lab) -> None:
    """A video whose name looks like a line of the log is a video like any other."""
    lab.tracker(command="exit 1")
    name = "# start 2026-01-01T00:00:00+0000 host=h pid=1 job=j batch=1 task=1 params=p size=1 mtime=1 unit=x.avi"
    lab.video(name)
    lab.video("a unit=b # end 2026-01-01T00:00:00+0000 exit=0 seconds=1 result=finished why=.avi")
    lab.go()
    assert lab.counts() == {"incomplete": 2}


LOCALES = ("C", "C.UTF-8", *COMMA)


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> dict[str, str]:
    """What makes programs write as the locale does that the test is run with; skipped where it cannot be had."""
    return environment_of(request.param) or pytest.skip(f"{request.param} cannot be made here: install locales")


in_each_locale = pytest.mark.parametrize("spoken", LOCALES, indirect=True)


@in_each_locale
def test_numbers_in_any_locale(lab: Lab, spoken: dict[str, str]) -> None:
    """Where people write 1,5 a task writes the time of its input with a point, and the next scan calls it finished."""
    lab.tracker(command="stat -c %.9Y {{ input.video }}; cp {{ input.video }} {{ output.copy }}")
    video = lab.video("d1/v1.avi")
    os.utime(video, ns=(LONG_AGO * 10**9 + 23341179,) * 2)
    lab.scan(**spoken)
    assert lab.process(**spoken).code == 0
    first, said, _ = lab.said(1, 1)
    assert f" mtime={LONG_AGO}.023341179 " in first
    assert (
        said == f"{LONG_AGO}{',' if 'de_DE' in spoken['LANG'] else '.'}023341179"
    )  # the tracker's locale is the user's
    assert lab.scan(**spoken).code == 0
    assert lab.counts() == {"finished": 1}


@in_each_locale
@pytest.mark.parametrize("files", [1, 2])
@pytest.mark.drawn(3)
def test_made_already_in_any_locale(lab: Lab, spoken: dict[str, str], files: int) -> None:
    """A result that a task noted is found; a result that nobody noted so is made again, whatever the times say."""
    lab.videos(files)
    lab.scan(**spoken)
    words = ("bash", "run_task.sh", "1", "1")
    assert lab.run(*words, **spoken).code == 0
    assert lab.run(*words, **spoken).code == 0
    assert ends(lab)[-1] == ("0", "finished", "finished already, by its own earlier start")
    os.utime(lab.result("d1/v1.txt"), ns=((LONG_AGO + 10**9) * 10**9 + 80_000_000,) * 2)
    assert lab.run(*words, **spoken).code == 0
    assert ends(lab)[-1] == ("0", "finished", "")
    assert "value too great" not in lab.log(1, 1)


@in_each_locale
def test_many_inputs_in_any_locale(lab: Lab, spoken: dict[str, str]) -> None:
    """A task of several files is finished at the next scan, whatever the decimal sign and the order of letters."""
    lab.tracker(
        per=["day"],
        input={"video": "RawVideos/{day}/{name}.avi"},
        output={"copy": "Results/{day}/all.txt"},
        command="cat {{ input.video }} > {{ output.copy }}",
    )
    for name in ("B", "a", "_c", "é"):
        lab.video(f"d1/{name}.avi")
    lab.scan(**spoken)
    assert lab.process(**spoken).code == 0
    assert lab.counts() == {"finished": 1}


@in_each_locale
def test_version_in_any_locale(lab: Lab, spoken: dict[str, str]) -> None:
    """What a tracker says of its version is written down alike on every node."""
    lab.tracker(version="echo 'not this'; echo '1.5 für ß'")
    lab.videos(1)
    lab.scan(**spoken)
    assert lab.process(**spoken).code == 0
    assert " version=1.5_f__r___ " in lab.log(1, 1)


def test_a_comma_in_an_older_log(lab: Lab) -> None:
    """What a task wrote with its locale's decimal sign is read as the number that it was."""
    lab.videos(1)
    lab.go()
    log = lab.batch(1) / "output.1"
    log.write_text(log.read_text().replace(f"mtime={LONG_AGO}.", f"mtime={LONG_AGO},"))
    for path in lab.workspace.glob("batches/proven.*"):
        path.unlink()
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize("seconds", [0, 1, 5, LONG_AGO])
def test_any_time_of_a_file(lab: Lab, seconds: int) -> None:
    """A video from 1970, as some cameras and archives write, is finished once it is processed."""
    video = lab.video("d1/v.avi")
    os.utime(video, (seconds, seconds))
    lab.go()
    assert lab.counts() == {"finished": 1}
    (lab.workspace / "batches/proven.copy").unlink()
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("1", "1"), 0, ""),
        (("0001", "1"), 0, ""),
        (("1", "2"), 66, "Batch 0001 has no task 2."),
        (("9", "1"), 1, "There is no batch 0009 in "),
        (("x", "1"), 2, "bash run_task.sh <batch> <n>"),
        (("1", "0"), 2, "bash run_task.sh <batch> <n>"),
        (("1",), 2, "bash run_task.sh <batch> <n>"),
        ((), 2, "bash run_task.sh <batch> <n>"),
    ],
)
def test_by_hand(lab: Lab, words: tuple[str, ...], code: int, says: str) -> None:
    """``bash run_task.sh <batch> <n>`` does what the array's task does; wrong words are told the right ones."""
    lab.videos(1)
    lab.scan()
    ran = lab.run("bash", "run_task.sh", *words)
    assert ran.code == code
    assert says in ran.err
    assert lab.results() == ([] if code else ["d1/v1.txt"])


def by_hand_in_a_terminal(lab: Lab, meanwhile: Callable[[int], None]) -> tuple[int, str]:
    """Run task 1 in a terminal; ``meanwhile`` may write to it. Returns the exit code and what was seen."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["setsid", "--ctty", "--wait", "bash", "run_task.sh", "1", "1"],
        cwd=lab.workspace,
        env=lab.environment(TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    lab.started.append(process)
    meanwhile(ours)
    seen = b""
    try:
        while piece := os.read(ours, 4096):
            seen += piece
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    return process.wait(20), seen.decode().replace("\r\n", "\n")


def test_a_terminal_sees_the_log(lab: Lab) -> None:
    """By hand in a terminal a task prints just what it logs."""
    lab.tracker(command="echo to see; echo and this >&2; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    code, seen = by_hand_in_a_terminal(lab, lambda _: None)
    assert code == 0
    assert seen == lab.log(1, 1)
    assert re.search("to see\nand this\n(# content .*\n)+# end", seen)


def test_ctrl_c_in_a_terminal(lab: Lab) -> None:
    """Ctrl-C by hand ends the program and still writes the end, in the log and on the screen."""
    lab.tracker(command="sleep 60; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()

    def press(terminal: int) -> None:
        wait_for(lambda: lab.running("sleep"), "the program runs")
        os.write(terminal, b"\x03")

    code, seen = by_hand_in_a_terminal(lab, press)
    assert code == 143
    assert ends(lab) == [("143", "cancelled", "it was stopped")]
    assert "result=cancelled cause=stopped" in seen
    assert lab.living("sleep") == []


def test_a_log_cut_short_is_not_a_crash(lab: Lab) -> None:
    """A log whose first line was cut by a full disk or a crash is a task that did not start."""
    lab.videos(2)
    lab.scan()
    (lab.batch(1) / "output.1").write_text("# start 2026-01-01T00:00:00+0000 host=h pid=")
    (lab.batch(1) / "output.2").write_text("\0\0\0\0")
    assert lab.counts() == {"unprocessed": 2}


def test_signal_number_is_named(lab: Lab) -> None:
    """A program that a signal ended failed with 128 and its number."""
    lab.tracker(command="kill -SEGV $BASHPID")
    lab.videos(1)
    lab.go()
    assert ends(lab)[0][:2] == (str(128 + signal.SIGSEGV), "failed")


OTHER = (
    "# start 2026-01-01T00:00:00+0000 host=n7 pid=1 job={job} batch=0001 task=1 params=x "
    "size=1 mtime=1.0 unit=d1/v1.avi\n"
)


@pytest.mark.parametrize(
    ("job", "end", "refused"),
    [
        ("slurm.12", "", True),
        ("pbs.12[].server", "", True),
        ("slurm.12", "# end 2026-01-01T00:00:09+0000 exit=1 seconds=9 result=failed why=\n", False),
        ("by-hand", "", False),
    ],
)
def test_by_hand_beside_a_job_elsewhere(lab: Lab, job: str, end: str, refused: bool) -> None:
    """By hand a task is not begun while a job on another machine has it and wrote no end."""
    lab.videos(1)
    lab.scan()
    log = lab.batch(1) / "output.1"
    log.write_text(OTHER.format(job=job) + end)
    ran = lab.task(1, 1)
    assert ran.code == (75 if refused else 0), ran
    assert (f"Task 1 of batch 0001 was started by job {job} on n7 and has no end." in ran.out + ran.err) is refused
    assert (log.read_text() == OTHER.format(job=job) + end) is refused
