"""Tab behind ./rt: what is offered, and that a real bash takes it as it is meant."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import LIST_DAY, Lab, wait_for
from remote_tracker.cli.completion import Typed, find_offers, quoted_for_bash, read_typed
from remote_tracker.cli.completion_verb import LINES
from remote_tracker.cli.export import FORMS
from remote_tracker.cli.main import EVERY_DAY, NOW_AND_THEN
from rewinding import rewound

HOSTILE = [
    "plate 1.avi",
    "it's $x.avi",
    "$(touch owned).avi",
    "`touch owned`.avi",
    'a"b;c.avi',
    "день!.avi",
    "-n *.avi",
]


@rewound
def project(plain_lab: Lab) -> None:
    """A project of two days whose videos were listed once; the disk with its videos is away now."""
    plain_lab.tracker(LIST_DAY)
    for name in ("day 1/plate1.avi", "day 1/plate2.avi", "d2/plate1.avi", "top.avi"):
        plain_lab.video(name)
    plain_lab.scan()
    shutil.rmtree(plain_lab.root / "RawVideos")


@pytest.mark.parametrize(("words", "begun", "offered"), [
    ([], "", [*EVERY_DAY, *NOW_AND_THEN]),
    ([], "s", ["scan", "submit", "status", "scripts"]),
    ([], "--v", ["--version"]),
    (["help"], "re", ["redo", "retry", "report", "remote"]),
    (["why"], "", ["d2/", "day 1/", "plate1.avi", "plate2.avi", "top.avi"]),
    (["why"], "pl", ["plate1.avi", "plate2.avi"]),
    (["status"], "d", ["d2/", "day 1/"]),
    (["redo", "top.avi"], "day 1/", ["day 1/plate1.avi", "day 1/plate2.avi"]),
    (["why"], "Results/", []),
    (["status"], "--f", ["--failures"]),
    (["logs", "top.avi"], "--t", ["--tail"]),
    (["clean"], "a", ["aside", "attempts"]),
    (["export"], "", [*FORMS]),
    (["completion"], "z", ["zsh"]),
    (["nosuch"], "", []),
    (["nosuch", "x"], "--", []),
    (["process"], "--b", []),
])  # fmt: skip
def test_what_is_offered(project: Lab, words: list[str], begun: str, offered: list[str]) -> None:
    """Verbs, options, choices, days and videos are offered where they can stand; no folder of videos is looked into."""
    assert find_offers(project.root, Typed(words, begun)) == offered


def test_nothing_was_listed_yet(plain_lab: Lab) -> None:
    """Before the first scan no name is offered, and none is looked for."""
    plain_lab.videos(1)
    assert find_offers(plain_lab.root, Typed(["why"], "")) == []


@pytest.mark.parametrize(("raw", "typed"), [
    ("./rt\nwhy\nda", Typed(["why"], "da")),
    ("./rt\nwhy\nday\\ 1/pl", Typed(["why"], "day 1/pl")),
    ("./rt\nwhy\n'day 1/pl", Typed(["why"], "day 1/pl", "'")),
    ('./rt\nredo\n"a \'b"\n"day', Typed(["redo", "a 'b"], "day", '"')),
    ("./rt\n", Typed([], "")),
    ("", Typed([], "")),
])  # fmt: skip
def test_what_was_typed(raw: str, typed: Typed) -> None:
    """Words are read as the shell would read them, a quote that is still open included."""
    assert read_typed({"COMP_WORDS": raw, "COMP_CWORD": str(raw.count("\n"))}) == typed


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_hostile_name_is_a_name(tmp_path: Path, name: str, quote: str) -> None:
    """What is offered means the name alone to bash, behind each quote: nothing in it is a command."""
    said = quoted_for_bash(name, quote)
    if not said:
        assert quote
        return
    line = f"printf %s {'./' if not quote else ''}{quote}{said}{quote}"
    ran = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == ("" if quote else "./") + name
    assert not list(tmp_path.iterdir())


class Terminal:
    """A bash at a terminal, in a project's folder."""

    def __init__(self, lab: Lab) -> None:
        self.text = ""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(lab.root)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], lab.environment(TERM="dumb", PS1="READY> "))

    def sees(self, pattern: str) -> bool:
        """Return whether what was printed since the last answer holds the pattern; if so, forget it."""
        if select.select([self.fd], [], [], 0.05)[0]:
            self.text += os.read(self.fd, 1 << 16).decode("utf-8", "replace")
        found = re.search(pattern, self.text)
        self.text = self.text[found.end() :] if found else self.text
        return bool(found)

    def type(self, keys: str, answer: str) -> None:
        """Type keys once bash is ready for them, and wait for what it prints then."""
        os.write(self.fd, keys.encode())
        wait_for(lambda: self.sees(answer), f"{answer} behind {keys!r}; seen: {self.text!r}")


