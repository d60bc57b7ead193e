"""What probe.sh printed is read whatever stands between; what is wrong with a machine is told in lines."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from lab import wait_for
from remote_tracker.doctor import machine_lines, machine_troubles
from remote_tracker.machine.answers import Space, Surroundings, read_surroundings
from remote_tracker.machine.probe import PROBE
from remote_tracker.model import Need, Resources
from remote_tracker.render import render_questions
from scan.trees import make_project, make_stage

NEEDS = (Need("one --version", "install one"), Need("two", "module load two"))
TEXT = """\
Loading SLEAP/2023-08-01
rt\thost\tgpu-12\tbash 5.1
  Loading requirement: cuda/11.8
rt\tmodules\tcuda/11.8:SLEAP/2023-08-01
rt\tpython\t/ceph/apps/bin/python
rt\tversion\t0\t0\t1.3.1
rt\tneed\t1\t0\t1.0
rt\tneed\t2\t127\ttwo: command not found
rt\tgpu\tNVIDIA RTX 5000, 16384 MiB, 525.1
rt\tspace\tResults\t1000000\t5000
rt\tspace\t/tmp\t\t-
rt\tend
"""


def test_read() -> None:
    """Each line of ours is a fact; other lines, and numbers that are none, do no harm."""
    found = read_surroundings(TEXT, NEEDS)
    assert (found.host, found.bash, found.version, found.whole) == ("gpu-12", "bash 5.1", "1.3.1", True)
    assert found.modules == "cuda/11.8:SLEAP/2023-08-01"
    assert found.python == "/ceph/apps/bin/python"
    assert found.gpus == ("NVIDIA RTX 5000, 16384 MiB, 525.1",)
    assert [(a.need.help, a.said) for a in found.missing] == [("module load two", "two: command not found")]
    assert found.spaces == (Space("Results", 1_024_000_000, 5000), Space("/tmp", -1, -1))


@pytest.mark.parametrize(
    "text", ["", "rt\thost\n", "rt\n", "rt\tneed\t9\t0\tx\n", "rt\tversion\t0\n", "rt\thost\ta\tb\n"]
)
def test_read_broken(text: str) -> None:
    """What was broken off is not whole, and raises nothing."""
    assert not read_surroundings(text, NEEDS).whole


def test_a_version_that_failed_is_none() -> None:
    """A program that fails to tell its version has none: its complaint is no version."""
    assert read_surroundings("rt\tversion\t0\t127\tnot found\nrt\tend\n", ()).version == ""


def test_troubles(tmp_path: Path) -> None:
    """Each trouble is a line that names the machine and what to do; a machine without any has none."""
    project = make_project(tmp_path, make_stage())
    said = machine_troubles(project, read_surroundings(TEXT, NEEDS))
    assert said == [f'gpu-12 has not what {project.tracker.name} needs ("two: command not found"): module load two']
    full = Surroundings(host="n", whole=True, spaces=(Space("Results", 999_999_999, 10**6), Space("/tmp", 10**12, 999)))
    assert [line.split(" free on")[0] for line in machine_troubles(project, full)] == [
        "Results: only 1.0 GB and 1,000,000 files",
        "/tmp: only 1,000.0 GB and 999 files",
    ]
    assert machine_troubles(project, Surroundings(host="n", whole=True, spaces=(Space("x", -1, -1),))) == []
    assert "was broken off" in machine_troubles(project, Surroundings(host="n"))[0]


def test_lines(tmp_path: Path) -> None:
    """What a machine has, a fact a line; what it has not stands there too."""
    project = make_project(tmp_path, make_stage())
    project = replace(project, tracker=replace(project.tracker, version="one --version"))
    lines = list(machine_lines(project, read_surroundings(TEXT, NEEDS)))
    assert lines[0] == "On gpu-12 (bash 5.1), with workspace/activate.sh:"
    assert "  has      one --version" in lines
    assert "  version  1.3.1  (one --version)" in lines  # which program's it is stands behind it
    assert "  has NOT  two" in lines
    assert "  space    Results: 1.0 GB and 5,000 files free" in lines


@pytest.mark.parametrize(("seconds", "says"), [("", ""), ("0", ""), ("4", ""), ("5", "  (took 5 s)"), ("x", "")])
def test_what_takes_long_is_told(tmp_path: Path, seconds: str, says: str) -> None:
    """An import that takes seconds, which each task pays for, is shown with its time; an older probe told none."""
    found = read_surroundings(f"rt\tneed\t1\t0\t1.0\t{seconds}\nrt\tend\n", NEEDS)
    assert f"  has      one --version{says}" in list(machine_lines(make_project(tmp_path, make_stage()), found))


def test_no_gpu_where_a_step_asks_for_one(tmp_path: Path) -> None:
    """A machine that shows no GPU says so where a step asks for one, and is silent where none does."""
    none = "  GPU      none is seen (nvidia-smi)"
    asks = make_stage(resources=Resources(gpus="1"))
    assert none in list(machine_lines(make_project(tmp_path / "a", asks), Surroundings(whole=True)))
    assert none not in list(machine_lines(make_project(tmp_path / "b", make_stage()), Surroundings(whole=True)))


def probe(folder: Path, limit: int, *lines: str) -> Surroundings:
    """Ask the lines of bash as probe.sh does, each with a limit in seconds."""
    needs = [Need(line, f"mend {number}") for number, line in enumerate(lines, 1)]
    project = make_project(folder, make_stage())
    text = render_questions(project, needs, [], limit)
    (folder / "questions.sh").write_text(text)
    (folder / "probe.sh").write_bytes(PROBE.read_bytes())
    ran = subprocess.run(["bash", folder / "probe.sh"], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stderr == ""
    return read_surroundings(ran.stdout, needs)


@pytest.mark.parametrize(
    "hangs", ["sleep 600", "sleep 600 & wait", "trap '' TERM; while :; do sleep 1; done", "cat | sleep 600"]
)
def test_a_hung_program_is_ended_and_told(tmp_path: Path, hangs: str) -> None:
    """A program that does not answer is given up after the limit, with all that it started; the rest is asked."""
    mark = f"RT_HUNG={tmp_path.name}"
    found = probe(tmp_path, 1, f"export {mark}; {hangs}", "echo fine; false", "echo; echo fine")
    assert [(a.met, a.said) for a in found.answers] == [(False, "no answer in 1 s"), (False, "fine"), (True, "fine")]
    assert found.answers[0].seconds >= 1
    assert found.whole
    wait_for(lambda: not find_marked(mark), "the end of the program and of all that it started")


def find_marked(mark: str) -> list[Path]:
    """Return the places in /proc of the living processes that were started with ``mark`` in their environment."""
    return [path for path in Path("/proc").glob("[0-9]*/environ") if mark.encode() in read_or_nothing(path)]


def read_or_nothing(path: Path) -> bytes:
    """Return what a file holds; nothing where it is gone, or another person's."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_what_a_program_reads_and_changes_stays_its_own(tmp_path: Path) -> None:
    """A question reads no terminal, and what it sets is not there for the next one."""
    found = probe(tmp_path, 60, "wc -c; x=1", 'echo "${x:-unset}"', "kill -KILL $BASHPID")
    assert [(a.met, a.said.strip()) for a in found.answers] == [(True, "0"), (True, "unset"), (False, "")]
