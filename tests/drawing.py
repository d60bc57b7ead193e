"""Which cases of a test that takes long are run: ``make test`` draws a few each day, ``make test-generated`` runs all.

``@pytest.mark.drawn(2)`` lets two of a test's cases be run in a day, and two others on the next day. With ``of="name"``
several tests of a file are cases of one thing; ``drawn("all")`` keeps a test of such a file out of it. Only a run of
the whole folder draws: whoever names a file, or a word with -k, gets all. ``--day 2026-11-30`` draws what was drawn on
that day; the head of a run says which day it took.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

HERE = Path(__file__).parent.resolve()
MARK = "drawn(most, of=...): make test runs so many of the cases a day, make test-generated runs all"
ALL = "all"


def is_drawn(config: pytest.Config) -> bool:
    """Return whether this run takes a few of the cases."""
    whole = any(Path(str(config.invocation_params.dir), word).resolve() in (HERE, HERE.parent) for word in config.args)
    return whole and not any(config.getoption(name) for name in ("generated", "deep", "keyword"))


def draw(cases: int, most: int, day: date) -> set[int]:
    """Return the numbers of the cases of a day; within cases / most days each has its turn."""
    first = day.toordinal() * most
    return {(first + number) % cases for number in range(min(most, cases))}


def find_left_out(marked: Iterable[tuple[int, str, pytest.Mark]], day: date) -> set[int]:
    """Return which items are not run, of items with the names of their tests and their marks."""
    groups: dict[str, list[int]] = {}
    most: dict[str, int] = {}
    for place, name, mark in marked:
        if mark.args[0] == ALL:
            continue
        name = f"{name.partition('::')[0]}::{mark.kwargs['of']}" if "of" in mark.kwargs else name
        groups.setdefault(name, []).append(place)
        most[name] = int(mark.args[0])
    left = set()
    for name, places in groups.items():
        kept = draw(len(places), most[name], day)
        left |= {place for number, place in enumerate(places) if number not in kept}
    return left


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases that are not drawn."""
    if not is_drawn(config):
        return
    found = ((place, item, item.get_closest_marker("drawn")) for place, item in enumerate(items))
    marked = [(place, item.nodeid.partition("[")[0], mark) for place, item, mark in found if mark]
    left = find_left_out(marked, date.fromisoformat(config.getoption("day")))
    config.hook.pytest_deselected(items=[item for place, item in enumerate(items) if place in left])
    items[:] = [item for place, item in enumerate(items) if place not in left]


def pytest_report_header(config: pytest.Config) -> str:
    """Say which day's cases are drawn."""
    day = config.getoption("day")
    return f"cases drawn: those of --day {day} (make test-generated: all)" if is_drawn(config) else "cases drawn: all"
