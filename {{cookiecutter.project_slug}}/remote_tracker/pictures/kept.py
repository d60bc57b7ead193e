"""Remember the sources of each picture, and where each thumbnail stands; the file may be deleted at any time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..disk.derived import write_derived
from ..model import Project
from ..scan import Tree
from ..tables.video_row import VideoRow
from .places import Sprite, index_path, load_index, picture_path, read_sprites


class Kept:
    """The pictures and thumbnails of a project that need not be made again."""

    def __init__(self, project: Project) -> None:
        self._project, self._tree = project, Tree(project.root, project.videos)
        told = load_index(project)
        self._written = json.dumps(told)
        self._has_sprite = cache(self._find_sprite)
        self.pictures: dict[str, str] = {}  # video -> the sources of its picture
        self.sprites: dict[str, Sprite] = {}
        if isinstance(told.get("pictures"), dict):
            self.pictures, self.sprites = dict(told["pictures"]), read_sprites(told)

    def source_of(self, row: VideoRow) -> str:
        """Return a text that differs as soon as the video, its result or the way of drawing does.

        Where a record says what result and video hold, their content counts, else size, time and inode of each file.
        """
        results = row.sha256_result if row.sha256_result and not row.changed else self._stats(row.results)
        videos = row.sha256_raw or self._stats(row.raw)
        told = f"{row.video}\0{results}\0{videos}\0{row.fps}\0{drawing()}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def _stats(self, paths: Iterable[str]) -> str:
        return " ".join(_stat_of(self._tree.place(path)) for path in paths)

    def holds(self, row: VideoRow, source: str) -> bool:
        """Return whether the picture of a video, made of ``source``, and its thumbnail are there."""
        sprite = self.sprites.get(row.day)
        return (
            self.pictures.get(row.video) == source
            and sprite is not None
            and self._has_sprite(sprite.file)
            and picture_path(self._project, row.video).is_file()
        )

    def _find_sprite(self, file: str) -> bool:
        return (self._project.root / "Results" / file).is_file()

    def write(self) -> None:
        """Write the file, where something is news."""
        sprites = {day: one._asdict() for day, one in sorted(self.sprites.items())}
        told = json.dumps({"pictures": dict(sorted(self.pictures.items())), "sprites": sprites})
        if told != self._written and write_derived(index_path(self._project), told):
            self._written = told


def _stat_of(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return f"{found.st_size}.{found.st_mtime_ns}.{found.st_ino}"


@cache
def drawing() -> str:
    """Return a digest of the programs that read tracks and draw: pictures of another digest are made anew."""
    here = Path(__file__).parent
    programs = sorted(path for room in ("pictures", "tracks", "measures") for path in here.with_name(room).glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in programs)).hexdigest()[:16]
