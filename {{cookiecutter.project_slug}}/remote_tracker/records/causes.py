"""Why a task ended, by what its log holds: words of a scheduler, or a program's own last ones."""

from __future__ import annotations

import re

from ..schedulers.endings import find_endings

# Where a scheduler's line may begin: a program that shows a bar ends no line before it; behind a blank it is quoted.
BEGINS = r"(?:^|(?<=\S)|(?<=\r))"
# A program's last words where it asked for memory in vain: all there is where a limit of addresses holds (GridEngine).
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")


def find_cause(text: str) -> tuple[str, bool]:
    """Return why the scheduler ended what wrote this log ("": it did not), and whether the video is to blame."""
    for pattern, cause, counts in find_endings(text):
        if re.search(BEGINS + f"(?:{pattern})", text, re.MULTILINE):
            return cause, counts
    return "", False


def lacked_memory(last_word: str) -> bool:
    """Return whether what a program said last is that there was no memory for it."""
    return IN_VAIN.match(last_word) is not None
