"""Which places of a project are remote-tracker's own, or the user's hand-written files: no result may be put there."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..model.pattern import Pattern
from ..model.result_folders import OWN_FOLDERS, OWN_PAGE

# Compared in lower case: some disks do not tell Results from results. What begins with a dot is our own, too.
OWN = frozenset(("workspace", "summarizer", "remote_tracker", "site", "snakemake", "project.yml", "rt", "readme.md"))
ELSEWHERE = "Give it a place below Results or MaskedVideos."


def why_not_there(pattern: Pattern) -> str:
    """Return why an output of this pattern could be written over one of our files, "" where it could not."""
    parts = [part for part in _literal_start(pattern).split("/") if part not in ("", ".")]
    if not parts:
        return f"begins with a wildcard, so it could be any file of the project. {ELSEWHERE}"
    if _is_own(parts[0].lower()):
        return f"lies in {parts[0]}, which is remote-tracker's own or yours. {ELSEWHERE}"
    if any(_is_hidden(part) for part in parts):
        return f"is hidden: what begins with a dot there is remote-tracker's own. {ELSEWHERE}"
    if parts[0].lower() == "results" and len(parts) > 1:
        writer = OWN_FOLDERS.get(parts[1].lower(), "./rt report" if parts[1].lower() == OWN_PAGE else "")
        if writer:
            return f'lies in Results/{parts[1].lower()}, where "{writer}" writes. Give it another place below Results.'
    return ""


def why_no_videos(root: Path, videos: str) -> str:
    """Return why ``videos`` cannot be the place of the videos, "" where it can: no result may be taken for a video."""
    here, there = os.path.realpath(root), os.path.realpath(os.path.join(root, videos))
    if f"{here}/".startswith(f"{there}/".replace("//", "/")):
        return "holds this project: its results would be taken for videos"
    inside = os.path.relpath(there, here).split("/")[0]
    if _is_own(inside.lower()) or inside in ("Results", "MaskedVideos"):
        return f"lies in {inside}, where no videos are"
    return ""


def _literal_start(pattern: Pattern) -> str:
    """Return the folders before the first wildcard, or the whole path where it has none."""
    first = pattern.pieces[0] if isinstance(pattern.pieces[0], str) else ""
    start = re.split(r"[*?[]", first)[0]
    return first if start == pattern.text else start.rpartition("/")[0]


def _is_own(name: str) -> bool:
    return name in OWN or _is_hidden(name)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name != ".."
