"""Job scripts for Slurm, to the letter, and what scans leave alone in them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from remote_tracker.batches.job_script import check_script, load_script, make_script
from remote_tracker.batches.pin import Pinned
from remote_tracker.batches.prepare import prepare
from remote_tracker.config.cluster import load_cluster
from remote_tracker.config.places import BUILT_IN
from remote_tracker.errors import ConfigError
from remote_tracker.model import Resources
from remote_tracker.model.scheduling import Array
from remote_tracker.records import Batch, batches_of
from remote_tracker.render import BLOCK_END, BLOCK_START, ScriptError
from remote_tracker.schedulers import slurm
from scan.trees import put

from schedulers.fakes import COPY, MEASURE, Programs, make_programs, make_slurm, pin_all, point, script_of

GOLDEN = Path(__file__).parent / "golden"
USUAL = replace(COPY, resources=Resources(cpus=2, memory="2G", walltime="4:00:00"))
GPU = replace(COPY, resources=Resources(cpus=4, memory="12G", walltime="1-00:00:00", gpus="a100:1"))
SITE = {"directives": ("--partition=gpu", "--account=lab"), "mail": True}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.mark.parametrize(
    ("name", "keys", "stages", "tasks", "email"),
    [
        ("none", {}, (USUAL,), 0, ""),
        ("one", {}, (USUAL,), 1, ""),
        ("many", {}, (USUAL,), 250, "ann@example.org"),
        ("throttled", {"throttle": 4}, (USUAL,), 20, ""),
        ("packed", {"tasks_per_job": 10, "throttle": 2, "mail": False}, (USUAL,), 41, "ann@example.org"),
        ("gpu", SITE, (GPU,), 3, "ann@example.org"),
        ("plain", {}, (COPY,), 2, ""),
    ],
)
def test_golden(tmp_path: Path, name: str, keys: dict[str, Any], stages: Any, tasks: int, email: str) -> None:
    """The job script of each kind of list is, to the letter, the one that was read and found good."""
    project = replace(make_slurm(tmp_path, *stages, **keys), email=email)
    (tmp_path / "workspace" / "batches" / "0001").mkdir(parents=True)
    text = script_of(project, "0001", tasks)
    assert text == (GOLDEN / f"slurm_{name}.txt").read_text()
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0


def test_golden_stages(tmp_path: Path) -> None:
    """Of several stages each has a script of its own, numbered, with its own resources and name."""
    project = make_slurm(tmp_path, USUAL, replace(MEASURE, resources=Resources(cpus=8, memory="500M")))
    for index, number in enumerate(("0007", "0012")):
        (tmp_path / "workspace" / "batches" / number).mkdir(parents=True)
        text = script_of(project, number, 5, index)
        assert text == (GOLDEN / f"slurm_stage_{index + 1}.txt").read_text()
    assert sorted(path.name for path in (tmp_path / "workspace").glob("*.slurm")) == [
        "process_1_track.slurm",
        "process_2_measure.slurm",
    ]


@pytest.mark.parametrize("folder", ["/lab/my flies", "/lab/$(touch x)", '/lab/a"b', "/lab/#1", "/lab/ü", "/lab/%a"])
def test_folder_quoted(folder: str) -> None:
    """A folder's name stands in the script as it is, between single quotes."""
    assert f"#SBATCH --chdir='{folder}'" in slurm.script.array_directives(Array("0001", 1, "x", Path(folder)))


def test_folder_with_a_quote() -> None:
    """A folder's name with a single quote in it stands between double ones."""
    assert '#SBATCH --chdir="/lab/ann\'s \\"x\\" \\\\y"' in slurm.script.array_directives(
        Array("0001", 1, "x", Path('/lab/ann\'s "x" \\y'))
    )


@pytest.mark.parametrize(
    ("per_job", "throttle", "line"),
    [(1, 0, "1-41"), (1, 4, "1-41%4"), (10, 0, "1-41:10"), (10, 2, "1-41:10%2")],
)
def test_array_line(per_job: int, throttle: int, line: str) -> None:
    """The array says the first task of each job, and how many run at once where that was asked for."""
    assert f"#SBATCH --array={line}" in slurm.script.array_directives(
        Array("0001", 41, "x", Path("/x"), per_job, throttle)
    )


def test_nothing_listed_is_refused_by_slurm() -> None:
    """With nothing listed the array has no task, which sbatch refuses, and no batch is named."""
    block = slurm.script.array_directives(Array("none", 0, "flies.track.none", Path("/x")))
    assert "#SBATCH --array=1-0" in block
    assert "batch=none" in block


