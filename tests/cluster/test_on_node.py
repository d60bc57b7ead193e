"""The look around on a compute node: sent as a job with the project's own script, read, held against this machine."""

from __future__ import annotations

import os
import re

import pytest
from cluster_lab import ClusterLab, on
from slurm_lab import SlurmLab

NEEDS = [{"command": "frobnicate --version", "help": "module load frobnicate"}]
ON_NODES = "if [[ -n ${RT_JOB:-} ]]; then frobnicate() { echo 2.0; }; else frobnicate() { echo 1.0; }; fi\n"
ONLY_ON_NODES = "if [[ -n ${RT_JOB:-} ]]; then frobnicate() { echo 2.0; }; fi\n"


def test_a_node_that_has_it(lab: ClusterLab) -> None:
    """What only the nodes have is proved there; a scan on the login node then lists, and no batch is in the way."""
    lab.tracker(needs=NEEDS, version="frobnicate")
    lab.activate(ONLY_ON_NODES)
    lab.videos(2)
    assert lab.scan().code == 1
    ran = lab.rt("doctor", "--on-node")
    assert ran.code == 0, ran
    assert "  version  2.0  (frobnicate)\n" in ran.out
    assert "  has      frobnicate --version\n" in ran.out
    assert ran.out.endswith("Nothing is wrong that can be seen from here.\n")
    assert lab.counts() == {"unprocessed": 2}
    assert lab.batches() == ["0001"]


def test_a_node_that_has_it_not(lab: ClusterLab) -> None:
    """What a node has not is said with what to do; a scan lists nothing."""
    lab.tracker(needs=NEEDS)
    lab.videos(1)
    ran = lab.rt("doctor", "--on-node")
    assert ran.code == 1, ran
    assert "has not what tiny needs" in ran.out
    assert "frobnicate: command not found" in ran.out
    assert "module load frobnicate\n" in ran.out
    assert lab.scan().code == 1


def test_what_only_nodes_need(lab: ClusterLab) -> None:
    """A need of nodes alone keeps no login node from listing; the doctor says how to ask it, and asks it on a node."""
    lab.tracker(needs=[NEEDS[0] | {"on_node": True}])
    lab.activate(ONLY_ON_NODES)
    lab.videos(1)
    assert lab.counts() == {"unprocessed": 1}
    ran = lab.rt("doctor")
    assert "  unseen   frobnicate --version  (only nodes need it: ./rt doctor --on-node)\n" in ran.out
    assert "  has      frobnicate --version\n" in lab.rt("doctor", "--on-node").out
    lab.activate("")
    ran = lab.rt("doctor", "--on-node")
    assert ran.code == 1
    assert "frobnicate: command not found" in ran.out


def test_another_version_there(lab: ClusterLab) -> None:
    """Another version of the program on the node than here is said."""
    lab.tracker(needs=NEEDS, version="frobnicate")
    lab.activate(ON_NODES)
    ran = lab.rt("doctor", "--on-node")
    assert re.search(rf"^The version is 2\.0 on \S+, and 1\.0 on {os.uname().nodename}\.$", ran.out, re.MULTILINE), ran
    assert ran.code == 1


@on("slurm")
def test_a_gpu_that_is_not_seen(lab: SlurmLab) -> None:
    """Where a stage asks for a GPU and the node shows none, that is said."""
    lab.tracker(needs=[], resources={"gpus": 1, "memory": "100M"})
    ran = lab.rt("doctor", "--on-node", "--partition=gpu")
    assert "copy asks for a GPU, and " in ran.out
    assert "shows none (nvidia-smi)" in ran.out
    assert ran.code == 1


@pytest.mark.parametrize("word", ["--partition=nosuch"])
def test_refused(lab: ClusterLab, word: str) -> None:
    """What the scheduler refuses is told in its own words."""
    lab.tracker(needs=NEEDS)
    ran = lab.rt("doctor", "--on-node", word)
    assert ran.code == 1
    assert "nosuch" in ran.err
    assert ran.err.endswith("Nothing was submitted.\n")


def test_dry(lab: ClusterLab) -> None:
    """With --dry the command is printed, and nothing is submitted."""
    lab.tracker(needs=NEEDS)
    ran = lab.rt("doctor", "--on-node", "--dry")
    assert ran.code == 0, ran
    assert f"batches/doctor/{lab.script}" in ran.out
    assert lab.queue() == []
