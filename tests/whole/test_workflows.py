"""Stages that run a Snakemake workflow: the profile in each batch, the words of a target, how far it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from lab import COPY, Lab, wait_for

WORKFLOW: dict[str, Any] = {
    "name": "run",
    "input": None,
    "output": None,
    "each": {"target": "{{ params.targets }}"},
    "command": "echo {{ profile }} {{ wildcards.target }} {{ each.target }}",
    "work": "in-place",
    "check": [{"command": "true"}],
    "workflow": {
        "cluster": "{{ params.rules_on }}",
        "profile": {"retries": "{{ params.retries }}", "set-threads": "{{ params.threads }}", "keep-going": True},
        "queued": {"jobs": 7, "config": "{{ params.config }}"},
        "options": "{{ params.options }}",
    },
}
PARAMS = {
    "targets": {"default": {"all": "all"}, "help": "x"},
    "retries": {"default": 2, "help": "x"},
    "threads": {"default": {}, "help": "x"},
    "config": {"default": {"a": 1}, "help": "x"},
    "options": {"default": {}, "help": "x"},
    "rules_on": {"default": "", "help": "x"},
}


@pytest.fixture
def workflow(lab: Lab) -> Lab:
    """A project whose stage runs a workflow."""
    lab.tracker(params=PARAMS, **WORKFLOW)
    return lab


def profile_of(lab: Lab, number: int = 1, name: str = "config.yaml") -> Any:
    """Return what a file of a batch's profile holds."""
    return yaml.safe_load((lab.batch(number) / "profile" / name).read_text())


def test_the_words_of_a_target(workflow: Lab) -> None:
    """A target's words stand in its command as they would be typed, each quoted."""
    workflow.settings(params={"targets": {"small": "all --config 'size=a b'", "big one": ["x;y", "$z"]}})
    workflow.scan()
    lines = (workflow.batch(1) / "files2process.txt").read_text().splitlines()
    assert lines == [
        """echo "$profile" small all --config 'size=a b'""",
        """echo "$profile" 'big one' 'x;y' '$z'""",
    ]


@pytest.mark.parametrize("words", ["all 'half", '"'])
def test_words_that_are_none(workflow: Lab, words: str) -> None:
    """Words with a quote that does not end are refused, with the target's name."""
    workflow.settings(params={"targets": {"small": words}})
    ran = workflow.scan()
    assert ran.code == 1
    assert '"small": ' in ran.err
    assert "cannot be read as words" in ran.err


def test_here(workflow: Lab) -> None:
    """On this machine rules run inside of the task, on all its cores, and nothing is said that is for queues only."""
    workflow.scan()
    assert "\nrules=yes\n" in workflow.shared(1)  # its tasks are told no number of threads: the rules have their own
    assert profile_of(workflow) == {"retries": 2, "keep-going": True, "executor": "local", "cores": "all"}
    assert [path.name for path in (workflow.batch(1) / "profile").iterdir()] == ["config.yaml"]


def test_on_slurm(workflow: Lab) -> None:
    """On Slurm its own executor sends them, to the partition and for the account that the job script names."""
    workflow.settings(cluster="local", params={"rules_on": "slurm"})
    workflow.scan()
    script = workflow.workspace / "process_all.slurm"
    script.write_text(script.read_text().replace("\n# >>>", "\n#SBATCH --partition=gpu --account=lab\n# >>>", 1))
    workflow.scan()
    found = profile_of(workflow, 2)
    assert found["executor"] == "slurm"
    assert found["jobs"] == 7
    assert found["default-resources"] == {"slurm_partition": "gpu", "slurm_account": "lab"}
    assert profile_of(workflow, 2, "values.yaml") == {"a": 1}
    assert "cores" not in found


@pytest.mark.parametrize("cluster", ["pbs", "sge", "lsf"])
def test_on_others(workflow: Lab, cluster: str) -> None:
    """On other schedulers programs of ours send them, with the job script as its owner has it, its block empty."""
    workflow.settings(cluster="local", params={"rules_on": cluster})
    workflow.scan()
    found = profile_of(workflow)
    assert found["executor"] == "cluster-generic"
    assert found["cluster-generic-submit-cmd"] == '"$(printenv RULE_JOBS)" submit'
    assert profile_of(workflow, name="rules.json")["scheduler"] == cluster
    script = (workflow.batch(1) / f"profile/process_all.{cluster}").read_text()
    assert "batch=none" in script
    before = workflow.batches()
    workflow.scan()
    assert workflow.batches() == before


def test_inside_the_task(workflow: Lab) -> None:
    """rules_on: local runs them inside of the task's own job, on the cores that its script asks for."""
    text = "description: x\nscheduler: pbs\nresources: {workspace: {cpus: 6}}\n"
    (workflow.root / "site/clusters").mkdir(parents=True)
    (workflow.root / "site/clusters/ours.yml").write_text(text)
    bin_folder = workflow.root / "bin"
    bin_folder.mkdir()
    for name, said in (("qsub", "pbs_version = 23"), ("qstat", '{"Jobs": {}}'), ("qselect", "")):
        (bin_folder / name).write_text(f"#!/bin/sh\n[ '{said}' = '' ] || echo '{said}'\n")
        (bin_folder / name).chmod(0o755)
    workflow.settings(cluster="ours", params={"rules_on": "local"})
    ran = workflow.scan(PATH=f"{bin_folder}:/usr/bin:/bin")
    assert ran.code == 0, ran
    assert profile_of(workflow)["cores"] == "6"


