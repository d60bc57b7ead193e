"""Job scripts for GridEngine, to the letter, what they ask for, and what ./rt submit puts before it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.batches.job_script import check_script, load_script, make_script
from remote_tracker.errors import WrongUse
from remote_tracker.model import Project, Resources
from remote_tracker.model.scheduling import Array
from remote_tracker.render import ScriptError
from remote_tracker.schedulers import sge

from schedulers.fakes import COPY, MEASURE, make_slurm, script_of

GOLDEN = Path(__file__).parent / "golden"
USUAL = replace(COPY, resources=Resources(cpus=2, memory="2G", walltime="4:00:00"))
GPU = replace(COPY, resources=Resources(cpus=4, memory="12500M", walltime="2-00:00:00", gpus="a100:1"))


def make_sge(root: Path, *stages: Any, **keys: Any) -> Project:
    """Return a project named flies on a cluster with GridEngine."""
    return make_slurm(root, *stages, **{"scheduler": "sge", **keys})


@pytest.mark.parametrize(
    ("name", "keys", "stages", "tasks", "email"),
    [
        ("none", {}, (USUAL,), 0, ""),
        ("one", {}, (USUAL,), 1, ""),
        ("many", {}, (USUAL,), 250, "ann@example.org"),
        ("throttled", {"throttle": 4}, (USUAL,), 20, ""),
        ("packed", {"tasks_per_job": 10, "throttle": 2, "mail": False}, (USUAL,), 41, "ann@example.org"),
        ("gpu", {"directives": ("-q gpu.q",), "parallel_environment": "threads"}, (GPU,), 3, "ann@example.org"),
        ("plain", {}, (COPY,), 2, ""),
    ],
)
def test_golden(tmp_path: Path, name: str, keys: dict[str, Any], stages: Any, tasks: int, email: str) -> None:
    """The job script of each kind of list is, to the letter, the one that was read and found good."""
    project = replace(make_sge(tmp_path, *stages, **keys), email=email)
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    text = script_of(project, "0001", tasks)
    assert text == (GOLDEN / f"sge_{name}.txt").read_text()
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0


def test_golden_stages(tmp_path: Path) -> None:
    """Each stage of a tracker with several has a script of its own."""
    project = make_sge(tmp_path, COPY, MEASURE)
    for number in ("0001", "0002"):
        (tmp_path / "workspace" / "batches" / number).mkdir(parents=True)
    assert script_of(project, "0001", 9) == (GOLDEN / "sge_stage_1.txt").read_text()
    assert script_of(project, "0002", 9, 1) == (GOLDEN / "sge_stage_2.txt").read_text()


@given(st.integers(1, 300), st.integers(1, 50))
def test_every_task_has_an_index(tasks: int, per_job: int) -> None:
    """An array's indices stand for every task of its list, each once."""
    line = sge.script.array_directives(Array("0001", tasks, "x", Path("/x"), per_job))[1].removeprefix("#$ -t ")
    indices = sge.queue.read_indices(line)
    taken = [task for index in sorted(indices or ()) for task in range(index, index + per_job) if task <= tasks]
    assert taken == list(range(1, tasks + 1))


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("/lab/my flies", "#$ -wd '/lab/my flies'"),
        ("/lab/fli'es", "#$ -cwd"),
        ("/lab/a'b\"c", "#$ -cwd"),
        ("/lab/fl:i,es", "#$ -wd '/lab/fl:i,es'"),
    ],
)
def test_working_folder(folder: str, line: str) -> None:
    """The working folder is quoted, or the one that qsub is called in; the log's path below it is relative."""
    lines = sge.script.array_directives(Array("0007", 3, "x", Path(folder)))
    assert line in lines
    assert sge.script.works_from_anywhere(folder) == (line != "#$ -cwd")
    assert "#$ -o batches/0007/output.$TASK_ID" in lines
    assert sge.script.folder_problem(folder) == ""


