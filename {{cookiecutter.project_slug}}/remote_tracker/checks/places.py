"""Find the files of a check, and tell why a file cannot be read."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, Any

from .clause import Fault, Files
from .own_files import filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from os import PathLike

    from .clause import Clause

    Judge = Callable[[str, Mapping[str, Any]], str]

_WILD = re.compile(r"\\[][*?\\]|\[[*?[]\]|\*|\?")
_MEANING = {"*": "[^/]*", "?": "[^/]", **{f"[{c}]": f"\\{c}" for c in "*?["}, **{f"\\{c}": f"\\{c}" for c in "][*?\\"}}


def find_paths(root: str | PathLike[str], pattern: str) -> tuple[str, ...]:
    """Return the paths that a filled pattern matches, sorted, relative to ``root`` or absolute as the pattern is.

    ``*`` and ``?`` match part of a single name, never a leading dot. ``[*]``, ``[?]`` and ``[[]``, as ``glob.escape``
    writes them, and a character behind a backslash, as bash reads it, match themselves. The pattern itself is returned
    where it holds no ``*`` or ``?``, where it is the name of an existing file, and where nothing matches: the check
    then tells that this file is missing.
    """
    if not _WILD.search(pattern) or os.path.lexists(os.path.join(root, pattern)):
        return (pattern,)
    return tuple(_expand(os.fspath(root), pattern)) or (pattern,)


def _expand(root: str, pattern: str) -> Iterator[str]:
    folders = ["/" if pattern.startswith("/") else ""]
    parts = [part for part in pattern.split("/") if part]
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        folders = [folder + name + ("" if last else "/") for folder in folders for name in _names(root, folder, part)]
    slash = "/" if pattern.endswith("/") else ""
    for path in folders:
        if not slash or os.path.isdir(os.path.join(root, path)):
            yield path + slash


def _names(root: str, folder: str, part: str) -> list[str]:
    place = os.path.join(root, folder)
    if not _WILD.search(part):
        return [part] if os.path.lexists(os.path.join(place, part)) else []
    expression = _expression(part)
    try:
        return sorted(name for name in os.listdir(place) if expression.fullmatch(name))
    except OSError:
        return []


def _expression(part: str) -> re.Pattern[str]:
    pieces, end = [], 0
    for found in _WILD.finditer(part):
        pieces += [re.escape(part[end : found.start()]), _MEANING[found[0]]]
        end = found.end()
    text = "".join([*pieces, re.escape(part[end:])])
    return re.compile(text if part.startswith(".") else r"(?!\.)" + text, re.DOTALL)


def examine_outputs(check: Clause, files: Files, judge: Judge) -> str:
    """Return the first reason that ``judge(path, options)`` has against a path of the check's output."""
    return _first_reason(check, files, judge, files.outputs.get(check.subject, ()))


def examine_files(check: Clause, files: Files, judge: Judge) -> str:
    """Do as :func:`examine_outputs`, but, where the check has the option ``file``, for the files in the output."""
    paths = find_inside(files.root, files.outputs.get(check.subject, ()), check.options.get("file"))
    return _first_reason(check, files, judge, paths)


def find_inside(root: str | PathLike[str], paths: tuple[str, ...], wanted: str | None) -> tuple[str, ...]:
    """Return the paths that the pattern ``wanted`` names in each folder of ``paths``; ``paths`` where it is empty."""
    if not wanted:
        return paths
    inside = ((path, find_paths(os.path.join(root, path), wanted)) for path in paths)
    return tuple(os.path.join(path, name) for path, names in inside for name in names)


def _first_reason(check: Clause, files: Files, judge: Judge, paths: tuple[str, ...]) -> str:
    if not paths:
        return f"{check.subject}: no such file was found"
    try:
        options = filled(check.options, files)
    except OSError as error:
        return f"{shown_name(error.filename)}: {absence(error.filename, error)}"
    reasons = (describe_place(path, judge, os.path.join(files.root, path), options) for path in paths)
    return next(filter(None, reasons), "")


def describe_place(path: str, judge: Judge, place: str, options: Mapping[str, Any]) -> str:
    """Return the reason of ``judge`` with the file's name before it; that a file cannot be read is a reason, too."""
    reason = find_reason(judge, place, options)
    return f"{shown_name(path)}: {reason}" if reason else ""


def find_reason(judge: Judge, place: str, options: Mapping[str, Any]) -> str:
    """Return what ``judge`` has against the file, without its name; what cannot be read is a reason too."""
    try:
        return judge(place, options)
    except Fault as fault:
        return str(fault)
    except OSError as error:
        return absence(place, error)


def absence(path: str, error: OSError) -> str:
    """Return in words why the file at ``path`` could not be opened."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        if os.path.islink(path):
            return f"is a link to {os.readlink(path)}, which is not there"
        return "is missing"
    return f"cannot be read: {error.strerror or error}"


def emptiness(path: str, options: Mapping[str, Any]) -> str:
    """Return why the file or folder at ``path`` holds nothing, "" where it does; raises OSError."""
    found = os.stat(path)
    if stat.S_ISDIR(found.st_mode):
        return "" if any(not name.startswith(".") for name in os.listdir(path)) else "is an empty folder"
    if path.endswith("/"):
        return "is a file, expected a folder"
    if not stat.S_ISREG(found.st_mode):
        return "is a pipe or a device, expected a file"
    return "" if found.st_size else "is empty (0 bytes)"


def shown_name(path: str) -> str:
    """Return the last name of a path for a message, with the slash of a folder."""
    name = os.path.basename(path.rstrip("/"))
    return name + "/" if path.endswith("/") else name
