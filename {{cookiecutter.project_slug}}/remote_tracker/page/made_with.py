"""Say in which parameters the result of a video differs from most: "area_min 30 -> 90"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..model import Project, Stage
from ..tables.parameter_sets import find_differing, load_values
from ..tables.video_row import VideoRow
from ..text.visible import shown

LONGEST = 60  # characters of a value: a list of a hundred numbers says nothing in a cell
UNKNOWN = "made with parameters that no batch kept"


def describe_sets(project: Project, stage: Stage, rows: Iterable[VideoRow]) -> list[dict[str, Any]]:
    """Return the sets of parameters, each with its digest, its number of videos, and its differences; largest first."""
    batches: dict[str, Counter[str]] = {}
    for row in rows:
        if row.parameters:
            batches.setdefault(row.parameters, Counter())[row.batch] += 1
    by_size = sorted(batches, key=lambda digest: (-batches[digest].total(), digest))
    values = {digest: load_values(project, stage, digest, batches[digest]) for digest in by_size}
    differs = differences(values)
    return [{"digest": d, "videos": batches[d].total(), "differs": differs[d]} for d in by_size]


def differences(values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return, by digest, how each set differs from the first set whose values are known; "" for that set. Pure."""
    first = next((told for told in values.values() if told), {})
    names = find_differing(values)
    return {digest: _difference(first, told, names) if told else UNKNOWN for digest, told in values.items()}


def _difference(first: Mapping[str, str], told: Mapping[str, str], names: Iterable[str]) -> str:
    parts = [
        f"{shown(name)} {_cut(first.get(name))} -> {_cut(told.get(name))}"
        for name in names
        if first.get(name) != told.get(name)
    ]
    return ", ".join(parts)


def _cut(value: str | None) -> str:
    if value is None:
        return "(none)"
    text = shown(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
