"""Compute the fingerprint that results are made with: command, parameters, and the files that parameters name.

run_task.sh computes the digest of the files anew where a file changed since the batch was listed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import blake2b, md5
from pathlib import Path

from ..disk.derived import write_derived
from ..model import Project, Stage
from ..model.scheduling import BATCHES
from .digest import LARGE, Rewritten, digest_files, files_in, mark_files
from .files import find_rewritten

ACTIVATE = "workspace/activate.sh"
NO_ACTIVATE = "none"
REMEMBERED = f"workspace/{BATCHES}/fingerprints.json"  # derived: may be deleted at any time


def fingerprint(project: Project, stage: Stage, files: Sequence[str]) -> str:
    """Return a short digest of everything that shapes a result: command template, parameters, ``files``, image.

    ``files`` are the paths that the stage's parameters name, as find_files returns them; their content counts.
    """
    image = [project.container.image] if project.container.image else []
    shaping = repr([stage.command, sorted(project.tracker.params_of(stage).items()), *image])
    said = blake2b(shaping.encode(), digest_size=4).hexdigest()
    return f"{said}-{_content_of(project.root, files, find_rewritten(project, stage))}" if files else said


def digest_activate(root: Path) -> str:
    """Return a short digest of the project's activate.sh, as run_task.sh computes it, "none" where there is none."""
    try:
        text = (root / ACTIVATE).read_bytes()
    except OSError:
        return NO_ACTIVATE
    return md5(text, usedforsecurity=False).hexdigest()[:8]


def _content_of(root: Path, paths: Sequence[str], rewritten: Rewritten) -> str:
    """Return a digest of the files' content; for large files remembered by size, mtime and name."""
    size = sum(os.path.getsize(place) for _, place in files_in(root, paths))
    if size < LARGE:
        return digest_files(root, paths, rewritten)
    mark = mark_files(root, paths) + (repr(sorted(rewritten.items())) if rewritten else "")
    known = _load_remembered(root)
    if mark not in known:
        known[mark] = digest_files(root, paths, rewritten)
        write_derived(root / REMEMBERED, json.dumps(known, indent=1))
    return known[mark]


def _load_remembered(root: Path) -> dict[str, str]:
    try:
        known = json.loads((root / REMEMBERED).read_text(encoding="utf-8"))
        return {str(mark): str(digest) for mark, digest in known.items()}
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
