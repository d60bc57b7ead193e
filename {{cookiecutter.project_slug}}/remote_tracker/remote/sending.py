"""Do a push: look at both sides, send, look again, and remember what both sides have."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ..content.digest import sample_of
from ..disk.derived import write_derived
from ..model import Project
from ..scan import Tree
from .answers import Answer
from .ask import Question, ask, open_data_channel
from .copying import Copied, Way, check_rate, group, require_rsync, send
from .home_videos import FINISHED, find_growing, find_videos
from .lock import alone
from .push import HomeFile, PushPlan, find_arrived, plan_push

SENT = ".remote/sent.json"  # derived: what was found to be the same on both sides; may be deleted at any time
LOOK = "look"
Known = dict[str, tuple[list[int], list[int]]]


@dataclass(frozen=True)
class Pushed:
    """What a push did."""

    plan: PushPlan
    arrived: tuple[HomeFile, ...] = ()
    ended: Copied | None = None  # the copy that did not end well
    dry: bool = False
    there: Mapping[str, Sequence[int]] = field(
        default_factory=dict
    )  # places there -> their numbers, where all is there

    @property
    def is_odd(self) -> bool:
        """Return whether a video was left out for another reason than that it is finished."""
        return any(why != FINISHED for why in self.plan.left_out.values())

    def with_nothing_new(self) -> Pushed:
        """Return what the next push does where neither side changes."""
        return Pushed(PushPlan(there=(*self.plan.there, *self.arrived)))


def push(
    project: Project,
    names: Sequence[str],
    dry: bool,
    rate: str,
    show: Callable[[bytes], None] | None = None,
    begun: Question | None = None,
) -> Pushed:
    """Send the videos that are meant (none named: all), whole here and not there yet; with ``dry`` only plan.

    ``begun`` is the question LOOK, not put yet, whose program starts there already. Raises RemoteTrackerError where
    there is no connection, or the other side is another project or version.
    """
    check_rate(rate)
    data = open_data_channel(project)
    with alone(project) as lock, nullcontext(begun) if begun else Question(project, LOOK) as asked:
        files, out = find_videos(project, names)
        began = time.monotonic()  # behind the last look at a file: the second comes some seconds after it
        known, sample = _load_known(project), cache(sample_of)
        asked.ask(_about(files, known, make=not dry))
        seen = asked.answer()
        plan = plan_push(files, seen["files"], known, sample, seen["folds_case"], _only_there(project, seen["alike"]))
        growing = find_growing(plan.send, began)
        going = tuple(file for file in plan.send if file.path not in growing)
        plan = replace(plan, send=going, left_out={**out, **plan.left_out, **growing})
        if dry or not plan.send:
            _remember(project, known, plan.there, seen["files"])
            return Pushed(plan, dry=dry, there=_find_there(plan.there, seen, seen))
        require_rsync()
        way = Way(data, seen["is_chatty"], rate, show, (lock,))
        return _send(project, way, plan, seen, known, sample)


def _only_there(project: Project, alike: Mapping[str, str]) -> dict[str, str]:
    """Return what is there under a name whose letters are composed otherwise, and does not lie here under it, too."""
    tree = Tree(project.root, project.videos)
    return {path: other for path, other in alike.items() if not os.path.lexists(tree.place(other))}


def _send(
    project: Project,
    way: Way,
    plan: PushPlan,
    seen: Answer,
    known: Known,
    sample: Callable[[str], str],
) -> Pushed:
    paths = [file.path for file in plan.send]
    folders_here = {os.path.dirname(file.path): os.path.dirname(file.place) for file in plan.send}
    sources = {path: os.path.realpath(place) for path, place in folders_here.items()}
    ended: Copied | None = None
    for folders, names in group(paths, sources, seen["parents"]).items():
        copied = send(way, folders, names)
        ended = copied if copied.code else ended
        if copied.code not in (0, 23):
            break
    if ended and ended.is_lost:
        return Pushed(plan, (), ended)
    with Question(project, LOOK) as asked:
        asked.ask(_about(plan.send, {}, make=False))
        for file in plan.send:
            with suppress(OSError):  # it went away: find_arrived says so
                sample(file.place)  # here and there at the same time
        after = asked.answer()
    good, bad = find_arrived(plan.send, after["files"], sample)
    if wrong := [path for path in bad if path in after["files"]]:
        ask(project, "doubt", {"files": [[path, after["files"][path][0]] for path in wrong]})
    _remember(project, known, [*plan.there, *good], {**seen["files"], **after["files"]})
    left_out = {**plan.left_out, **bad}
    there = _find_there([*plan.there, *good], seen, {"files": {**seen["files"], **after["files"]}})
    return Pushed(replace(plan, left_out=left_out), tuple(good), ended, there=there)


def _find_there(files: Sequence[HomeFile], seen: Answer, last: Answer) -> dict[str, Sequence[int]]:
    """Return what lies there as it was seen last, by its real place: the files, and what makes it this project."""
    places = {
        file.path: f"{seen['parents'][os.path.dirname(file.path)]}/{os.path.basename(file.path)}" for file in files
    }
    return {**{places[file.path]: last["files"][file.path][0] for file in files}, **seen["self"]}


def _about(files: Sequence[HomeFile], known: Known, make: bool) -> Answer:
    asked = [[f.path, f.size, known[f.path][1] if f.path in known else None] for f in files]
    return {"files": asked, "make": make}


def _load_known(project: Project) -> Known:
    try:
        told = json.loads((project.root / SENT).read_bytes())
        return {path: (list(here), list(there)) for path, (here, there) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _remember(project: Project, known: Known, same: Sequence[HomeFile], far: Mapping[str, Sequence[Any]]) -> None:
    new = {file.path: (list(file.numbers), list(far[file.path][0])) for file in same}
    if any(known.get(path) != pair for path, pair in new.items()):
        write_derived(project.root / SENT, json.dumps({**known, **new}))
