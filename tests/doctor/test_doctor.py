"""What the doctor says would go wrong: the job scripts held against the partitions."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lab import Lab
from remote_tracker.batches.job_script import make_script
from remote_tracker.doctor import examine_queue as examine
from remote_tracker.doctor import hold_against
from remote_tracker.doctor.queue import describe_packing
from remote_tracker.doctor.storage import examine_storage
from remote_tracker.model import Project
from remote_tracker.schedulers import slurm
from scan.trees import make_project, make_stage
from schedulers.fakes import MEASURE, Programs, make_programs, make_slurm

SINFO = (
    "cpu*|up|2-00:00:00|8+|4000+|(null)|2\n"
    "gpu|up|10:00|16|64000|gpu:a100:2|1\n"
    "long|up|infinite|8|4000|(null)|2\n"
    "odd|down|n/a|0|0|(null)|0\n"
)
NAMES = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
PARTITIONS = [dict(zip(NAMES, line.split("|"), strict=True)) for line in SINFO.splitlines()]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    programs.say("sinfo", SINFO)
    return programs


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project with one stage."""
    return make_slurm(tmp_path / "lab")


def asked(**words: str) -> Mapping[str, str]:
    """Return what a script asks for, a line each, from line 7 on."""
    lines = {f"{word} line": str(number) for number, word in enumerate(words, 7)}
    return {**words, **lines}


def troubles(**words: str) -> list[str]:
    """Return what is wrong with what a script asks for."""
    return list(hold_against(asked(**words), PARTITIONS))


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"partition": "cpu"},
        {"partition": "gpu", "walltime": "10:00", "cpus": "16", "memory": "64000M"},
        {"walltime": "2-00:00:00", "cpus": "8", "memory": "4000"},
        {"partition": "long", "walltime": "30-00:00:00"},
        {"partition": "cpu,gpu", "cpus": "16", "memory": "60G", "walltime": "1-00:00:00"},
        {"partition": "odd", "walltime": "4:00:00", "cpus": "64", "memory": "1T"},
        {"account": "x", "qos": "y", "gpus": "1"},
    ],
)
def test_nothing_wrong(words: Mapping[str, str]) -> None:
    """What a partition gives, to its very limit, is no trouble; nor is what has no limit, or none that is told."""
    assert troubles(**words) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"walltime": "2-00:00:01"}, "line 7: asks for walltime 2-00:00:01; cpu gives at most 2-00:00:00."),
        ({"partition": "gpu", "walltime": "11"}, "line 8: asks for walltime 11; gpu gives at most 10:00."),
        ({"cpus": "9"}, "line 7: asks for cpus 9; cpu gives at most 8+."),
        ({"memory": "4001"}, "line 7: asks for memory 4001; cpu gives at most 4000+."),
        ({"memory": "4G"}, "line 7: asks for memory 4G; cpu gives at most 4000+."),
        ({"partition": "cpu,gpu", "cpus": "17"}, "line 8: asks for cpus 17; cpu,gpu gives at most 8+ or 16."),
        ({"partition": "nosuch"}, 'line 7: there is no partition "nosuch". Known: cpu, gpu, long, odd.'),
        ({"partition": "cp"}, 'line 7: there is no partition "cp". Known: cpu, gpu, long, odd.'),
        ({"partition": "cpu2"}, 'line 7: there is no partition "cpu2". Known: cpu, gpu, long, odd.'),
    ],
)
def test_too_much(words: Mapping[str, str], says: str) -> None:
    """What no chosen partition gives is said with the script's line, what it asks for and what it may."""
    assert troubles(**words) == [says]


def test_all_at_once() -> None:
    """Everything that is too much is said in one go."""
    assert len(troubles(walltime="3-00:00:00", cpus="9", memory="5G")) == 3


def test_no_default_partition() -> None:
    """Where no partition is the default and none is named, nothing is held against any."""
    partitions = [{**p, "partition": p["partition"].rstrip("*")} for p in PARTITIONS]
    assert list(hold_against(asked(cpus="999"), partitions)) == []


