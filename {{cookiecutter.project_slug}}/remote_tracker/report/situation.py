"""How a project stands: the surveys of its stages, counted for the advice on what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import RemoteTrackerError
from ..model import Cause, Project, Stage, State
from ..model.said_word import REVIEWED
from ..model.scheduling import Queue
from ..survey import ARCHIVED, Examined, Survey, examine_some_judged, survey_stage
from .next_step import JOINED
from .queue import jobs_that_never_start
from .standing import Did, Joined, Situation, Stand
from .unread import COUNTED

Examine = Callable[[Project, Stage, Survey], Iterable[Examined]]
MOST_SUMMARIZED = 1000  # a scan of so many videos costs less than a tenth of a second more for the days
FIELDS: Mapping[State, str] = {
    State.UNPROCESSED: "to_do",
    State.INCOMPLETE: "to_do",
    State.QUEUED: "in_flight",
    State.RUNNING: "in_flight",
    State.NOT_READY: "arriving",
    State.GONE: "gone",
    State.MOVED: "moved",
    State.INVALID: "invalid",
    State.FINISHED: "finished",
}


def _field_of(seen: Examined) -> str:
    """Return the field of Stand that counts a unit."""
    decision = seen.decision
    if decision.state is State.WAITING:
        return "stranded" if seen.unit.lost else "waiting"
    if decision.state is State.SET_ASIDE:
        return "hopeless" if decision.hopeless else "aside"
    if decision.cause is Cause.COPY_BROKEN_OFF:
        return "broken_off"
    return "held" if decision.cause in (Cause.BEING_MOVED, Cause.NOT_LOOKED_AT) else FIELDS[decision.state]


class Count:
    """Counts the units of one stage while they pass by."""

    def __init__(self, survey: Survey) -> None:
        self.survey, self._fields, self._failed = survey, Counter[str](), 0

    def each(self, seen: Iterable[Examined]) -> Iterator[Examined]:
        """Yield each unit, counted."""
        for one in seen:
            field = _field_of(one)
            self._fields[field] += 1
            self._failed += field == "to_do" and one.decision.failed
            yield one

    def stand(self) -> Stand:
        """Return how the stage stands, once all units have passed."""
        stage = self.survey.stage
        rest: dict[str, Any] = {"failed": self._failed, "archived": self.survey.absent[ARCHIVED]}
        rest["unread"] = sum(one.kind in COUNTED for one in self.survey.unread)
        rest["stores"] = len(self.survey.stores) if any(i.imgstores for i in stage.inputs) else 0
        rest |= {"halted": bool(self.survey.halt[0]), "stuck": _find_stuck(self.survey.queue)}
        return Stand(stage.name, stage.folder, **{**self._fields, **rest})


def _find_stuck(queue: Queue) -> str:
    """Return the batch of a job that cannot start by itself, where nothing else in the queue is waited for."""
    never = jobs_that_never_start(queue)
    is_all = queue.asked and not queue.hidden and len(never) == len(queue.jobs)
    return never[0].batch if never and is_all else ""


def stand_of(survey: Survey, seen: Iterable[Examined]) -> Stand:
    """Return how a stage stands whose units were all examined for this survey, or are counted in it."""
    count = Count(survey)
    for _ in count.each(seen):
        pass
    stand = count.stand()
    if not survey.counts:
        return stand
    to_do, finished = (survey.counts[state] for state in (State.UNPROCESSED, State.FINISHED))
    return _with(stand, {"to_do": stand.to_do + to_do, "finished": stand.finished + finished})


def stand_of_survey(survey: Survey) -> Stand:
    """Return how a stage stands that was surveyed by ``survey_stage``, which counts some units without naming them."""
    count = Count(survey)
    for _ in count.each([*survey.odd, *survey.incomplete]):
        pass
    counted = {"to_do": survey.waiting_list, "finished": survey.counts[State.FINISHED]}
    return _with(count.stand(), counted)


def _with(stand: Stand, counted: Mapping[str, int]) -> Stand:
    return Stand(**{**stand._asdict(), **counted})


def find_stands(project: Project, known: Sequence[Stand] = (), most: int = 0) -> tuple[list[Stand], bool]:
    """Return how each stage stands, and whether that is all: with ``most``, days of more finished videos are left out.

    Stages that are ``known`` are not surveyed again.
    """
    found: list[Stand] = []
    names = {one.stage: one for one in known}
    for stage in project.tracker.stages:
        is_known, is_costly = stage.name in names, most and stage.folder == "summarizer"
        if is_costly and not is_known and sum(one.finished for one in found) > most:
            return found, False
        found.append(names[stage.name] if is_known else stand_of_survey(survey_stage(project, stage)))
    return found, True


def situation_of(
    project: Project, did: Did, folder: str, stands: Sequence[Stand], is_whole: bool = True, unexplained: int = 0
) -> Situation:
    """Return how a project stands, whose stages stand so, behind a command that worked in ``folder``."""
    has_tables = bool(project.tracker.stages_in("summarizer"))
    joined = how_joined(project) if has_tables else Joined.NOTHING
    queued = not project.cluster.scheduler.is_local
    return Situation(did, folder, tuple(stands), is_whole, queued, has_tables, joined, unexplained)


def look_around(project: Project, did: Did, folder: str = "workspace", unexplained: int = 0) -> Situation:
    """Return how a project stands now; all of its stages are surveyed."""
    return situation_of(project, did, folder, find_stands(project)[0], unexplained=unexplained)


def examine_all(project: Project, examine: Examine = examine_some_judged) -> list[tuple[Survey, list[Examined]]]:
    """Return the survey of each stage with all of its units; ``examine`` may be examine_judged."""
    known: dict[str, list[Examined]] = {}
    surveys = [Survey(stage, known=known) for stage in project.tracker.stages]
    for survey in surveys:
        known[survey.stage.name] = list(examine(project, survey.stage, survey))
    return [(survey, known[survey.stage.name]) for survey in surveys]


def examine_odd(project: Project) -> list[tuple[Survey, list[Examined]]]:
    """Return the survey of each stage with its units, as ``examine_all``, in a fraction of the time.

    Most videos that are merely finished, or merely to do, are counted in the survey and are not among the units.
    """
    surveys = [Survey(stage) for stage in project.tracker.stages]
    most = {"workspace": 1}  # stages of other folders have few units, and their names are days
    return [(s, examine_some_judged(project, s.stage, s, most.get(s.stage.folder, 0))) for s in surveys]


def how_joined(project: Project) -> Joined:
    """Return how the joined table stands beside the days' tables and what the lab wrote, by the times of the files."""
    from ..summaries.find import LAB_TABLE, find_table_sets  # 1 ms of a scan whose tracker has no tables

    try:
        sets = find_table_sets(project.root / "Results", project.day)
    except RemoteTrackerError:  # a join says what is wrong
        return Joined.OLD
    if not sets:
        return Joined.NOTHING
    days = [path for tables in sets.values() for table in tables for path in (table.filenames, table.features)]
    days += [path for name in (LAB_TABLE, REVIEWED) if (path := project.root / name).exists()]
    try:
        made = (project.root / JOINED / "features_summary.csv").stat().st_mtime_ns
        return Joined.NEW if all(path.stat().st_mtime_ns <= made for path in days) else Joined.OLD
    except OSError:
        return Joined.OLD
