"""What the tests of this folder are submitted to: without it they fail, since what they hold is what it does.

A real Slurm, a real GridEngine, and a stand-in for OpenPBS. Every scene that asks for ``lab`` runs on all three but
where it names others (`cluster_lab.on`); ``pytest -k pbs`` runs those on one.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_lab import ClusterLab
from lab import Lab
from pbs_lab import on_pbs
from sge_lab import on_sge
from slurm_lab import on_slurm

HERE = Path(__file__).parent
SLURM_FOLDER = "/tmp/remote-tracker-slurm"
POOR_FOLDER = "/tmp/remote-tracker-poor-slurm"
GRIDENGINE_FOLDER = "/tmp/remote-tracker-gridengine"
CLUSTERS = ("slurm", "pbs", "sge")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each scene on every scheduler, but where it says on which."""
    named = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "cluster" in metafunc.fixturenames and not any("cluster" in names for names in named):
        metafunc.parametrize("cluster", CLUSTERS, indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let one worker of pytest-xdist have all tests of one scheduler: there is one Slurm.

    Not by --dist loadgroup, which marks tests in a way that pytest 9.2 does not heed (pytest-xdist 3.8).
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByCluster(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return cluster_of(nodeid)

    return ByCluster(config, log)


def cluster_of(nodeid: str) -> str:
    """Return which scheduler a test needs, by its name: test_x.py::test_y[slurm-other words]."""
    named = re.search(rf"\[(?:.*-)?({'|'.join(CLUSTERS)})(?:-.*)?\]$", nodeid)
    if "_here.py" in nodeid or "tests/remote/" in nodeid:  # needs none
        return "here"
    return named[1] if named else "sge" if "gridengine" in nodeid else "slurm"


def run_sh(script: str, action: str, folder: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Return what slurm.sh or gridengine.sh said and how it ended."""
    argv, environment = ["bash", str(HERE / script), action, folder], {**os.environ, **settings}
    return subprocess.run(argv, capture_output=True, text=True, timeout=600, env=environment)


def bring_up(script: str, folder: str, **settings: str) -> Iterator[Path]:
    """Yield the folder of a scheduler that is up; one brought up here goes down at the end.

    RT_KEEP_CLUSTER=1 leaves it up. Where it does not come up, the tests fail with what its script said.
    """
    was_up = run_sh(script, "status", folder).returncode == 0
    came_up = run_sh(script, "up", folder, **settings)
    if came_up.returncode:
        pytest.fail(f"{script} brought nothing up to test with:\n{came_up.stdout}{came_up.stderr}", pytrace=False)
    yield Path(folder)
    if not was_up and os.environ.get("RT_KEEP_CLUSTER") != "1":
        went_down = run_sh(script, "down", folder)
        assert went_down.returncode == 0, went_down.stderr


@pytest.fixture(scope="session")
def slurm() -> Iterator[Path]:
    """The folder of a Slurm that is up, with SLURM_CONF set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", f"{SLURM_FOLDER}/slurm.conf")
        yield from bring_up("slurm.sh", SLURM_FOLDER)


@pytest.fixture(scope="session")
def poor_slurm() -> Iterator[Path]:
    """The folder of a second Slurm, which counts nothing and limits memory by polling."""
    yield from bring_up("slurm.sh", POOR_FOLDER, RT_ACCOUNTING="none", RT_CGROUP="none", RT_PORTS="169")


@pytest.fixture(scope="session")
def gridengine() -> Iterator[dict[str, str]]:
    """The variables of a GridEngine that is up: SGE_ROOT, SGE_CELL, the ports, and a PATH with its commands first."""
    for folder in bring_up("gridengine.sh", GRIDENGINE_FOLDER):
        command = f'eval "$(bash {HERE}/gridengine.sh env {folder})"'
        command += '; for v in SGE_{ROOT,CELL,QMASTER_PORT,EXECD_PORT} PATH; do echo "$v=${!v}"; done'
        told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
        yield dict(line.split("=", 1) for line in told.stdout.splitlines())


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> str:
    """The scheduler that a scene runs on."""
    return str(request.param)


@pytest.fixture
def lab(cluster: str, plain_lab: Lab, request: pytest.FixtureRequest) -> Iterator[ClusterLab]:
    """A project on the scheduler of the scene, which is brought up where it is asked for."""
    if cluster == "slurm":
        yield from on_slurm(request.getfixturevalue("slurm"), plain_lab)
    elif cluster == "pbs":
        yield from on_pbs(plain_lab)
    else:
        yield from on_sge(request.getfixturevalue("gridengine"), plain_lab)
