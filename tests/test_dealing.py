"""Tests are dealt out to workers by their files, the longest first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dealing import CHROMIUM, LONGEST, SSHD, compile_tests, find_share, find_uncompiled, rank
from lab import REPOSITORY

NOTE = """
import os, pathlib, pytest
@pytest.mark.parametrize("number", range(8))
def test_notes(number, request):
    with open(pathlib.Path(__file__).with_suffix(".txt"), "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\\n")
"""


def test_a_file_goes_to_one_worker(tmp_path: Path) -> None:
    """All tests of a file run in one worker, whatever is said of how to share them out, and no worker has all files."""
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(NOTE)
    # In the folder that all runs share a pytest removes, before it ends, what older runs left: minutes on a busy disk.
    own = ["-p", "dealing", "-p", "no:cacheprovider", "-n", "2", f"--basetemp={tmp_path / 'base'}"]
    argv = [sys.executable, "-m", "pytest", "-q", *own, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}
    done = subprocess.run(argv, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    noted = [path.read_text().split() for path in tmp_path.glob("*.txt")]
    assert [len(workers) for workers in noted] == [8] * 4
    assert all(len({*workers}) == 1 for workers in noted), noted
    assert len({workers[0] for workers in noted}) == 2


def test_new_tests_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test files are compiled into where they are looked for; what was written since is found, and what is broken."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    files = [tmp_path / f"test_{name}.py" for name in "abc"]
    for file in files:
        file.write_text("def test_x():\n    assert True\n")
    files[2].write_text("def broken(:\n")
    assert find_uncompiled(files) == files
    compile_tests(files)
    assert find_uncompiled(files) == files[2:]
    os.utime(files[0], (time.time() + 60,) * 2)
    assert find_uncompiled(files) == [files[0], files[2]]


@pytest.mark.parametrize("file", LONGEST)
def test_the_longest_are_files(file: str) -> None:
    """Each file that is begun first, or one of several that are begun together, is there, and stands before others."""
    files = [REPOSITORY / file] if file.endswith(".py") else [*REPOSITORY.glob(f"{file}_*.py")]
    assert files
    for path in files:
        assert path.is_file()
        assert rank(find_share(f"{path.relative_to(REPOSITORY)}::test_x[a::b]")) < rank("tests/test_dealing.py")


@pytest.mark.parametrize(("share", "files"), [
    (SSHD, (f"{SSHD}/test_a.py", f"{SSHD}/test_b.py")), (CHROMIUM, (f"{CHROMIUM}_a.py", f"{CHROMIUM}_b.py")),
])  # fmt: skip
def test_what_shares_servers_is_dealt_out_together(share: str, files: tuple[str, ...]) -> None:
    """Tests of several files that share two sshd, or a Chromium, are one share."""
    assert {find_share(f"{file}::test_x[1]") for file in files} == {share}


@pytest.mark.parametrize("code", [0, 3])
def test_what_tests_write_lies_in_memory(tmp_path: Path, code: int) -> None:
    """Where memory has room tests write there; it is removed behind a run that passed, and named where one failed."""
    line = f'printf %s "$2" && mkdir -p "${{2#*=}}" && exit {code}'
    argv = ["bash", str(REPOSITORY / "tests/in_memory.sh"), "bash", "-c", line, "-", "-q"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    if not done.stdout:
        pytest.skip("memory has no room here for what tests write")
    assert done.returncode == code
    place = Path("/dev/shm", Path(done.stdout.removeprefix("--basetemp=/dev/shm/")).parts[0])
    assert place.exists() == bool(code)
    if code:
        assert str(place) in done.stderr
        shutil.rmtree(place)
