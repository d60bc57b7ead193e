"""Name the files of a day in Results/report: safe on any disk and in any address, another for each day. Pure."""

from __future__ import annotations

import re
from hashlib import sha256

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# Windows takes such names for devices, whatever ending they have.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def name_day(day: str) -> str:
    """Return the name, without an ending, of the files of a day.

    It is the day itself where that is plain; else what is plain of it, a ~ and a digest: no plain name has a ~, so that
    no two days have the same name, not even on a disk that does not tell A from a.
    """
    if _PLAIN.fullmatch(day) and not _DEVICES.fullmatch(day):
        return day
    plain = re.sub(r"[^a-z0-9_-]+", "_", day.lower())[:40].strip("_") or "day"
    return f"{plain}~{sha256(day.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
