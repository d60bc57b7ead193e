"""Find the video that a typed path means by a look at its folder, where that tells as much as a look at all folders.

A project of 200,000 videos is looked at in seconds, the folder of one video in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..content.digest import sample_of
from ..model import Project, Stage
from ..records import find_batches
from ..scan import SplitPattern, Tree, is_folder
from ..text.visible import shown
from .examine_stage import examine_stage
from .in_flight import load_history
from .moved import can_be_moved, is_untouched
from .options import Examined, ScanOptions
from .stage_survey import Survey
from .typed_names import as_key, choose_keys
from .upstream import is_derived

NEAR = ScanOptions(near=True)


def find_near(project: Project, name: str, stages: Sequence[Stage]) -> list[tuple[Stage, Examined]]:
    """Return each unit that ``name`` means in all of the stages, where it is the path of a video below RawVideos.

    The list is empty where other folders must be looked at, too.
    """
    key = as_key(name)
    folder, _, last = key.rpartition("/")
    is_plain = shown(key) == key and "\\" not in key and not {"", ".", ".."} & {*key.split("/")}
    if not folder or not is_plain or _may_mean_days(project, folder, last, stages):
        return []
    found: list[tuple[Stage, Examined]] = []
    for stage in stages:
        if _is_of_days(stage):
            continue
        if (narrowed := _narrow(project, stage, folder)) is None:
            return []
        found += [(stage, seen) for seen in examine_stage(*narrowed, Survey(narrowed[1]), NEAR)]
    meant = choose_keys([name], {seen.unit.key for _, seen in found})
    found = [(stage, seen) for stage, seen in found if seen.unit.key in meant]
    if key not in meant or any(_may_be_moved(project, stage, seen) for stage, seen in found):
        return []
    return found


def _is_of_days(stage: Stage) -> bool:
    """Return whether each unit of a stage is a day, or a folder."""
    return bool(stage.per) and {*stage.per} <= {"day", "subdir"}


def _may_mean_days(project: Project, folder: str, last: str, stages: Sequence[Stage]) -> bool:
    """Return whether a folder is called as a video, so that the name may mean a day or folder, too."""
    tree = Tree(project.root, project.videos)
    roots = {wanted.pattern.root for stage in stages if _is_of_days(stage) for wanted in stage.inputs}
    listings = [tree.listing(f"{root}/{folder}/") for root in sorted(roots)]
    return any(name.startswith(last) and is_folder(entry) for listing in listings for name, entry in listing.items())


def _narrow(project: Project, stage: Stage, folder: str) -> tuple[Project, Stage] | None:
    """Return the project and the stage as if only this folder held videos; None where other folders decide, too.

    They do where a unit has several files, waits for other units, or may have a result's name in common with a unit of
    another folder.
    """
    if len(stage.inputs) != 1 or stage.each or stage.per or stage.after or stage.inputs[0].pick != "all":
        return None
    wanted = stage.inputs[0]
    source, place = SplitPattern(wanted.pattern), f"{wanted.pattern.root}/{folder}/"
    own = {*source.folder.groupindex}
    if source.wants_folder or not all(own <= {*output.pattern.wildcards} for output in stage.outputs):
        return None
    if is_derived(project, stage) or (wanted.below and not place.startswith(wanted.below)):
        return None
    narrowed = replace(stage, inputs=(wanted._replace(below=(place,)),))
    others = (narrowed if other.name == stage.name else other for other in project.tracker.stages)
    return replace(project, tracker=replace(project.tracker, stages=tuple(others))), narrowed


def _may_be_moved(project: Project, stage: Stage, seen: Examined) -> bool:
    """Return whether a video may hold what a video held that has a result; only a look at all folders tells more."""
    history = load_history(project, stage)
    if not can_be_moved(stage) or not history.count_successes() or not is_untouched(seen, history):
        return False
    try:
        sample = sample_of(Tree(project.root, project.videos).place(seen.unit.inputs[0][0]))
    except OSError:  # a folder, or a file that went away just now
        return True
    return any(
        batch.contents.may_hold(sample)
        if batch.is_sealed
        else any(entry.sample == sample for task in batch.started for entry in batch.contents.of(task))
        for batch in find_batches(project, stage)
    )
