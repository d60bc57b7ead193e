"""Job scripts for LSF, to the letter, what they ask for, and what ./rt submit puts before it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.batches import job_script
from remote_tracker.batches.prepare import prepare
from remote_tracker.model import Project, Resources
from remote_tracker.model.scheduling import Array
from remote_tracker.report.scan import next_command
from remote_tracker.schedulers import lsf

from schedulers.fakes import COPY, MEASURE, Programs, make_programs, make_slurm, script_of

GOLDEN = Path(__file__).parent / "golden"
USUAL = replace(COPY, resources=Resources(cpus=2, memory="2G", walltime="4:00:00"))
GPU = replace(COPY, resources=Resources(cpus=4, memory="12500M", walltime="2-00:00:00", gpus="a100:1"))


@pytest.fixture(autouse=True)
def usual_umask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user has the usual umask."""
    monkeypatch.setattr(job_script, "_umask", lambda: 0o022)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for LSF's."""
    return make_programs(tmp_path / "bin", monkeypatch)


def make_lsf(root: Path, *stages: Any, **keys: Any) -> Project:
    """Return a project named flies on a cluster with LSF."""
    return make_slurm(root, *stages, **{"scheduler": "lsf", **keys})


@pytest.mark.parametrize(
    ("name", "keys", "stages", "tasks", "email"),
    [
        ("none", {}, (USUAL,), 0, ""),
        ("one", {}, (USUAL,), 1, ""),
        ("many", {}, (USUAL,), 250, "ann@example.org"),
        ("throttled", {"throttle": 4}, (USUAL,), 20, ""),
        ("packed", {"tasks_per_job": 10, "throttle": 2, "mail": False}, (USUAL,), 41, "ann@example.org"),
        ("gpu", {"directives": ("-q gpu", "-P lab")}, (GPU,), 3, "ann@example.org"),
        ("plain", {}, (COPY,), 2, ""),
    ],
)
def test_golden(tmp_path: Path, name: str, keys: dict[str, Any], stages: Any, tasks: int, email: str) -> None:
    """The job script of each kind of list is, to the letter, the one that was read and found good."""
    project = replace(make_lsf(tmp_path, *stages, **keys), email=email)
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    text = script_of(project, "0001", tasks)
    assert text == (GOLDEN / f"lsf_{name}.txt").read_text()
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0


def test_golden_stages(tmp_path: Path) -> None:
    """Each stage of a tracker with several has a script of its own."""
    project = make_lsf(tmp_path, COPY, MEASURE)
    for number in ("0001", "0002"):
        (tmp_path / "workspace" / "batches" / number).mkdir(parents=True)
    assert script_of(project, "0001", 9) == (GOLDEN / "lsf_stage_1.txt").read_text()
    assert script_of(project, "0002", 9, 1) == (GOLDEN / "lsf_stage_2.txt").read_text()


@given(st.integers(1, 300), st.integers(1, 50))
def test_every_task_has_an_index(tasks: int, per_job: int) -> None:
    """An array's indices stand for every task of its list, each once."""
    line = lsf.script.array_directives(Array("0001", tasks, "x", Path("/x"), per_job))[0]
    span, _, step = line.removeprefix('#BSUB -J "x[').removesuffix(']"').partition(":")
    first, _, last = span.partition("-")
    indices = range(int(first), int(last or first) + 1, int(step or 1))
    taken = [task for index in indices for task in range(index, index + per_job) if task <= tasks]
    assert taken == list(range(1, tasks + 1))


@pytest.mark.parametrize("folder", ["/lab/flies/workspace", "/lab/my flies/workspace", "/lab/fl\u00fcge/(a) & b;#"])
def test_place_of_logs_and_work(folder: str) -> None:
    """Logs and work are where the batch lies, wherever bsub is typed and whatever its folder is called."""
    lines = lsf.script.array_directives(Array("0007", 3, "x", Path(folder)))
    assert lsf.script.folder_problem(folder) == ""
    assert f'#BSUB -o "{folder}/batches/0007/output.%I"' in lines
    change = next(line for line in lines if line.startswith("cd "))
    went = subprocess.run(["sh", "-c", f'cd() {{ printf %s "$1"; }}; {change}'], capture_output=True, text=True)
    assert went.stdout == folder


@pytest.mark.parametrize("odd", ["%", '"', "'", "\\", "$", "`", "\n"])
def test_folders_that_are_refused(odd: str) -> None:
    """A folder that LSF would read otherwise is refused, with the character."""
    assert repr(odd) in lsf.script.folder_problem(f"/lab/a{odd}b")


