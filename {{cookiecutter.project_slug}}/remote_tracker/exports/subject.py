"""Read what NWB demands and no program knows: when a video began and whom it shows, from the lab's table of videos."""

from __future__ import annotations

import re
from datetime import datetime

from ..named_tuple import NamedTuple
from ..summaries.find import LAB_TABLE
from ..tables.video_row import VideoRow
from .each_video import NotExported
from .session_start import START, read_start

COLUMNS = (START, "subject", "species", "sex", "age")
UNKNOWN = "unknown"  # what the lab writes for a sex or an age that it does not know
SEXES = {"m": "M", "male": "M", "f": "F", "female": "F", "o": "O", "other": "O", "u": "U", UNKNOWN: "U"}
_DATE, _TIME = r"(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+(?:\.\d+)?D)?", r"(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_AGE = re.compile(rf"P(?=\w){_DATE}{_TIME}(?:/(?:P(?=\w){_DATE}{_TIME})?)?")  # ISO 8601; a range, as NWB has it


class Subject(NamedTuple):
    """When a video began, and whom it shows, in NWB's words."""

    start: datetime  # with its time zone
    subject: str
    species: str
    sex: str  # M, F, O or U
    age: str | None  # ISO 8601; None: the lab says that it does not know it


def read_subject(row: VideoRow) -> Subject:
    """Return what the lab's table says about a video; raises NotExported, which names the column, for what it lacks."""
    said = {name: row.lab.get(name, "").strip() for name in COLUMNS}
    if missing := [name for name in COLUMNS if not said[name]]:
        told = f"NWB demands {', '.join(missing)}: write {'it' if len(missing) == 1 else 'them'} into {LAB_TABLE}"
        raise NotExported(f'{told}, each in a column of that name ("{UNKNOWN}" for a sex or an age that nobody knows)')
    start, sex, age = read_start(row), SEXES.get(said["sex"].lower(), ""), said["age"]
    if start is None or start.tzinfo is None:
        raise _wrong(START, said[START], "which has no time zone: write it as 2026-01-31T09:30:00+01:00")
    if not sex:
        raise _wrong("sex", said["sex"], f"write M, F, O (other) or {UNKNOWN}")
    if age.lower() != UNKNOWN and not _AGE.fullmatch(age):
        raise _wrong("age", age, f"write it as P90D (90 days), P12W or P1Y6M, or {UNKNOWN}")
    return Subject(start, said["subject"], said["species"], sex, None if age.lower() == UNKNOWN else age)


def _wrong(column: str, said: str, wanted: str) -> NotExported:
    return NotExported(f'{column} in {LAB_TABLE} is "{said}", {wanted}')
