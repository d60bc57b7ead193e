"""A scan as people know it: survey, a second look at fresh copies, a pinned batch, a job script filled in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .aside import finish_moves
from .batches import Pinned, asked_by, check_script, pin_batch, point_at
from .errors import RemoteTrackerError, WrongUse, unknown_word
from .model import Project, Stage, State, mark_of
from .scan import Tree
from .schedulers import scheduler_of
from .seal import clear_remains, seal_batches
from .state import Decision
from .survey import Seen, Survey, find_batches, load_queue, survey_stage

FRESH_NS = 60 * 10**9  # a file touched within the last minute may still be growing
PAUSE_S = 2.0
Choice = Callable[[Seen], bool]


@dataclass(frozen=True)
class Prepared:
    """What a scan found and wrote; ``pinned`` is None where there is nothing to process."""

    survey: Survey
    script: Path
    pinned: Pinned | None
    limited_by: str = ""
    listed: tuple[Seen, ...] = ()

    @property
    def left_over(self) -> int:
        """Return how many are to do but over the most that one list may hold."""
        return self.survey.waiting_list - (self.pinned.tasks if self.pinned else 0)


def choose_stage(project: Project, folder: str, name: str | None) -> list[Stage]:
    """Return the stage of that name, whatever its folder, or all of the folder's stages where none is named.

    Raises WrongUse for a name that is none, RemoteTrackerError where the folder has no stage at all.
    """
    stages = project.tracker.stages_in(folder)
    if not stages:
        raise RemoteTrackerError(f"{project.tracker.folder / 'tracker.yml'} has no stage for {folder}: nothing to do.")
    if name is None:
        return list(stages)
    found = [s for s in project.tracker.stages if s.name == name]
    if not found:
        raise WrongUse(unknown_word("stage", name, [s.name for s in project.tracker.stages]))
    return found


def prepare(
    project: Project, stages: list[Stage], again: bool = False, only: Choice | None = None, ahead: bool = False
) -> Prepared:
    """Return the first of ``stages`` that has work, surveyed and listed; the last one where none has.

    ``again`` lists also what was set aside, ``only`` nothing but what it holds for, ``ahead`` also what waits
    for files that an earlier stage is about to make.
    """
    finish_moves(project)
    most = 0 if only else project.cluster.max_tasks  # what is meant may stand anywhere
    for stage in stages:
        survey = _survey(project, stage, again, most)
        look_twice(project, survey)
        if survey.waiting_list and _is_overtaken(project, survey):
            survey = _survey(project, stage, again, most)  # with that answer
        if (any(map(only, survey.to_do)) if only else survey.waiting_list) or stage is stages[-1]:
            break
    clear_remains(project.root / stage.folder)
    check_script(project, stage)
    wanted = [*survey.to_do, *(_find_waiting(survey) if ahead else ())]
    wanted = [seen for seen in wanted if only is None or only(seen)]
    limit, limited_by = _find_limit(project, stage, len(wanted))
    listed = wanted[:limit]
    pinned = pin_batch(project, stage, listed) if listed else None
    return Prepared(survey, point_at(project, stage, pinned), pinned, limited_by, tuple(listed))


def _survey(project: Project, stage: Stage, again: bool, most: int) -> Survey:
    """Return the stage as it is now: the queue, what is over sealed with the scheduler's last word, then the disk."""
    queue = load_queue(scheduler_of(project.cluster.scheduler), find_batches(project.root / stage.folder, stage.name))
    seal_batches(project, stage, queue)
    return survey_stage(project, stage, again, most, queue)


def _is_overtaken(project: Project, survey: Survey) -> bool:
    """Return whether somebody submitted a batch while the disk was being looked at."""
    batches = find_batches(project.root / survey.stage.folder, survey.stage.name)
    now = load_queue(scheduler_of(project.cluster.scheduler), batches, fresh=True)
    return bool(set(now.alive) - set(survey.queue.alive))


def _find_waiting(survey: Survey) -> list[Seen]:
    """Return what waits for earlier stages only, and is known to the last file."""
    waiting = [s for s in survey.odd if s.decision.state is State.WAITING and not s.unit.lost]
    return [] if survey.stage.per else [s for s in waiting if all(s.unit.inputs)]


def _find_limit(project: Project, stage: Stage, wanted: int) -> tuple[int, str]:
    """Return how many tasks one list may hold here, and who says so."""
    most = project.cluster.max_tasks or wanted
    scheduler = scheduler_of(project.cluster.scheduler)
    asks = not scheduler.RUNS_HERE and wanted
    if asks and (reason := scheduler.refuse_program()):
        raise RemoteTrackerError(f"{reason} Nothing was listed.")
    allowed, who = scheduler.read_limit(asked_by(project, stage)) if asks else (-1, "")
    return (allowed, who) if 0 <= allowed < min(most, wanted) else (most, f"max_tasks of {project.cluster.name}")


def look_twice(project: Project, survey: Survey) -> None:
    """Set apart, as not ready, what changed between two looks some seconds apart."""
    horizon = time.time_ns() - FRESH_NS
    if not any(seen.unit.newest_ns > horizon for seen in survey.to_do) or _is_made_here(project, survey.stage):
        return
    time.sleep(PAUSE_S)
    tree = Tree(project.root, project.videos)
    for kept in (survey.incomplete, survey.unprocessed):
        for seen in [s for s in kept if s.unit.newest_ns > horizon and _changed(tree, s)]:
            kept.remove(seen)
            survey.counts[seen.decision.state] -= 1
            survey.counts[State.NOT_READY] += 1
            survey.odd.append(Seen(seen.unit, Decision(State.NOT_READY, "still being copied (look again in 2 min)")))


def _changed(tree: Tree, seen: Seen) -> bool:
    stats = [s for files in seen.unit.inputs for path in files if (s := tree.stat(path)) is not None]
    return mark_of(stats) != seen.unit.mark


def _is_made_here(project: Project, stage: Stage) -> bool:
    """Return whether a stage reads only what earlier stages publish, whole, by rename."""
    roots = {o.pattern.root for s in project.tracker.stages if s.name != stage.name for o in s.outputs}
    return all(i.pattern.root in roots for i in stage.inputs if i.pattern.wildcards)