def edit(script: Path) -> None:
    """Edit every line of a script outside its block, and add commands before and behind it."""
    head, rest = script.read_text().split(BLOCK_START)
    block, tail = rest.split(BLOCK_END)
    lines = head.split("\n")
    mine = [lines[0]]
    for number, line in enumerate(lines[1:-1], 1):
        if line.startswith("#SBATCH --"):
            mine.append(line.split("=")[0] + f"=mine{number}  # mine")
        else:
            mine.append(f"{line}  # mine: $x 'ü' {number}\t" if line else "\t")
    mine += ["#SBATCH --exclude=n[1-3]", "##SBATCH --mem=1G", "#SBATCH -p mine", ""]
    added = "\n# my own\nmodule load mine   \nexport A=\"$B 'c'\"\n"
    ending = tail.replace("export RT_JOB", "export MINE=1 RT_JOB").replace("exec bash", "nice bash")
    script.write_text("\n".join(mine) + BLOCK_START + block + BLOCK_END + added + ending + "echo over # no end")


def outside(script: Path) -> str:
    """Return all of a script but the lines of its block."""
    head, rest = script.read_text().split(BLOCK_START)
    return head + rest.split(BLOCK_END)[1]


def test_ten_scans_change_the_block_alone(tmp_path: Path, programs: Programs) -> None:
    """With every other line edited, ten scans of growing lists change the block and nothing else."""
    project = make_slurm(tmp_path / "lab", USUAL, videos=1, directives=("--partition=cpu",))
    stages = list(project.tracker.stages)
    fresh = prepare(project, stages).script.path.read_text()
    script = make_script(project, USUAL)
    edit(script)
    script.chmod(0o750)
    before = outside(script)
    assert not {line for line in before.split("\n") if line.strip()} & set(fresh.split("\n")[1:])
    for scan in range(2, 12):
        put(project.root, f"RawVideos/d/more{scan}.avi")
        prepared = prepare(project, stages)
        assert prepared.pinned == Pinned(batches_of(project, USUAL).batch(f"{scan:04d}"), scan, new=True)
        block = script.read_text().split(BLOCK_START)[1].split(BLOCK_END)[0]
        assert block.split("\n")[1:-1] == [
            f"#SBATCH --job-name=flies.track.{scan:04d}",
            f"#SBATCH --array=1-{scan}",
            f"#SBATCH --chdir='{project.root}/workspace'",
            f"#SBATCH --output=batches/{scan:04d}/output.%a",
            "#SBATCH --open-mode=append",
            f"batch={scan:04d}",
            "per_job=1",
        ]
        assert outside(script) == before
    assert script.stat().st_mode & 0o777 == 0o750


def test_same_again_is_not_written(tmp_path: Path, programs: Programs) -> None:
    """A scan that lists the same leaves the script's very time as it was."""
    project = make_slurm(tmp_path / "lab", videos=2)
    script = prepare(project, [COPY]).script.path
    before = script.stat()
    after = prepare(project, [COPY]).script.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_directives_of_a_site_are_written_once(tmp_path: Path, programs: Programs) -> None:
    """A site's own options stand in a script that is made, and are not put back where somebody took them out."""
    project = make_slurm(tmp_path / "lab", videos=1, directives=("--partition=cpu",))
    script = prepare(project, [COPY]).script.path
    assert script.read_text().count("#SBATCH --partition=cpu\n") == 1
    script.write_text(script.read_text().replace("#SBATCH --partition=cpu\n", ""))
    put(project.root, "RawVideos/d/w.avi")
    assert "partition" not in prepare(project, [COPY]).script.path.read_text()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("\n", "\r\n", "its lines end as on Windows (CR LF); schedulers refuse that."),
        ("--requeue\n", "--requeue\r\n", "its lines end as on Windows"),
        (BLOCK_END, "# gone", "must stand in it once each"),
        (
            "export RT_JOB",
            "#SBATCH --mem=9G\nexport RT_JOB",
            "line 20: it stands behind the first command, where sbatch",
        ),
        ("#SBATCH --requeue", "module load x\n#SBATCH --requeue", "line 9: it stands behind the first command"),
    ],
    ids=["windows", "one line of windows", "no end", "option behind the block", "command before an option"],
)
def test_refused(tmp_path: Path, programs: Programs, old: str, new: str, says: str) -> None:
    """A script that cannot be filled in, or with an option that sbatch ignores, is refused before anything changes."""
    project = make_slurm(tmp_path / "lab", videos=1)
    script = prepare(project, [COPY]).script.path
    script.write_bytes(script.read_text().replace(old, new).encode())
    before = script.read_bytes()
    put(project.root, "RawVideos/d/w.avi")
    with pytest.raises(ScriptError) as error:
        prepare(project, [COPY])
    assert str(error.value).startswith("workspace/process_all.slurm")
    assert says in str(error.value)
    assert str(error.value).endswith("Nothing was changed.")
    assert "\n" not in str(error.value)
    assert script.read_bytes() == before
    assert [path.name for path in (project.root / "workspace" / "batches").iterdir()] == ["0001"]


@pytest.mark.parametrize(
    ("script", "ignored"),
    [
        ("#!/bin/bash\n#SBATCH --a\n\n# note\n  # note\n#SBATCH --b\n", []),
        ("#!/bin/bash\n#SBATCH --a\nx=1\n#SBATCH --b\n#SBATCH --c\n", [4, 5]),
        ("#!/bin/bash\n  x=1\n\n#SBATCH --b", [4]),
        ("#!/bin/bash\nx=1\n##SBATCH --b\n #SBATCH --c\n# SBATCH --d\necho '#SBATCH'\n", []),
        ("", []),
    ],
)
def test_find_ignored(script: str, ignored: list[int]) -> None:
    """Only lines of options behind the first command are ignored: comments and empty lines are no command."""
    assert [line for line, _ in slurm.script.find_faults(script)] == ignored


