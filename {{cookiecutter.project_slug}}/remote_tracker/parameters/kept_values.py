"""Keep what the files hold that parameters name, so that a table can tell later which values made a result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import TOO_MUCH
from ..model import Project, Stage
from ..text.late_yaml import yaml
from .digest import LARGE
from .files import find_files, find_rewritten
from .read_values import load_pairs


def render_values(project: Project, stage: Stage) -> str:
    """Return as JSON, path -> key -> value, what the readable files hold that the stage's parameters name; "" for none.

    Folders, large files, as a model, and files without keys are left out; so are keys that the tracker rewrites.
    """
    rewritten = find_rewritten(project, stage)
    found = {path: _load(project, path, rewritten.get(path, ())) for path in find_files(project, stage)}
    kept = {path: values for path, values in found.items() if values}
    return json.dumps(kept, indent=1, default=str, ensure_ascii=False) + "\n" if kept else ""


def _load(project: Project, path: str, rewritten: tuple[str, ...]) -> Mapping[str, Any]:
    place = project.root / path
    try:
        if not place.is_file() or place.stat().st_size >= LARGE:
            return {}
        pairs = load_pairs(place)
        json.dumps(pairs, default=str)  # a value may hold itself
    except (OSError, ValueError, TypeError, yaml.YAMLError, *TOO_MUCH):
        return {}
    return {key: value for key, value in pairs if key not in rewritten}
