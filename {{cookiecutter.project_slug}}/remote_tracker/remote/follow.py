"""Bring a project through its other side: push, submit, look again, pull, until nothing is left to do there.

Each round begins with what both sides are: it may be stopped and started anywhere, any time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from ..errors import RemoteTrackerError
from ..model import Project, State
from ..named_tuple import NamedTuple
from .ask import ask, channel_of, require_remote
from .channel import ask_far, find_socket, is_open, open_channel
from .pull_screen import pulled_text
from .pulling import Pulled, pull
from .push_screen import pushed_text
from .seen import describe_age, note_seen
from .sending import Pushed, push

FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 300.0  # between two looks at the queue there
Counts = Mapping[str, Mapping[str, int]]  # by stage, then by state
Say = Callable[[str], None]


class Do(Enum):
    """What comes next."""

    SUBMIT = "submit"
    RETRY = "retry"
    SUMMARIZE = "submit summarizer"
    WAIT = "wait"
    END = "end"


class Step(NamedTuple):
    """What comes next, and for which stage."""

    do: Do
    stage: str = ""


def next_step(stages: Sequence[str], counts: Counts, before: Counts | None, days: Sequence[str] = ()) -> Step:
    """Return what comes next, given how many units of each stage are in which state there; ``before`` as last time.

    The first stage with work is submitted, the failed ones by a retry, which asks for more memory or time. Where the
    last submission changed nothing, nothing more comes of it: the next stage's turn, or the end. ``days`` are the
    stages of the summarizer.
    """
    flying = False
    for stage in stages:
        now = counts.get(stage, {})
        flying = flying or bool(now.get(State.QUEUED.value, 0) + now.get(State.RUNNING.value, 0))
        fresh, failed = now.get(State.UNPROCESSED.value, 0), now.get(State.INCOMPLETE.value, 0)
        if (fresh or failed) and not (before and before.get(stage) == now):
            return Step(Do.SUMMARIZE, stage) if stage in days else Step(Do.SUBMIT if fresh else Do.RETRY, stage)
    return Step(Do.WAIT if flying else Do.END)


def next_wait(wait: float) -> float:
    """Return how long to wait behind a wait that brought nothing new, in seconds."""
    return min(LONGEST_WAIT_S, wait * 1.5)


@dataclass
class Followed:
    """What came of following a project to its end."""

    pushed: Pushed
    pulled: Pulled
    counts: Counts

    @property
    def left(self) -> int:
        """Return how many units there are not finished."""
        return sum(n for found in self.counts.values() for word, n in found.items() if word != State.FINISHED.value)


def follow(project: Project, say: Say, sleep: Callable[[float], None] = time.sleep) -> Followed:
    """Push, submit, wait and pull until nothing is left to do there, and return what came of it.

    Where the connection ends, it is waited for: only a person can open another. Raises RemoteTrackerError where there
    is none at the beginning, or the other side is another project or version.
    """
    open_channel(require_remote(project).login)
    wait, before, brought = FIRST_WAIT_S, None, -1
    days = [stage.name for stage in project.tracker.stages_in("summarizer")]
    while True:
        try:
            pushed = push(project, (), False, "")
            if pushed.arrived or pushed.ended:
                say(pushed_text(project, pushed))
            counts = _look(project)
            finished = sum(found.get(State.FINISHED.value, 0) for found in counts.values())
            step = next_step([stage.name for stage in project.tracker.stages], counts, before, days)
            if finished != brought or step.do is Do.END:
                pulled = pull(project, ())
                if pulled.brought or pulled.ended or step.do is Do.END:
                    say(pulled_text(project, pulled))
                brought = finished
                if step.do is Do.END:
                    return Followed(pushed, pulled, counts)
            if step.do is Do.WAIT:
                say(_describe(project, counts, wait))
                sleep(wait)
                wait, before = next_wait(wait) if _look(project) == counts else FIRST_WAIT_S, None
            else:
                before = counts
                _type_there(project, step, say)
        except RemoteTrackerError as error:
            _wait_for_connection(project, error, say, sleep)


def _look(project: Project) -> Counts:
    counts: Counts = ask(project, "counts", {})["counts"]
    note_seen(project, counts)
    return counts


def _describe(project: Project, counts: Counts, wait: float) -> str:
    told = []
    for stage, found in counts.items():
        flying = found.get(State.QUEUED.value, 0) + found.get(State.RUNNING.value, 0)
        if flying:
            told.append(f"{stage}: {flying} queued or running, {found.get(State.FINISHED.value, 0)} finished")
    return (
        f"{time.strftime('%H:%M')} {'; '.join(told)}. Looking again in {describe_age(wait)}; Ctrl-C stops the looking."
    )


def _type_there(project: Project, step: Step, say: Say) -> None:
    words = [*step.do.value.split(), *([] if step.do is Do.SUMMARIZE else [step.stage])]
    ran = ask_far(channel_of(project), require_remote(project).folder, ["./rt", *words])
    say(ran.out.rstrip())


def _wait_for_connection(project: Project, error: RemoteTrackerError, say: Say, sleep: Callable[[float], None]) -> None:
    """Wait until the connection is there again, where it is what is missing; raises ``error`` where it is not."""
    there = require_remote(project)
    missing = [host for host in (there.login, there.data_host) if not is_open(host, find_socket(host))]
    if not missing:
        raise error
    say(f"{error}   (in another window: this goes on then)")
    while not is_open(missing[0], find_socket(missing[0])):
        sleep(FIRST_WAIT_S)
