"""A real Slurm for the tests in this folder: without it they fail, since what they hold is what Slurm does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("slurm.sh")
FOLDER = "/tmp/remote-tracker-slurm"
POOR_FOLDER = "/tmp/remote-tracker-poor-slurm"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep these tests on one worker of pytest-xdist (--dist loadgroup): there is one Slurm."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            if SCRIPT.parent in item.path.parents:
                item.add_marker(pytest.mark.xdist_group("slurm"))


def slurm_sh(action: str, folder: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Return what slurm.sh said and how it ended."""
    argv, environment = ["bash", str(SCRIPT), action, folder], {**os.environ, **settings}
    return subprocess.run(argv, capture_output=True, text=True, timeout=600, env=environment)


def bring_up(folder: str, **settings: str) -> Iterator[Path]:
    """Yield the folder of a Slurm that is up; one brought up here goes down at the end.

    RT_KEEP_CLUSTER=1 leaves it up. Where it does not come up, the tests fail with what slurm.sh said.
    """
    was_up = slurm_sh("status", folder).returncode == 0
    came_up = slurm_sh("up", folder, **settings)
    if came_up.returncode:
        pytest.fail(f"no Slurm to test with:\n{came_up.stdout}{came_up.stderr}", pytrace=False)
    yield Path(folder)
    if not was_up and os.environ.get("RT_KEEP_CLUSTER") != "1":
        went_down = slurm_sh("down", folder)
        assert went_down.returncode == 0, went_down.stderr


@pytest.fixture(scope="session")
def slurm() -> Iterator[Path]:
    """The folder of a Slurm that is up, with SLURM_CONF set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", f"{FOLDER}/slurm.conf")
        yield from bring_up(FOLDER)


@pytest.fixture(scope="session")
def poor_slurm() -> Iterator[Path]:
    """The folder of a second Slurm, which counts nothing and limits memory by polling."""
    yield from bring_up(POOR_FOLDER, RT_ACCOUNTING="none", RT_CGROUP="none", RT_PORTS="169")
