"""Tell whether a disk takes names that differ only in upper and lower case for the same name."""

from __future__ import annotations

import os
from contextlib import suppress
from unicodedata import normalize


def folds_case(folder: str, may_write: bool = True) -> bool:
    """Return whether the disk of a folder takes names that differ only in case for the same.

    A name that lies there tells. In a folder without one a file is made for a moment, where ``may_write``. The folder
    need not be there yet: then the folder tells in which it will lie.
    """
    folder = os.path.realpath(folder)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    with suppress(OSError):
        names = set(os.listdir(folder))
        for name in names:
            if name.isascii() and name.swapcase() not in names:
                return os.path.lexists(f"{folder}/{name.swapcase()}")
        return may_write and _try_out(f"{folder}/.rt-case-{os.getpid()}", f"{folder}/.RT-CASE-{os.getpid()}")
    return False


def folded(path: str) -> str:
    """Return a path as a disk that folds case compares it; a Mac's does not tell how letters are composed, either."""
    return normalize("NFC", path.casefold())


def _try_out(path: str, other: str) -> bool:
    with open(path, "xb"):
        pass
    try:
        return os.path.lexists(other)
    finally:
        os.unlink(path)
