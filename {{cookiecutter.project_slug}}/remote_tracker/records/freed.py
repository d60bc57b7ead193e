"""The ledger of what was deleted on a cluster because home has it, proven: lines of JSON that people can read, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
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


def load_freed(root: Path, stage: str) -> set[tuple[str, str]]:
    """Return (name, batch) of each unit of a stage that was freed: its result was made in that batch."""
    told = [line for line in read_ledger(root) if line.get("stage") == stage and line.get("batch")]
    return {(str(line.get("unit")), str(line["batch"])) for line in told}
