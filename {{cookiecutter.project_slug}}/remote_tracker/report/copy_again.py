"""What is to be copied again: the lists of paths, and the line of rsync that takes such a list."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from shlex import quote

from ..errors import WrongUse
from ..model import Cause, Project, Stage
from ..scan import VIDEOS, Tree
from ..survey import Examined
from ..survey.triage import Group, is_of_cause, is_trouble
from ..text.visible import shown
from .next_step import rt_line

LIST = "copy_again"  # the name of the list in the lines that people type
TYPED = "    "  # before a line that is typed
FROM = "FROM"  # stands for the folder that the videos come from


def is_to_copy(group: Group) -> bool:
    """Return whether only another copy can help: the files of all units are unreadable, empty or half copied."""
    return bool(_files(group.seen)) and (group.again == "never" or all(map(_is_bad_copy, group.seen)))


def _is_bad_copy(seen: Examined) -> bool:
    return seen.decision.cause in (Cause.INPUT_REFUSED, Cause.COPY_BROKEN_OFF)


def _files(seen: Iterable[Examined]) -> list[str]:
    """Return the files of the units among the videos, as paths from there on, without repetition."""
    start = f"{VIDEOS}/"
    paths = (path for one in seen for files in one.unit.inputs for path in files if path.startswith(start))
    return list(dict.fromkeys(path[len(start) :] for path in paths))


def copy_lines(project: Project, group: Group, here: str = "") -> Iterator[str]:
    """Yield the commands that copy the files of the group again, whatever rsync thinks of their sizes and times.

    They are typed in the folder ``here`` ("": the current).
    """
    place = os.path.realpath(Tree(project.root, project.videos).place(f"{VIDEOS}/"))
    asked = f"status --failures --cause {quote(shown(group.title))} --names0"
    yield f"  To copy them again, with the folder or host:folder that they come from in place of {FROM}:"
    yield f"{TYPED}{rt_line(project, asked, here)} > {LIST}"
    line = "rsync -t --ignore-times --from0 --no-implied-dirs"
    yield f"{TYPED}{line} --files-from={LIST} {FROM}/ {quote(f'{place}/')}"
    if links := sorted({top for path in _files(group.seen) if (top := _link_out(place, path))}):
        inside = ", ".join(map(shown, links))
        yield f"  rsync goes through no link that leads elsewhere: copy what lies in {inside} there."


def _link_out(place: str, path: str) -> str:
    """Return the folder on the way to a file that is a link out of the videos' folder, "" where there is none."""
    parts = path.split("/")[:-1]
    above = ("/".join(parts[: number + 1]) for number in range(len(parts)))
    links = (folder for folder in above if os.path.islink(os.path.join(place, folder)))
    return next((f for f in links if not os.path.realpath(os.path.join(place, f)).startswith(f"{place}/")), "")


def failed_files(
    project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]], cause: str | None = None
) -> list[str]:
    """Return the files among the videos of the units that failed or cannot be processed, as paths from there on.

    With ``cause`` only of the units that failed for it. Raises WrongUse where no unit did.
    """
    troubled = [(stage, one) for stage, seen in surveys for one in seen if is_trouble(one)]
    if cause is not None:
        troubled = [(stage, one) for stage, one in troubled if is_of_cause(project, stage, one, cause)]
        if not troubled:
            raise WrongUse(f"Nothing failed of the cause {cause}. {rt_line(project, 'status --failures')} names them.")
    return _files(one for _, one in troubled)
