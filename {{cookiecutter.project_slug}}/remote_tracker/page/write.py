"""Write a project's page and the files of its days; what a day's files hold already is left as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

from ..disk.files import clear_temporaries, make_folder, write_file
from ..errors import RemoteTrackerError
from ..model import Project
from ..named_tuple import NamedTuple
from ..pictures.day_name import name_day
from ..pictures.make import Tell
from ..pictures.places import load_sprites, picture_path
from ..report.next_step import next_text
from ..report.standing import Did, Situation
from ..shell.copies import run_copies
from ..tables.video_row import VideoRow
from ..text.counted import number_of
from ..text.visible import shown
from .assemble import assemble
from .day_page import Shown, day_page, day_style
from .gather import FOLDER, gather, gather_in_turn, name_of
from .look import Seen
from .stories import HEAD, Asked, ask_days, write_scripts
from .thumbnails import describe_unmade, make_new, sprites_of

PAGE = "Results/report.html"


class Written(NamedTuple):
    """What a report came to."""

    page: str  # where the page lies, from the project's folder on
    videos: int
    need: int  # how many of them, of any step, need a person
    counts: str  # what people call the videos
    now: Situation  # how the project stands


def report_text(done: Written) -> str:
    """Return the line that people read behind a report."""
    need = f"{done.need} need a person" if done.need != 1 else "1 needs a person"
    return f"{done.page} shows it: {number_of(done.videos, done.counts)}, {need}."


def next_of(project: Project, done: Written) -> str:
    """Return what stands behind ``Next:`` where the page is all that was made."""
    return next_text(project, done.now, command=f"open {quote(done.page)} in a browser")


def write_report(
    project: Project, into: Path | None = None, notes: Sequence[str] = (), tell: Tell | None = None
) -> Written:
    """Write the page, alone where it goes ``into`` another file, else with the files of its days.

    ``notes`` are lines that it shows beside its own. With ``tell`` pictures that are not there are made, too: it is
    called with how many are made, and of how many. Raises RemoteTrackerError where a file cannot be written; the old
    page then still stands.
    """
    seen = Seen(project)
    page = into or project.root / PAGE
    unmade = make_new(seen, tell) if tell and into is None else describe_unmade(seen, load_sprites(project))
    at, told = datetime.now().astimezone(), [*notes, *unmade]
    make_folder(page.parent)

    def make_part(part: str) -> str:
        return assemble(gather_in_turn(seen, at, told)) if part == "page" else _write_days(seen)

    # Side by side: the days take a third of the time.
    write_file(page, run_copies(make_part, ["page"] if into else ["page", "days"])[0])
    place = page.relative_to(project.root) if page.is_relative_to(project.root) else page
    now = seen.situation._replace(did=Did.REPORTED)
    return Written(shown(str(place)), len(seen.rows), len(seen.troubled), seen.stage.counts, now)


def _write_days(seen: Seen) -> str:
    """Write the files of the days, and remove files of days that there are no longer; nothing is returned."""
    folder = seen.project.root / PAGE.rpartition("/")[0] / FOLDER
    make_folder(folder)
    clear_temporaries(folder)
    asked, sprites, name = ask_days(seen), sprites_of(seen, load_sprites(seen.project)), name_of(seen.project)
    write_scripts(seen.project, {folder / f"{name_day(day)}.js": (day, ones) for day, ones in asked.items()})
    style = day_style()
    for day, indices in seen.days.items():
        page = day_page(name, shown(day), *_shown_on(seen, sprites.get(day), indices), style)
        _write_where_new(folder / f"{name_day(day)}.html", page)
    _remove_strays(folder, asked)
    return ""


def _shown_on(
    seen: Seen, sprite: Mapping[str, Any] | None, indices: Sequence[int]
) -> tuple[list[Shown], Mapping[str, Any] | None]:
    """Return the videos on a day's page, and the sprite as the page names it."""
    cells = sprite["cells"] if sprite else {}
    videos = [_shown(seen, seen.rows[at], cells.get(str(at), -1)) for at in indices]
    beside = {**sprite, "file": sprite["file"].removeprefix(f"{FOLDER}/")} if sprite else None
    return videos, beside


def _shown(seen: Seen, row: VideoRow, cell: int) -> Shown:
    picture = b""
    if cell >= 0:
        place = picture_path(seen.project, row.video)
        picture = os.fsencode(place.relative_to(seen.project.root / PAGE.rpartition("/")[0] / FOLDER))
    return Shown(shown(row.video), row.state, shown(row.reason), picture, cell)


def _write_where_new(path: Path, text: str) -> None:
    with suppress(OSError):
        if path.read_bytes() == text.encode():
            return
    write_file(path, text)


def _remove_strays(folder: Path, asked: Mapping[str, Sequence[Asked]]) -> None:
    """Remove the files of days that there are no longer: those beside a script of ours, whatever else lies there."""
    kept = {name_day(day) for day in asked}
    for path in folder.glob("*.js"):
        if path.stem not in kept and _is_ours(path):
            path.with_suffix(".html").unlink(missing_ok=True)
            path.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline(len(HEAD)).startswith(HEAD)
    except (OSError, ValueError):
        return False


def report_data(project: Project, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the page's data for programs (--json); nothing is written."""
    return gather(Seen(project), datetime.now().astimezone(), notes)


def report_or_tell(project: Project, notes: Sequence[str] = ()) -> tuple[str, str]:
    """Write the page behind another command; return the line to print, and a line for stderr, each "" for none.

    Whatever fails here, the command before it did its work: no error leaves this function.
    """
    try:
        return report_text(write_report(project, notes=notes)), ""
    except RemoteTrackerError as error:
        return "", f"No report: {error}"
    except Exception as error:  # a fault of ours in what comes last must not make a good run fail
        return "", f"No report: {type(error).__name__}: {error}. Type: ./rt report"
