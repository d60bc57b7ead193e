"""A real GridEngine for tests: brought up where it is not, and taken down again by who brought it up."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("gridengine.sh")
FOLDER = "/tmp/remote-tracker-gridengine"


def gridengine_sh(action: str, folder: str = FOLDER) -> subprocess.CompletedProcess[str]:
    """Return what gridengine.sh said and how it ended."""
    return subprocess.run(["bash", str(SCRIPT), action, folder], capture_output=True, text=True, timeout=600)


def find_variables() -> dict[str, str]:
    """Return what a shell needs to submit there: SGE_ROOT, SGE_CELL, the ports, and a PATH with its commands."""
    command = f'eval "$(bash {SCRIPT} env {FOLDER})"; for v in SGE_{{ROOT,CELL,QMASTER_PORT,EXECD_PORT}} PATH'
    told = subprocess.run(["bash", "-c", f'{command}; do echo "$v=${{!v}}"; done'], capture_output=True, text=True)
    return dict(line.split("=", 1) for line in told.stdout.splitlines())


@pytest.fixture(scope="session")
def gridengine() -> Iterator[dict[str, str]]:
    """The variables of a GridEngine that is up, set for the tests; one brought up here goes down at the end.

    RT_KEEP_CLUSTER=1 leaves it up. Where it does not come up, the tests fail with what gridengine.sh said.
    """
    was_up = gridengine_sh("status").returncode == 0
    came_up = gridengine_sh("up")
    if came_up.returncode:
        pytest.fail(f"no GridEngine to test with:\n{came_up.stdout}{came_up.stderr}", pytrace=False)
    yield find_variables()
    if not was_up and os.environ.get("RT_KEEP_CLUSTER") != "1":
        went_down = gridengine_sh("down")
        assert went_down.returncode == 0, went_down.stderr
