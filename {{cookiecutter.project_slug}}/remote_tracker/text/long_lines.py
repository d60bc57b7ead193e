"""Cut long lines before patterns are looked for in them: the time of a pattern may grow with the square of a line."""

from __future__ import annotations

LONGEST = 1000  # characters; a program's last words, and a scheduler's, are shorter
GAP = " ... "


def shorten_lines(text: str) -> str:
    """Return ``text`` with the middle of each line of more than LONGEST characters replaced by GAP.

    A scheduler or a program that prints into another's progress bar ends the line: both ends of a line are kept.
    """
    if len(text) <= LONGEST:
        return text
    half = (LONGEST - len(GAP)) // 2
    lines = text.split("\n")
    return "\n".join([line if len(line) <= LONGEST else f"{line[:half]}{GAP}{line[-half:]}" for line in lines])
