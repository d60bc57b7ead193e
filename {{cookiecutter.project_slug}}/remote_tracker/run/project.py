"""Scans and runs the batch, or runs everything up to the joined table: here, or submitted and waited for."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Container, Mapping
from functools import partial

from ..batches.prepare import choose_stage, prepare
from ..batches.submit import ResourceRequest, Submitted, has_left
from ..batches.wait import wait_until
from ..errors import WrongUse
from ..model import Project, Stage, State
from ..named_tuple import NamedTuple
from ..notify import tell_news
from ..records import Batch, batches_of
from ..report.next_step import next_text
from ..report.scan import scan_text
from ..report.situation import how_joined, look_around
from ..report.standing import Did, Joined
from ..survey import PLAIN_SCAN, Examined, ScanOptions
from ..survey.triage import triage
from .retry import enlarge, prepare_retry
from .retry import retry as submit_again
from .submit import send, send_prepared
from .tasks import ENDS_OF_RUN, STOPPED, Say, run_tasks
from .wait_for_queue import ONLY_WAITING, wait_for_others

QUEUE_S = 30.0  # no scheduler is asked more often in a loop


class Round(NamedTuple):
    """A scan, and the run of the tasks that it listed."""

    code: int  # the exit code
    to_do: int  # how many units were to do
    batch: Batch | None = None  # what ran

    @property
    def is_over(self) -> bool:
        """Return whether it is the last round: nothing was to do, a signal stopped it, or the list halted itself."""
        return not self.to_do or self.code == STOPPED or (self.batch is not None and self.batch.halt is not None)


def scan_and_run(
    project: Project,
    folder: str,
    stage: str | None,
    jobs: int | None,
    say: Say,
    nexts: Container[Did],
    options: ScanOptions = PLAIN_SCAN,
) -> Round:
    """Scan a folder's stages and run the listed tasks; ``nexts`` is as in ``run_tasks``."""
    stages = choose_stage(project, folder, stage)
    prepared = prepare(project, stages, options)
    say(scan_text(project, prepared, nexts, jobs))
    tell_news(project, prepared.survey.stage, prepared.survey.queue)
    if prepared.pinned is None:
        if waited := wait_for_others(project, stages, prepared.survey, QUEUE_S, say):
            return Round(1, waited)
        finished = prepared.survey.counts[State.FINISHED] == prepared.survey.found
        return Round(0 if finished else 1, 0)
    if project.cluster.scheduler.is_local:
        place = prepared.survey.stage.folder  # a stage may be named that is not this folder's
        code = run_tasks(project, place, prepared.pinned.batch.number, prepared.pinned.tasks, jobs, say, nexts)
    else:
        asked = (
            enlarge(project, prepared, ResourceRequest(), say)
            if any(s.decision.failed for s in prepared.listed)
            else ResourceRequest()
        )
        sent = send_prepared(project, prepared, asked, say)
        code = _wait_until_over(project, sent, say)
    return Round(code, prepared.survey.waiting_list, prepared.pinned.batch)


def start(project: Project, folder: str, stage: str | None, jobs: int | None, asked: ResourceRequest, say: Say) -> int:
    """Scan, then run the listed tasks on this machine, or submit them; returns the exit code."""
    if project.cluster.scheduler.is_local and asked == ResourceRequest():
        return scan_and_run(project, folder, stage, jobs, say, (Did.SCANNED, *ENDS_OF_RUN)).code
    return send(project, folder, stage, None, asked, say)


def retry(
    project: Project, folder: str, stage: str | None, asked: ResourceRequest, say: Say, more: Mapping[str, str | None]
) -> int:
    """Run the failed tasks again, here or by the queue; returns the exit code.

    Raises WrongUse where more memory or time is asked for and there is no queue to ask.
    """
    if not project.cluster.scheduler.is_local:
        return submit_again(project, folder, stage, asked, say, more)
    if asked != ResourceRequest() or more.get("memory") or more.get("time"):
        raise WrongUse(f"{project.cluster.name} has no queue to ask for more. Name a --cause, or nothing.")
    prepared = prepare_retry(project, folder, stage, more.get("cause"), say)
    if prepared is None or prepared.pinned is None:
        return 0
    home = prepared.survey.stage.folder
    return run_tasks(project, home, prepared.pinned.batch.number, prepared.pinned.tasks, None, say)


def _wait_until_over(project: Project, sent: Submitted, say: Say) -> int:
    """Wait until a batch has left the queue; returns 0 where all its tasks finished, else 1.

    The queue is asked every ``ASK_S`` seconds; where it does not answer, it is asked again.
    """
    batch = sent.place
    say(f"Waiting for job {sent.job}. {ONLY_WAITING}")
    time.sleep(QUEUE_S)
    scheduler = project.cluster.scheduler
    wait_until(lambda: has_left(batch.ref(scheduler), scheduler), bool, QUEUE_S)
    finished = sum(record.result == "finished" for record in batch.records())
    say(f"Batch {sent.batch}: {finished} of {sent.tasks} finished.")
    return 0 if finished == sent.tasks else 1


def run_all(project: Project, jobs: int | None, say: Say, at_end: Callable[[], None] = lambda: None) -> int:
    """Run a project to its joined table: the videos, then the days, then the join; then call ``at_end``.

    Failed videos run again until they are set aside. After a kill, the next call goes on where this call was. Returns 1
    where something is left that needs the user. What to type next is said last.
    """
    worst = 0
    for folder in (f for f in ("workspace", "summarizer") if project.tracker.stages_in(f)):
        worst = max(worst, _run_folder(project, folder, jobs, say))
        if worst == STOPPED:
            return STOPPED
    if not project.tracker.stages_in("summarizer") or how_joined(project) is Joined.NOTHING:
        at_end()
        say(f"Next:  {next_text(project, look_around(project, Did.RAN_ALL))}")
        return worst
    from .join import join_project  # with all tables 42 ms of a start that only runs tasks
    from .joined_text import joined_text  # the same 42 ms

    outcome = join_project(project)
    say(joined_text(outcome))
    at_end()
    say(f"Next:  {next_text(project, outcome.now._replace(did=Did.RAN_ALL))}")
    return 1 if worst or not outcome.whole else 0


def _run_folder(project: Project, folder: str, jobs: int | None, say: Say) -> int:
    """Run all stages of a folder, round after round; returns the last exit code, 1 where rounds lead nowhere.

    What failed in a round for a cause that another try cannot help is not tried by the next. Rounds stop where a list
    halts itself, and after as many as a video has attempts, if each left as many tasks: a tracker that touches its
    input is never done.
    """
    before, idle, ran = 0, 0, set[Batch]()
    while True:
        options = ScanOptions(leave=partial(_is_hopeless, project, ran)) if ran else PLAIN_SCAN
        done = scan_and_run(project, folder, None, jobs, say, (Did.STOPPED,), options)
        if done.is_over:
            return done.code
        ran |= {done.batch} if done.batch else set()
        idle = idle + 1 if before and done.to_do >= before else 0
        if idle > project.attempts:
            return 1
        before = done.to_do


def _is_hopeless(project: Project, ran: Collection[Batch], stage: Stage, seen: Examined) -> bool:
    """Return whether a unit failed in one of the batches ``ran`` for a cause that another try cannot help."""
    last = seen.decision.last
    if last is None or batches_of(project, stage).batch(last.batch) not in ran:
        return False
    return any(group.again in ("no", "never") for group in triage(project, stage, [seen]))
