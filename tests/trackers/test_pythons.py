"""The python that tests of trackers put before theirs answers as theirs would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE, wait_for
from remote_tracker.config import load_tracker
from trackers.conftest import PYTHONS, STANDINS
from warm import find_warm_python

ANSWERED = re.findall(r'"-c (import [^"]*)"', (STANDINS.parent / "python" / "python").read_text(encoding="utf-8"))


PYTHON = str(Path(sys.executable).parent)
SCRIPT = """
import json, os, resource, signal, sys
import cv2, h5py, numpy
told = [__name__, __file__, sys.argv, sys.path[:2], sys.executable, os.getcwd(), os.umask(0), sys.stdin.read()]
told += [os.environ.get("GIVEN"), resource.getrlimit(resource.RLIMIT_FSIZE), sys.dont_write_bytecode]
told += [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGCHLD)]
told += [(stream.encoding, stream.errors) for stream in (sys.stdin, sys.stdout, sys.stderr)]
print(json.dumps(told))
print("said", file=sys.stderr)
file = h5py.File(sys.argv[1], "w")  # not closed
file["x"] = numpy.zeros(3)
sys.exit(7)
"""


def ask(*words: str, path: str = PYTHONS, tracker: str = "") -> subprocess.CompletedProcess[str]:
    """Return how the first python of a PATH ends, where it finds what stands in for a tracker."""
    argv = ["env", f"PATH={path}:/usr/bin:/bin", f"PYTHONPATH={STANDINS / tracker / 'lib'}", "python", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("line", ANSWERED)
def test_what_is_answered_at_once_is_true(line: str) -> None:
    """What it says that it can import, the tests' own Python can import."""
    assert ask("-c", line).returncode == 0
    assert ask("-c", line, path=str(Path(sys.executable).parent)).returncode == 0


@pytest.mark.parametrize("tracker", ["deeplabcut", "idtrackerai", "tramway"])
def test_versions_are_those_of_the_stand_ins(tracker: str) -> None:
    """What it says to the line by which a tracker's version is asked, the tests' own Python says."""
    line = (
        load_tracker(TEMPLATE / "remote_tracker/trackers" / tracker / "tracker.yml")
        .version.removeprefix("python -c '")
        .rstrip("'")
    )
    said, told = (ask("-c", line, path=path, tracker=tracker) for path in (PYTHONS, str(Path(sys.executable).parent)))
    assert (said.returncode, said.stdout) == (told.returncode, told.stdout) == (0, told.stdout)
    assert re.fullmatch(r"(tramway )?\d+\.\d+.*\n", said.stdout)
    assert ask("-c", line).returncode == 1  # where there is no stand-in, Python itself has to answer


def test_all_else_is_done_by_the_real_python() -> None:
    """Whatever else it is started for, the tests' own Python does, with the same words and the same end."""
    ran = ask("-c", "import sys; print(sys.executable, sys.argv[1:]); sys.exit(7)", "it's $(one)", "")
    assert (ran.returncode, ran.stdout) == (7, f"{sys.executable} [\"it's $(one)\", '']\n")
    assert "nowhere" in ask("-c", "import nowhere").stderr


def start(folder: Path, *words: str, warm: bool, **more: str) -> subprocess.Popen[str]:
    """Start python in a folder, as a task does: a fork of the Python that waits, or the real one."""
    environment = {"PATH": f"{PYTHONS if warm else PYTHON}:/usr/bin:/bin", "GIVEN": "a b", **more}
    if warm:
        environment.setdefault("WARM_PYTHON", find_warm_python())
    line = 'ulimit -f 1000; umask 027; exec python "$@"'
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    argv = ["bash", "-c", line, "-", *words]
    return subprocess.Popen(argv, cwd=folder, env=environment, text=True, **pipes)  # type: ignore[call-overload, no-any-return]


def end(folder: Path, *words: str, warm: bool, **more: str) -> tuple[int, str, str]:
    """Return how it ended and what it said, with "word" for it to read."""
    process = start(folder, *words, warm=warm, **more)
    out, err = process.communicate("word", timeout=60)
    return process.returncode, out, err


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A script that tells what it was started as."""
    (tmp_path / "own.py").write_text("print('own')\n")
    (tmp_path / "tell.py").write_text(SCRIPT)
    return "tell.py"


def test_a_fork_is_what_a_start_is(tmp_path: Path, script: str) -> None:
    """Words, paths, folder, limits, streams and signals of a fork are those of a start; what it left open is whole."""
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    for options in ([], ["-B"]):
        forked, started = (end(tmp_path, *options, script, "a b.h5", warm=warm) for warm in (True, False))
        assert forked == started
        assert (forked[0], forked[2]) == (7, "said\n")
        with h5py.File(tmp_path / "a b.h5") as file:
            assert list(file["x"]) == [0, 0, 0]


@pytest.mark.parametrize(
    "words",
    [
        ("-c", "import sys; print(sys.argv, sys.path[0]); sys.exit('no')", "it's $(one)", ""),
        ("-c", "import own; import sys; print(sys.modules['__main__'])"),
        ("-m", "json.tool", "--help"),
        ("-m", "own"),
        ("-m", "nowhere"),
        ("-c", "1 / 0"),
        ("-c", "import os; os.kill(os.getpid(), 9)"),
        ("-c", "import time, threading; threading.Timer(0.1, print, ['late']).start()"),
        ("-c", "import atexit; atexit.register(print, 'last')"),
        ("-c", "import os; os.write(1, b'x'); os._exit(300)"),
        ("-V",),
        (),
    ],
)
def test_a_fork_ends_as_a_start_ends(tmp_path: Path, script: str, words: tuple[str, ...]) -> None:
    """Texts, modules and what fails or is killed end and say what they do in a start."""
    assert end(tmp_path, *words, warm=True) == end(tmp_path, *words, warm=False)


@pytest.mark.parametrize("name", ["json.py", "numpy/__init__.py"])
def test_a_module_that_lies_in_the_way_is_loaded(tmp_path: Path, script: str, name: str) -> None:
    """Where a folder of the call has a module of the same name as one that waits, that is the one that is loaded."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("print('mine')\n")
    words = ("-c", f"import {name.partition('/')[0].removesuffix('.py')} as loaded")
    assert end(tmp_path, *words, warm=True) == (0, "mine\n", "")


def test_a_fork_ends_with_the_process_that_waits_for_it(tmp_path: Path) -> None:
    """A task that is killed leaves no fork behind."""
    process = start(tmp_path, "-c", f"import time; open({str(tmp_path / 'begun')!r}, 'w'); time.sleep(600)", warm=True)
    wait_for((tmp_path / "begun").exists, "the fork")
    process.kill()
    out, err = process.communicate(timeout=20)  # which the fork holds, too
    assert (process.returncode, out, err) == (-9, "", "")


def test_without_one_that_waits_it_is_started(tmp_path: Path) -> None:
    """Where nobody listens, or does not know the word, the real Python is started."""
    port = find_warm_python().partition(":")[0]
    for told in ("1:x", f"{port}:x", ""):
        assert end(tmp_path, "-c", "print('done')", warm=True, WARM_PYTHON=told) == (0, "done\n", "")
