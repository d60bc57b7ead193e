"""Real Snakemake workflows: a task is the controller of one target, its rules are jobs of the cluster themselves."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

import pytest
from cluster_lab import ClusterLab, on, told
from lab import REPOSITORY, Lab, wait_for
from snakemaking import find_snakemake

SNAKEFILE = """
VIDEOS = sorted(glob_wildcards("RawVideos/{video}.avi").video)

rule all:
    input: "Results/table.txt"

rule track:
    input: "RawVideos/{video}.avi"
    output: "Results/{video}.tracked"
    threads: 1
    resources: runtime=5
    shell: "bash track.sh {wildcards.video} {resources.mem_mb} && cp {input} {output}"

rule join:
    input: expand("Results/{video}.tracked", video=VIDEOS)
    output: "Results/table.txt"
    resources: mem_mb=400, runtime=5
    shell: "cat {input} > {output}; echo join >> ledger"
"""
TRACK = 'echo "begun $1 $2" >> ledger\n%s\necho "done $1" >> ledger\n'
GATE = "until [ -e go ]; do sleep 0.2; done"
SMALL = {"default_resources": {"mem_mb": 400, "runtime": 5}, "latency_wait": 5}
CONTROLLER = {"workspace": {"cpus": 1, "memory": "600M", "walltime": "0:30:00"}}


@pytest.fixture(scope="session")
def snakemake() -> Path:
    """The folder of a real Snakemake's programs."""
    return find_snakemake().parent


@pytest.fixture
def workflow(lab: ClusterLab, snakemake: Path) -> Iterator[ClusterLab]:
    """A project whose workflow tracks three videos and joins them; jobs find Snakemake and the scheduler."""
    environment = {k: v for k, v in lab.environment().items() if k in ("SLURM_CONF", "PBS_CONF_FILE")}
    environment |= {k: v for k, v in lab.environment().items() if k.startswith("SGE_")}
    programs = lab.root / "programs"
    programs.mkdir()
    if conf := environment.get("SLURM_CONF"):  # Snakemake takes all of SLURM_* away from its jobs, this one too
        shim = f'#!/bin/bash\nexport SLURM_CONF={quote(conf)}\nPATH=${{PATH#*:}} exec srun "$@"\n'
        (programs / "srun").write_text(shim)
        (programs / "srun").chmod(0o755)
    exports = "".join(f"export {name}={quote(value)}\n" for name, value in environment.items())
    lab.activate(f"{exports}export PATH={programs}:{snakemake}:{lab.environment()['PATH']}\n")
    for video in ("d1/a", "d1/b", "d2/a"):
        path = lab.root / f"RawVideos/{video}.avi"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{video}\n")
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / "AuxiliaryFiles/Snakefile").write_text(SNAKEFILE)
    (lab.root / "track.sh").write_text(TRACK % ":")
    lab.own_cluster("small", resources=CONTROLLER)
    lab.settings(cluster="small", tracker="snakemake", params=SMALL)
    yield lab
    for process in find_controllers(lab):
        os.kill(process, signal.SIGKILL)


