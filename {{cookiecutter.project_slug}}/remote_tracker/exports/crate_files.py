"""Describe files for an RO-Crate: each file once, by its path, with its size and, where it is known, its SHA-256."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from mimetypes import guess_type
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from urllib.parse import quote

from rocrate.model import DataEntity
from rocrate.rocrate import ROCrate

from ..content.digest import whole_of
from ..content.entry import Entry
from ..scan import Tree
from ..text.visible import shown

VIDEOS = "RawVideos/"
TYPES = dict.fromkeys((".yml", ".yaml"), "application/yaml")  # RFC 9512; not every Python knows it
Noted = Mapping[str, Entry]  # path -> what a task noted about the file


class CrateFiles:
    """The files of a crate; a file that is named twice is described once.

    A path is its own identity: files of one name in two folders are two files.
    """

    def __init__(self, crate: ROCrate, tree: Tree, root: Path, videos_elsewhere: bool) -> None:
        self._crate, self._tree, self._root, self._elsewhere = crate, tree, root, videos_elsewhere
        self._known: dict[str, Any] = {}
        self.unproven = 0  # files without a SHA-256

    def __len__(self) -> int:
        """Return how many files and folders are described."""
        return len(self._known)

    def add(self, path: str, noted: Noted | None = None) -> Any:
        """Return the entity of a file or folder of the project, described at its first call; None where it is missing.

        ``noted`` tells the SHA-256 of files that are still as a task left them; without it the file is read.
        """
        path = path.rstrip("/")
        if path not in self._known:
            try:
                found = os.stat(self._tree.place(path))
            except OSError:
                return None
            is_folder = S_ISDIR(found.st_mode)
            self._known[path] = self._folder(path, noted or {}) if is_folder else self._file(path, found, noted)
        return self._known[path]

    def add_all(self, paths: Iterable[str], noted: Noted | None = None) -> list[Any]:
        """Return the entities of the files and folders that are there."""
        return [entity for path in paths if (entity := self.add(path, noted)) is not None]

    def _file(self, path: str, found: os.stat_result, noted: Noted | None) -> Any:
        told: dict[str, Any] = {"@type": "File", "name": shown(os.path.basename(path))}
        told["contentSize"] = str(found.st_size)
        if kind := guess_type(path)[0] or TYPES.get(os.path.splitext(path)[1]):
            told["encodingFormat"] = kind
        if digest := self._read(path) if noted is None else digest_of(noted.get(path), found):
            told["sha256"] = digest
        else:
            self.unproven += 1
        return self._crate.add(DataEntity(self._crate, self._name(path), told))

    def _folder(self, path: str, noted: Noted) -> Any:
        """Describe a folder and the files in it that a task noted."""
        inside = self.add_all((one for one in noted if one.startswith(f"{path}/")), noted)
        told: dict[str, Any] = {"@type": "Dataset", "name": shown(os.path.basename(path))}
        told |= several("hasPart", inside)
        return self._crate.add(DataEntity(self._crate, f"{self._name(path)}/", told))

    def _name(self, path: str) -> str:
        """Return the file's URI: below the project percent-encoded, elsewhere absolute.

        A name that is not UTF-8 can be in no URI that others read back: the file gets a name within the crate.
        """
        if self._elsewhere and path.startswith(VIDEOS):
            return f"file://{quote(os.fsencode(os.path.abspath(self._tree.place(path))))}"
        raw = os.fsencode(path)
        return quote(raw) if is_text(raw) else f"#{quote(raw)}"

    def _read(self, path: str) -> str:
        try:
            return whole_of(self._tree.place(path))[0]
        except OSError:
            return ""


def digest_of(entry: Entry | None, found: os.stat_result) -> str:
    """Return the SHA-256 that was noted of a file, "" where none was, or the file has another size or time since."""
    if entry is None or (entry.size, entry.mtime_ns) != (found.st_size, found.st_mtime_ns):
        return ""
    return entry.sha256


def is_text(raw: bytes) -> bool:
    """Return whether bytes are UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def several(key: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return a property with its values, alone where there is but a single value, as RO-Crate has it; {} for none."""
    return {key: values[0] if len(values) == 1 else list(values)} if values else {}
