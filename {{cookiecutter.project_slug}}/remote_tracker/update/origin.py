"""Read and write .remote-tracker.yml: where a project came from, recorded when it is made and by each update."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from ..disk.files import write_file
from ..errors import TOO_MUCH, RemoteTrackerError

ORIGIN_FILE = ".remote-tracker.yml"
ORIGIN_HEAD = "# Written by remote-tracker, for itself: where this project came from, and the Python that ./rt uses.\n"
_VERSION = re.compile(r'^__version__\s*=\s*"(\d+(?:\.\d+)*)[^"]*"', re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z0-9/][\w@/.+~ -]*[\w/]|[A-Za-z/]")


def load_origin(root: Path) -> dict[str, str]:
    """Return template, version and python as the project recorded them, without missing entries."""
    try:
        values = yaml.safe_load((root / ORIGIN_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, *TOO_MUCH):
        return {}
    return {str(key): str(value) for key, value in values.items()} if isinstance(values, dict) else {}


def write_origin(root: Path, values: Mapping[str, str]) -> None:
    """Write .remote-tracker.yml, a plain line for each value, which bash can read; raises RemoteTrackerError."""
    write_file(
        root / ORIGIN_FILE, ORIGIN_HEAD + "".join(f"{key}: {_as_yaml(value)}\n" for key, value in values.items())
    )


def find_version(root: Path) -> str:
    """Return the version of the remote_tracker/ below ``root``; raises RemoteTrackerError."""
    path = root / "remote_tracker" / "__init__.py"
    try:
        found = _VERSION.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RemoteTrackerError(f"{path}: cannot be read ({error}). Nothing was changed.") from None
    if not found:
        raise RemoteTrackerError(f'{path}: has no line __version__ = "1.2.3". Nothing was changed.')
    return found[1]


def read_version(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared: "0.10.1" -> (0, 10, 1)."""
    return tuple(int(number) for number in version.split("."))


def _as_yaml(value: str) -> str:
    plain = _PLAIN.fullmatch(value) and yaml.safe_load(value) == value
    return value if plain else json.dumps(value)
