"""Read and write the memory (2G) and the walltime (4:00:00) that a task requests. Pure functions."""

from __future__ import annotations

import math
import re

from ..errors import WrongUse

_UNITS = {"K": 1, "M": 1024, "G": 1024**2, "T": 1024**3}


def is_count(text: str) -> bool:
    """Return whether ``text`` is a whole number of at most nine digits, as counts on a machine are."""
    return re.fullmatch(r"\d{1,9}", text, re.ASCII) is not None


def read_memory(text: str) -> int:
    """Return a memory in KiB from a number with K, M, G or T behind it (M where no letter stands); B is allowed.

    Raises WrongUse for anything else.
    """
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if found is None:
        raise WrongUse(f'"{text}" is no memory; write it as 500M or 12G.')
    return round(float(found[1]) * _UNITS[found[2].upper() or "M"])


def read_walltime(text: str) -> int:
    """Return a walltime in seconds from minutes, minutes:seconds or hours:minutes:seconds, with days- before them.

    Raises WrongUse for anything else. Source: sbatch(1), --time.
    """
    found = re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9})(?::(\d{1,9}))?(?::(\d{1,9}))?", text.strip())
    if found is None:
        raise WrongUse(f'"{text}" is no walltime; write it as 4:00:00 or 2-00:00:00.')
    days, first, second, third = (int(g) if g else 0 for g in found.groups())
    if found[1] is not None:
        return ((days * 24 + first) * 60 + second) * 60 + third
    if found[4] is not None:
        return (first * 60 + second) * 60 + third
    return first * 60 + second


def write_memory(kib: int) -> str:
    """Return ``kib`` KiB as text in the largest unit that gives a whole number, as 4G; else rounded up to whole M."""
    for unit in ("T", "G", "M"):
        if kib % _UNITS[unit] == 0:
            return f"{kib // _UNITS[unit]}{unit}"
    return f"{math.ceil(kib / 1024)}M"


def write_walltime(seconds: int) -> str:
    """Return a walltime in seconds as text: 4:00:00, from two days on 2-00:00:00."""
    days, rest = divmod(seconds, 86400)
    if days < 2:
        days, rest = 0, seconds
    clock = f"{rest // 3600}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days}-{clock.zfill(8)}" if days else clock


def read_factor(text: str) -> float:
    """Return the factor in "2x", "x1.5" or "3"; raises WrongUse unless it is above 1 and at most 100."""
    number = text.strip().lower().strip("x")
    try:
        factor = float(number)
    except ValueError:
        factor = 0.0
    if not 1 < factor <= 100:
        raise WrongUse(f'"{text}": how many times more? Write 2x.')
    return factor
