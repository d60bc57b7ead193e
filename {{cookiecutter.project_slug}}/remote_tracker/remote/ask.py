"""Ask the project on the other side a question: JSON both ways, both ends are ours (answers.py)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project, Remote
from .answers import Answer
from .channel import Channel, open_channel
from .far_talk import FarTalk


def require_remote(project: Project) -> Remote:
    """Return the project's other side; raises RemoteTrackerError where project.yml names none."""
    if project.remote is None:
        raise RemoteTrackerError('project.yml names no cluster: "remote" is missing in it. Type: ./rt remote setup')
    return project.remote


def channel_of(project: Project) -> Channel:
    """Return the connection to the host where commands go; whether it is open shows when it is used."""
    return Channel(require_remote(project).login)


def open_data_channel(project: Project) -> Channel:
    """Return the connection to the host through which files go; raises RemoteTrackerError where that has none.

    Whether the host where commands go has one shows when it is used.
    """
    remote = require_remote(project)
    if remote.data_host == remote.login:
        return channel_of(project)
    return replace(open_channel(remote.data_host), for_files=True)


def introduce(project: Project) -> str:
    """Return what a verb that is typed there is told of this side, so that no other project or version runs it."""
    remote = require_remote(project)
    return json.dumps({**_who_asks(project.name), "place": f"{remote.login}:{remote.folder}"})


def _who_asks(name: str) -> dict[str, str]:
    return {"version": __version__, "name": name}


class Question(FarTalk):
    """A question to the other side, where the program that answers starts before the question is put."""

    def __init__(self, project: Project, what: str) -> None:
        self._remote, self._name = require_remote(project), project.name
        super().__init__(channel_of(project), self._remote.folder, ["./rt", "far", what])

    def ask(self, question: Mapping[str, Any]) -> None:
        """Put the question."""
        self.put(json.dumps({**_who_asks(self._name), "home": os.uname().nodename, **question}))

    def answer(self) -> Answer:
        """Return the answer; raises RemoteTrackerError where it is another project or version, or refuses."""
        place, ran = f"{self._remote.login}:{self._remote.folder}", self.take()
        try:
            answer = json.loads(ran.out)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            said = next(
                (line.strip() for line in reversed(ran.out.splitlines()) if line.strip()), f"exit code {ran.code}"
            )
            raise RemoteTrackerError(f"{place}: no answer: {said}")
        if told := answer.get("refused"):
            raise RemoteTrackerError(f"{place}: {told}")
        return {**answer, "is_chatty": ran.is_chatty}


def ask(project: Project, what: str, question: Mapping[str, Any]) -> Answer:
    """Return the other side's answer; raises RemoteTrackerError where it is another project or version, or refuses."""
    with Question(project, what) as asked:
        asked.ask(question)
        return asked.answer()