def find_controllers(lab: ClusterLab) -> Sequence[int]:
    """Return the processes of this project's workflows."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(str(lab.root).encode() in word for word in words) and any(b"snakemake" in word for word in words):
            found.append(int(path.parent.name))
    return found


def ledger(lab: ClusterLab) -> list[str]:
    """Return what the rules wrote of themselves."""
    path = lab.root / "ledger"
    return path.read_text().splitlines() if path.exists() else []


def assert_finished(lab: ClusterLab) -> None:
    """Hold that the scan says 0, that the table is right, and that nothing was done twice."""
    assert "0\tTotal files to be processed." in lab.scan().out, told(lab.rt("logs", "all"))
    assert lab.counts() == {"finished": 1}, told(lab.rt("logs", "all"))
    assert (lab.root / "Results/table.txt").read_text() == "d1/a\nd1/b\nd2/a\n"
    done = [line for line in ledger(lab) if not line.startswith("begun")]
    assert sorted(done) == ["done d1/a", "done d1/b", "done d2/a", "join"]


def test_a_workflow(workflow: ClusterLab) -> None:
    """Its rules are jobs; while it runs, status says how far it is; at the end Snakemake has nothing more to do."""
    (workflow.root / "track.sh").write_text(TRACK % f'[ "$1" = d1/a ] || {GATE}')
    assert "1\tTotal files to be processed." in (ran := workflow.scan()).out, ran
    workflow.submit()
    wait_for(lambda: "all: 1 of 5 done" in workflow.rt("status").out, "how far it is", 180)
    assert workflow.counts() == {"running": 1}
    assert len([line for line in ledger(workflow) if line.startswith("begun")]) == 3
    workflow.open_gate()
    workflow.wait_until_empty()
    assert_finished(workflow)
    logs = [path.name for path in workflow.workspace.glob("batches/rules/0001/*/*track*")]
    assert len(logs) == 1


def test_more_memory(workflow: ClusterLab) -> None:
    """A rule that fails for want of memory is tried again with more, as rule_resources says."""
    hungry = 'python3 -c "x = bytearray(450 << 20)"' if workflow.SCHEDULER == "slurm" else '[ "$2" -ge 800 ]'
    (workflow.root / "track.sh").write_text(TRACK % f'[ "$1" = d1/a ] || {hungry} || exit 1')
    workflow.settings(
        cluster="small",
        tracker="snakemake",
        params={**SMALL, "rule_resources": {"track": {"mem_mb": "400 * attempt"}}},
    )
    workflow.scan()
    workflow.process_and_wait()
    assert_finished(workflow)
    begun = sorted(line for line in ledger(workflow) if line.startswith("begun"))
    assert begun == [f"begun {video} {memory}" for video in ("d1/a", "d1/b", "d2/a") for memory in (400, 800)][:1] + [
        f"begun {video} {memory}" for video in ("d1/b", "d2/a") for memory in (400, 800)
    ]


def test_killed(workflow: ClusterLab) -> None:
    """A controller killed with -9: the next clears its lock and its jobs, keeps what was finished, and goes on."""
    (workflow.root / "track.sh").write_text(TRACK % f'[ "$1" = d1/a ] || {GATE}')
    workflow.scan()
    workflow.submit()
    wait_for(lambda: "all: 1 of 5 done" in workflow.rt("status").out, "one finished rule", 180)
    for process in find_controllers(workflow):
        if b"track.sh" not in Path(f"/proc/{process}/cmdline").read_bytes() and is_controller(process):
            os.kill(process, signal.SIGKILL)
    wait_for(lambda: workflow.counts() != {"running": 1}, "the end of the task", 120)
    ran = workflow.scan()
    assert "1\tTotal files to be processed." in ran.out, ran
    (workflow.root / "track.sh").write_text(TRACK % ":")
    workflow.submit()
    wait_for(lambda: "killed workflow had left" in workflow.log(2, 1), "the clearing", 180)
    workflow.wait_until_empty()
    assert_finished(workflow)
    assert "were cancelled" in workflow.log(2, 1)


def is_controller(process: int) -> bool:
    """Return whether a process is the workflow itself: not a job of a rule, which is a Snakemake, too."""
    line = Path(f"/proc/{process}/cmdline").read_bytes()
    return b"run_workflow.py" in line or (b"--profile" in line and b"--target-jobs" not in line)


def test_cancelled(workflow: ClusterLab) -> None:
    """What ./rt cancel stops takes its rules' jobs along."""
    (workflow.root / "track.sh").write_text(TRACK % GATE)
    workflow.scan()
    workflow.submit()
    wait_for(lambda: len(ledger(workflow)) == 3, "three running rules", 180)
    assert workflow.rt("cancel").code == 0
    workflow.wait_until_empty()
    wait_for(lambda: workflow.counts() == {"unprocessed": 1} or workflow.counts() == {"incomplete": 1}, "its end", 120)
    assert [line for line in ledger(workflow) if not line.startswith("begun")] == []


@on("slurm", "pbs")
def test_from_the_login_node(workflow: ClusterLab) -> None:
    """Where nodes may not submit, the controller runs on this machine, and the rules' jobs on the cluster."""
    workflow.settings(cluster="local", tracker="snakemake", params={**SMALL, "rules_on": "small"})
    assert "1\tTotal files to be processed." in (ran := workflow.scan()).out, ran
    ran = workflow.run("bash", "process_all.sh", folder="workspace")
    assert "All 1 finished" in ran.out, told(workflow.rt("logs", "all"))
    assert_finished(workflow)


def test_the_requirements_are_those_of_the_tracker() -> None:
    """What make cluster-test installs is what the tracker's users are told to install."""
    tracker = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/snakemake"
    needed = (tracker / "requirements.txt").read_text().split()
    assert [word.rstrip("><=.0123456789,") for word in needed] == [
        "snakemake",
        "snakemake-executor-plugin-slurm",
        "snakemake-executor-plugin-cluster-generic",
    ]


DYNVISION = """
configfile: "dynvision/configs/config_defaults.yaml"

rule all:
    input: f"reports/{config['model_name']}_{config['data_name']}.txt"

rule train_model:
    output: "models/{model}_{data}.pt"
    params: mounted=",".join(config.get("mounted_datasets", []))
    shell: "echo train {wildcards.data} {params.mounted} >> ledger; sleep 3; echo > {output}"

rule test_model:
    input: "models/{model}_{data}.pt"
    output: "reports/{model}_{data}.txt"
    shell: "echo test {wildcards.data} >> ledger; echo > {output}"
"""


