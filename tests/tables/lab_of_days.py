"""A small lab whose tracker tells frames and animals, and whose days have tables of features."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from lab import Lab

TELLS = {
    "fps": {"json": "info", "key": "fps"},
    "frames": {"json": "info", "key": "frames"},
    "animals": {"json": "info", "key": "animals.number"},
    "tracked": {"csv": "table", "count": "frame"},
}
SUMMARY: dict[str, Any] = {
    "name": "summarize",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"info": "Results/{day}/{subdir}/{name}.json"},
    "output": {"files": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"},
    "command": (
        "{ echo file_id,filename,is_good; n=0; for f in {{ input.info }}; do echo $n,Results/${f##*/Results/},True;"
        " n=$((n+1)); done; } > {{ output.files }}; { echo file_id,animal,speed_px_per_s_mean; n=0; for f in"
        " {{ input.info }}; do echo $n,0,1.5; echo $n,1,; n=$((n+1)); done; } > {{ output.features }}"
    ),
}
TOLD = '{"fps": 29.97, "frames": 300, "animals": {"number": 2}}'
DEFINED = """
columns:
  - {name: animal, type: string, meaning: the animal}
  - {name: "speed_{unit}_per_s_mean", unit: "{unit}/s", meaning: the speed}
"""


def declare(lab: Lab, **keys: Any) -> None:
    """Declare the tracker; ``keys`` replace those of its step that tracks."""
    lab.tracker(
        SUMMARY,
        version="echo 1.2",
        **{
            "output": {"info": "Results/{subdir}/{name}.json", "table": "Results/{subdir}/{name}.csv"},
            "command": (
                f"printf '%s' '{TOLD}' > {{{{ output.info }}}};"
                " printf 'frame,x\\n3,1\\n3,2\\n7,1\\n' > {{ output.table }}"
            ),
            "check": [{"json": "info", "key": "fps", "at_least": 1}],
            "tells": TELLS,
            **keys,
        },
    )
    (lab.root / "site/trackers/tiny/columns.yml").write_text(DEFINED)


def load(lab: Lab, name: str) -> list[dict[str, str]]:
    """Return the rows of a joined table."""
    with open(lab.root / "Results/joined" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_video(lab: Lab) -> dict[str, dict[str, str]]:
    """Return the rows of the table of videos, by video."""
    return {row["video"]: row for row in load(lab, "videos")}


def write_lab_table(root: Path, text: str, encoding: str = "utf-8") -> None:
    """Write the lab's own table."""
    path = root / "AuxiliaryFiles" / "videos.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))
