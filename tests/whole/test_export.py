"""./rt export snakemake without a Snakemake: what is written, who may start what, and the jobs played one by one."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lab import LIST_DAY, REPOSITORY, Lab, Ran, wait_for
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Resources
from remote_tracker.model.scheduling import Queue
from remote_tracker.records import Batch
from remote_tracker.schedulers import require_queue, slurm
from remote_tracker.snakemake.ask import OWN_MB, ask_for, write_profile
from remote_tracker.survey.snakemake_lock import add_held

GOLDEN = REPOSITORY / "tests" / "golden" / "export_project.json"
COUNT: dict[str, Any] = {
    "name": "count",
    "help": "count its letters",
    "input": {"copy": "Results/{subdir}/{name}.txt"},
    "output": {"count": "Results/{subdir}/{name}.count"},
    "command": "wc -c {{ input.copy }} > {{ output.count }}",
}
DAY: dict[str, Any] = {**LIST_DAY, "input": {"count": "Results/{day}/{subdir}/{name}.count"}}
DAY["command"] = "cat {{ input.count }} > {{ output.list }}"
HOSTILE = ("d1/a b.avi", 'd1/it\'s $(touch harm) "x".avi', "d2/-n.avi", "d2/Österreich;&.avi", "d2/{task}.avi")
RUN = "snakemake.here.1.2"


def plan(lab: Lab) -> dict[str, Any]:
    """Return project.json as it is."""
    data: dict[str, Any] = json.loads((lab.root / "snakemake/project.json").read_text())
    return data


def tasks(lab: Lab) -> list[str]:
    """Return what there is to do, as stage:name."""
    return [f"{task['stage']}:{task['key']}" for task in plan(lab)["tasks"]]


@contextmanager
def running(lab: Lab, run: str = RUN) -> Iterator[None]:
    """Hold the project as a Snakemake does, and let ./rt hand it over."""
    assert lab.rt("export", "snakemake").code == 0
    with open(lab.root / "snakemake/lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(f"{run}\n")
        lock.flush()
        ran = lab.rt("export", "snakemake", "--run", run)
        assert ran.code == 0, ran
        for folder, batch in {(task["folder"], task["batch"]) for task in plan(lab)["tasks"] if task["n"]}:
            (lab.root / folder / "batches" / batch / "owner").write_text(f"{run}\n")
        yield


def play(lab: Lab, index: int) -> Ran:
    """Run one task as Snakemake's job does."""
    task = plan(lab)["tasks"][index]
    which = [task["batch"], str(task["n"])] if task["n"] else ["later", str(index)]
    argv = ["bash", "snakemake/run_exported.sh", plan(lab)["run"], task["marker"], task["folder"], *which]
    return lab.run(*argv, folder="")


def process(lab: Lab) -> Ran:
    """Run what is listed of the first stage, with our own job script."""
    return lab.run("bash", "process_1_copy.sh")


def days(lab: Lab, **more: str) -> dict[str, int]:
    """Return the counts of a scan of the days that are not 0."""
    ran = lab.run("bash", "get_cmd2process.sh", "--json", folder="summarizer", **more)
    assert ran.code == 0, ran
    return {word: n for word, n in json.loads(ran.out)["counts"].items() if n}


@pytest.fixture
def chain(lab: Lab) -> Lab:
    """A project of two stages and a group: three videos on two days."""
    lab.tracker(COUNT, DAY, resources={"cpus": 2, "memory": "3G", "walltime": "1:30:00"})
    for name in ("d1/a.avi", "d1/b.avi", "d2/a.avi"):
        lab.video(name)
    return lab


def test_what_is_written(chain: Lab) -> None:
    """project.json lists each task with what it waits for: its own video's, or those of its day."""
    ran = chain.rt("export", "snakemake")
    assert ran.code == 0, ran
    assert ran.out.splitlines()[1:] == [
        "copy: 3 tasks for Snakemake, 0 of 3 videos finished.",
        "count: 3 tasks for Snakemake (3 when what they wait for is there), 0 of 3 videos finished.",
        "listing: 2 tasks for Snakemake (2 when what they wait for is there), 0 of 2 days finished.",
        "Next:  snakemake --snakefile snakemake/Snakefile --profile snakemake/profile",
    ]
    text = (chain.root / "snakemake/project.json").read_text()
    if not GOLDEN.exists():
        GOLDEN.write_text(text)
        pytest.fail(f"{GOLDEN} was written: read it, then run this test again")
    assert text == GOLDEN.read_text()
    assert (chain.root / "snakemake/Snakefile").exists()


