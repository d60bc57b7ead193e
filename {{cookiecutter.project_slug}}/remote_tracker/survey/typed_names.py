"""Tell which videos, days and folders a person's words mean, by their names alone.

A letter with a mark, as é, is one character where a person types it, and often two in a name that a Mac wrote.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from unicodedata import normalize

from ..text.visible import shown


def composed(text: str) -> str:
    """Return text with each letter and its marks as one character, as people type it."""
    return text if text.isascii() else normalize("NFC", text)


def names_it(name: str, key: str) -> bool:
    """Return whether ``name``, as a person types it, means the unit ``key``: its path, its name, its day or folder."""
    name = as_key(name)
    if key.startswith(f"{name}/"):
        return True
    path = without_values(key)
    stem = path.rpartition("/")[2]
    names = (key, path, key.rpartition("/")[2], stem, os.path.splitext(stem)[0], os.path.splitext(path)[0])
    return name in names or (shown(key) != key and names_it(name, shown(key)))


def names_alike(name: str, key: str) -> bool:
    """Return whether ``name`` means the unit ``key``, however the letters of both are composed."""
    return names_it(name, key) or _is_composed_otherwise(name, key)


def _is_composed_otherwise(name: str, key: str) -> bool:
    return not key.isascii() and names_it(composed(name), composed(key))


def choose_keys(names: Iterable[str], keys: Collection[str]) -> set[str]:
    """Return the units, out of ``keys``, that any name means.

    A name that means units to the letter means no others whose letters are only composed otherwise.
    """
    chosen: set[str] = set()
    for name in names:
        exact = {key for key in keys if names_it(name, key)}
        chosen |= exact or {key for key in keys if _is_composed_otherwise(name, key)}
    return chosen


def without_values(key: str) -> str:
    """Return the path in a unit's name, without values of wildcards that may stand behind it, as ``,roi=left``."""
    return re.sub(r"(?:,[A-Za-z_]\w*=[^,]*)+$", "", key)


def as_key(name: str) -> str:
    """Return what a person typed, without the folders above the days and without a last slash."""
    name = name.rstrip("/")
    for root in ("RawVideos/", "MaskedVideos/", "Results/"):
        name = name.split(root, 1)[1] if root in name else name
    return name
