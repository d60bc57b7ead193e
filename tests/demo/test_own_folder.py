"""Where the demo is made, and the schedulers for tests: no other user could have put something there."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from lab import REPOSITORY, Ran

FOREIGN = "is not a folder of"


def run(*argv: str | Path, **environment: str) -> Ran:
    """Run a program with these variables beside a small PATH."""
    variables = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], **environment}
    done = subprocess.run(argv, env=variables, capture_output=True, text=True, timeout=60)
    return Ran(done.returncode, done.stdout, done.stderr)


def make_foreign(place: Path, how: str) -> None:
    """Put something at a place as another user may have done."""
    elsewhere = place.with_name("elsewhere")
    elsewhere.mkdir()
    if how == "another user's":
        if os.getuid():
            pytest.skip("only root makes a folder of another user's")
        place.mkdir()
        os.chown(place, 4242, 4242)
    elif how == "open to all":
        place.mkdir()
        place.chmod(0o777)
    elif how == "a file":
        place.touch()
    else:
        place.symlink_to(elsewhere if how == "a link" else "nowhere")


VERBS = ("status", "env", "down")
HOW = ["another user's", "open to all", "a file", "a link", "a link to nothing"]


@pytest.mark.parametrize("how", HOW)
def test_foreign_folder_for_the_demo(tmp_path: Path, how: str) -> None:
    """The demo is not made in a folder that another user may have filled; nothing is run or written there."""
    place = tmp_path / "demo"
    make_foreign(place, how)
    said = run("bash", REPOSITORY / "demo/run.sh", "/nowhere", place)
    assert (said.code, said.out) == (1, "")
    assert f"{place}: {FOREIGN}" in said.err
    assert [*tmp_path.rglob("*/*")] == []


@pytest.mark.parametrize(("action", "how"), [*(("up", how) for how in HOW), *((verb, "a link") for verb in VERBS)])
@pytest.mark.parametrize(
    "script", ["cluster/slurm.sh", "cluster/gridengine.sh", "standins/pbs/pbs.sh", "standins/lsf/lsf.sh"]
)
def test_foreign_folder_for_a_scheduler(tmp_path: Path, script: str, action: str, how: str) -> None:
    """No scheduler for tests is brought up, asked or ended in such a folder."""
    place = tmp_path / "scheduler"
    make_foreign(place, how)
    said = run("bash", REPOSITORY / "tests" / script, action, place)
    assert (said.code, said.out) == (1, "")
    assert f"{place}: {FOREIGN}" in said.err
    assert [*tmp_path.rglob("*/*")] == []


def test_new_folder_for_each_demo(tmp_path: Path) -> None:
    """Without a folder of the user's, make demo makes a new one whose name nobody can guess, for its user alone."""
    programs = tmp_path / "venv/bin"
    programs.mkdir(parents=True)
    (programs / "cookiecutter").write_text("#!/bin/sh\npwd\nexit 3\n")
    (programs / "cookiecutter").chmod(0o755)
    (tmp_path / "venv/demo.done").touch()
    os.utime(tmp_path / "venv/demo.done", (2**32, 2**32))
    words = ("make", "--no-print-directory", "-C", REPOSITORY, "demo", f"VENV={tmp_path / 'venv'}")
    places = [Path(run(*words, TMPDIR=str(tmp_path)).out.splitlines()[-1]) for _ in range(2)]
    assert places[0] != places[1]
    for place in places:
        assert place.parent == tmp_path
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    chosen = tmp_path / "above" / "chosen"
    assert run(*words, f"DEMO={chosen}").out.splitlines()[-1] == str(chosen)
