"""Survey one stage: ask the queue, look at the disk, decide on each unit, and count the units by state."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from ..disk.derived import write_derived
from ..model import Cause, Project, Stage, State, Unit
from ..model.scheduling import Queue
from ..records import History, batches_of, find_batches, find_halt, makes_of
from ..scan import Tree, find_stores, find_units, find_unread
from .archived import ARCHIVED, find_absent
from .collisions import refuse_collisions
from .decision import remarks_of
from .examine_unit import UNTOUCHED, Look
from .fast_path import FastScan, is_siftable
from .held_units import find_held, in_order
from .in_flight import load_past, load_queue
from .moved import Recognition, can_be_moved, hold_back, is_untouched
from .new_results import NewResults
from .options import PLAIN_SCAN, Examined, ScanOptions
from .parallel import find_sheets_ahead
from .proven import Proven, rules_of
from .ready_inputs import InputGate
from .refuted import Refuted
from .snakemake_lock import find_later
from .stage_survey import UNASKED, Survey
from .upstream import Upstream, find_upstream

LookAt = Callable[[Iterable[Unit]], Iterator[Examined]]


def survey_stage(
    project: Project,
    stage: Stage,
    options: ScanOptions = PLAIN_SCAN,
    most: int = 0,
    queue: Queue | None = None,
    gate: InputGate | None = None,
) -> Survey:
    """Return the survey of a stage as it is now, from one look; ``most`` bounds the units that are listed (0: all).

    ``queue`` is what the queue said just now (None: it is asked); ``gate`` knows which inputs were refused.
    """
    survey, finished = Survey(stage, queue=queue or UNASKED), 0
    for seen in examine_stage(project, stage, survey, options, most or sys.maxsize, gate):
        state = seen.decision.state
        if state is State.UNPROCESSED:
            survey.unprocessed.append(seen)
        elif state is State.INCOMPLETE:
            survey.incomplete.append(seen)
        elif state is State.FINISHED:
            finished += 1
            for remark in remarks_of(seen.decision):
                survey.remarks[remark] += 1
        else:
            survey.odd.append(seen)
    survey.counts.update(seen.decision.state for seen in survey.odd)
    survey.counts[State.UNPROCESSED] += len(survey.unprocessed)
    survey.counts[State.INCOMPLETE] += len(survey.incomplete)
    survey.counts[State.FINISHED] += finished
    return survey


def examine_stage(
    project: Project,
    stage: Stage,
    survey: Survey,
    options: ScanOptions = PLAIN_SCAN,
    most: int = 0,
    gate: InputGate | None = None,
) -> Iterator[Examined]:
    """Yield each unit of the stage with the decision on it, in the scan's order.

    With ``most``, finished units and the untouched units beyond ``most`` may be counted in ``survey`` instead. Whether
    an untouched unit was moved is known when all videos were seen: from the first on, units are held back until then.
    """
    flying, history = _load_past_of(project, stage, survey)
    survey.history = history if survey.keeps_history else None
    tree, (proven, refuted) = _tree_of(project, survey), _load_findings(project, stage)
    look, gate = Look(project, stage, tree, history, proven, refuted, options), gate or InputGate(project, stage)
    upstream = find_upstream(project, stage, partial(_look_back, project, survey))
    attempts = 0 if options.include_set_aside else project.attempts
    is_fast = (most or survey.holds_all) and is_siftable(stage) and not (upstream.promised or upstream.agreements)
    touched = {*flying, *history.unfinished, *gate.refused}
    sift = _make_sift(survey, tree, proven, touched, flying, most, history, look.others) if is_fast else None

    def look_at(units: Iterable[Unit]) -> Iterator[Examined]:
        for unit in look.ahead(refuse_collisions(stage, units), flying):
            decision = gate.weigh(unit, look.decide(unit, flying.get(unit.key), attempts), tree)
            if sift and decision.state is State.UNPROCESSED:
                sift.wanted -= 1
            yield Examined(unit, decision)

    held: list[Examined] = []
    recognised = not (options.as_new or options.near) and can_be_moved(stage) and bool(history.count_successes())
    looked = _look_at_all(stage, tree, upstream, sift, look_at, NewResults(look, attempts, options.looked))
    yield from hold_back(looked, held, history) if recognised else looked
    survey.unreadable, survey.excluded, survey.sampled = tree.unreadable, tree.excluded, look.sampled
    survey.is_late, survey.uncut = tree.is_late, tree.uncut
    survey.stores, survey.unread = find_stores(tree, stage), find_unread(tree, project.tracker.stages)
    gone = [] if options.near else _count_absent(project, survey, history, proven, look, recognised)
    _remember(proven, refuted)
    yield from _tell_moved(survey, Recognition(tree, history, gone), held, look_at)


def _make_sift(
    survey: Survey,
    tree: Tree,
    proven: Proven,
    touched: set[str],
    flying: Mapping[str, State],
    most: int,
    history: History,
    others: Mapping[str, Cause],
) -> FastScan:
    """Return what takes the proven and the untouched files, and counts them in the survey."""
    counters = survey.counts, history.finished_names, others, survey.remarks, proven.empty
    places = survey.by_folder, survey.empty
    if survey.holds_all:  # each unit is told, none is counted
        counters, places = (Counter[State](), *counters[1:3], Counter[Cause](), proven.empty), ({}, [])
        return FastScan(survey.stage, tree, proven.known, touched, flying, sys.maxsize, *counters, *places, True)
    return FastScan(survey.stage, tree, proven.known, touched, flying, most, *counters, *places)


def _look_at_all(
    stage: Stage, tree: Tree, upstream: Upstream, sift: FastScan | None, look_at: LookAt, new: NewResults
) -> Iterator[Examined]:
    """Yield each unit that is not counted by the sift, in the scan's order."""
    if sift is None:
        yield from look_at(upstream.hold(find_units(stage, tree, upstream.promised)))
        return
    if sift.names_finished:
        yield from find_held(tree, sift, new.look, look_at)
        return
    for untouched, others, _ in find_sheets_ahead(stage, tree, sift, new):
        decided = [Examined(unit, UNTOUCHED) for unit in untouched]
        yield from in_order(decided, look_at(others)) if others else decided