def test_several_lines_a_partition() -> None:
    """A partition with several kinds of nodes gives what its largest do."""
    partitions = [PARTITIONS[0], {**PARTITIONS[0], "cpus": "32"}]
    assert list(hold_against(asked(cpus="32"), partitions)) == []
    assert list(hold_against(asked(cpus="33"), partitions)) == ["line 7: asks for cpus 33; cpu gives at most 8+ or 32."]


@pytest.mark.parametrize(
    ("line", "word", "value"),
    [
        ("#SBATCH --time=4:00:00", "walltime", "4:00:00"),
        ("#SBATCH -t 4:00:00", "walltime", "4:00:00"),
        ("#SBATCH --time 4:00:00  # a note", "walltime", "4:00:00"),
        ("#SBATCH --mem='12G'", "memory", "12G"),
        ('#SBATCH\t--mem-per-cpu="2G"', "mem_per_cpu", "2G"),
        ("#SBATCH --gres=gpu:a100:1", "gpus", "a100:1"),
        ("#SBATCH -p gpu,cpu", "partition", "gpu,cpu"),
        ("#SBATCH -c 4", "cpus", "4"),
        ("#SBATCH -A lab", "account", "lab"),
        ("#SBATCH -q fast", "qos", "fast"),
        ("#SBATCH -x n[1-3]", "exclude", "n[1-3]"),
        ("#SBATCH --mail-user=a@b.org", "email", "a@b.org"),
    ],
)
def test_asked(line: str, word: str, value: str) -> None:
    """A script's options are read in long and short, with = or a space, quoted or not, with their lines."""
    assert slurm.script.read_asked(f"#!/bin/bash\n# a note\n{line}\n") == {word: value, f"{word} line": "3"}


@pytest.mark.parametrize(
    "line", ["##SBATCH --mem=1G", "# SBATCH --mem=1G", " #SBATCH --mem=1G", "#SBATCH --comment=mem"]
)
def test_not_asked(line: str) -> None:
    """A line that sbatch takes for a comment, and an option that is none of ours, ask for nothing."""
    assert slurm.script.read_asked(f"#!/bin/bash\n{line}\n") == {}


def test_last_line_holds() -> None:
    """Of two lines for one thing the last one holds, as sbatch has it."""
    assert slurm.script.read_asked("#SBATCH --mem=1G\n#SBATCH --mem=2G\n") == {"memory": "2G", "memory line": "2"}


def test_healthy(programs: Programs, project: Project) -> None:
    """Where nothing is wrong the partitions and the limit are shown."""
    shown, wrong = examine(project)
    assert wrong == []
    assert shown == [
        "partition  state  walltime    cpus  memory  gpus        nodes",
        "cpu*       up     2-00:00:00  8+    4000+   (null)      2",
        "gpu        up     10:00       16    64000   gpu:a100:2  1",
        "long       up     infinite    8     4000    (null)      2",
        "odd        down   n/a         0     0       (null)      0",
        "A new list may hold 1000 tasks now (MaxArraySize 1001).",
    ]


def test_what_the_site_allows(programs: Programs, project: Project) -> None:
    """Where the cluster's file says less than the scheduler does, that is how long a list may be."""
    small = replace(project, cluster=project.cluster._replace(name="ours", max_tasks=5))
    assert examine(small)[0][-1] == "A new list may hold 5 tasks now (max_tasks of ours)."


