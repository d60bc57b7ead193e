"""Translate the path of a result from the machine that wrote it to the project, and to the machine that reads it."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from .find import DayTable

_FOLDERS = ("RawVideos", "MaskedVideos", "Results", "AuxiliaryFiles")
_LAST_FOLDER = re.compile(rf".*/(?=(?:{'|'.join(_FOLDERS)})/)", re.DOTALL)
_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")
_SELF = "# FEATURE SUMMARIES FILE,"


@dataclass(frozen=True)
class Place:
    """The place of a day's table."""

    folder: str  # its folder, relative to the project
    was: str  # the folder that it was written in, '' if unknown
    roots: tuple[str, ...]  # the project's folder as given, and with links resolved

    def project_path(self, written: str) -> str:
        """Return the path of a result below the project's folder.

        The first rule that fits decides. A path below this project, or below the folder that the table was written
        in, is taken from there on; a path with a standard folder in it (RawVideos, MaskedVideos, Results,
        AuxiliaryFiles) from that folder on. Any other relative path counts from the table's folder; any other
        absolute path stays as it is.
        """
        path = posixpath.normpath(_slashes(written))
        for root in self.roots:
            if path.startswith(root + "/"):
                return path[len(root) + 1 :]
        if self.was and path.startswith(self.was + "/"):
            return posixpath.join(self.folder, path[len(self.was) + 1 :])
        if path.startswith(tuple(f"{folder}/" for folder in _FOLDERS)):
            return path
        found = _LAST_FOLDER.match(path)
        if found:
            return path[found.end() :]
        return path if _is_absolute(path) else posixpath.join(self.folder, path)


def read_place(table: DayTable, comments: tuple[str, ...], root: Path) -> Place:
    """Return the place of a table, from its path and from the ``#`` lines of its filenames table."""
    folder = table.filenames.parent
    roots = tuple(dict.fromkeys(os.fspath(path) for path in (root.absolute(), root.resolve())))
    inside = os.path.relpath(folder.absolute(), root.absolute())
    said = next((line[len(_SELF) :].strip().strip('"') for line in comments if line.startswith(_SELF)), "")
    return Place(inside, posixpath.dirname(posixpath.normpath(_slashes(said))) if said else "", roots)


def path_below(path: str, folder: str) -> str:
    """Return ``path`` below ``folder`` of another machine, with its slashes; ``path`` if absolute or without folder."""
    if not folder or _is_absolute(path):
        return path
    if "\\" in folder and "/" not in folder:
        return folder.rstrip("\\") + "\\" + path.replace("/", "\\")
    return f"{folder.rstrip('/')}/{path}"


def name_below(path: Path, root: Path) -> str:
    """Return the file's path in the project, which people know, or the path itself where the file lies elsewhere."""
    try:
        return path.absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        return path.as_posix()


def _slashes(path: str) -> str:
    return path.replace("\\", "/") if _WINDOWS.match(path) else path


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or re.match(r"[A-Za-z]:/", path) is not None
