"""Find the files that a parameter's own file names, as a model: their content shapes results as the file's does."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import TOO_MUCH
from ..named_tuple import NamedTuple
from ..text.late_yaml import yaml

_LINE = re.compile(r"^\s*([\w.-]+)\s*=\s*(['\"]?)(.*?)\2\s*(?:#.*)?$", re.MULTILINE)  # of TOML and of settings


class NamedFile(NamedTuple):
    """A file or folder that a value in a parameter file names: below the project, or absolute."""

    key: str
    path: str


def find_named_files(root: Path, path: str, keys: tuple[str, ...]) -> Iterator[NamedFile]:
    """Yield the files that the values at ``keys`` of the file at ``path`` name; nothing where it cannot be read.

    A value is a path from the project's folder, in which tasks run, or a list of paths; an empty text names nothing.
    """
    told = _load_values(root / path) if keys else {}
    for key in keys:
        value = _find(told, key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and (named := os.path.expanduser(one.strip())):
                yield NamedFile(key, f"./{named}" if named.startswith("-") else named)  # as find of a task takes it


def _find(told: Any, key: str) -> Any:
    """Return the value at a key, with dots between names; None where there is none."""
    for name in [key] if isinstance(told, Mapping) and key in told else key.split("."):
        told = told.get(name) if isinstance(told, Mapping) else None
    return told


def _load_values(path: Path) -> Any:
    """Return what a file of JSON, of YAML, or of lines ``key = value`` says; {} where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return json.loads(text)
        if path.suffix in (".yml", ".yaml"):
            return yaml.safe_load(text)
        return {key: value for key, _, value in _LINE.findall(text)}
    except (OSError, ValueError, yaml.YAMLError, *TOO_MUCH):
        return {}
