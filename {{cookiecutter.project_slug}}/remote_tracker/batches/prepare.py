"""A whole scan: survey the stage, look at fresh copies twice, pin a batch, fill in the job script."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType

from ..config.cluster import FOLDERS
from ..disk.derived import note_lost
from ..errors import NotWritten, RemoteTrackerError, WrongUse, unknown_word
from ..machine.probe import require_needs
from ..model import Cause, Project, Stage, State, fingerprint_inputs
from ..named_tuple import NamedTuple
from ..parameters.files import require_files
from ..records import batches_of, find_batches
from ..records.taking import find_takings
from ..scan import Inside, Tree, is_folder, look_inside
from ..survey import PLAIN_SCAN, Examined, InputGate, ScanOptions, Survey, load_queue, survey_stage
from ..survey.decision import Decision, not_ready
from .aside import Stuck, finish_moves
from .job_script import JobScript, check_script, load_script
from .pin import Pinned, pin_batch, point_at
from .seal import clear_remains, seal_batches

FRESH_NS = 60 * 10**9  # a file touched within the last minute may still be growing
PAUSE_S = 2.0


class Prepared(NamedTuple):
    """What a scan found and wrote."""

    survey: Survey
    script: JobScript
    pinned: Pinned | None  # the batch; None where there is nothing to process
    limited_by: str = ""  # the name of the limit on a list's length
    listed: tuple[Examined, ...] = ()  # the units that the batch lists
    stuck: tuple[Stuck, ...] = ()  # what killed redos left, and cannot be moved
    unwritten: NotWritten | None = None  # why there is no batch although there are units to list
    printed: tuple[str, ...] = ()  # what activate.sh printed as errors, where this scan read it
    asked: Mapping[str, str] = MappingProxyType({})  # what a task asks for, by the words of ./rt submit

    @property
    def left_over(self) -> int:
        """Return how many units are to do but did not fit into the list."""
        return self.survey.waiting_list - (self.pinned.tasks if self.pinned else 0)


def choose_stage(project: Project, folder: str, name: str | None) -> list[Stage]:
    """Return the stage called ``name``, whatever its folder; without a name, all stages of the folder.

    A folder's name (workspace, summarizer) means all its stages, where no stage is called so. Raises WrongUse for a
    name that no stage has, RemoteTrackerError where the folder has no stage at all.
    """
    found = [s for s in project.tracker.stages if s.name == name]
    if found:
        return found
    if name in FOLDERS:
        folder, name = name, None
    stages = project.tracker.stages_in(folder)
    if not stages:
        raise RemoteTrackerError(f"{project.tracker.folder / 'tracker.yml'} has no stage for {folder}: nothing to do.")
    if name is not None:
        raise WrongUse(unknown_word("stage", name, [s.name for s in project.tracker.stages]))
    return list(stages)


def prepare(project: Project, stages: list[Stage], options: ScanOptions = PLAIN_SCAN) -> Prepared:
    """Survey and list the first of ``stages`` that has work, or the last stage where none has; returns what came of it.

    Raises RemoteTrackerError where the job script cannot be used, a program that the tracker needs is missing, or the
    scheduler's program is another's, NotWritten where the list cannot be written.
    """
    prepared = prepare_or_tell(project, stages, options)
    if prepared.unwritten:
        raise prepared.unwritten
    return prepared


def _finish_taking(project: Project) -> None:
    """Take along what a killed command left to take along."""
    if any(find_takings(batches_of(project, stage).redo, stage.name) for stage in project.tracker.stages):
        from .finish_taking import finish_taking  # 12 modules, 8 ms: seldom is anything left

        finish_taking(project)


def prepare_or_tell(project: Project, stages: list[Stage], options: ScanOptions = PLAIN_SCAN) -> Prepared:
    """Do what ``prepare`` does; where the list cannot be written, return the survey with the reason."""
    stuck = tuple(finish_moves(project))
    _finish_taking(project)
    for stage in stages:
        survey = _survey_ready(project, stage, options)
        if (any(map(options.only, survey.to_do)) if options.only else survey.waiting_list) or stage is stages[-1]:
            break
    clear_remains(batches_of(project, stage))
    script = load_script(project, stage)
    check_script(project, script)
    found = [*survey.to_do, *(_find_waiting(survey) if options.ahead else ())]
    wanted = options.choose(found)
    limit, limited_by = (len(wanted), "") if options.whole else _find_limit(project, script, options, len(wanted))
    listed = wanted[:limit]
    printed: tuple[str, ...] = ()
    if listed:
        require_files(project, stage)  # before programs start, which takes seconds
        printed = require_needs(project)
    try:
        pinned = pin_batch(project, stage, listed, script) if listed else None
        asked = {**script.asked, **options.asked}
        pointed = point_at(project, stage, script, pinned)
        return Prepared(survey, pointed, pinned, limited_by, tuple(listed), stuck, None, printed, asked)
    except NotWritten as error:
        if not listed:  # the script still names a list that is over
            note_lost(script.path, error)
        return Prepared(survey, script, None, limited_by, (), stuck, error if listed else None, printed)


def prepare_one(project: Project, stage: Stage, key: str) -> tuple[Pinned | None, Survey]:
    """Return a batch of the unit ``key`` alone (None: it is not to do now), and the stage's survey.

    No job script is touched.
    """
    finish_moves(project)
    _finish_taking(project)
    batches = find_batches(project, stage)
    gate = InputGate(project, stage)
    queue = load_queue(project.cluster.scheduler, batches)
    survey = survey_stage(project, stage, queue=queue, gate=gate)
    units = [seen.unit for seen in survey.to_do if seen.unit.key == key]
    survey.set_apart(gate.ask(units, Tree(project.root, project.videos, survey.is_late)))
    listed = [seen for seen in survey.to_do if seen.unit.key == key]
    return (pin_batch(project, stage, listed) if listed else None), survey


def _survey(project: Project, stage: Stage, options: ScanOptions, most: int, gate: InputGate) -> Survey:
    """Survey the stage: ask the queue, seal the batches that are over, then look at the disk."""
    batches = find_batches(project, stage)
    queue = load_queue(project.cluster.scheduler, batches)
    seal_batches(project, stage, queue, batches)
    return survey_stage(project, stage, options, most, queue, gate)


def _survey_ready(project: Project, stage: Stage, options: ScanOptions) -> Survey:
    """Survey the stage; the units to list were looked at twice, and passed the gate that looks into inputs.

    Units that the gate refuses make room for other units, which must pass it, too.
    """
    most = 0 if options.only else project.cluster.max_tasks  # the units that ``only`` chooses may stand anywhere
    gate = InputGate(project, stage)
    while True:
        survey = _survey(project, stage, options, most, gate)
        look_twice(project, survey)
        if survey.waiting_list and _is_overtaken(project, survey):
            survey = _survey(project, stage, options, most, gate)  # with the queue's new answer
        units = [examined.unit for examined in options.choose(survey.to_do)]
        refused = gate.ask(units, Tree(project.root, project.videos, survey.is_late), options, most)
        survey.set_apart(refused)
        _leave_out(survey, options)
        survey.unjudged = gate.cannot
        if not any(decision.state is State.INVALID for decision in refused.values()) or _holds_all(survey):
            return survey


def _leave_out(survey: Survey, options: ScanOptions) -> None:
    """Set apart the failed units that the options leave out."""
    if leave := options.leave:
        left = [seen for seen in survey.to_do if seen.decision.failed and leave(survey.stage, seen)]
        survey.set_apart({s.unit.key: s.decision._replace(state=State.SET_ASIDE, hopeless=True) for s in left})


def _holds_all(survey: Survey) -> bool:
    return survey.waiting_list <= len(survey.to_do)


def _is_overtaken(project: Project, survey: Survey) -> bool:
    """Return whether somebody submitted a batch while the disk was being looked at."""
    batches = find_batches(project, survey.stage)
    now = load_queue(project.cluster.scheduler, batches, fresh=True)
    return bool(set(now.alive) - set(survey.queue.alive))


def _find_waiting(survey: Survey) -> list[Examined]:
    """Return the units that wait only for earlier stages, and whose input files are all known."""
    waiting = [s for s in survey.odd if s.decision.state is State.WAITING and not s.unit.lost]
    return [] if survey.stage.per else [s for s in waiting if all(s.unit.inputs)]


def _find_limit(project: Project, script: JobScript, options: ScanOptions, wanted: int) -> tuple[int, str]:
    """Return how many tasks one list may hold here, in the queue that is asked for, and the name of the limit."""
    most = project.cluster.max_tasks or wanted
    queue = project.cluster.scheduler.queue if wanted else None
    if queue and (reason := queue.submission.program_problem()):
        raise RemoteTrackerError(f"{reason} Nothing was listed.")
    allowed, who = queue.read_limit({**script.asked, **options.asked}) if queue else (-1, "")
    return (allowed, who) if 0 <= allowed < min(most, wanted) else (most, f"max_tasks of {project.cluster.name}")


def look_twice(project: Project, survey: Survey) -> None:
    """Set apart, as not ready, the units whose inputs are being copied.

    An input is being copied where its folder shows it, or where it changed between two looks some seconds apart.
    """
    if not survey.waiting_list or _is_made_here(project, survey.stage):
        return
    horizon = time.time_ns() - FRESH_NS
    first = _look_inside(project, survey)
    survey.set_apart({key: not_ready(i.unready) for key, i in first.items() if i.unready})
    inside = {key for key, found in first.items() if found.newest_ns > horizon}
    fresh = [s for s in survey.to_do if s.unit.newest_ns > horizon or s.unit.key in inside]
    if not fresh:
        return
    time.sleep(PAUSE_S)
    tree, second = Tree(project.root, project.videos), _look_inside(project, survey)
    changed = [s.unit.key for s in fresh if _changed(tree, s) or first.get(s.unit.key) != second.get(s.unit.key)]
    survey.set_apart(dict.fromkeys(changed, Decision(State.NOT_READY, Cause.CHANGED_JUST_NOW)))


def _look_inside(project: Project, survey: Survey) -> Mapping[str, Inside]:
    """Return, by unit, what the folders hold that are inputs of a unit to do; empty where no input is a folder."""
    if not any(i.pattern.is_folder for i in survey.stage.inputs):
        return {}
    tree = Tree(project.root, project.videos)
    found = {}
    for unit, _ in survey.to_do:
        inside = [look_inside(tree.place(p)) for files in unit.inputs for p in files if is_folder(tree.stat(p))]
        found[unit.key] = Inside(
            sum(i.files for i in inside),
            sum(i.size for i in inside),
            max((i.newest_ns for i in inside), default=0),
            next((i.unready for i in inside if i.unready), None),
        )
    return found


def _changed(tree: Tree, seen: Examined) -> bool:
    stats = [s for files in seen.unit.inputs for path in files if (s := tree.stat(path)) is not None]
    return fingerprint_inputs(stats) != seen.unit.mark


def _is_made_here(project: Project, stage: Stage) -> bool:
    """Return whether a stage reads only results of other stages, which are published whole, by a rename."""
    roots = {o.pattern.root for s in project.tracker.stages if s.name != stage.name for o in s.outputs}
    return all(i.pattern.root in roots for i in stage.inputs if i.pattern.wildcards)
