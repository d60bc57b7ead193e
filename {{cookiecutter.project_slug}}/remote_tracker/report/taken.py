"""The lines on videos that were moved or renamed, and on their results that are taken along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..batches.finish_taking import Along
from ..model import Project
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import rt_line

SHOWN = 5


def plan_lines(plan: Along) -> Iterator[str]:
    """Yield lines on which results would be taken along: the old and the new names of the first few videos."""
    yield f"{number_of(len(plan.pairs), plan.stage.counts)} moved or renamed:"
    yield from (f"  {shown(old)} -> {shown(new)}" for old, new in plan.pairs[:SHOWN])
    if len(plan.pairs) > SHOWN:
        yield f"  ... and {len(plan.pairs) - SHOWN} more: --json names all"


def done_lines(project: Project, along: Along) -> Iterator[str]:
    """Yield lines on what was taken along, what was refused, and what could not be moved."""
    if along.pairs:
        what = number_of(len(along.pairs), along.stage.counts)
        yield f"{along.stage.name}: the results of {what} lie under the new names now."
    for old, new, bad in along.refused[:SHOWN]:
        yield f"{shown(old)} -> {shown(new)}: not taken along, a check would not hold: {shown(bad)}"
    if len(along.refused) > SHOWN:
        yield f"... and {len(along.refused) - SHOWN} more: --json names all"
    if along.refused:
        program = rt_line(project, "scan --as-new")
        inside = f"Results that name their {along.stage.unit} inside are made again under the new name."
        yield f"{inside} To list them:  {program}"
    for old, new, why in along.stuck[:SHOWN]:
        yield f"{shown(old)} -> {shown(new)}: cannot be taken along: {shown(why)}"
    if len(along.stuck) > SHOWN:
        yield f"... and {len(along.stuck) - SHOWN} more: --json names all"


def along_data(found: Sequence[Along]) -> dict[str, Any]:
    """Return what was taken along, and what was not, as data for programs."""

    def told(one: Along, old: str, new: str, **more: str) -> dict[str, str]:
        return {"stage": one.stage.name, "from": shown(old), "to": shown(new), **more}

    return {
        "moved": [told(one, *pair) for one in found for pair in one.pairs],
        "refused": [told(one, old, new, reason=shown(bad)) for one in found for old, new, bad in one.refused],
        "stuck": [told(one, old, new, reason=shown(why)) for one in found for old, new, why in one.stuck],
    }
