"""What ./rt loads before it starts: a scan no large library, a verb its own file and no other."""

from __future__ import annotations

import re

import pytest
from lab import LIST_DAY, Lab, Ran
from remote_tracker.cli.main import EVERY_DAY, NOW_AND_THEN, rt

LARGE = {"click", "h5py", "jinja2", "numpy", "rich"}
SHARED = {"main", "open_project", "options", "places", "scan", "wrong_use"}


def loaded(ran: Ran) -> set[str]:
    """Return every module that a run imported, as Python itself lists them on request."""
    found = set(re.findall(r"^import '([\w.]+)' #", ran.err, re.MULTILINE))
    assert {"remote_tracker.__main__", "remote_tracker.errors"} <= found, ran.err
    return found


def verb_files(ran: Ran) -> set[str]:
    """Return the files of verbs that a run imported."""
    return {name.removeprefix("remote_tracker.cli.") for name in loaded(ran) if "tracker.cli." in name} - SHARED


@pytest.mark.parametrize("words", [(), ("--json",)], ids=" ".join)
def test_a_scan_that_lists_nothing_loads_no_large_library(lab: Lab, words: tuple[str, ...]) -> None:
    """Where all is finished, a scan imports none of the libraries whose start would be most of its time."""
    lab.tracker(LIST_DAY)
    lab.videos(2)
    lab.go()
    ran = lab.scan(*words, PYTHONVERBOSE="1")
    assert (ran.code, lab.batches()) == (0, ["0001"])
    assert not loaded(ran) & LARGE


def test_a_scan_that_lists_loads_no_command_line(lab: Lab) -> None:
    """A scan that makes a batch does without click, too."""
    lab.videos(2)
    ran = lab.scan(PYTHONVERBOSE="1")
    assert (ran.code, lab.batches()) == (0, ["0001"])
    assert "click" not in loaded(ran)


@pytest.mark.parametrize("verb", EVERY_DAY | NOW_AND_THEN)
def test_each_verb_stands_in_its_place(verb: str) -> None:
    """The table leads from each name to the verb of that name."""
    assert rt.commands[verb].name == verb


@pytest.mark.parametrize("verb", ["scan", "status", "redo", "trackers", "cancel"])
def test_a_verb_loads_its_own_file_alone(plain_lab: Lab, verb: str) -> None:
    """A verb that is typed imports the file in which it stands, and no other verb's."""
    ran = plain_lab.rt(verb, "--help", PYTHONVERBOSE="1")
    assert ran.code == 0
    assert verb_files(ran) == {(EVERY_DAY | NOW_AND_THEN)[verb].partition(":")[0]}


def test_a_wrong_verb_loads_none_and_names_the_nearest(plain_lab: Lab) -> None:
    """A mistyped verb is answered from the names alone, those of now and then included."""
    ran = plain_lab.rt("retr", PYTHONVERBOSE="1")
    assert ran.code == 2
    assert 'no verb is called "retr". Did you mean ./rt retry?' in ran.err
    assert not verb_files(ran)