@pytest.mark.parametrize(
    ("project", "stage", "number", "name"),
    [
        ("flies", "track", "0001", "rt0001.track.flies"),
        ("my flies (2)", "track", "0012", "rt0012.track.my_flies__2_"),
        ("fl\u00fcge+", "track", "0001", "rt0001.track.fl_ge_"),
        ("x" * 300, "track", "12345", "rt12345.track." + "x" * 186),
    ],
)
def test_name(project: str, stage: str, number: str, name: str) -> None:
    """A job's name holds only what an array's may, and leaves room for the indices."""
    assert lsf.script.name_job(project, stage, number) == name
    assert len(lsf.script.array_directives(Array(number, 999999, name, Path("/x"), 10, 100))[0]) < 255


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("#BSUB -n 4 -M 2G", {"cpus": "4", "memory": "2G"}),
        ("#BSUB -M 2GB!", {"memory": "2GB"}),
        ("#BSUB -W 30:00", {"walltime": "30:00:00"}),
        ("#BSUB -W 90", {"walltime": "90"}),
        ("#BSUB -W 4:5/hostA", {"walltime": "4:05:00"}),
        ('#BSUB -q long -P "lab one"', {"partition": "long", "account": "lab one"}),
        ('#BSUB -gpu "num=2:mode=shared"', {"gpus": "2"}),
        ('#BSUB -gpu "num=1:gmodel=a100-40:j_exclusive=yes"', {"gpus": "a100-40:1"}),
        ('#BSUB -R "span[hosts=1] rusage[mem=2G]"', {"rest": "span[hosts=1] rusage[mem=2G]"}),
        ('#BSUB -R "span[hosts=1]" -R "select[avx2]"', {"rest": "span[hosts=1] select[avx2]"}),
        ('#BSUB -q "long', {"partition": '"long'}),
        ("# BSUB -q long", {}),
        ("##BSUB -q long", {}),
        ("#BSUB -r", {}),
    ],
)
def test_asked(line: str, asked: Mapping[str, str]) -> None:
    """What a script asks for is read in the words of ./rt submit, with the line's number."""
    told = lsf.script.read_asked(f"#!/bin/bash\n{line}\n")
    assert {word: value for word, value in told.items() if not word.endswith(" line")} == asked
    assert {value for word, value in told.items() if word.endswith(" line")} <= {"2"}


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        ({"memory": "4G"}, ["-M", "4G", "-R", "span[hosts=1] rusage[mem=4G:tmp=5G] select[avx2]"]),
        ({"memory": "1500M"}, ["-M", "1500M", "-R", "span[hosts=1] rusage[mem=1500M:tmp=5G] select[avx2]"]),
        ({"cpus": "8"}, ["-n", "8"]),
        ({"gpus": "1"}, ["-gpu", "num=1:j_exclusive=yes"]),
        ({"gpus": "a100:2"}, ["-gpu", "num=2:gmodel=a100:j_exclusive=yes"]),
        ({"walltime": "2-00:00:00"}, ["-W", "48:00"]),
        ({"walltime": "0:00:30"}, ["-W", "0:01"]),
        ({"partition": "long", "account": "lab"}, ["-q", "long", "-P", "lab"]),
    ],
)
def test_words(words: Mapping[str, str], argv: list[str]) -> None:
    """What is asked for one time goes before the script's line; -R, which goes before all of them, says the rest."""
    script = '#BSUB -R "span[hosts=1] rusage[mem=2G:tmp=5G]"\n#BSUB -R "select[avx2]"\n'
    assert lsf.script.option_argv(words, lsf.script.read_asked(script)) == argv


def test_memory_where_the_script_says_none() -> None:
    """Memory is reserved, too, where the script reserves none."""
    assert lsf.script.option_argv({"memory": "4G"}, {}) == ["-M", "4G", "-R", "span[hosts=1] rusage[mem=4G]"]


def test_submission() -> None:
    """The script goes in by the input; a throttle for one time is said with the whole array."""
    array = Array("0001", 41, "rt0001.track.flies", Path("/x"), 10)
    assert lsf.script.submit_argv("process_all.lsf", array, ["-q", "long"]) == ["bsub", "-q", "long"]
    throttled = array._replace(throttle=4)
    assert lsf.script.submit_argv("process_all.lsf", throttled, []) == ["bsub", "-J", "rt0001.track.flies[1-41:10]%4"]


def test_next_command(tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command is the line that bsub is typed in, wherever that is."""
    programs.say("bsub", err="IBM Spectrum LSF 10.1.0.0\n")
    programs.say("bparams", "MAX_JOB_ARRAY_SIZE = 1000\n")
    programs.say("busers", "USER/GROUP\n")
    project = make_lsf(tmp_path / "my lab", videos=1)
    monkeypatch.chdir(project.root)
    assert next_command(project, prepare(project, [COPY])) == "bsub < workspace/process_all.lsf"
