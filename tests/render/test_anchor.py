"""Relative paths in a command that starts in a folder of its own are the project's paths, as they were written."""

from __future__ import annotations

import pytest
from remote_tracker.render.anchor import STARTS, anchor
from remote_tracker.render.command import Command

FILES = ("measure.py", "go")
THERE = ("scripts", "models", "models/x.pt", "measure.py", "Results", "classifier", "..", "../shared", "a b")


def anchored(text: str, before: str = STARTS) -> str:
    """Return the text of a command as it is run."""
    return anchor(Command((text,)), THERE.__contains__, FILES.__contains__, before).text


@pytest.mark.parametrize(
    ("written", "run"),
    [
        ("python scripts/my.py", 'python "$project"/scripts/my.py'),
        ("python measure.py", 'python "$project"/measure.py'),
        ("./measure.py 1", '"$project"/./measure.py 1'),
        ("scripts/my.sh", '"$project"/scripts/my.sh'),
        ("run --model=models/x.pt", 'run --model="$project"/models/x.pt'),
        ("run models/*.pt", 'run "$project"/models/*.pt'),
        ("run <models/x >Results/log.txt", 'run <"$project"/models/x >"$project"/Results/log.txt'),
        ("A=scripts/a run; (scripts/b)", 'A="$project"/scripts/a run; ("$project"/scripts/b)'),
        ("run 'a b/c d.pt'", """run "$project"/'a b/c d.pt'"""),
        ("test -e go; cat <go", 'test -e "$project"/go; cat <"$project"/go'),
        ("run ../shared", 'run "$project"/../shared'),
    ],
)
def test_paths_of_the_project(written: str, run: str) -> None:
    """A word whose first folder lies in the project, or that names a file there, is that path wherever it starts."""
    assert anchored(written) == run


@pytest.mark.parametrize(
    "text",
    [
        "/models/x.pt",
        "antrax --name classifier",  # a name, as far as anybody can tell
        '"$project"/scripts/my.py "$tracker"/models/x',
        "$HOME/models/x ${HOME}/models/x ~/models/x",
        """python -c "open('models/x.pt')" """,
        "sed s/a/b/ https://models/x",
        "nowhere/x.py other.py",
        r"run \models/x a:models/x",
        "-Imodels/x",
        "go | go; (go) && go",  # programs, which bash looks for in PATH
        "run --label go",  # a word, as far as anybody can tell
    ],
)
def test_other_words_stay(text: str) -> None:
    """A word that is no such path, or of which nobody can tell, stays as it was written."""
    assert anchored(text) == text


def test_lists_of_paths() -> None:
    """In a variable a colon may stand before a path, as in PYTHONPATH."""
    assert anchored("scripts/a:models/b", f"{STARTS}:") == '"$project"/scripts/a:"$project"/models/b'


def test_what_differs_from_task_to_task() -> None:
    """A path goes on behind a value of the task, and may begin behind a blank."""
    command = Command(("run ", lambda *_: "X", "models/x models/", lambda *_: "Y"))
    done = anchor(command, THERE.__contains__, FILES.__contains__)
    assert [p for p in done.pieces if isinstance(p, str)] == ["run ", 'models/x "$project"/models/']
