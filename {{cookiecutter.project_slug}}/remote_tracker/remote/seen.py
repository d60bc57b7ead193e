"""What was last seen of the other side: told by its scan and status behind their screens, and remembered at home."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from ..disk.derived import write_derived
from ..model import Project, State

TOLD = "RT_TOLD"  # in the environment of a verb that was typed at home: the word of the lines to tell by
SEEN = ".remote/seen.json"  # derived: may be deleted at any time


def tell_home(counts: Mapping[str, Mapping[State, int]]) -> None:
    """Tell the side at which this verb was typed how many units of each stage are in which state, if it asked."""
    word = os.environ.get(TOLD, "")
    if word.isascii() and word:
        told = {stage: {state.value: n for state, n in found.items() if n} for stage, found in counts.items()}
        print(f"\n{word} told {json.dumps({'counts': told})}", flush=True)


def note_seen(project: Project, counts: Mapping[str, Any]) -> None:
    """Remember what was told, and when; a stage that was not told about stays as it was seen."""
    known = _load(project)
    known.update({stage: {"at": time.time(), "counts": told} for stage, told in counts.items()})
    write_derived(project.root / SEEN, json.dumps(known))


def seen_lines(project: Project) -> list[str]:
    """Return a line for each stage on what was last seen of it on the other side, and how long ago."""
    if project.remote is None:
        return []
    from ..report.day_table import waited_for  # 110 ms of each verb that is typed there, with the next line
    from ..survey.sentences import STATE_WORDS  # part of the 110 ms

    known, host = _load(project), project.remote.login
    lines = []
    for stage in project.tracker.stages:
        told = known.get(stage.name)
        if isinstance(told, dict) and isinstance(told.get("counts"), dict):
            counts = told["counts"]
            words = [
                f"{counts[state.value]} {word}{waited_for(project, stage, word)}"
                for state, word in STATE_WORDS
                if counts.get(state.value)
            ]
            age = describe_age(time.time() - float(told.get("at", 0)))
            lines.append(f"On {host}, as seen {age} ago: {stage.name}: {', '.join(words) or 'nothing there'}.")
    return lines or [f"What {host} has was not seen yet. To look:  ./rt remote status"]


def with_seen(project: Project, text: str) -> str:
    """Return a screen of home with what was last seen of the other side, before the screen's last line."""
    lines = text.split("\n")
    return "\n".join([*lines[:-1], *seen_lines(project), lines[-1]])


def describe_age(seconds: float) -> str:
    """Return an age in the largest unit that fits, as "3 min"."""
    for size, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and word != "days"):
            return f"{seconds / size:.0f} {word}"
    return f"{max(0, seconds):.0f} s"


def _load(project: Project) -> dict[str, Any]:
    try:
        known = json.loads((project.root / SEEN).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}
