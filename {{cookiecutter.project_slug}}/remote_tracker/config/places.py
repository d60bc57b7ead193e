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
    entries = find_entries(root, kind)
    if name not in entries:
        raise ConfigError(f"{asked_in}: {unknown_word(kind.rstrip('s'), name, entries)} Nothing was changed.")
    return entries[name]