def test_options(workflow: Lab) -> None:
    """Further options of Snakemake go into the profile as they are; what is no mapping is refused."""
    workflow.settings(params={"options": {"rerun-triggers": ["mtime"], "retries": 5}})
    workflow.scan()
    assert profile_of(workflow)["rerun-triggers"] == ["mtime"]
    assert profile_of(workflow)["retries"] == 5


def test_binds(workflow: Lab) -> None:
    """Where rules run in containers of their own, these see what the project's container sees."""
    container = {"options": ["--nv"], "binds": ["/data of/lab"]}
    workflow.settings(container=container, params={"options": {"software-deployment-method": ["apptainer"]}})
    workflow.scan()
    assert profile_of(workflow)["apptainer-args"] == "-B '/data of/lab' --nv"


def test_an_image(workflow: Lab) -> None:
    """An image for the whole project is refused: each rule names its own."""
    workflow.settings(container={"image": "tracker.sif"})
    ran = workflow.scan()
    assert ran.code == 1
    assert "a workflow's rules name their own images" in ran.err


def test_no_such_cluster(workflow: Lab) -> None:
    """A cluster for the rules that there is not is refused, with those that there are."""
    workflow.settings(params={"rules_on": "sluurm"})
    ran = workflow.scan()
    assert ran.code == 1
    assert 'unknown cluster "sluurm"' in ran.err
    assert "slurm" in ran.err


def test_no_words(lab: Lab) -> None:
    """A list that is no mapping has no words: the command that asks for them is refused."""
    lab.tracker(params={"targets": {"default": ["all"], "help": "x"}}, **{**WORKFLOW, "workflow": {}})
    ran = lab.scan()
    assert ran.code == 1
    assert 'unknown each "target"' in ran.err


SLOW = "echo '1 of 9 steps'; touch {{ work }}/begun; echo '3 of 9 steps'; "
SLOW += "until test -e {{ project }}/go; do sleep 0.1; done"


def test_how_far(lab: Lab) -> None:
    """Status shows the last that a running task's log says of its steps, and nothing of one that has ended."""
    command = f"{SLOW}; cp {{{{ input.video }}}} {{{{ output.copy }}}}"
    lab.tracker(progress=r"(?P<done>\d+) of (?P<all>\d+) steps", command=command)
    lab.videos(1)
    lab.scan()
    lab.start("bash", "process_all.sh")
    wait_for(lambda: "3 of 9 steps" in lab.log(1, 1), "the third step")
    assert "How far:\n  d1/v1.avi: 3 of 9 done\n" in lab.rt("status").out
    (lab.root / "go").touch()
    wait_for(lambda: "result=finished" in lab.log(1, 1), "the end")
    assert "How far" not in lab.rt("status").out


@pytest.mark.parametrize("progress", ["(?P<done>x", "(?P<done>x)", "done of all"])
def test_no_progress(lab: Lab, progress: str) -> None:
    """A pattern that cannot tell how far a task is is refused, with what it needs."""
    lab.tracker(progress=progress)
    ran = lab.scan()
    assert ran.code == 1
    assert '"progress"' in ran.err


def test_files_of_a_batch(workflow: Lab) -> None:
    """A workflow's batch says in its profile nothing of where the project lies: it may be moved."""
    workflow.settings(cluster="local", params={"rules_on": "pbs"})
    workflow.scan()
    for path in (workflow.batch(1) / "profile").iterdir():
        assert str(workflow.root) not in path.read_text(), path


READS = {"data": {"pattern": "RawVideos/{subdir}/{name}.{ext}", "optional": True}}


@pytest.mark.parametrize("videos", [0, 2])
def test_what_a_target_is_made_from(lab: Lab, videos: int) -> None:
    """Each target is one task whatever files there are, none included; when they change, it is to do again."""
    params = {**PARAMS, "targets": {"default": {"a": "x", "b": "y"}, "help": "x"}}
    lab.tracker(params=params, **{**WORKFLOW, "input": READS, "per": ["target"]})
    lab.videos(videos)
    assert lab.counts() == {"unprocessed": 2}
    lab.go()
    assert lab.counts() == {"finished": 2}
    lab.video("d9/new.avi")
    assert lab.counts() == {"unprocessed": 2}


def test_verify_vouches_for_nothing(workflow: Lab) -> None:
    """What a workflow made is known to it alone: verify says that it read no file, and ends with 1."""
    workflow.go()
    assert workflow.counts() == {"finished": 1}
    ran = workflow.rt("verify")
    assert ran.code == 1
    assert (
        "run: 1 of 1 video finished; this tracker names no file as a result of this step, so none was read.\n"
        in ran.out
    )
    assert "\nNothing could be verified: " in ran.out
    assert "whole results" not in ran.out
    assert "No result" not in ran.out
    told = json.loads(workflow.rt("verify", "--json").out)["stages"][0]
    assert (told["fine"], told["unread"]) == (0, 1)


def test_verify_beside_a_workflow(workflow: Lab) -> None:
    """Where another step has results, those are vouched for, with exit code 0; the workflow is named beside them."""
    workflow.tracker({**COPY, "name": "second"}, params=PARAMS, **WORKFLOW)
    workflow.videos(1)
    workflow.rt("run")
    ran = workflow.rt("verify")
    assert ran.code == 0, ran
    assert "second: 1 of 1 video has whole results, as they were made.\n" in ran.out
    assert "so none was read.\n" in ran.out
    assert "\nNo result that was read is bad. " in ran.out
