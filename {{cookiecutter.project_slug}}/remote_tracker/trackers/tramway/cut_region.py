"""Cut a region out of a file of trajectories: python cut_region.py FILE REGION OUT --rois JSON

--file X.rois.json: the regions stand there. They are JSON: {"left": [[x, y], [x, y]]}, lower and upper corner, both
within, as TRamWAy's bounding boxes. --table X-roi.txt: a list of TRamWAy's own, of which REGION is a row, from 0, in
columns with tabs between: x min, y min, x max, y max, or the centres x, y of squares of --size.
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

if TYPE_CHECKING:  # Python 3.7 has no such types at run time
    Box = tuple[float, float, float, float]


class Unusable(Exception):
    """A file or a region cannot be used; the message says which and why."""


def read_box(text: str, region: str, told: str) -> Box:
    """Return (x, y, x, y) of a region's two corners. Raises Unusable; ``told`` names the place of the regions."""
    try:
        (left, low), (right, high) = json.loads(text)[region]
        box = float(left), float(low), float(right), float(high)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, MemoryError):
        raise Unusable(f"{told}: region {region} is not [[x, y], [x, y]] (lower corner, upper corner)") from None
    return checked(box, f"{told}: region {region}")


def read_row(text: str, region: str, size: float, told: str) -> Box:
    """Return (x, y, x, y) of a row of TRamWAy's own list. Raises Unusable; ``told`` names the list."""
    head, *lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    names = [name.strip() for name in head]
    if not set(names) <= {"x", "y", "x min", "y min", "x max", "y max"}:
        raise Unusable(f"{told}: its columns are {', '.join(names)}; known are x min, y min, x max, y max, or x, y")
    try:
        row = dict(zip(names, map(float, lines[int(region)])))  # noqa: B905  Python 3.7 runs it, too
        if "x" in names and not size > 0:
            raise Unusable(
                f"{told} lists centres: say below params in project.yml how large a region is, as roi_size: 1.5"
            )
        if "x" in names:
            box = row["x"] - size / 2, row["y"] - size / 2, row["x"] + size / 2, row["y"] + size / 2
        else:
            box = row["x min"], row["y min"], row["x max"], row["y max"]
    except (ValueError, KeyError, IndexError):
        raise Unusable(f"{told}: row {region} has no place: x min, y min, x max, y max, or x, y") from None
    return checked(box, f"{told}: row {region}")


def checked(box: Box, told: str) -> Box:
    """Return the box. Raises Unusable where a corner is not finite or the corners are swapped."""
    if not (all(map(math.isfinite, box)) and box[0] < box[2] and box[1] < box[3]):
        raise Unusable(f"{told} must have its lower corner first, then its upper one")
    return box


def cut(text: str, box: Box) -> Iterator[str]:
    """Yield the lines within the box, with their trajectories renumbered from 1. Raises Unusable."""
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
    """Cut the region that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("file_of_locations", "region", "out"):
        parser.add_argument(name)
    listed = parser.add_mutually_exclusive_group(required=True)
    listed.add_argument("--rois", default="")
    listed.add_argument("--file", type=Path)
    listed.add_argument("--table", type=Path)
    parser.add_argument("--size", type=float, default=0.0)
    words = sys.argv[1:]  # a region may begin with a dash: the options go first
    typed = parser.parse_args([*words[3:], "--", *words[:3]] if len(words) > 3 else words)
    try:
        beside = typed.file or typed.table
        told = beside.name if beside else "project.yml: rois"
        text = beside.read_text(encoding="utf-8") if beside else typed.rois
        row, size = bool(typed.table), typed.size
        box = read_row(text, typed.region, size, told) if row else read_box(text, typed.region, told)
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
