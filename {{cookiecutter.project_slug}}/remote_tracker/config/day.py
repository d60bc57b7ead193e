"""Read ``day`` of project.yml: which folders of the videos' folder make a day."""

from __future__ import annotations

import re

from ..model import FIRST_FOLDER, DayFolders, Stage, Tracker
from ..model.pattern import Pattern, PatternError, RequiredFolders, Wildcard, read_pattern
from ..quick_dataclass import replace
from .document import Section
from .left_out import VIDEOS

AS = 'Write it as "{sub}/{ses}", a word in braces for each part of a name that may be anything'


def read_day(top: Section, default: str = "") -> DayFolders:
    """Return what ``day`` says, by default ``default`` or the first folder; raises ConfigError where it cannot be."""
    text = top.text("day", default).strip("/")
    if not text:
        return FIRST_FOLDER
    try:
        pieces = read_pattern(text).pieces
    except PatternError as error:
        top.fail("day", f'"day": {error}. {AS}.')
    names = [piece.name for piece in pieces if isinstance(piece, Wildcard)]
    parts = text.split("/")
    if not names or {"", "."} & set(parts) or parts[0] == VIDEOS or {"*", "?"} & set(text):
        top.fail("day", f'"day": "{text}" must be folders below {VIDEOS}. {AS}.')
    if "," in text or {"day", "subdir"} & set(names) or len(set(names)) < len(names):
        top.fail("day", f'"day": "{text}" needs words that differ, and no other than day and subdir. {AS}.')
    return DayFolders("".join("[^/]+" if isinstance(p, Wildcard) else re.escape(p) for p in pieces), text)


def set_day(tracker: Tracker, day: DayFolders) -> Tracker:
    """Return the tracker; ``{day}`` in its patterns stands for the folders of ``day``."""
    if day == FIRST_FOLDER:
        return tracker
    return replace(tracker, stages=tuple(_with_day(stage, day) for stage in tracker.stages))


def _with_day(stage: Stage, day: DayFolders) -> Stage:
    inputs = tuple(i._replace(pattern=require_folders(i.pattern, "day", day.rule)) for i in stage.inputs)
    outputs = tuple(o._replace(pattern=require_folders(o.pattern, "day", day.rule)) for o in stage.outputs)
    return replace(stage, inputs=inputs, outputs=outputs)


def require_folders(pattern: Pattern, name: str, rule: str) -> Pattern:
    """Return the pattern; the folders of its wildcard ``name`` must be there and match ``rule``."""
    pieces = (RequiredFolders(name, rule) if p == Wildcard(name) else p for p in pattern.pieces)
    return replace(pattern, pieces=tuple(pieces))
