"""Find trackers and clusters: first in the project's site/, then in the lab's folder, then in this package."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import ConfigError, unknown_word

BUILT_IN = Path(__file__).resolve().parent.parent


def find_places(root: Path) -> list[Path]:
    """Return the folders that may hold trackers/ and clusters/, first the folder nearest to the user."""
    lab = os.environ.get("REMOTE_TRACKER_SITE")
    return [root / "site", *([Path(lab)] if lab else []), BUILT_IN]


def find_entries(root: Path, kind: str) -> dict[str, Path]:
    """Return name -> path of every tracker.yml or cluster file; of equal names the nearest to the user wins."""
    pattern = "*/tracker.yml" if kind == "trackers" else "*.yml"
    found: dict[str, Path] = {}
    for place in find_places(root):
        for path in sorted((place / kind).glob(pattern)):
            found.setdefault(path.parent.name if kind == "trackers" else path.stem, path)
    return found


def find_entry(root: Path, kind: str, name: str, asked_in: str) -> Path:
    """Return the file that describes the tracker or cluster ``name``.

    Raises ConfigError, which starts with ``asked_in`` and lists the known names.
    """
    for place in find_places(root):  # find_entries looks for each tracker's file: 25 calls of a disk that answers late
        if found := _find_in(place / kind, kind, name):
            return found
    known = unknown_word(kind.rstrip("s"), name, find_entries(root, kind))
    raise ConfigError(f"{asked_in}: {known} Nothing was changed.")


def _find_in(folder: Path, kind: str, name: str) -> Path | None:
    """Return the file that describes ``name`` in a folder of trackers or clusters, None where there is none."""
    is_tracker = kind == "trackers"
    entry = name if is_tracker else f"{name}.yml"
    try:
        if entry not in os.listdir(folder):  # names are compared as they are, on a disk that takes A for a, too
            return None
    except OSError:
        return None
    path = folder / entry / "tracker.yml" if is_tracker else folder / entry
    return path if not is_tracker or path.exists() else None
