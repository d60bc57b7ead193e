"""The libraries of the page are those that their authors published."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from lab import REPOSITORY


def test_the_libraries_are_what_their_packages_hold() -> None:
    """What is shipped is, byte for byte, what docs/make_libraries.py makes of the pinned packages."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    argv = [sys.executable, "docs/make_libraries.py", "--check"]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False)
    if "npm cannot fetch" in done.stderr:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr
