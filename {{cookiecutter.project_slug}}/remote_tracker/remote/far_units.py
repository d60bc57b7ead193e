"""Tell home what is proven on this side: the units that finished, their records, and what their files hold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..content.entry import Entry
from ..content.noted import render_entry
from ..model import Cause, Project, Record, Stage, State, Unit
from ..records import History
from ..scan import Tree
from ..survey import Examined
from ..survey.in_flight import load_history
from ..survey.typed_names import choose_keys
from ..survey.verify_stage import maker_of
from ..survey.vouch import Likeness, find_voucher, places_of_inputs, places_of_results
from .answers import Answer
from .far_files import find_parents, numbers_of
from .far_free import restore
from .far_stage import examine_all_of

UNPROVEN = (Cause.CHANGED_SINCE, Cause.MADE_ELSEWHERE, Cause.DESPITE_FAILURE, Cause.FREED)
WHY_NOT = {
    Cause.CHANGED_SINCE: "changed there since it was made",
    Cause.MADE_ELSEWHERE: "made elsewhere: no record of it there",
    Cause.DESPITE_FAILURE: "its task failed there, although its result is whole",
}


def tell_finished(project: Project, question: Answer) -> Answer:
    """Say of each unit that is meant (``names`` empty: all) whether it is proven, with its record, else why not.

    With ``restore`` what a killed free left is finished or put back first.
    """
    if question.get("restore"):
        restore(project)
    tree = Tree(project.root, project.videos)
    units, counts, found = [], {}, list[tuple[Stage, list[Examined]]]()
    for stage in project.tracker.stages:
        seen, archived = examine_all_of(project, stage)
        counts[stage.name] = _count(seen)
        found.append((stage, [*seen, *archived]))
    chosen = choose_keys(question["names"], {one.unit.key for _, every in found for one in every})
    for stage, every in found:
        history = load_history(project, stage)
        meant = every if not question["names"] else [one for one in every if one.unit.key in chosen]
        units += [_tell(stage, one, history, tree) for one in meant]
    paths = [path for unit in units for path in unit["files"]]
    return {"units": units, "parents": find_parents(tree, paths), "counts": counts}


def _count(seen: Iterable[Examined]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in seen:
        counts[one.decision.state.value] = counts.get(one.decision.state.value, 0) + 1
    return counts


def _tell(stage: Stage, one: Examined, history: History, tree: Tree) -> dict[str, Any]:
    unit, decision = one
    told: dict[str, Any] = {"stage": stage.name, "name": unit.key, "state": decision.state.value, "files": {}}
    told["reads"] = [path for files in unit.inputs for path in files]
    if decision.cause is Cause.FREED:
        return {**told, "why": "", "freed": True, **_videos_of(unit, history, tree)}
    if decision.state is not State.FINISHED or decision.cause in UNPROVEN:
        return {**told, "why": WHY_NOT.get(decision.cause, "") if decision.cause else ""}
    inputs, results = places_of_inputs(unit, tree), places_of_results(stage, unit, tree)
    by_name = bool(stage.per)
    found = find_voucher(history.youngest_first(unit.key), history.entries, unit.mark, inputs, results, by_name)
    entries = [_below(entry, tree) for entry in history.entries(found.record)] if found.record else []
    if found.record is None or not entries:
        return {**told, "why": "its task noted nothing about its files there"}
    if Likeness.DIFFERENT in (found.results, found.inputs):
        return {**told, "why": WHY_NOT[Cause.CHANGED_SINCE]}
    made = maker_of(found.record, history) or found.record
    told["files"] = dict(_numbers_of(entries, tree))
    youngest = history.finished(unit.key) or found.record
    return {
        **told,
        "why": "",
        "batch": youngest.batch,
        "record": _as_data(found.record._replace(params=made.params, version=made.version)),
        "entries": [render_entry(entry) for entry in entries],
    }


def _videos_of(unit: Unit, history: History, tree: Tree) -> dict[str, Any]:
    """Return the videos of a unit whose results were freed: they may be proven at home, or archived, since."""
    made = history.finished(unit.key)
    read = [_below(entry, tree) for entry in history.entries(made) if entry.role == "in"] if made else []
    return {"entries": [render_entry(entry) for entry in read], "files": dict(_numbers_of(read, tree))}


def _below(entry: Entry, tree: Tree) -> Entry:
    """Return the entry with its path below the project, where the videos lie elsewhere, too."""
    videos = tree.place("RawVideos/")
    inside = entry.path.startswith(videos)
    return entry._replace(path=f"RawVideos/{entry.path[len(videos) :]}") if inside else entry


def _numbers_of(entries: Sequence[Entry], tree: Tree) -> Iterator[tuple[str, list[int]]]:
    for entry in entries:
        if not os.path.isabs(entry.path):
            try:
                yield entry.path, numbers_of(os.lstat(tree.place(entry.path)))
            except OSError:
                continue  # it went away just now


def _as_data(record: Record) -> dict[str, Any]:
    told = record._asdict()
    return {**told, "cause": record.cause.value if record.cause else ""}
