"""Job scripts for PBS, to the letter, what they ask for, and what ./rt submit puts before it."""

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
from remote_tracker.batches.job_script import check_script, load_script, make_script
from remote_tracker.batches.prepare import prepare
from remote_tracker.errors import WrongUse
from remote_tracker.model import Project, Resources
from remote_tracker.model.scheduling import Array
from remote_tracker.render import ScriptError
from remote_tracker.report.scan import next_command
from remote_tracker.schedulers import pbs

from schedulers.fakes import COPY, MEASURE, Programs, make_programs, make_slurm, script_of

GOLDEN = Path(__file__).parent / "golden"
USUAL = replace(COPY, resources=Resources(cpus=2, memory="2G", walltime="4:00:00"))
GPU = replace(COPY, resources=Resources(cpus=4, memory="12500M", walltime="2-00:00:00", gpus="a100:1"))
KRYPTON = {"resources": {"workspace": {"cpus": 1, "walltime": "30:00:00"}}}


@pytest.fixture(autouse=True)
def usual_umask(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user has the usual umask."""
    monkeypatch.setattr(job_script, "_umask", lambda: 0o022)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for PBS's."""
    return make_programs(tmp_path / "bin", monkeypatch)


def make_pbs(root: Path, *stages: Any, **keys: Any) -> Project:
    """Return a project named flies on a cluster with PBS."""
    return make_slurm(root, *stages, **{"scheduler": "pbs", **keys})


@pytest.mark.parametrize(
    ("name", "keys", "stages", "tasks", "email"),
    [
        ("none", {}, (USUAL,), 0, ""),
        ("one", {}, (USUAL,), 1, ""),
        ("many", {}, (USUAL,), 250, "ann@example.org"),
        ("throttled", {"throttle": 4}, (USUAL,), 20, ""),
        ("packed", {"tasks_per_job": 10, "throttle": 2, "mail": False}, (USUAL,), 41, "ann@example.org"),
        ("gpu", {"directives": ("-q gpu", "-A lab")}, (GPU,), 3, "ann@example.org"),
        ("plain", {}, (COPY,), 2, ""),
        ("krypton", KRYPTON, (COPY,), 2, ""),
    ],
)
def test_golden(tmp_path: Path, name: str, keys: dict[str, Any], stages: Any, tasks: int, email: str) -> None:
    """The job script of each kind of list is, to the letter, the one that was read and found good."""
    project = replace(make_pbs(tmp_path, *stages, **keys), email=email)
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    text = script_of(project, "0001", tasks)
    assert text == (GOLDEN / f"pbs_{name}.txt").read_text()
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0


def test_golden_stages(tmp_path: Path) -> None:
    """Each stage of a tracker with several has a script of its own."""
    project = make_pbs(tmp_path, COPY, MEASURE)
    for number in ("0001", "0002"):
        (tmp_path / "workspace" / "batches" / number).mkdir(parents=True)
    assert script_of(project, "0001", 9) == (GOLDEN / "pbs_stage_1.txt").read_text()
    assert script_of(project, "0002", 9, 1) == (GOLDEN / "pbs_stage_2.txt").read_text()


@given(st.integers(1, 300), st.integers(1, 50))
def test_every_task_has_an_index(tasks: int, per_job: int) -> None:
    """An array's indices stand for every task of its list, each once; never is it the 1-1 that PBS refuses."""
    line = pbs.script.array_directives(Array("0001", tasks, "x", Path("/x"), per_job))[1].removeprefix("#PBS -J ")
    span, _, step = line.partition(":")
    first, last = map(int, span.split("-"))
    assert first < last
    indices = range(first, last + 1, int(step or 1))
    taken = [task for index in indices for task in range(index, index + per_job) if task <= tasks]
    assert taken == list(range(1, tasks + 1))


@pytest.mark.parametrize(
    ("folder", "log"),
    [
        ("/lab/flies/workspace", "/lab/flies/workspace/batches/0007/output.^array_index^"),
        ("/lab/my flies/workspace", "batches/0007/output.^array_index^"),
        ("/lab/fli'es/workspace", "batches/0007/output.^array_index^"),
        ("/lab/fl\u00fcge/workspace", "batches/0007/output.^array_index^"),
    ],
)
def test_place_of_logs(folder: str, log: str) -> None:
    """Logs go where the batch lies, wherever qsub is typed; where the folder's name could be misread, by its own."""
    lines = pbs.script.array_directives(Array("0007", 3, "x", Path(folder)))
    assert f"#PBS -o {log}" in lines
    change = next(line for line in lines if line.startswith("cd "))
    went = subprocess.run(["bash", "-c", f'cd() {{ printf %s "$1"; }}; {change}'], capture_output=True, text=True)
    assert went.stdout == folder


@pytest.mark.parametrize(
    ("project", "stage", "number", "name"),
    [
        ("flies", "track", "0001", "rt0001.track.flies"),
        ("my flies (2)", "track", "0012", "rt0012.track.my_flies__2_"),
        ("fl\u00fcge", "track", "0001", "rt0001.track.fl_ge"),
        ("x" * 300, "track", "12345", "rt12345.track." + "x" * 216),
    ],
)
def test_name(project: str, stage: str, number: str, name: str) -> None:
    """A job's name is legal, and its first 15 characters, all that old versions keep, tell the batch."""
    assert pbs.script.name_job(project, stage, number) == name
    assert number in name[:15]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("#PBS -l select=1:ncpus=4:mem=2gb", {"cpus": "4", "memory": "2G"}),
        (
            "#PBS -l select=2:ncpus=4:mem=512MB:ngpus=1:host=n1",
            {"cpus": "4", "memory": "512M", "gpus": "1", "rest": "host=n1", "chunks": "2"},
        ),
        ("#PBS -l select=1:ncpus=1,walltime=30:00:00", {"cpus": "1", "walltime": "30:00:00"}),
        ("#PBS -l walltime=30:00:00", {"walltime": "30:00:00"}),
        ("#PBS -lwalltime=5400", {"walltime": "01:30:00"}),
        ("#PBS -l mem=1073741824b", {"memory": "1048576K", "old": "mem=1073741824b"}),
        ("#PBS -l ncpus=2,mem=4gb", {"cpus": "2", "memory": "4G", "old": "ncpus=2,mem=4gb"}),
        ("#PBS -l nodes=1:ppn=2", {"cpus": "2", "old": "nodes=1:ppn=2"}),
        (
            "#PBS -l select=1:ncpus=2:mem=1gb+3:ncpus=1",
            {"cpus": "2", "memory": "1G", "mixed": "1:ncpus=2:mem=1gb+3:ncpus=1"},
        ),
        ("#PBS -W max_run_subjobs=3", {"throttle": "3"}),
        ("#PBS -W umask=022,max_run_subjobs=3", {"throttle": "3"}),
        ("#PBS -J 1-9\n#PBS -W max_run_subjobs=3", {}),
        ("#PBS -q long -A lab", {"partition": "long", "account": "lab"}),
        ("#PBS -M ann@lab.org", {"email": "ann@lab.org"}),
        ("# PBS -q long", {}),
        ("##PBS -q long", {}),
        ("#PBS -j oe", {}),
    ],
)
def test_asked(line: str, asked: Mapping[str, str]) -> None:
    """What a script asks for is read in the words of ./rt submit, with the line's number."""
    told = pbs.script.read_asked(f"#!/bin/bash\n{line}\n")
    assert {word: value for word, value in told.items() if not word.endswith(" line")} == asked
    assert {value for word, value in told.items() if word.endswith(" line")} <= {"2"}


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        ({"memory": "4G"}, ["-l", "select=1:ncpus=2:mem=4gb:host=n1"]),
        ({"cpus": "8"}, ["-l", "select=1:ncpus=8:mem=2gb:host=n1"]),
        ({"gpus": "1"}, ["-l", "select=1:ncpus=2:mem=2gb:ngpus=1:host=n1"]),
        ({"memory": "1500M"}, ["-l", "select=1:ncpus=2:mem=1500mb:host=n1"]),
        ({"walltime": "2-00:00:00"}, ["-l", "walltime=48:00:00"]),
        ({"walltime": "90"}, ["-l", "walltime=01:30:00"]),
        ({"partition": "long", "account": "lab"}, ["-q", "long", "-A", "lab"]),
        ({"email": "a@b.c"}, ["-m", "abe", "-M", "a@b.c"]),
    ],
)
def test_words(words: Mapping[str, str], argv: list[str]) -> None:
    """What is asked for one time goes before the script's line; a chunk is asked for whole, with the rest of it."""
    asked = pbs.script.read_asked("#PBS -l select=1:ncpus=2:mem=2gb:host=n1\n")
    assert pbs.script.option_argv(words, asked) == argv


