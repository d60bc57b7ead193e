"""shell: the one place where processes start."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
from remote_tracker import shell


def test_returns_code_and_text() -> None:
    """Both streams come back as text, apart, with the exit code."""
    assert shell.run(["bash", "-c", "echo out; echo err >&2; exit 3"]) == shell.Result(3, "out\n", "err\n")


@pytest.mark.parametrize("word", ["a b", "$(touch x)", "'", '"', "-n", "", "é", "a\udcff", "*", "x" * 10_000])
def test_words_arrive_as_they_are(word: str) -> None:
    """No shell stands between: hostile words stay words."""
    code = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.argv[1]).hex().encode())"
    assert shell.run([sys.executable, "-c", code, word]).out == os.fsencode(word).hex()


def test_environment_folder_and_input(tmp_path: Path) -> None:
    """env is the whole environment, cwd the current folder, input what the program reads."""
    done = shell.run(["/bin/bash", "-c", 'echo "$A$HOME"; pwd; cat'], env={"A": "1"}, cwd=tmp_path, input="é\n")
    assert done == shell.Result(0, f"1\n{tmp_path.resolve()}\né\n", "")


def test_without_input_there_is_nothing_to_read() -> None:
    """A program that asks for input gets none, instead of ours."""
    code = "from remote_tracker import shell; print(shell.run(['cat']))"
    place = {"PYTHONPATH": str(Path(shell.__file__).parents[2])}
    done = shell.run([sys.executable, "-c", code], env=place, input="ours")
    assert done.out == "Result(code=0, out='', err='')\n"


def test_asked_in_no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose words and numbers are read here is asked without the user's locale; others keep it."""
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert shell.ask(["/bin/sh", "-c", "echo $LC_ALL"]).out == "C\n"
    assert shell.ask(["/bin/sh", "-c", "echo $LC_ALL $A"], env={"A": "1"}).out == "C 1\n"
    assert shell.run(["/bin/sh", "-c", "echo $LC_ALL"]).out == "de_DE.UTF-8\n"


def test_bytes_that_are_no_text() -> None:
    """Output that is not UTF-8 is replaced, not refused."""
    assert shell.run(["bash", "-c", r"printf 'a\xff'"]).out == "a�"


@pytest.mark.parametrize(
    ("argv", "cwd", "code", "message"),
    [
        (["no-such-program"], None, 127, "no-such-program: there is no such program here"),
        (["/no/such/program"], None, 127, "/no/such/program: there is no such program here"),
        (["true"], "/no/such/folder", 126, "/no/such/folder: there is no such folder to run true in"),
        (["/etc/passwd"], None, 126, "/etc/passwd: cannot be started: Permission denied"),
        (["echo", "a\0b"], None, 126, "echo: cannot be started: embedded null byte"),
        (["echo", "x" * 10_000_000], None, 126, "echo: cannot be started: Argument list too long"),
    ],
)
def test_what_cannot_start_is_an_exit_code(argv: list[str], cwd: str | None, code: int, message: str) -> None:
    """A missing program, folder or right is told by code and in one sentence, as bash does; nothing is raised."""
    done = shell.run(argv, cwd=cwd)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(message)


def test_a_signal_is_128_and_more() -> None:
    """The exit code after a signal is the one bash gives."""
    assert shell.run(["bash", "-c", "kill -9 $$"]).code == 137


def test_a_timeout_ends_all_that_was_started() -> None:
    """After the timeout the program and its children are gone, although a child holds the pipe."""
    start = time.monotonic()
    done = shell.run(["bash", "-c", "sleep 60 & sleep 60"], timeout=0.2)
    assert (done.code, done.err) == (124, "bash: took longer than 0.2 s and was stopped")
    assert time.monotonic() - start < 10


def test_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """which finds what PATH holds, and is empty for what it does not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shell.which("mine") == ""
    (tmp_path / "mine").write_text("#!/bin/sh\n")
    assert shell.which("mine") == ""
    (tmp_path / "mine").chmod(0o755)
    assert shell.which("mine") == str(tmp_path / "mine")