@pytest.fixture
def here(plain_lab: Lab, snakemake: Path) -> Lab:
    """A project on this machine alone, whose tasks find Snakemake."""
    plain_lab.activate(f"export PATH={snakemake}:$PATH\n")
    return plain_lab


@pytest.fixture
def dynvision(here: Lab) -> Lab:
    """A project with a folder that is laid out as DynVision's, and two experiments."""
    folder = here.root / "dynvision/dynvision"
    (folder / "workflow").mkdir(parents=True)
    (folder / "configs").mkdir()
    (folder / "workflow/Snakefile").write_text(DYNVISION)
    (folder / "configs/config_defaults.yaml").write_text("model_name: DyRCNNx4\ndata_name: mnist\n")
    experiments = {name: f"all --config data_name={name}" for name in ("cifar100", "imagenette")}
    params = {"experiments": experiments, "config": {"mounted_datasets": ["imagenet"]}}
    here.settings(tracker="dynvision", params=params)
    return here


def test_two_experiments(dynvision: Lab) -> None:
    """Experiments of one folder are made side by side, each with its own config beside that of all."""
    assert "2\tTotal files to be processed." in (ran := dynvision.scan()).out, ran
    ran = dynvision.process("-j", "2", seconds=180)
    assert "All 2 finished" in ran.out, told(dynvision.rt("logs", "cifar100"))
    lines = sorted((dynvision.root / "dynvision/ledger").read_text().splitlines())
    assert lines == ["test cifar100", "test imagenette", "train cifar100 imagenet", "train imagenette imagenet"]
    assert dynvision.counts() == {"finished": 2}


def test_one_after_the_other(dynvision: Lab) -> None:
    """Experiments that make the same files wait for each other; no file is made twice."""
    same = {"first": "all --config data_name=same", "second": "all --config data_name=same"}
    dynvision.settings(tracker="dynvision", params={"experiments": same})
    dynvision.scan()
    ran = dynvision.process("-j", "2", seconds=180)
    assert "All 2 finished" in ran.out, told(dynvision.rt("logs", "second"))
    assert (dynvision.root / "dynvision/ledger").read_text().split("\n") == ["train same", "test same", ""]
    assert "goes first. Waiting." in dynvision.log(1, 1) + dynvision.log(1, 2)


def test_locked_by_hand(dynvision: Lab, snakemake: Path) -> None:
    """A Snakemake that somebody runs by hand in that folder is not pushed aside: its lock stays, and is named."""
    gate = "until [ -e go ]; do sleep 0.1; done"
    (dynvision.root / "dynvision/hand").write_text(
        f'rule all:\n    output: "reports/DyRCNNx4_cifar100.txt"\n    shell: "touch begun; {gate}; echo > {{output}}"\n'
    )
    argv = [str(snakemake / "snakemake"), "-s", "hand", "--cores", "1"]
    hand = dynvision.start(*argv, folder="dynvision")
    wait_for(lambda: (dynvision.root / "dynvision/begun").exists(), "the one by hand", 60)
    dynvision.settings(tracker="dynvision", params={"experiments": {"cifar100": "all --config data_name=cifar100"}})
    dynvision.scan()
    dynvision.process(seconds=120)
    assert "is locked by a Snakemake that was started by hand: let it end first." in dynvision.log(1, 1)
    (dynvision.root / "dynvision/go").touch()
    assert hand.wait(60) == 0


def test_what_comes_with_it(here: Lab) -> None:
    """The workflow that a new project has works as it is, whatever the videos are called."""
    source = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/snakemake/AuxiliaryFiles/Snakefile"
    (here.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (here.root / "AuxiliaryFiles/Snakefile").write_bytes(source.read_bytes())
    here.settings(tracker="snakemake")
    here.video("d1/a b's.avi", "12345")
    here.video("d 2/$x.mp4", "1")
    here.scan()
    assert "All 1 finished" in here.process(seconds=120).out, told(here.rt("logs", "all"))
    assert (here.root / "Results/sizes.csv").read_text() == "video,bytes\nd 2/$x.mp4,1\nd1/a b's.avi,5\n"


@on("pbs", "sge")
def test_an_odd_folder(workflow: ClusterLab) -> None:
    """A project in a folder with spaces, braces and quotes sends its rules' jobs all the same."""
    activate = (workflow.workspace / "activate.sh").read_text()
    before = str(workflow.root)
    workflow.rename("a b {x} it's")
    workflow.activate(activate.replace(before, '"${BASH_SOURCE[0]%/*}"/..'))
    assert "1\tTotal files to be processed." in (ran := workflow.scan()).out, ran
    workflow.process_and_wait()
    assert_finished(workflow)
