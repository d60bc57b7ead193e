"""What a task used, from the texts in which schedulers tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..model.quantities import read_memory
from ..model.scheduling import Used

Row = Mapping[str, str]


def read_used(rows: Iterable[Row]) -> list[Used]:
    """Return what these rows tell, in numbers; rows without an id are none.

    A row holds texts: id, state, ``seconds`` or ``clock``, memory and what was asked for (87892K, 5.2G), cpu, cpus.
    What is not told, or cannot be read, is 0; one core.
    """
    return [
        Used(
            row["id"],
            row.get("state", "").partition(" ")[0],
            _count(row.get("seconds", "")) or int(_seconds(row.get("clock", ""))),
            _kib(row.get("memory", "")),
            _kib(row.get("asked", "")),
            _seconds(row.get("cpu", "")),
            _count(row.get("cpus", "")) or 1,
        )
        for row in rows
        if row.get("id")
    ]


def _kib(text: str) -> int:
    """Return the KiB of 87892K or 5.2G; 0 where nothing is told, or "16?" as sacct sometimes does."""
    return read_memory(text) if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?[KMGT]?", text, re.ASCII) else 0


def _seconds(text: str) -> float:
    """Return the seconds of 01:02:03, 02:03.456, 0:09 or 1-02:03:04; 0 for anything else."""
    found = re.fullmatch(r"(?:(\d{1,6})-)?((?:\d{1,9}:)*\d{1,9}(?:\.\d*)?)", text, re.ASCII)
    if found is None:
        return 0.0
    total = 0.0
    for part in found[2].split(":"):
        total = total * 60 + float(part)
    return total + 86400 * int(found[1] or 0)


def _count(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else 0
