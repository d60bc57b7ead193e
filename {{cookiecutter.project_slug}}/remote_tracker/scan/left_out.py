"""What an input leaves out although its pattern matches: ``exclude`` of the tracker, and of the project.

A glob of the tracker is held against the name of a file. A glob of the project is held against the name of a file or of
a folder on the way to it; with a slash in it against the path below the pattern's first folder, ``*`` for any part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate

from ..model import Input

LeavesOut = Callable[[str, str], bool]  # (folder below the project with a slash at its end, name)


def compile_left_out(wanted: Input) -> LeavesOut | None:
    """Return the function that tells whether a folder's file is left out; None where none ever is."""
    return _compile(wanted.exclude, wanted)


def compile_excluded(wanted: Input) -> Callable[[str], object] | None:
    """Return the function that tells whether ``exclude`` of the tracker matches a name; None where it is empty."""
    return _any_of(wanted.exclude)


def compile_left_out_folders(wanted: Input) -> LeavesOut | None:
    """Return the function that tells whether a folder in a folder is left out with all that lies in it, or None."""
    return _compile((), wanted)


def compile_beside(wanted: Input) -> LeavesOut | None:
    """Return the function that tells whether the tracker uses a folder's file by itself (``beside``), or None."""
    return _compile((), wanted._replace(left_out=wanted.beside)) if wanted.beside else None


def _compile(globs: Iterable[str], wanted: Input) -> LeavesOut | None:
    names = _any_of(glob for glob in (*globs, *wanted.left_out) if "/" not in glob)
    paths, skip = _any_of(glob for glob in wanted.left_out if "/" in glob), len(wanted.pattern.root) + 1
    if names is None and paths is None:
        return None
    return lambda folder, name: bool((names and names(name)) or (paths and paths(folder[skip:] + name)))


def _any_of(globs: Iterable[str]) -> Callable[[str], re.Match[str] | None] | None:
    found = [translate(_in_any_case(glob)) for glob in globs]
    return re.compile("|".join(found)).match if found else None


def _in_any_case(glob: str) -> str:
    """Return the glob; the ending in it may be in upper or lower case, as the ending of an input's pattern."""
    name, dot, ending = glob.rpartition(".")
    if not ending.isalnum():
        return glob
    return name + dot + "".join(f"[{c.lower()}{c.upper()}]" if dot and c.isalpha() else c for c in ending)
