"""What a task used, read from schedulers' texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..model.quantities import read_memory
from ..model.scheduling import Used

UsageRow = Mapping[str, str]


def read_used(rows: Iterable[UsageRow]) -> list[Used]:
    """Return what each row tells, in numbers; rows without an id are skipped.

    A row holds texts: id, state, ``seconds`` or ``clock``, the memory used and asked for (87892K, 5.2G), cpu, cpus.
    A number that is missing or cannot be read is 0, a number of cores 1.
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
    """Return the KiB of 87892K or 5.2G; 0 for an empty text, or for "16?", which sacct prints at times."""
    return read_memory(text) if re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?[KMGT]?", text, re.ASCII) else 0


def _seconds(text: str) -> float:
    """Return the seconds of 01:02:03, 02:03.456, 0:09 or 1-02:03:04; 0 for any other text."""
    found = re.fullmatch(r"(?:(\d{1,6})-)?((?:\d{1,9}:)*\d{1,9}(?:\.\d*)?)", text, re.ASCII)
    if found is None:
        return 0.0
    total = 0.0
    for part in found[2].split(":"):
        total = total * 60 + float(part)
    return total + 86400 * int(found[1] or 0)


def _count(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else 0
