"""Read the part of CHANGELOG.md between two versions."""

from __future__ import annotations

import re

from .origin import read_version

_SECTION = re.compile(r"^## \[?([^\]\s]+)", re.MULTILINE)


def read_changes(changelog: str, old: str, new: str) -> str:
    """Return the sections of the versions after ``old`` up to ``new``, [Unreleased] if equal; no link definitions."""
    starts = list(_SECTION.finditer(changelog))
    ends = [start.start() for start in starts[1:]] + [len(changelog)]
    chosen = [
        changelog[start.start() : end].rstrip()
        for start, end in zip(starts, ends, strict=False)
        if _is_between(start[1], old, new)
    ]
    return re.sub(r"\n\[[^\]]+\]: \S+(?=\n|$)", "", "\n\n".join(chosen)).rstrip()


def _is_between(heading: str, old: str, new: str) -> bool:
    if not re.fullmatch(r"\d+(\.\d+)*", heading):
        return old == new and heading.lower() == "unreleased"
    return read_version(old) < read_version(heading) <= read_version(new)
