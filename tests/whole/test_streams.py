"""Where nobody can see a screen: standard output closed, full, or left by its reader. The work is done all the same."""

from __future__ import annotations

import subprocess

import pytest
from lab import LIST_DAY, Lab, Ran, own_package, wait_for

SCAN, PROCESS = "bash get_files2process.sh", "bash process_all.sh"
FULL = "standard output: cannot be written: No space left on device. What was to be done is done.\n"
HOSTILE = ("\x1b]0;t\x07", "\x9b31m", "\u202e", "\u2066", "\u2028", "\u061c", "\x7f", "\b")


def shell(lab: Lab, line: str) -> Ran:
    """Run a line of bash in workspace, as a person types it."""
    ran = lab.run("bash", "-c", line)
    assert "Traceback" not in ran.out + ran.err, ran
    assert "Exception ignored" not in ran.err, ran
    return ran


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", ">&- 2>&- <&-"])
def test_a_closed_stream_keeps_nothing_from_being_done(lab: Lab, closed: str) -> None:
    """Scan, run, status and a task by hand work with any stream closed, and end as they would with it open."""
    lab.videos(2)
    for line in (SCAN, f"{PROCESS} -j 1", "./rt status", "./rt logs v1", "bash run_task.sh 1 1"):
        line = line.replace("./rt", "../rt")
        ran = shell(lab, f"{line} {closed}")
        assert ran.code == 0, (line, ran)
    assert lab.counts() == {"finished": 2}
    assert "result=finished" in lab.log(1, 1)


@pytest.mark.parametrize("closed", [">&-", ">/dev/full"])
def test_what_is_wrong_still_says_so(lab: Lab, closed: str) -> None:
    """A command that fails ends with its own code, and its line stands on standard error."""
    ran = shell(lab, f"../rt why nosuch {closed}")
    assert ran.code == 2
    assert ran.err.startswith('No video, day or result is called "nosuch"')


def test_a_full_disk_behind_the_screen(lab: Lab) -> None:
    """Where the screen cannot be written the work is done, one line on standard error says so, and the code is 1."""
    lab.tracker(LIST_DAY)
    lab.videos(3)
    for line in (SCAN, f"{PROCESS} -j 1", "../rt status", "../rt why v1", "../rt logs v1", "../rt --all"):
        ran = shell(lab, f"{line} >/dev/full")
        assert (ran.code, ran.err) == (1, FULL), (line, ran)
    assert shell(lab, "../rt run >/dev/full").err.endswith(FULL)
    assert lab.counts() == {"finished": 3}
    assert lab.result("d1/list_summary.csv").is_file()


def test_both_streams_on_a_full_disk(lab: Lab) -> None:
    """Where not even the complaint can be written, the code alone tells it."""
    lab.videos(1)
    assert shell(lab, f"{SCAN} >/dev/full 2>&1").code == 1
    assert shell(lab, f"{PROCESS} >/dev/full 2>&1").code == 1
    assert lab.counts() == {"finished": 1}


def test_a_reader_that_leaves(lab: Lab) -> None:
    """``| head`` ends a screen without a word, and no run."""
    lab.videos(3)
    assert shell(lab, f"set -o pipefail; {SCAN} | true").code in (0, 141)
    ran = shell(lab, f"set -o pipefail; {PROCESS} -j 1 | true")
    assert (ran.code in (0, 141), ran.err) == (True, "")
    assert lab.counts() == {"finished": 3}


def test_a_list_is_not_spent_where_no_task_was_started(lab: Lab) -> None:
    """A run that ends before its first task leaves the list as it was."""
    lab.videos(1)
    lab.scan()
    program = own_package(lab.root) / "run/progress.py"
    good = program.read_text()
    program.write_text(good.replace('"""Show how far the run is, and how', 'raise OSError("broken")\n        """how'))
    assert lab.process().code == 1
    program.write_text(good)
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1}


@pytest.mark.parametrize("odd", HOSTILE)
@pytest.mark.drawn(3)
def test_no_screen_steers_a_terminal(lab: Lab, odd: str) -> None:
    """Whatever a name or a program says, no screen prints it raw, and what a screen shows can be typed again."""
    name = f"d1/a{odd}b.avi"
    lab.video(name)
    lab.tracker(command="echo {{ input.video }} cannot be opened >&2; exit 3")
    screens = [lab.scan(), lab.process(), lab.rt("status", "--failures")]
    typed = screens[1].out.partition("./rt logs ")[2].splitlines()[0]
    assert "# start" in lab.run("bash", "-c", f"./rt logs {typed}", folder="").out
    again = next(line for line in screens[2].out.splitlines() if "Just these again" in line).partition(":  ")[2]
    screens.append(lab.run("bash", "-c", again, folder=""))
    assert "1 of 1 done, 1 failed" in screens[-1].out
    words = (["status"], ["why", name], ["logs", name], ["why", f"{odd}no"], [f"x{odd}"], ["verify"], ["scan", odd])
    screens += [lab.rt(*verb) for verb in (*words, ["redo", name], ["status", f"--{odd}"])]
    for ran in screens:
        assert odd not in ran.out + ran.err
        assert not [c for c in ran.out + ran.err if not c.isprintable() and c not in "\n\t"]


def test_a_log_without_colours_and_with_each_step_of_a_bar(lab: Lab) -> None:
    """``logs`` shows a program's colours as nothing, the steps of its bar as lines, its bytes written out."""
    printed = r"printf '\033[1;31mred\033[0m\n10%%\r20%%\r\nx\377\033[2Jy\a\n'"
    lab.tracker(command=f"{printed}; cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.videos(1)
    lab.go()
    out = lab.rt("logs", "v1").out
    assert "\nred\n10%\n20%\nx\\xff\\x1b[2Jy\\x07\n" in out


def test_a_log_that_nobody_reads_any_more(lab: Lab) -> None:
    """Following a log ends when its reader has left and there is more to show."""
    lab.videos(1)
    lab.go()
    shown = lab.start("bash", "-c", "set -o pipefail; ../rt logs -f v1 | head -n 1")
    log = lab.batch(1) / "output.1"
    assert shown.stdout is not None
    assert wait_for(lambda: b"# start" in shown.stdout.readline(), "head has what it wants")
    with log.open("a") as file:
        file.write("more\n" * 100_000)
    assert shown.wait(20) == 141


def test_json_is_for_programs_whatever_the_name(lab: Lab) -> None:
    """--json stays JSON, in ASCII, and needs no filter."""
    lab.video("d1/a\u202eb.avi")
    ran = subprocess.run(
        ["bash", "get_files2process.sh", "--json"], cwd=lab.workspace, env=lab.environment(), capture_output=True
    )
    assert ran.stdout.isascii()
