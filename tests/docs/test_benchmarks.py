"""Each benchmark still measures what it says: run on a handful of files, whether its limits hold there or not.

Speeds of so few say nothing. Those that need a Slurm or an sshd (submit, transfer) are run where these are.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab import REPOSITORY

# The benchmark, its options, and the last words that it prints of its figures.
SMALL = {
    "scan": ("--videos 40 --rounds 1 --batches 30", "why to do"),
    "slow_disk": ("--videos 20 --rounds 1 --delay 0.1", "calls of second"),
    "false_done": ("--on local --parts scenes --scenes swap --tools ours", "two videos swap names"),
    "free_fooled": ("--cases 3", "freed"),
    "verify-whole": ("--only whole --gigabytes 0.02 --rounds 1", "small project"),
    "verify-looks": ("--only looks --results 70 --rounds 1", "of 500 MB"),
    "dispatch": ("--tasks 8 --rounds 1", "fresh"),
    "tracker": ("HEAD --pairs 1 --frames 30 --size 160x120", "tables: the same"),
    "join": ("--days 3 --rows 5 --features 4", "pandas"),
    "report": ("--videos 30 --new 3 --frames 5", "new / first"),
    "measure": ("--videos 20 --rows 400 --crowd 100x3", "features, known"),
    "export": ("--days 2 --features 4 --videos 10 --rounds 1", "crate"),
    "browse": ("--videos 30 --rounds 1", "search"),
}


@pytest.mark.drawn(3)
@pytest.mark.parametrize("name", SMALL)
def test_it_measures(name: str, tmp_path: Path) -> None:
    """A benchmark prints all its figures, and says of a limit at most that it does not hold."""
    options, last = SMALL[name]
    argv = [sys.executable, str(REPOSITORY / "benchmarks" / name.partition("-")[0]), *options.split()]
    left_out = "PYTHONDONTWRITEBYTECODE"  # with it each process would compile the package anew
    environment = {**{key: value for key, value in os.environ.items() if key != left_out}, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(argv, capture_output=True, text=True, env=environment, cwd=REPOSITORY, timeout=300)
    said = ended.stdout + ended.stderr
    if ended.returncode == 2 or "not measured" in said:
        pytest.skip(said.strip().splitlines()[-1])
    assert ended.returncode in (0, 1), said
    assert "Traceback" not in said, said
    assert re.search(re.escape(last), said), said