@pytest.fixture
def terminal(plain_lab: Lab) -> Iterator[Terminal]:
    """A bash at a terminal in a project whose videos have hostile names, and were listed."""
    for name in HOSTILE:
        plain_lab.video(f"day 1/{name}")
    plain_lab.scan()
    made = Terminal(plain_lab)
    yield made
    os.close(made.fd)
    os.waitpid(made.pid, 0)


def test_tab_in_a_real_bash(terminal: Terminal, plain_lab: Lab) -> None:
    """One line switches Tab on: a verb, an option, a day and its video are completed, and no name is run."""
    wait_for(lambda: terminal.sees("READY> "), "bash began")
    terminal.type('eval "$(./rt completion bash)"\r', "\nREADY> ")
    terminal.type("./rt wh\t", "why ")
    terminal.type("da\t", r"day\\ 1/")
    terminal.type("pl\t", r"plate\\ 1\.avi ")
    terminal.type("\r", r"day 1/plate 1\.avi \(copy\): to do[\s\S]*READY> ")
    terminal.type("cd workspace\r", "\nREADY> ")
    terminal.type("../rt why '$(to\t", "owned")
    terminal.type("\r", r"day 1/\$\(touch owned\)\.avi \(copy\): to do[\s\S]*READY> ")
    terminal.type("./rt logs $\t", "logs ")
    assert not list(plain_lab.root.rglob("owned"))


@pytest.mark.parametrize(("shell", "says"), [("/usr/bin/zsh", "zsh"), ("/bin/bash", "bash"), ("/bin/tcsh", "bash")])
def test_the_line_is_that_of_the_shell(plain_lab: Lab, shell: str, says: str) -> None:
    """completion prints one line for the shell that is used, bash for one it does not know, and how to take it."""
    ran = plain_lab.rt("completion", SHELL=shell)
    how, line = ran.out.splitlines()
    assert (ran.code, line) == (0, LINES[says])
    assert how.startswith(f'# Now:  eval "$(./rt completion {says})"    For good:  ./rt completion {says} >> ~/.')
    assert plain_lab.rt("completion", says, SHELL="").out == ran.out


@pytest.mark.parametrize("shell", LINES)
def test_the_line_is_a_line_of_the_shell(shell: str) -> None:
    """Each line is right for its shell; zsh's is read by zsh where there is one."""
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    assert subprocess.run([shell, "-n", "-c", LINES[shell]], capture_output=True).returncode == 0


def test_tab_starts_little(project: Lab) -> None:
    """Names and verbs are completed without the libraries and modules of a scan."""
    words = {"COMP_WORDS": "./rt\nwhy\nto", "COMP_CWORD": "2", "_RT_COMPLETE": "zsh"}
    ran = project.rt(PYTHONVERBOSE="1", **words)
    assert ran.out == "top.avi\n"
    for module in ("remote_tracker.survey", "remote_tracker.config", "rich", "h5py", "numpy", "jinja2"):
        assert f"import '{module}' #" not in ran.err, module