def _count_absent(
    project: Project, survey: Survey, history: History, proven: Proven, look: Look, recognised: bool
) -> list[Unit]:
    """Count the units whose videos are gone; return the units with whole results, where videos are recognised."""
    gone, here = [], look.finished + survey.counts[State.FINISHED]  # the sift counted in the survey
    for unit, kind in find_absent(project, survey.stage, history, proven, here):
        survey.absent[kind] += 1
        if kind == ARCHIVED and recognised:
            gone.append(unit)
    return gone


def _tell_moved(
    survey: Survey, recognition: Recognition, held: Sequence[Examined], look_at: LookAt
) -> Iterator[Examined]:
    """Yield the units held back, each that was moved as such; and untouched units that were merely counted so far."""
    if not recognition.gone or not (held or survey.counts[State.UNPROCESSED]):
        yield from held
        return

    def find_counted() -> Iterable[Unit]:
        if not survey.counts[State.UNPROCESSED]:
            return ()
        return refuse_collisions(survey.stage, find_units(survey.stage, recognition.tree))

    def look_again(unit: Unit) -> Examined | None:
        return next((seen for seen in look_at([unit]) if is_untouched(seen, recognition.history)), None)

    known = {seen.unit.key for seen in held}
    for seen in recognition.tell(held, find_counted, look_again):
        if seen.unit.key not in known:
            survey.counts[State.UNPROCESSED] -= 1
            survey.by_folder[seen.unit.key[: seen.unit.key.rfind("/") + 1]][State.UNPROCESSED] -= 1
        yield seen
    survey.absent[ARCHIVED] -= len(recognition.found)


def _load_past_of(project: Project, stage: Stage, survey: Survey) -> tuple[dict[str, State], History]:
    """Return the units queued or running, by name, and the stage's history; writes queue and halt into ``survey``."""
    batches, redo = find_batches(project, stage), batches_of(project, stage).redo
    if survey.queue is UNASKED:
        survey.queue = load_queue(project.cluster.scheduler, batches)
    survey.halt = find_halt(batches)
    return load_past(batches, redo, survey.queue, makes_of(stage), find_later(project, stage))


def _look_back(project: Project, survey: Survey, source: Stage) -> Iterable[Examined]:
    return survey.known.get(source.name) or examine_stage(project, source, Survey(source))


def _tree_of(project: Project, survey: Survey) -> Tree:
    """Return the project's folders; raises RemoteTrackerError where the disk with the stage's videos is missing."""
    tree = survey.tree = survey.folders.afresh() if survey.folders else Tree(project.root, project.videos)
    if any(i.pattern.root == "RawVideos" for i in survey.stage.inputs):
        tree.require_videos(project.tracker.sources)
    return tree


def _load_findings(project: Project, stage: Stage) -> tuple[Proven, Refuted]:
    proven, refuted = (batches_of(project, stage).remembered(kind, stage) for kind in ("proven", "refuted"))
    return Proven(proven, rules_of(stage)), Refuted(refuted, rules_of(stage))


def _remember(*findings: Proven | Refuted) -> None:
    for found in findings:
        if found.is_changed:
            write_derived(found.path, found.content())
