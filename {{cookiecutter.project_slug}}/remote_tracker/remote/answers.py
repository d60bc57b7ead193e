"""Answer a question from home: the questions, what answers each of them, and who is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project

Answer = dict[str, Any]
# A question -> its place: a file of this folder, and a function in the file. Only what is asked is imported: 50 ms.
PLACES = {
    "look": "far_files:look",
    "doubt": "far_files:doubt",
    "counts": "far_counts:tell_counts",
    "finished": "far_units:tell_finished",
    "logs": "far_logs:tell_logs",
    "move-aside": "far_free:move_aside",
    "delete": "far_free:delete",
}


def answer(project: Project, what: str, text: str) -> Answer:
    """Return the answer to a question from home; versions and names are compared before anything is done."""
    try:
        question = json.loads(text)
        if why := find_stranger(project, question):
            return {"refused": why}
        return _find_answer(what)(project, question)
    except RemoteTrackerError as error:
        return {"refused": str(error)}
    except (KeyError, TypeError, ValueError) as error:
        return {"refused": f"the question cannot be read ({error!r}). ./rt remote setup makes both sides one version."}


def _find_answer(what: str) -> Callable[[Project, Answer], Answer]:
    module, _, function = PLACES[what].partition(":")
    found: Callable[[Project, Answer], Answer] = getattr(import_module(f".{module}", __package__), function)
    return found


def find_stranger(project: Project, question: Answer) -> str:
    """Return why the question is not for this project, "" where it is."""
    theirs = str(question["version"])
    if theirs != __version__:
        newer = _numbers(theirs) < _numbers(__version__)
        do = "Type here: ./rt update" if newer else "Type: ./rt remote setup, which updates it"
        return f"has remote-tracker {__version__}, this side has {theirs}. {do}. Nothing was done."
    if project.remote is not None:
        return 'its project.yml has "remote" in it: it is no project on a cluster. Nothing was done.'
    if question["name"] != project.name:
        return (
            f'is the project "{project.name}", this one is "{question["name"]}": "folder" or "name" in project.yml '
            "is another's. Nothing was done."
        )
    return ""


def _numbers(version: str) -> list[int]:
    return [int(word) for word in version.split(".") if word.isdecimal()]
