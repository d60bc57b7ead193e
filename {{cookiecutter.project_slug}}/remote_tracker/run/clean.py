"""Clean as people type it: show what can be freed, ask, free it."""

from __future__ import annotations

from collections.abc import Collection

from ..batches.aside import finish_moves
from ..batches.clean import KINDS, find_remains, free
from ..model import Project
from ..report.clean import remains_data, remains_lines
from ..report.moved import megabytes, stuck_lines
from ..report.next_step import after, rt_line
from ..report.standing import Did
from .redo import Talk


def clean(project: Project, kinds: Collection[str], yes: bool, talk: Talk) -> int:
    """Show what can be freed, of these kinds, and free it with ``yes`` or after a yes; returns the exit code."""
    stuck = finish_moves(project)
    found = find_remains(project, kinds)
    talk.tell([*stuck_lines(project, stuck), *remains_lines(found)])
    size = megabytes(sum(one.size for one in found))
    freed = any(one.files for one in found) and (yes or bool(talk.ask and talk.agrees("Free it?", f"{size}.")))
    talk.give({"freed": freed, "remains": remains_data(found)})
    if freed:
        shown = {path for one in found for path in one.paths}
        for one in find_remains(project, kinds) if not yes else found:  # the answer may have taken its time
            if shown.issuperset(one.paths):
                free(one)
        talk.tell([f"{size} freed. Next:  {after(project, Did.FREED)}"])
    elif any(one.files for one in found):
        words = " ".join(["clean", *(kind for kind in KINDS if kind in kinds and len(kinds) < len(KINDS)), "--yes"])
        talk.tell([f"Nothing was freed. To free it:  {rt_line(project, words)}"])
    return 0
