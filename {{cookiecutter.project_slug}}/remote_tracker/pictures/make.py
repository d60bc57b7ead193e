"""Make the pictures of a project that are not there, or were made of something else; keep the others as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..disk.files import clear_temporaries
from ..errors import NotWritten, RemoteTrackerError
from ..model import Project
from ..shell.copies import run_copies
from ..survey.parallel import processes
from ..tables.read_videos import result_stage
from ..tables.video_row import VideoRow
from .kept import Kept
from .needs import require_drawing
from .places import ENDING, PICTURES, picture_path

if TYPE_CHECKING:
    from .make_one import Drawn

WHOLE = ("finished", "archived")  # the states in which a video has a proven result
_AT_ONCE = 24  # pictures that a process makes before what was made is remembered
_ALONE = 4  # so few pictures are made sooner without further processes
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """What became of the pictures of a project."""

    made: int = 0
    kept: int = 0  # nothing that they show has changed
    failed: Mapping[str, str] = field(default_factory=dict)  # video -> why it has no picture
    lacks: str = ""  # the line that installs what drawing needs, where that is missing: then nothing was made


def make_pictures(
    project: Project, rows: Iterable[VideoRow], tell: Tell = lambda *_: None, *, are_all: bool = True
) -> Made:
    """Make the picture and the thumbnail of each finished video in ``rows``; what has not changed is kept.

    ``tell`` is called with how many pictures are made, and of how many. With ``are_all``, ``rows`` are all videos of
    the project: pictures of other and of unfinished videos are removed. A failure raises nothing.
    """
    if result_stage(project).tracks is None:
        return Made()
    try:
        require_drawing()
    except RemoteTrackerError as error:
        return Made(lacks=str(error))
    kept = Kept(project)
    finished = {row.video: row for row in rows if row.state in WHOLE}
    sources = {video: kept.source_of(row) for video, row in finished.items()}
    todo = [row for row in finished.values() if not kept.holds(row, sources[row.video])]
    failed = _make(project, kept, sources, sorted(todo, key=lambda row: (row.day, row.video)), tell)
    if are_all:
        _remove_others(project, kept, finished)
        kept.write()
    return Made(len(todo) - len(failed), len(finished) - len(todo), failed)


def _make(
    project: Project, kept: Kept, sources: Mapping[str, str], todo: Sequence[VideoRow], tell: Tell
) -> dict[str, str]:
    """Make pictures, remember after each few what they were made of, and return why which could not be made."""
    failed: dict[str, str] = {}
    step = _AT_ONCE * processes()
    for start in range(0, len(todo), step):
        rows = todo[start : start + step]
        drawn = {one.video: one for one in _draw(project, rows)}
        for day, of_day in groupby(rows, lambda row: row.day):
            failed |= _note(project, kept, day, [drawn[row.video] for row in of_day], sources)
        kept.write()
        tell(start + len(rows), len(todo))
    return failed


def _draw(project: Project, rows: Sequence[VideoRow]) -> list[Drawn]:
    from .make_one import end_threads, make_one  # 150 ms: OpenCV and numpy, where there is a picture to make

    end_threads()
    count = processes() if len(rows) > _ALONE else 1
    parts = [rows[number::count] for number in range(count)]
    return [one for part in run_copies(lambda part: [make_one(project, row) for row in part], parts) for one in part]


def _note(project: Project, kept: Kept, day: str, drawn: Sequence[Drawn], sources: Mapping[str, str]) -> dict[str, str]:
    """Put thumbnails into the file of their day, and note what pictures were made of; return why which failed."""
    from .sprites import load_small, write_sprite  # 150 ms, as above

    results = project.root / "Results"
    sprite = kept.sprites.get(day)
    small = load_small(results, sprite)
    for video in sprite.cells if sprite and not small else ():  # the file is gone or damaged: they are made next time
        kept.pictures.pop(video, None)
    failed = {one.video: one.why_not for one in drawn if one.small is None}
    small |= {one.video: one.small for one in drawn if one.small is not None}
    for video in failed:
        _forget(project, kept, video)
        small.pop(video, None)
    try:
        kept.sprites[day] = write_sprite(results, day, small)
    except NotWritten as error:
        return failed | {one.video: str(error) for one in drawn if one.small is not None}
    kept.pictures |= {one.video: sources[one.video] for one in drawn if one.small is not None}
    return failed


def _remove_others(project: Project, kept: Kept, finished: Mapping[str, VideoRow]) -> None:
    """Remove what shows no finished video of now: pictures, and thumbnails in the files of days."""
    mine = {picture_path(project, video) for video in finished}
    kept.pictures = {video: source for video, source in kept.pictures.items() if video in finished}
    for place, _, names in os.walk(project.root / PICTURES, topdown=False):
        folder = Path(place)
        clear_temporaries(folder)
        with suppress(OSError):
            for name in names:
                if name.endswith(ENDING) and folder / name not in mine:
                    (folder / name).unlink()
            folder.rmdir()  # refused where something is left in it
    for day, sprite in [*kept.sprites.items()]:
        stay = [video for video in sprite.cells if video in finished and finished[video].day == day]
        if len(stay) < len(sprite.cells):
            _shrink(project, kept, day, stay)


def _shrink(project: Project, kept: Kept, day: str, stay: Sequence[str]) -> None:
    """Leave only some videos in the thumbnails of a day; remove the file where none is left, or it is damaged."""
    from .sprites import load_small, write_sprite  # 150 ms, as above

    results = project.root / "Results"
    sprite = kept.sprites.pop(day)
    small = load_small(results, sprite)
    with suppress(NotWritten, OSError):
        if stay and small:
            kept.sprites[day] = write_sprite(results, day, {video: small[video] for video in stay})
        else:
            (results / sprite.file).unlink()


def _forget(project: Project, kept: Kept, video: str) -> None:
    """Remove the picture of a video, which shows another result than its own."""
    kept.pictures.pop(video, None)
    with suppress(OSError):
        picture_path(project, video).unlink()
