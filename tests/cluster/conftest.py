"""A real Slurm for the tests in this folder: without it they fail, since what they hold is what Slurm does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("slurm.sh")
FOLDER = "/tmp/remote-tracker-slurm"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep these tests on one worker of pytest-xdist (--dist loadgroup): there is one Slurm."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            if SCRIPT.parent in item.path.parents:
                item.add_marker(pytest.mark.xdist_group("slurm"))


def slurm_sh(action: str, folder: str = FOLDER) -> subprocess.CompletedProcess[str]:
    """Return what slurm.sh said and how it ended."""
    return subprocess.run(["bash", str(SCRIPT), action, folder], capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="session")
def slurm() -> Iterator[Path]:
    """The folder of a Slurm that is up, with SLURM_CONF set; one brought up here goes down at the end.

    RT_KEEP_CLUSTER=1 leaves it up. Where it does not come up, the tests fail with what slurm.sh said.
    """
    was_up = slurm_sh("status").returncode == 0
    came_up = slurm_sh("up")
    if came_up.returncode:
        pytest.fail(f"no Slurm to test with:\n{came_up.stdout}{came_up.stderr}", pytrace=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", f"{FOLDER}/slurm.conf")
        yield Path(FOLDER)
    if not was_up and os.environ.get("RT_KEEP_CLUSTER") != "1":
        went_down = slurm_sh("down")
        assert went_down.returncode == 0, went_down.stderr
