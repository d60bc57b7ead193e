"""A verb that is typed here runs there in this project and this version alone; else nothing is done."""

from __future__ import annotations

import os

import pytest
from lab import own_package
from two_sides import Home


@pytest.fixture
def typed(home: Home) -> Home:
    """Two sides with a video there, and an open connection."""
    home.far.video("d1/v1.avi")
    home.login()
    return home


WORDS = [["submit"], ["scan"], ["redo", "--yes", "d1"]]


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_another_project_there_is_left_alone(typed: Home, words: list[str]) -> None:
    """The line names both; nothing is listed there, and nothing runs."""
    typed.far.settings(name="other")
    ran = typed.rt("remote", *words)
    assert (ran.code, ran.out) == (1, "")
    place = f"swc:{typed.far.root}"
    assert ran.err == (
        f'{place}: is the project "other", this one is "tiny": "folder" or "name" in project.yml is another\'s. '
        "Nothing was done.\n"
    )
    assert typed.far.batches() == []


@pytest.mark.parametrize(
    ("version", "says"),
    [
        ("99.0", "has remote-tracker 99.0, this side has 0.1.0. Type here: ./rt update. Nothing was done.\n"),
        ("0.0.1", "has remote-tracker 0.0.1, this side has 0.1.0. Type: ./rt remote setup, which updates it. "),
    ],
)
def test_another_version_there_runs_nothing(typed: Home, version: str, says: str) -> None:
    """A newer and an older one: the line says which side to update."""
    package = own_package(typed.far.root)
    (package / "__init__.py").write_text(f'"""X."""\n\n__version__ = "{version}"\n')
    ran = typed.rt("remote", "submit")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), ran
    assert says in ran.err
    assert typed.far.batches() == []


def test_a_home_is_no_cluster(typed: Home) -> None:
    """Where "folder" leads to a project that has a cluster of its own nothing runs."""
    typed.far.settings(remote={"login": "x", "folder": "/y"})
    ran = typed.rt("remote", "submit")
    assert (ran.code, ran.err.count("\n")) == (1, 1), ran
    assert 'its project.yml has "remote" in it' in ran.err


def test_what_a_task_starts_knows_nothing_of_home(typed: Home) -> None:
    """A command of the tracker's may call another project: what home told the verb does not reach it."""
    typed.far.tracker(command="env >{{ output.copy }}")
    assert typed.rt("remote", "submit").code == 0
    assert "RT_HOME_IS" not in typed.far.result("d1/v1.txt").read_text()
    assert "RT_HOME_IS" not in os.environ
