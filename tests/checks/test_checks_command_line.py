"""python -m remote_tracker.checks: what a task asks at its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import remote_tracker

PACKAGE = Path(remote_tracker.__file__).parents[1]
HEAVY = ("yaml", "click", "jinja2", "rich", "h5py", "numpy", "dataclasses", "inspect", "subprocess", "argparse")


def ask(root: Path, checks: Any, *words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the module in a project-like folder; ``code`` runs instead of the module where it is given."""
    (root / "checks.json").write_text(json.dumps(checks))
    start = [sys.executable, "-c", code] if code else [sys.executable, "-m", "remote_tracker.checks"]
    return subprocess.run(
        [*start, "checks.json", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )


JSON = {"kind": "json", "subject": "info", "options": {"key": "finished", "equals": True}}
CSV = {"kind": "csv", "subject": "tracks", "options": {"header": ["frame"]}}
COMMAND = {"kind": "command", "subject": "{{ x }}", "options": {"prints": "yes"}}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Return a work folder with two good results."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/i.json").write_text('{"finished": true}')
    (tmp_path / "out/t_1.csv").write_text("frame,x\n0,1\n")
    return tmp_path / "out"


def test_silent_where_all_hold(tmp_path: Path, out: Path) -> None:
    """Nothing is printed and the exit code is 0; globs are expanded below the root."""
    words = ("--root", "out", "--log", "log", "--output", "info=i.json", "--output", "tracks=t_*.csv")
    done = ask(tmp_path, [JSON, CSV, COMMAND], *words, "--command", "echo yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_prints_the_first_reason(tmp_path: Path, out: Path) -> None:
    """One line on stdout, exit code 1."""
    (out / "i.json").write_text('{"finished": false}')
    (out / "t_1.csv").write_text("")
    words = ("--root", str(out), "--output", "info=i.json")
    done = ask(tmp_path, [JSON], *words)
    assert (done.returncode, done.stdout) == (1, "i.json: finished is false, expected true\n")
    done = ask(tmp_path, [JSON], *words, "--output", "tracks=t_1.csv")
    assert (done.returncode, done.stdout) == (1, "t_1.csv: is empty (0 bytes)\n")


@pytest.mark.parametrize(
    "name", ["a b.json", "-a.json", "a=b.json", "é.json", "a\udcff.json", "a*.json", "$(x)'\".json"]
)
def test_hostile_names(tmp_path: Path, out: Path, name: str) -> None:
    """Any name arrives whole, and is printed as it is."""
    (out / name).write_text("{}")
    done = ask(tmp_path, [JSON], "--root", "out", "--output", f"info={name}")
    assert (done.returncode, done.stdout) == (1, f'{name}: has no key "finished"\n')


def test_the_own_log_and_commands_in_order(tmp_path: Path, out: Path) -> None:
    """--log is the task's own log; the lines of --command belong to the command clauses in their order."""
    (tmp_path / "output.1").write_text("# start x\nDone\n")
    log = {"kind": "log", "subject": "log", "options": {"matches": "Done", "last": True}}
    other = {"kind": "command", "subject": "{{ y }}", "options": {}}
    words = ("--root", "out", "--log", str(tmp_path / "output.1"), "--command", "echo yes", "--command", "exit 4")
    done = ask(tmp_path, [COMMAND, log, other], *words)
    assert done.stdout.startswith("`exit 4` ended with exit code 4")


@pytest.mark.parametrize(
    ("checks", "words", "message"),
    [
        ([], ("--rot", "x"), 'unknown option "--rot". Known: --root, --log'),
        ([], ("--root",), "--root needs a value."),
        ([], ("second.json",), "one CHECKS.json is needed, 2 were given."),
        ([COMMAND], (), "there are 1 command checks and 0 --command"),
        ([{"kind": "jsn", "subject": "a", "options": {}}], (), 'checks.json: unknown check "jsn".'),
        ({"a": 1}, (), "checks.json: is not a list of checks."),
        ([1], (), "checks.json: is not a list of checks."),
    ],
)
def test_wrong_use_is_not_a_bad_result(tmp_path: Path, checks: Any, words: tuple[str, ...], message: str) -> None:
    """What keeps the checks from being asked is told on stderr, with exit code 2 and no traceback."""
    done = ask(tmp_path, checks, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1


def test_what_cannot_be_judged_is_not_a_bad_result(tmp_path: Path, out: Path) -> None:
    """A missing reader of videos gives exit code 2 and says what to install."""
    frames = {"kind": "frames", "subject": "video", "options": {"output": "info", "key": "n"}}
    (out / "i.json").write_text('{"n": 1}')
    code = (
        "import os, sys; os.environ['PATH'] = ''; "
        "from remote_tracker.checks.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ("--root", "out", "--output", "info=i.json", "--input", "video=i.json")
    done = ask(tmp_path, [frames], *words, code=code)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Nothing here can count the frames")


def test_the_start_is_light(tmp_path: Path, out: Path) -> None:
    """json and csv clauses load neither the libraries of the helper nor the slow parts of Python's own."""
    code = (
        "import sys; from remote_tracker.checks.__main__ import main; "
        f"code = main(sys.argv[1:]); print(*(set(sys.modules) & set({HEAVY!r}))); sys.exit(code)"
    )
    words = ("--root", "out", "--output", "info=i.json", "--output", "tracks=t_1.csv")
    done = ask(tmp_path, [JSON, CSV], *words, code=code)
    assert (done.returncode, done.stdout.split()) == (0, [])


def test_help_is_the_head_of_the_module(tmp_path: Path) -> None:
    """--help prints how it is used."""
    done = ask(tmp_path, [], "--help")
    assert done.returncode == 0
    assert "python -m remote_tracker.checks CHECKS.json --root DIR" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"), [((), 1), (("--later", "3"), 3), (("--later", "2"), 1), (("--later", "soon"), 1)]
)
def test_an_input_that_is_not_ready_has_its_own_code(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    """Whoever asks says which exit code tells of an input that is still being copied; a batch of long ago does not."""
    (tmp_path / "a.avi").write_bytes(b"RIFF\x7f\0\0\0AVI ")
    ready = [{"kind": "video", "subject": "video", "options": {}}]
    asked = ask(tmp_path, ready, *words, "--input", "video=a.avi")
    assert asked.returncode == code
    assert asked.stdout.startswith("not ready: a.avi: is cut short")
    os.utime(tmp_path / "a.avi", (1_700_000_000, 1_700_000_000))
    refused = ask(tmp_path, ready, *words, "--input", "video=a.avi")
    assert (refused.returncode, refused.stdout.partition(":")[0]) == (1, "a.avi")
