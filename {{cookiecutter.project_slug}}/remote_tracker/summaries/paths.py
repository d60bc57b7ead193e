"""Where a result lies: a path as some machine wrote it, made relative to the project, then put where it is read."""

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
    """Where one day's table lies: its ``folder`` in the project, and the one it ``was`` written in, '' if unknown.

    ``roots`` are the spellings of the project's own folder (as given, and with links resolved).
    """

    folder: str
    was: str
    roots: tuple[str, ...]

    def project_path(self, written: str) -> str:
        """Return the path of a result relative to the project; one that cannot belong to it stays absolute.

        First what the path surely lies in counts (this project; the folder the table itself was written
        in), then the last folder of a project's that it names.
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
    """Return the place of a table, from where it lies and what the ``#`` lines of its filenames table say."""
    folder = table.filenames.parent
    roots = tuple(dict.fromkeys(os.fspath(path) for path in (root.absolute(), root.resolve())))
    inside = os.path.relpath(folder.absolute(), root.absolute())
    said = next((line[len(_SELF) :].strip().strip('"') for line in comments if line.startswith(_SELF)), "")
    return Place(inside, posixpath.dirname(posixpath.normpath(_slashes(said))) if said else "", roots)


def path_below(path: str, folder: str) -> str:
    """Return ``path`` below ``folder`` (another machine's, with its slashes); as it is where either is open."""
    if not folder or _is_absolute(path):
        return path
    if "\\" in folder and "/" not in folder:
        return folder.rstrip("\\") + "\\" + path.replace("/", "\\")
    return f"{folder.rstrip('/')}/{path}"


def _slashes(path: str) -> str:
    return path.replace("\\", "/") if _WINDOWS.match(path) else path


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or re.match(r"[A-Za-z]:/", path) is not None
