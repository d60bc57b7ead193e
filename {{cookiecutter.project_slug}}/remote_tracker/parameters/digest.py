"""Compute the digests of the files that parameters name: of their sizes and times, and of their content."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import md5
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import TOO_MUCH
from ..text.late_yaml import yaml

LARGE = 1 << 20  # bytes: the digest of larger files (a model) is remembered
Rewritten = Mapping[str, Sequence[str]]  # path of a YAML file, as it is named -> keys in it that do not count


def mark_files(root: Path, paths: Sequence[str]) -> str:
    """Return a digest of size, mtime and name of each file at or below ``paths``, as run_task.sh computes it."""
    lines = sorted(_mark(path, place) for path, place in files_in(root, paths))
    return md5("".join(lines).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def _mark(path: str, place: str) -> str:
    entry = os.stat(place)
    return f"{entry.st_size} {entry.st_mtime_ns // 10**9}.{entry.st_mtime_ns % 10**9:09d}0 {path}\n"


def digest_files(root: Path, paths: Sequence[str], rewritten: Rewritten = MappingProxyType({})) -> str:
    """Return a digest of names and content of the files at or below ``paths``, as run_task.sh computes it.

    Of the files that ``rewritten`` names what :func:`_sum_of_keys` reads counts.
    """
    sums = ((path, _sum_of_keys(place, rewritten.get(path, ()))) for path, place in files_in(root, paths))
    lines = sorted(f"{digest}  {path}\n" for path, digest in sums)
    return md5("".join(lines).encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()[:8]


def _sum(place: str) -> str:
    whole = md5(usedforsecurity=False)
    with open(place, "rb") as file:
        while block := file.read(1 << 20):
            whole.update(block)
    return whole.hexdigest()


def _sum_of_keys(place: str, rewritten: Sequence[str]) -> str:
    """Return a digest of a YAML file's keys and values but for the keys ``rewritten``: not of comments, order, quotes.

    Without such keys, and where the file is no mapping in YAML, it is the digest of the file.
    """
    data = _load_mapping(place) if rewritten and os.path.getsize(place) < LARGE else None
    if data is None:
        return _sum(place)
    try:
        kept = repr(_ordered({key: value for key, value in data.items() if key not in rewritten}))
    except RecursionError:  # an anchor within itself
        return _sum(place)
    return md5(kept.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _load_mapping(place: str) -> dict[Any, Any] | None:
    try:
        data = yaml.safe_load(Path(place).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, *TOO_MUCH):
        return None
    return data if isinstance(data, dict) else None


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((repr(key), _ordered(inner)) for key, inner in value.items())
    return [_ordered(inner) for inner in value] if isinstance(value, list) else repr(value)


def files_in(root: Path, paths: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (path as named, path on disk) of each file that is named or lies in a named folder."""
    for path in paths:
        place = os.path.join(root, path)
        if os.path.isfile(place):
            yield path, place
        for folder, _, names in os.walk(place, followlinks=True):
            for name in names:
                inner = os.path.join(folder, name)
                yield os.path.join(path, os.path.relpath(inner, place)), inner
