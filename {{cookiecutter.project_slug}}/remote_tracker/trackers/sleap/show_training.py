"""Show how well models learned, a line each: python show_training.py <model's folder>...

Reads training_log.csv, and metrics.val*.json where SLEAP's version writes it. Runs in any Python 3.7 or newer.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any

LOSSES = ("val/loss", "val_loss")  # SLEAP 1.5 and later; 1.3 and 1.4
SHOWN = {
    "mOKS.mOKS": "mOKS",
    "voc_metrics.oks_voc.mAP": "mAP",
    "distance_metrics.avg": "mean distance in px",
    "distance_metrics.p95": "95 % below",
    "pck_metrics.PCK@5": "PCK@5px",
    "visibility_metrics.precision": "visibility precision",
    "visibility_metrics.recall": "recall",
}


def describe(model: Path) -> str:
    """Return the line for a model: its best epoch, and its metrics on frames that it was not trained on."""
    said = [_describe_log(model / "training_log.csv")]
    for path in sorted(model.glob("metrics.val*.json")):
        numbers = _numbers(path)
        said += [f"{name} {numbers[key]:.4g}" for key, name in SHOWN.items() if key in numbers]
    return f"{model.name}: {', '.join(said)}"


def _describe_log(log: Path) -> str:
    try:
        with log.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError:
        return f"no {log.name}"
    for loss in LOSSES:
        losses = [(_number(row.get(loss)), row.get("epoch")) for row in rows]
        known = [pair for pair in losses if not math.isnan(pair[0])]
        if known:
            best, epoch = min(known, key=lambda pair: pair[0])
            return f"validation loss {best:.4g} at its lowest, in epoch {epoch} (the last was {rows[-1].get('epoch')})"
    return f"no validation loss in {log.name}"


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return math.nan


def _numbers(path: Path) -> dict[str, float]:
    """Return keys with dots between -> number, for every number in the mappings of a JSON file."""
    try:
        return dict(_flat("", json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, RecursionError):
        return {}


def _flat(name: str, value: Any) -> list[tuple[str, float]]:
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _flat(f"{name}.{key}" if name else str(key), inner)]
    return [(name, float(value))] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


if __name__ == "__main__":
    for place in sys.argv[1:]:
        print(describe(Path(place)))