@pytest.mark.parametrize("name", slurm.script.OVERRIDING_ENV)
def test_environment(programs: Programs, project: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What the user's environment would put before the job script's lines is named, with how to take it away."""
    monkeypatch.setenv(name, "1-3")
    wrong = examine(project)[1]
    assert wrong == [f"{name} is set here and goes before the job script's own line: unset {name}"]


def test_own_script(programs: Programs, project: Project) -> None:
    """What somebody wrote into the job script is held against the partitions and named with script and line."""
    script = make_script(project, project.tracker.stages[0])
    script.write_text(script.read_text().replace("#SBATCH --cpus-per-task=1", "#SBATCH -c 9"))
    line = script.read_text().split("\n").index("#SBATCH -c 9") + 1
    assert examine(project)[1] == [f"workspace/process_all.slurm line {line}: asks for cpus 9; cpu gives at most 8+."]


def test_each_script(programs: Programs, tmp_path: Path) -> None:
    """Of several stages each script is looked at, one that cannot be filled in included."""
    first, second = make_stage(resources=make_stage().resources), MEASURE
    project = make_slurm(tmp_path / "lab", first, second)
    broken, other = (make_script(project, stage) for stage in project.tracker.stages)
    broken.write_text(broken.read_text().replace("\n", "\r\n"))
    other.write_text(other.read_text() + "#SBATCH --mem=1G\n")
    wrong = examine(project)[1]
    assert [text.split(":")[0] for text in wrong] == [
        "workspace/process_1_track.slurm",
        f"workspace/process_2_measure.slurm line {len(other.read_text().splitlines())}",
    ]


@pytest.mark.parametrize(
    ("err", "code", "says"),
    [
        ("slurm_load_partitions: Unable to contact slurm controller\n", 1, "slurm_load_partitions: Unable to contact"),
        ("", 0, "it has none."),
    ],
)
def test_no_partitions(programs: Programs, project: Project, err: str, code: int, says: str) -> None:
    """A Slurm that does not answer, or has no partition, is what is wrong; it is said how to go on without one."""
    programs.say("sinfo", err=err, code=code)
    shown, (wrong,) = examine(project)
    assert shown == []
    assert wrong.startswith(f"The scheduler does not tell its partitions: {says}")
    assert wrong.endswith("where no cluster is, write cluster: local into project.yml.")


def test_without_a_queue(tmp_path: Path) -> None:
    """Without a scheduler there is no partition to ask for, and a broken script is still named."""
    project = make_project(tmp_path)
    assert examine(project) == (["No queue here: tasks run on this machine."], [])
    script = make_script(project, project.tracker.stages[0])
    script.write_text("#!/bin/bash\n")
    assert examine(project)[1][0].startswith("workspace/process_all.sh: the two lines")


def test_a_number_on_a_gpu_that_changes_nothing(tmp_path: Path, project: Project) -> None:
    """per_gpu without a queue, or without a step that asks for a GPU, is answered; else nothing is said of it."""
    here, there = replace(make_project(tmp_path / "here"), per_gpu=3), replace(project, per_gpu=3)
    nothing = "per_gpu: 3 in project.yml changes nothing"
    assert describe_packing(here) == [f"{nothing} without a queue. To run 3 at once:  bash process_all.sh -j 3"]
    assert describe_packing(there) == [f"{nothing}: no step of {project.tracker.name} asks for a GPU."]
    (stage,) = project.tracker.stages
    stages = (replace(stage, resources=replace(stage.resources, gpus=1)),)
    asking = replace(there, tracker=replace(there.tracker, stages=stages))
    assert [describe_packing(one) for one in (asking, project)] == [[], []]


def test_a_storage_that_knows_both(tmp_path: Path) -> None:
    """Of a storage with hard links and locks nothing is said, and nothing is left there."""
    project = make_project(tmp_path)
    before = sorted(os.listdir(project.root))
    assert examine_storage(project) == ([], [])
    assert sorted(os.listdir(project.root)) == before


def test_a_storage_that_lacks_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A storage without hard links is shown, one without locks is a trouble with what to do."""

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr(fcntl, "flock", fail)
    project = make_project(tmp_path)
    (shown,), (wrong,) = examine_storage(project)
    assert shown == f"  storage  {project.root}: knows no hard links; a batch is claimed without"
    assert wrong.startswith(
        f"{project.root}: its storage knows no locks (Function not implemented). Put the project on"
    )


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be written the folder is named."""
    project = replace(make_project(tmp_path), root=tmp_path / "nowhere")
    said = f"{tmp_path}/nowhere: cannot be written: No such file or directory: links and locks were not asked for"
    assert examine_storage(project) == ([f"  storage  {said}"], [])


@pytest.mark.parametrize(
    "option", ["--partition=long", "--memory=4G", "--dry", "--throttle=2", "--scheduler-option=-x"]
)
def test_what_is_asked_of_no_queue(plain_lab: Lab, option: str) -> None:
    """What only a job can ask for is refused in one line where the doctor sends none."""
    plain_lab.tracker()
    plain_lab.settings()
    ran = plain_lab.rt("doctor", option)
    assert (ran.code, ran.out) == (2, "")
    told = f"{option.partition('=')[0]} is asked of a queue, and local has none. Nothing was looked at."
    assert ran.err.strip() == told
