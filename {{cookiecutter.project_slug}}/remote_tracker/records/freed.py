"""The ledger of files that were deleted on a cluster because home has them, proven: a line of JSON for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = ".freed"
LEDGER = f"{FOLDER}/ledger.jsonl"  # in the project; a line for each file


def read_ledger(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the ledger's lines, oldest first; a line that cannot be read counts for nothing."""
    try:
        lines = (root / LEDGER).read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield told


def is_freed(root: Path, stage: str, unit: str, batch: str) -> bool:
    """Return whether the results that a unit of a stage has from this batch were deleted because home has them."""
    try:
        found = (root / LEDGER).stat()
    except OSError:
        return False
    return (stage, unit, batch) in _load(root, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=1)
def _load(root: Path, size: int, mtime_ns: int) -> frozenset[tuple[str, str, str]]:
    told = [line for line in read_ledger(root) if line.get("batch")]
    return frozenset((str(line.get("stage")), str(line.get("unit")), str(line["batch"])) for line in told)
