"""Cut a region out of a file of trajectories: python cut_region.py FILE REGION OUT --rois JSON (or --file X.rois.json)

The regions are JSON: {"left": [[x, y], [x, y]]}, lower and upper corner, both within, as TRamWAy's bounding boxes.
Where a trajectory leaves the region it ends; what comes back is another one, as TRamWAy's own crop has it (which also
drops some that are left with one location; here none is dropped). Python 3.7 or newer.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what Python 3.7 could not do as it runs
    Box = tuple[float, float, float, float]


class Unusable(Exception):
    """Something that cannot be used; the message says what and why."""


def read_box(text: str, region: str, told: str) -> Box:
    """Return (x, y, x, y) of a region's two corners. Raises Unusable; ``told`` says where the regions stand."""
    try:
        (left, low), (right, high) = json.loads(text)[region]
        box = float(left), float(low), float(right), float(high)
    except (ValueError, KeyError, TypeError, IndexError):
        raise Unusable(f"{told}: region {region} is not [[x, y], [x, y]] (lower corner, upper corner)") from None
    if not (all(map(math.isfinite, box)) and box[0] < box[2] and box[1] < box[3]):
        raise Unusable(f"{told}: region {region} must have its lower corner first, then its upper one")
    return box


def cut(text: str, box: Box) -> Iterator[str]:
    """Yield the lines within the box, their trajectories numbered anew from 1. Raises Unusable."""
    number, last = 0, ""
    for row, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            x, y, _ = float(words[1]), float(words[2]), float(words[3])
        except (ValueError, IndexError):
            raise Unusable(f"line {row} is not n x y t: {line[:40]!r}") from None
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            last = ""
            continue
        number += words[0] != last
        last = words[0]
        yield "\t".join([str(number), *words[1:]]) + "\n"


def main() -> int:
    """Cut what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("file_of_locations", "region", "out"):
        parser.add_argument(name)
    listed = parser.add_mutually_exclusive_group(required=True)
    listed.add_argument("--rois", default="")
    listed.add_argument("--file", type=Path)
    words = sys.argv[1:]  # a region may begin with a dash: the options go first
    typed = parser.parse_args([*words[3:], "--", *words[:3]] if len(words) > 3 else words)
    try:
        told = typed.file.name if typed.file else "project.yml: rois"
        box = read_box(typed.file.read_text(encoding="utf-8") if typed.file else typed.rois, typed.region, told)
        lines = list(cut(Path(typed.file_of_locations).read_text(encoding="utf-8"), box))
        if not lines:
            raise Unusable(f"no location lies in region {typed.region} ({told})")
    except (Unusable, OSError, UnicodeError) as error:
        print(f"{typed.file_of_locations}: {error}", file=sys.stderr)
        return 1
    Path(typed.out).write_text("".join(lines), encoding="utf-8")
    print(f"region {typed.region}: {len(lines)} locations in {lines[-1].split()[0]} trajectories")
    return 0


if __name__ == "__main__":
    sys.exit(main())
