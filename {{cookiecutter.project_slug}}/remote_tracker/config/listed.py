"""Read the file of a parameter with ``lists`` in tracker.yml: a folder on each line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

from ..errors import ConfigError
from ..model import Param
from .document import Section


def load_listed(given: Section, param: Param, name: str, videos: str = "") -> list[str]:
    """Return the folders that the file ``name`` lists, as paths below the folder of the parameter's ``lists``.

    Blank lines and lines that begin with # are skipped; a line may be a path from that folder, from the project's
    folder, or absolute. ``videos`` is the real place of RawVideos. Raises ConfigError, which names file and line.
    """
    root = given.path.parent
    path = root / name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        given.fail(param.name, f'"{param.name}": {name} cannot be read ({reason}). {param.help}.')
    top = root / (videos if videos and param.lists == "RawVideos" else param.lists)
    said = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    found = [_read_line(path, n, line, param, top) for n, line in said if line and not line.startswith("#")]
    if not found:
        raise ConfigError(f"{path}: it lists nothing. Write a folder of {param.lists} a line. Nothing was changed.")
    return list(dict.fromkeys(found))


def _read_line(path: Path, number: int, line: str, param: Param, top: Path) -> str:
    def fail(message: str) -> NoReturn:
        raise ConfigError(f"{path} line {number}: {message} Nothing was changed.")

    below = _below(line.rstrip("/"), param.lists, top)
    if below is None:
        link = f"ln -s {line} {param.lists}/" if os.path.isabs(line) else f"ln -s PLACE {param.lists}/"
        fail(f'"{line}" is no folder in {param.lists}. If it lies elsewhere make a link ({link}), and write its name.')
    if top.is_dir() and not (top / below).is_dir():  # where ``top`` is missing, a disk is not mounted: a scan tells
        fail(f'there is no folder "{below}" in {param.lists}. Correct the line, put # before it, or bring the folder.')
    return below


def _below(line: str, lists: str, top: Path) -> str | None:
    """Return the path below ``top`` of the folder that a line names, None where it is not below ``top``."""
    if not os.path.isabs(line):
        path = os.path.normpath(line.removeprefix("./").removeprefix(f"{lists}/"))
        return None if path.split("/")[0] in ("..", ".", "~") else path
    for place in (str(top), os.path.realpath(top)):
        path = os.path.relpath(line, place)
        if path.split("/")[0] not in ("..", "."):
            return path
    return None