def test_equal_chunks_are_kept() -> None:
    """What is asked for one time is asked for in each of the script's chunks, as many as they are."""
    asked = pbs.script.read_asked("#PBS -l select=2:ncpus=2:mem=2gb:host=n1\n")
    assert pbs.script.option_argv({"memory": "300M"}, asked) == ["-l", "select=2:ncpus=2:mem=300mb:host=n1"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "#PBS -l select=1:ncpus=2:mem=2gb+1:ncpus=1",
            "Line 2 of the job script asks for chunks that differ (select=1:ncpus=2:mem=2gb+1:ncpus=1): --memory does "
            "not say which one is meant. Write it into that line. Nothing was submitted.",
        ),
        (
            "#PBS -l nodes=1:ppn=2",
            "Line 2 of the job script asks for nodes=1:ppn=2, a form that goes with no --memory. "
            "Write select: #PBS -l select=1:ncpus=2   Nothing was submitted.",
        ),
        (
            "#PBS -l ncpus=2,mem=4gb",
            "Line 2 of the job script asks for ncpus=2,mem=4gb, a form that goes with no --memory. "
            "Write select: #PBS -l select=1:ncpus=2:mem=4gb   Nothing was submitted.",
        ),
    ],
)
def test_what_a_select_would_drop(line: str, says: str) -> None:
    """A select typed for a script with other chunks, or with a form that goes with none, is refused with the line."""
    asked = pbs.script.read_asked(f"#!/bin/bash\n{line}\n")
    with pytest.raises(WrongUse) as error:
        pbs.script.option_argv({"memory": "300M"}, asked)
    assert str(error.value) == says
    assert pbs.script.option_argv({"partition": "long", "walltime": "90"}, asked)