def test_the_next_command_works_elsewhere(chain: Lab) -> None:
    """Typed in workspace, the last line says to go to the project's folder first."""
    ran = chain.run("../rt", "export", "snakemake")
    assert ran.out.splitlines()[-1].startswith("Next:  cd .. && snakemake ")


def test_from_videos_to_days(chain: Lab) -> None:
    """Played in order each job finishes its task and leaves its marker; the days are listed at their time."""
    with running(chain):
        for index, task in enumerate(plan(chain)["tasks"]):
            assert (ran := play(chain, index)).code == 0, ran
            assert (chain.root / task["marker"]).exists()
    assert chain.counts() == {"finished": 3}
    assert days(chain) == {"finished": 2}
    assert chain.rt("export", "snakemake").code == 0
    assert tasks(chain) == []


def test_names_that_bite(lab: Lab) -> None:
    """A marker is made of harmless letters, whatever a video is called; each is processed as any other."""
    lab.tracker(LIST_DAY)
    for name in HOSTILE:
        lab.video(name)
    with running(lab):
        for index, task in enumerate(plan(lab)["tasks"]):
            assert set(task["marker"].partition("done/")[2]) <= set(
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/"
            )
            assert (ran := play(lab, index)).code == 0, ran
    assert lab.counts() == {"finished": len(HOSTILE)}
    assert not list(lab.root.rglob("harm"))


def test_nothing_else_starts(chain: Lab) -> None:
    """While Snakemake has the project a scan lists nothing, the job script refuses, another export is refused."""
    assert chain.rt("export", "snakemake").code == 0
    with running(chain):
        ran = process(chain)
        assert (ran.code, "was run before" in ran.out + ran.err) == (1, True), ran
        assert chain.counts() == {"queued": 3}
        assert chain.counts("count") == {"queued": 3}
        assert days(chain) == {"queued": 2}
        ran = chain.rt("export", "snakemake")
        assert ran.code == 1
        assert ran.err.count("\n") == 1
        assert "A Snakemake is at this project" in ran.err


def test_what_failed_stays_snakemakes(chain: Lab) -> None:
    """A task that failed is no other's while Snakemake lives, which may try again; afterwards a scan lists it."""
    chain.tracker(COUNT, DAY, command="false")
    with running(chain):
        assert play(chain, 0).code != 0
        assert not (chain.root / plan(chain)["tasks"][0]["marker"]).exists()
        assert chain.counts() == {"queued": 3}
    assert chain.counts() == {"incomplete": 1, "unprocessed": 2}


def test_a_day_is_held_until_its_marker_is_there(chain: Lab) -> None:
    """A day that Snakemake lists later is queued for all but its own jobs, and finished once it did it."""
    with running(chain):
        for index in range(7):
            assert (ran := play(chain, index)).code == 0, ran
        assert days(chain) == {"finished": 1, "queued": 1}
        assert days(chain, RT_JOB=RUN) == {"finished": 1, "unprocessed": 1}


def test_a_day_that_was_tried_before(chain: Lab) -> None:
    """A day whose task failed is listed anew by Snakemake's second try, while the first one's batch is its own."""
    chain.tracker(COUNT, {**DAY, "command": f"[ -e {chain.root}/go ] && {DAY['command']}"})
    with running(chain):
        for index in range(6):
            assert play(chain, index).code == 0
        assert play(chain, 6).code != 0
        (chain.root / "go").touch()
        assert (ran := play(chain, 6)).code == 0, ran
        assert days(chain) == {"finished": 1, "queued": 1}


def test_a_name_without_a_lock_holds_nothing(chain: Lab) -> None:
    """After a kill -9 of Snakemake all is free again, here where no queue may still have jobs of it."""
    with running(chain):
        pass
    assert chain.counts() == {"unprocessed": 3}
    assert process(chain).code == 0
    assert play(chain, 0).code == 0  # a job that comes late
    assert "finished already, by another batch" in chain.log(1, 1)


@pytest.mark.parametrize(("left", "held"), [(["7"], True), ([], False), (None, True)])
def test_killed_on_a_queue(chain: Lab, left: list[str] | None, held: bool) -> None:
    """After a kill -9 its batches are in flight while its jobs are in the queue, or the queue does not tell."""
    with running(chain):
        pass

    def find_named(_prefix: str) -> list[str]:
        if left is None:
            raise RemoteTrackerError("squeue does not answer")
        return left

    scheduler = slurm.SCHEDULER._replace(queue=require_queue(slurm.SCHEDULER)._replace(find_named=find_named))
    assert ("0001" in add_held(Queue(), [Batch(str(chain.batch(1)))], scheduler).alive) is held