@pytest.mark.parametrize("folder", ["/lab/$HOME", "/lab/a\\b", "/lab/a\nb"])
def test_odd_folder(folder: str) -> None:
    """A folder whose path qsub would change is refused, since tasks would wait in error for ever."""
    assert sge.script.folder_problem(folder).startswith("GridEngine cannot work in a folder whose path holds")


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("flies", "rt0001.track.flies"),
        ("my flies (2)", "rt0001.track.my_flies__2_"),
        ("fl\u00fcge", "rt0001.track.fl_ge"),
        ("x" * 600, "rt0001.track." + "x" * 187),
    ],
)
def test_name(project: str, name: str) -> None:
    """A job's name is one that qsub takes, and its first ten characters, all that qstat shows, tell the batch."""
    assert sge.script.name_job(project, "track", "0001") == name
    assert "0001" in name[:10]


@pytest.mark.parametrize(
    ("lines", "asked"),
    [
        ("#$ -pe smp 4\n#$ -l h_vmem=2G", {"cpus": "4", "memory": "8192M", "rest": "smp"}),
        ("#$ -l h_rt=30:00:00,s_rt=29:59:00,h_vmem=500M", {"walltime": "30:00:00", "memory": "500M"}),
        ("#$-q long.q -P lab", {"partition": "long.q", "account": "lab"}),
        ("#$ -M ann@lab.org\n#$ -m bea", {"email": "ann@lab.org"}),
        ("#$ -l gpu=1", {"gpus": "1"}),
        ("#$ -l h_rt=86400", {"walltime": "24:00:00"}),
        ("#$ -l h_vmem=INFINITY", {}),
        ("#$ -l h_vmem=2xb", {"memory": "2xb"}),
        ("# $ -q no\n #$ -q no", {}),
    ],
)
def test_asked(lines: str, asked: Mapping[str, str]) -> None:
    """What a script asks for is read in the words of ./rt submit; memory is that of all cores together."""
    told = sge.script.read_asked(f"#!/bin/bash\n{lines}\n")
    assert {word: value for word, value in told.items() if not word.endswith(" line")} == asked


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        ({"memory": "4G"}, ["-l", "h_vmem=2G"]),
        ({"cpus": "4"}, ["-pe", "threads", "4", "-l", "h_vmem=1G"]),
        ({"cpus": "4", "memory": "2G"}, ["-pe", "threads", "4", "-l", "h_vmem=512M"]),
        ({"walltime": "2-00:00:00"}, ["-l", "h_rt=48:00:00,s_rt=47:59:00"]),
        ({"walltime": "1"}, ["-l", "h_rt=00:01:00,s_rt=00:00:30"]),
        ({"gpus": "2"}, ["-l", "gpu=2"]),
        ({"cpus": "1"}, ["-pe", "threads", "1", "-l", "h_vmem=4G"]),
        ({"partition": "long.q", "account": "lab"}, ["-q", "long.q", "-P", "lab"]),
    ],
)
def test_words(words: Mapping[str, str], argv: list[str]) -> None:
    """What is asked for one time goes before the script's line; memory is divided by the cores."""
    asked = sge.script.read_asked("#$ -pe threads 2\n#$ -l h_vmem=2G\n")
    assert sge.script.option_argv(words, asked) == argv


@pytest.mark.parametrize("line", ["#$", "#$HOME is not set here", "#$ a comment"])
def test_a_comment_that_is_none(tmp_path: Path, line: str) -> None:
    """A comment that qsub takes for an option is named, and the script left as it is."""
    project = make_sge(tmp_path)
    script = make_script(project, COPY)
    text = script.read_text() + f"\n{line}\n"
    script.write_text(text)
    with pytest.raises(ScriptError, match="takes a line that begins with"):
        check_script(project, load_script(project, COPY))
    assert script.read_text() == text


def test_what_is_made_has_no_fault(tmp_path: Path) -> None:
    """A script as it is made is one that qsub takes."""
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    assert sge.script.find_faults(script_of(make_sge(tmp_path, GPU), "0001", 3)) == []


@pytest.mark.parametrize("words", [{"cpus": "two"}, {"cpus": "0", "memory": "4G"}, {"gpus": "a100:1"}])
def test_words_that_are_none(words: Mapping[str, str]) -> None:
    """A word that cannot be written for GridEngine is refused in a sentence."""
    with pytest.raises(WrongUse):
        sge.script.option_argv(words, {})
