"""Ask the project on the other side a question, and answer one there: JSON both ways, both ends are ours."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project, Remote
from .channel import Channel, ask_far, open_channel

ANSWER_S = 3600.0  # a first look at many results on a slow disk
ALIVE_S = 60.0  # a login node on which a hundred people work
Answer = dict[str, Any]


def require_remote(project: Project) -> Remote:
    """Return the project's other side; raises RemoteTrackerError where project.yml names none."""
    if project.remote is None:
        raise RemoteTrackerError('project.yml names no cluster: "remote" is missing in it. Type: ./rt remote setup')
    return project.remote


def open_remote(project: Project) -> Channel:
    """Return the open connection to the host where commands go; raises RemoteTrackerError where there is none."""
    return open_channel(require_remote(project).login)


def ask(project: Project, channel: Channel, what: str, question: Mapping[str, Any]) -> Answer:
    """Return the other side's answer; raises RemoteTrackerError where it is another project or version, or refuses."""
    remote = require_remote(project)
    text = json.dumps({"version": __version__, "name": project.name, "home": os.uname().nodename, **question})
    ask_far(channel, "", ["true"], timeout=ALIVE_S)  # a network that is gone would be waited for till ANSWER_S
    ran = ask_far(channel, remote.folder, ["./rt", "far", what], text, ANSWER_S)
    try:
        answer = json.loads(ran.out)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        said = next((line.strip() for line in reversed(ran.out.splitlines()) if line.strip()), f"exit code {ran.code}")
        raise RemoteTrackerError(f"{remote.login}:{remote.folder}: no answer: {said}")
    if told := answer.get("refused"):
        raise RemoteTrackerError(f"{remote.login}:{remote.folder}: {told}")
    return {**answer, "is_chatty": ran.is_chatty}


def answer(
    project: Project, answers: Mapping[str, Callable[[Project, Answer], Answer]], what: str, text: str
) -> Answer:
    """Return the answer to a question from home; versions and names are compared before anything is done."""
    try:
        question = json.loads(text)
        if why := _find_stranger(project, question):
            return {"refused": why}
        return answers[what](project, question)
    except RemoteTrackerError as error:
        return {"refused": str(error)}
    except (KeyError, TypeError, ValueError) as error:
        return {"refused": f"the question cannot be read ({error!r}). ./rt remote setup makes both sides one version."}


def _find_stranger(project: Project, question: Answer) -> str:
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