def test_a_kind_of_gpu() -> None:
    """A kind of GPU, which each PBS calls by a name of its own, is refused with what to write."""
    with pytest.raises(WrongUse, match="ngpus=1:gpu_model=a100"):
        pbs.script.option_argv({"gpus": "a100:1"}, {})


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("#PBS -q long # the long one", "qsub refuses a comment behind an option"),
        ("true\n#PBS -q long", "it stands behind the first command, where qsub ignores it"),
    ],
)
def test_faults(tmp_path: Path, line: str, says: str) -> None:
    """A line that qsub would refuse or ignore is named, and the script left as it is."""
    project = make_pbs(tmp_path)
    script = make_script(project, COPY)
    text = script.read_text().replace("#PBS -r y", line)
    script.write_text(text)
    with pytest.raises(ScriptError, match=says):
        check_script(project, load_script(project, COPY))
    assert script.read_text() == text


def test_what_is_made_has_no_fault(tmp_path: Path) -> None:
    """A script as it is made is one that qsub takes."""
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    assert pbs.script.find_faults(script_of(make_pbs(tmp_path, GPU), "0001", 3)) == []


def test_typed_in_its_folder(tmp_path: Path, programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder's name cannot stand in a directive, the next command goes there first."""
    programs.say("qsub", "pbs_version = 23.06.06\n")
    programs.say("qstat", "{}")
    programs.say("qselect")
    for name, line in (("lab", "qsub workspace/process_all.pbs"), ("my lab", "cd workspace && qsub process_all.pbs")):
        project = make_pbs(tmp_path / name, videos=1)
        monkeypatch.chdir(project.root)
        prepared = prepare(project, [COPY])
        assert next_command(project, prepared) == line
