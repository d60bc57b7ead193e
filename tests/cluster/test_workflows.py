"""Real Snakemake workflows: a task is the controller of one target, its rules are jobs of the cluster themselves."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote

import pytest
from cluster_lab import ClusterLab, on, told
from lab import REPOSITORY, kill, wait_for
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
        kill(process, signal.SIGKILL)


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
    wait_for(lambda: len([line for line in ledger(workflow) if line.startswith("begun")]) == 3, "three begun", 180)
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
    twice = [f"begun {video} {memory}" for video in ("d1/b", "d2/a") for memory in (400, 800)]
    assert begun == ["begun d1/a 400", *twice]


def test_the_reason_of_a_failed_rule(workflow: ClusterLab) -> None:
    """The task's reason is the rule that failed, with the last line of the job that ran it on the cluster."""
    (workflow.root / "track.sh").write_text(TRACK % '[ "$1" != d1/b ] || { echo no worms; exit 4; }')
    workflow.settings(cluster="small", tracker="snakemake", params={**SMALL, "retries": 0})
    workflow.scan()
    workflow.process_and_wait()
    wait_for(lambda: workflow.counts() == {"incomplete": 1}, "its end", 120)
    assert "result=failed why=Error in rule track: no worms\n" in workflow.log(1, 1), told(workflow.rt("logs", "all"))


def test_killed(workflow: ClusterLab) -> None:
    """A controller killed with -9: the next clears its lock and its jobs, keeps what was finished, and goes on."""
    (workflow.root / "track.sh").write_text(TRACK % f'[ "$1" = d1/a ] || {GATE}')
    workflow.scan()
    workflow.submit()
    wait_for(lambda: "all: 1 of 5 done" in workflow.rt("status").out, "one finished rule", 180)
    for process in list(filter(is_controller, find_controllers(workflow))):
        kill(process, signal.SIGKILL)
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
    try:
        line = Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:  # it has ended: it was a question about a job
        return False
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
    ran = workflow.run("bash", "process_all.sh", folder="workspace", seconds=240)  # on a quiet machine 50 s
    assert "The one task finished" in ran.out, told(workflow.rt("logs", "all"))
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
