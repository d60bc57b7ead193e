"""Read what results and headers of videos say: frames, animals, pixels, how they were made. Nothing is guessed."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import islice
from math import isfinite
from typing import Any

from ..checks.claimed_frames import NO_CLAIM, Claim, read_claim
from ..checks.clause import Fault
from ..checks.h5py_files import load_h5py
from ..checks.kinds.json_key import load_json
from ..checks.places import find_inside
from ..checks.values import find_value, read_json
from ..errors import RemoteTrackerError
from ..model import Stage, Tell
from ..named_tuple import NamedTuple

UNREADABLE = (Fault, OSError, RemoteTrackerError, RuntimeError, LookupError, ValueError, TypeError, csv.Error)
_PATH = re.compile(r"(?:[A-Za-z]:)?[\\/]|\.{1,2}[\\/]")
ROWS, DATASETS, SOME = "rows", "datasets", "some"


class Facts(NamedTuple):
    """What a result says about its video; None where it does not say it."""

    fps: float | None = None
    frames: int | None = None
    tracked: int | None = None
    animals: int | None = None
    width: int | None = None  # px; a video's header alone says it
    height: int | None = None  # px


TOLD = ("fps", "frames", "tracked", "animals")  # the facts that a result may tell


def load_facts(stage: Stage, results: Mapping[str, Sequence[str]]) -> Facts:
    """Return what a unit's results say, by the stage's ``tells``; what cannot be read counts as not said.

    ``results`` maps outputs to the absolute paths of files that are there.
    """
    told = {fact: _load(tell, results.get(tell.output, ())) for fact, tell in stage.tells.items()}
    fps, *counts = (told.get(fact) for fact in TOLD)
    return Facts(_positive(fps), *map(_whole, counts))


def load_says(stage: Stage, results: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """Return word -> text: how a unit's results say that they were made, by the stage's ``made_by``."""
    told = {word: _text(_load(tell, results.get(tell.output, ()))) for word, tell in stage.made_by.items()}
    return {word: text for word, text in told.items() if text}


def _text(value: Any) -> str:
    """Return a value as people read it: of a path, which would tell of a machine, the last name alone."""
    if isinstance(value, list):
        return " and ".join(filter(None, map(_text, value)))
    if isinstance(value, str):
        text = " ".join(value.split())
        return re.split(r"[\\/]", text.rstrip("\\/"))[-1] if _PATH.match(text) else text
    return f"{value:g}" if isinstance(value, float) else "" if value is None or isinstance(value, dict) else str(value)


def load_claim(video: str) -> Claim | None:
    """Return what the header of the video at ``video`` says, None where it cannot be looked at now."""
    try:
        found = os.stat(video)
        return read_claim(video, found.st_size) if found.st_blocks else None
    except OSError:
        return None


def with_header(facts: Facts, claim: Claim | None) -> Facts:
    """Return the facts with what the video's header says where they leave something open."""
    claim = claim or NO_CLAIM
    fps, frames = facts.fps or _positive(claim.fps), facts.frames or claim.frames or None
    return Facts(fps, frames, facts.tracked, facts.animals, claim.width or None, claim.height or None)


def _positive(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and isfinite(value) and value > 0 else None


def _whole(value: Any) -> int | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return int(value) if is_number and isfinite(value) and value >= 0 and value == int(value) else None


def _load(tell: Tell, paths: Sequence[str]) -> Any:
    try:
        found = find_inside("/", tuple(paths), tell.options.get("file"))
        return {"json": _load_json, "hdf5": _load_hdf5, "csv": _load_csv}[tell.kind](found[0], tell.options)
    except (*UNREADABLE, OverflowError):
        return None


def _load_json(path: str, options: Mapping[str, str]) -> Any:
    return find_value(load_json(path), options["key"])


def _load_hdf5(path: str, options: Mapping[str, str]) -> Any:
    with closing(load_h5py().File(path, "r", locking=False)) as file:
        held = file[options["dataset"]] if "dataset" in options else file[options.get("node", "/")]
        if "count" in options:
            return _count_hdf5(held, options["count"])
        name, equals, wanted = options.get("given", "").partition("=")
        if equals and _plain(held.attrs[name]) != wanted:
            return None
        value = _plain(held.attrs[options["attribute"]] if "attribute" in options else held[()])
    return find_value(read_json(value), options["key"]) if "key" in options else value


def _count_hdf5(dataset: Any, what: str) -> int:
    if what == DATASETS:
        return sum(isinstance(dataset[name], load_h5py().Dataset) for name in dataset)
    if what == ROWS:
        return int(dataset.shape[0])
    column, _, how = what.partition(":")
    start, spans, end = column.partition("..")
    if not spans:
        return len(set(dataset[column].tolist()))
    lengths = (dataset[end].astype("int64") - dataset[start].astype("int64")).tolist()
    return sum(length > 0 for length in lengths) if how == SOME else max(lengths, default=0)


def _plain(value: Any) -> Any:
    """Return the first element of an array of h5py's, as a value of Python."""
    value = value.tolist() if hasattr(value, "tolist") else value
    while isinstance(value, list):
        value = value[0]
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _load_csv(path: str, options: Mapping[str, str]) -> int | str | None:
    """Return how many rows a table has, or how many different values a column or, with ``row:``, a head's row holds.

    With ``row`` the first cell of a head's row is returned.
    """
    what = options.get("count", "")
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        if "row" in options:
            found = next((row for row in islice(rows, 4) if row and row[0] == options["row"]), [])
            return found[1] if len(found) > 1 else None
        if what.startswith("row:"):
            name = what.removeprefix("row:")
            found = next((row for row in islice(rows, 4) if row and row[0] == name), [])
            return len(set(found[1:])) if found else None
        head = next(rows)
        if what == ROWS:
            return sum(1 for row in rows if row)
        at = head.index(what)
        return len({row[at] for row in rows if row})
