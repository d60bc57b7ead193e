"""Break long lines of a screen at words; where no terminal shows them they stay whole."""

from __future__ import annotations

import shutil
import sys
import textwrap

LEAST = 40  # columns: a narrower window folds lines by itself


def fold(line: str, indent: int) -> str:
    """Return a line so that a terminal breaks it at words, never within a word, the rest ``indent`` blanks in."""
    stream = sys.stdout
    if stream is None or not stream.isatty():
        return line
    width = shutil.get_terminal_size().columns
    if width < LEAST or len(line) <= width:
        return line
    lead = line[: len(line) - len(line.lstrip())]
    wrapper = textwrap.TextWrapper(width, lead, " " * indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.wrap(line.lstrip()))
