"""Write the table of videos: a row for each video, finished or not, and for each result whose video is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from ..summaries.found import Found
from ..summaries.results import Results
from ..summaries.write import plain_cell, safe_cell, write_row
from .cells import BEFORE_LAB, Place, cells_of
from .lab_table import LabTable
from .owners import Owners
from .video_row import VideoRow

NO_VIDEO = "no video"  # the state of a result in the tables that is of no video here
NO_VIDEO_REASON = "a day's table holds this result, and no video here is its own"


@dataclass
class Written:
    """What the table of videos holds, as the other tables need it."""

    owners: Owners  # of the results in the joined tables
    sets: dict[str, Counter[str]] = field(default_factory=dict)  # parameters -> batch -> how many videos
    matched: set[str] = field(default_factory=set)  # the keys of the lab's table that a video has
    unmatched: dict[str, None] = field(
        default_factory=dict
    )  # the videos, or days, for which the lab's table has no row
    no_video: int = 0  # results in the tables that are of no video here
    lapsed: list[str] = field(default_factory=list)  # the videos whose word is about a result that was made anew since


def write_videos(
    out: TextIO, rows: Iterable[VideoRow], found: Found, lab: LabTable, place: Place, owners: Owners
) -> Written:
    """Write the table, and return what it holds; ``place`` gives a path of the project as its reader has it.

    The video of each result goes into ``owners``.
    """
    written = Written(owners)
    columns = list(cells_of(VideoRow("", "", ""), place))
    write_row(out, [*BEFORE_LAB, *lab.columns, *(name for name in columns if name not in BEFORE_LAB)])
    for row in rows:
        mine = _numbers_of(row, found.results)
        if not row.reason and row.video in found.reasons:
            row = row._replace(reason=found.reasons[row.video])
        cells = _note(written, row, mine, lab)
        _write(out, row._replace(file_id=" ".join(map(str, mine))), cells, place)
    for number, (path, day) in enumerate(found.results.each()):
        if number not in owners:
            row = VideoRow(found.days[day], "", NO_VIDEO, NO_VIDEO_REASON, results=(path,), file_id=str(number))
            cells = _note(written, row, [number], lab)
            written.no_video += 1
            _write(out, row, cells, place)
    return written


def _numbers_of(row: VideoRow, results: Results) -> list[int]:
    """Return the file_ids of the video's result in the joined tables."""
    paths = dict.fromkeys([*row.results, row.result])
    return list(dict.fromkeys(number for path in paths for number in results.numbers(path)))


def _note(written: Written, row: VideoRow, numbers: Sequence[int], lab: LabTable) -> tuple[str, ...]:
    """Note what other tables need of a row, and return the lab's cells for it."""
    key, cells = lab.key_of(row.day, row.video), lab.cells_of(row.day, row.video)
    if row.word_lapsed:
        written.lapsed.append(row.video)
    for number in numbers:
        written.owners.add(number, row.day, row.video, cells)
    if row.parameters:
        written.sets.setdefault(row.parameters, Counter())[row.batch] += 1
    if lab.key and row.video:
        if key in lab.rows:
            written.matched.add(key)
        else:
            written.unmatched[key] = None
    return cells


def _write(out: TextIO, row: VideoRow, lab: Sequence[str], place: Place) -> None:
    cells = cells_of(row, place)
    before = [cells.pop(name) for name in BEFORE_LAB]
    told = [*map(safe_cell, before), *map(plain_cell, lab), *map(safe_cell, cells.values())]
    out.write(",".join(told) + "\n")
