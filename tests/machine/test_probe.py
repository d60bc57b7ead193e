"""What probe.sh printed is read whatever stands between; what is wrong with a machine is told in lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.doctor import machine_lines, machine_troubles
from remote_tracker.machine import Space, Surroundings, read_surroundings
from remote_tracker.model import Need
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


def test_lines() -> None:
    """What a machine has, a fact a line; what it has not stands there too."""
    lines = list(machine_lines(read_surroundings(TEXT, NEEDS)))
    assert lines[0] == "On gpu-12 (bash 5.1), with workspace/activate.sh:"
    assert "  has      one --version" in lines
    assert "  has NOT  two" in lines
    assert "  space    Results: 1.0 GB and 5,000 files free" in lines