def test_fresh_script_has_nothing_ignored(tmp_path: Path) -> None:
    """A script as it is made and filled in has no line that sbatch would ignore."""
    project = make_slurm(tmp_path, GPU, **SITE)
    script = point(project, GPU, None)
    check_script(project, load_script(project, GPU))
    assert slurm.script.find_faults(script.read_text()) == []


RUN_TASK = """#!/bin/bash
printf '%s\\n' "$PWD" "$RT_JOB" "$@"
"""


@pytest.mark.parametrize(("per_job", "said"), [(1, "11+1"), (10, "11+10")])
def test_script_calls_run_task(tmp_path: Path, per_job: int, said: str) -> None:
    """Started by Slurm, the script runs its tasks of its batch, and says which job it is."""
    project = make_slurm(tmp_path, tasks_per_job=per_job)
    batch = tmp_path / "workspace" / "batches" / "0003"
    batch.mkdir(parents=True)
    script = point(project, COPY, Pinned(batches_of(project, COPY).batch("0003"), 20, new=True))
    (batch / "run_task.sh").write_text(RUN_TASK)
    spool = tmp_path / "slurm_script"  # Slurm runs a copy of it
    spool.write_bytes(script.read_bytes())
    environment = {
        "PATH": "/usr/bin:/bin",
        "SLURM_ARRAY_JOB_ID": "77",
        "SLURM_ARRAY_TASK_ID": "11",
        "SLURM_JOB_ID": "88",
    }
    ran = subprocess.run(
        ["bash", spool], cwd=tmp_path / "workspace", env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == [str(tmp_path / "workspace"), "slurm.77", "0003", said]


def test_batch_remembers_tasks_per_job(tmp_path: Path) -> None:
    """A batch keeps how many tasks a job it was pinned with, whatever the cluster's file says later."""
    project = make_slurm(tmp_path, videos=3, tasks_per_job=10)
    assert Batch(str(pin_all(project))).per_job == 10


def test_cluster_file(tmp_path: Path) -> None:
    """Each key of a cluster's file is read."""
    path = tmp_path / "ours.yml"
    told: dict[str, Any] = {
        "description": "ours",
        "scheduler": "slurm",
        "tasks_per_job": 10,
        "throttle": 4,
        "mail": False,
    }
    path.write_text(yaml.safe_dump({**told, "directives": ["--partition=cpu", "--account=lab"]}))
    cluster = load_cluster(path)
    assert (cluster.name, cluster.scheduler.name, cluster.tasks_per_job, cluster.throttle) == ("ours", "slurm", 10, 4)
    assert (cluster.directives, cluster.mail) == (("--partition=cpu", "--account=lab"), False)


@pytest.mark.parametrize("text", ["", "tasks_per_job: 0\n"])
def test_cluster_defaults(tmp_path: Path, text: str) -> None:
    """A cluster's file that says nothing of them has one task a job, no throttle, no options, and mail."""
    path = tmp_path / "ours.yml"
    path.write_text(f"description: ours\nscheduler: slurm\n{text}")
    cluster = load_cluster(path)
    assert (cluster.tasks_per_job, cluster.throttle, cluster.directives, cluster.mail) == (1, 0, (), True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("tasks_per_job: many", '"tasks_per_job" must be a whole number from 0 up'),
        ("throttle: -1", '"throttle" must be a whole number from 0 up'),
        ('mail: "no"', '"mail" must be true or false'),
        ("directives: {a: b}", '"directives" must be a list of words'),
        ("scheduler: slrum", 'unknown scheduler "slrum". Did you mean slurm?'),
        ("directive: x", 'unknown key "directive". Did you mean directives?'),
    ],
)
def test_cluster_refused(tmp_path: Path, line: str, says: str) -> None:
    """What a cluster's file says wrongly is refused with its line."""
    path = tmp_path / "ours.yml"
    path.write_text(f"description: ours\n{line}\n")
    with pytest.raises(ConfigError) as error:
        load_cluster(path)
    assert str(error.value).startswith(f"{path} line 2: ")
    assert says in str(error.value)


@pytest.mark.parametrize("path", sorted((BUILT_IN / "clusters").glob("*.yml")), ids=lambda path: path.stem)
def test_clusters_that_come_along(tmp_path: Path, path: Path) -> None:
    """Each cluster's file that comes along can be read, and its job script is one that bash reads."""
    cluster = load_cluster(path)
    project = replace(make_slurm(tmp_path), cluster=cluster, email="ann@example.org")
    text = make_script(project, COPY).read_text()
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0
    assert ("--mail-user=ann@example.org" in text) == (cluster.scheduler.name == "slurm" and cluster.mail)