def test_snakemake_waits_for_ours(chain: Lab) -> None:
    """What runs without Snakemake is no task of an export, and makes the start of one fail in one line."""
    chain.tracker(COUNT, DAY, command="until [ -e go ]; do sleep 0.1; done; cp {{ input.video }} {{ output.copy }}")
    chain.scan()
    chain.start("bash", "process_1_copy.sh", "-j", "1")
    wait_for(lambda: chain.started_tasks(1), "a task that runs")
    assert chain.rt("export", "snakemake").code == 0
    assert tasks(chain) == []
    ran = chain.rt("export", "snakemake", "--run", RUN)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "3 queued or running (copy) without Snakemake" in ran.err
    (chain.root / "go").touch()


def test_what_waits_for_no_task_is_named(chain: Lab) -> None:
    """What waits for something that Snakemake is not to make is left out, and said with what stands in its way."""
    chain.scan()
    assert process(chain).code == 0
    chain.result("d1/a.txt").unlink()
    ran = chain.rt("export", "snakemake")
    assert ran.code == 0
    assert tasks(chain) == ["count:d1/b.txt", "count:d2/a.txt", "listing:d2"]
    assert "  gone: d1/a.avi (copy)" in ran.out
    assert "  waiting: d1 (listing)" in ran.out


def test_more_than_an_array_holds(chain: Lab) -> None:
    """The most that one array may hold does not bind Snakemake."""
    folder = chain.root / "site/clusters"
    folder.mkdir(parents=True)
    (folder / "small.yml").write_text("description: small\nscheduler: local\nmax_tasks: 2\n")
    chain.settings(cluster="small")
    assert chain.rt("export", "snakemake").code == 0
    assert len(tasks(chain)) == 8


@pytest.mark.parametrize("words", [("nextflow",), ()])
def test_wrong_use(lab: Lab, words: tuple[str, ...]) -> None:
    """A system that is not known, or none, ends with 2 and the names of those that are."""
    ran = lab.rt("export", *words)
    assert ran.code == 2
    assert "snakemake" in ran.err
    assert ran.err.count("\n") == 1
    assert "\\x0a" not in ran.err


@pytest.mark.parametrize(
    ("asked", "threads", "resources"),
    [
        ({}, 2, {"mem_mb": 3072, "runtime": 90, "gpu": 1}),
        ({"cpus": "4", "memory": "500M", "walltime": "10"}, 4, {"mem_mb": 500, "runtime": 10, "gpu": 1}),
        ({"cpus": "4", "mem_per_cpu": "1G", "memory": "9G"}, 4, {"mem_mb": 4096, "runtime": 90, "gpu": 1}),
        ({"gpus": "a100:2"}, 2, {"mem_mb": 3072, "runtime": 90, "gpu": 2, "gpu_model": "a100"}),
        ({"gpus": "0", "walltime": "1-00:00:30"}, 2, {"mem_mb": 3072, "runtime": 1441}),
        ({"memory": "MaxMemPerNode", "walltime": "UNLIMITED", "gpus": "x"}, 2, {}),
        (
            {"partition": "gpu", "account": "lab", "qos": "", "gpus": ""},
            2,
            {"mem_mb": 3072, "runtime": 90, "slurm_partition": "gpu", "slurm_account": "lab"},
        ),
    ],
)
def test_what_a_rule_asks_for(asked: dict[str, str], threads: int, resources: dict[str, object]) -> None:
    """What the job script asks for goes before what the tracker says; what Snakemake cannot say is left out."""
    said = ask_for(Resources(2, "3G", "1:30:00", "1"), asked, runs_here=False)
    assert said == {"threads": threads, "own_mb": OWN_MB, "resources": resources}
    assert ask_for(Resources(), {}, runs_here=True)["own_mb"] == 0


@pytest.mark.parametrize(
    ("executor", "says"),
    [
        ("local", {"executor": "local", "cores": "all"}),
        ("slurm", {"executor": "slurm", "jobs": 7, "slurm-jobname-prefix": "rt-x", "slurm-logdir": "snakemake/logs"}),
        ("cluster-generic", {"executor": "cluster-generic", "jobs": 7, "latency-wait": 60}),
    ],
)
def test_the_profile(executor: str, says: dict[str, object]) -> None:
    """A profile names the executor and how many jobs there may be; our lock goes before Snakemake's own."""
    import yaml

    said = yaml.safe_load(write_profile(executor, "rt-x", 7))
    assert said.items() >= says.items()
    assert said.items() >= {"nolock": True, "keep-going": True, "rerun-incomplete": True, "retries": 1}.items()
    assert ("cluster-generic-cancel-cmd" in said) == (executor == "cluster-generic")
