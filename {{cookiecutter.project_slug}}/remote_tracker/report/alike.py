"""Show once what is said of many tasks of one video, as of its pieces or of each of several models. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ..survey import Examined
from ..text.visible import shown


def join_alike(seen: Iterable[Examined]) -> list[list[Examined]]:
    """Return the units in their order, those with the same inputs, state and reason together."""
    found: dict[tuple[object, ...], list[Examined]] = {}
    for one in seen:
        unit, decision = one.unit, one.decision
        alone = "" if any(unit.inputs) else unit.key
        found.setdefault((unit.inputs, decision.state, decision.reason, alone), []).append(one)
    return list(found.values())


def name_alike(units: list[Examined]) -> str:
    """Return the name of the first unit, and how many more there are."""
    return shown(units[0].unit.key) + (f" and {len(units) - 1} more of the same" if len(units) > 1 else "")
