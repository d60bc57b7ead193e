#!/usr/bin/env bash
# sleap-io reads the spots of TrackMate as if they were pixels, though the file says that they are micrometres.
#   bash findings/sleap_io_trackmate_microns.sh        (needs Python 3.11 or newer and the network; a temporary folder)
# Seen with sleap-io 0.9.5. A table of spots as TrackMate writes it has four lines of titles, of which the last says the
# units; a film of a calibrated microscope, here 0.1075 micron a pixel, has its positions in microns. load_trackmate skips
# that line, whether it says (micron) or (pixel): the spot at pixel 400, 200 becomes 43, 21.5. Every other reader of sleap-io
# gives pixels, and what draws, crops or exports the labels uses them so. The film beside the table, whose resolution would
# tell, is found and noted, not asked. Nothing warns. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check sleap-io==0.9.5 tifffile==2026.3.3 numpy==2.4.6
cat >"$place/read.py" <<'PYTHON'
import csv
import importlib.metadata
import sys

import numpy as np
import sleap_io
import tifffile

print("sleap-io", importlib.metadata.version("sleap-io"))
COLUMNS = "LABEL ID TRACK_ID QUALITY POSITION_X POSITION_Y POSITION_Z POSITION_T FRAME RADIUS VISIBILITY".split()
LENGTHS = {"POSITION_X", "POSITION_Y", "POSITION_Z", "RADIUS"}


def spots(name, unit, pixel):
    """Write the spots of one cell that stays at pixel 400, 200 for five frames, a minute each."""
    with open(f"{name}_spots.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerows([COLUMNS] * 3)
        table.writerow([f"({unit})" if each in LENGTHS else "(sec)" if each == "POSITION_T" else "" for each in COLUMNS])
        for frame in range(5):
            table.writerow([f"ID{frame}", frame, 0, 9.5, 400 * pixel, 200 * pixel, 0, 60 * frame, frame, 4 * pixel, 1])


noted = set()


def place(name):
    read = sleap_io.load_trackmate(f"{name}_spots.csv")
    noted.update(each.filename for each in read.videos)
    found = {(round(each.x, 6), round(each.y, 6)) for frame in read for each in frame.centroids}
    return found.pop() if len(found) == 1 else found


tifffile.imwrite("calibrated.tif", np.zeros((5, 256, 512), np.uint8), imagej=True,
                 resolution=(1 / 0.1075, 1 / 0.1075), metadata={"unit": "micron", "axes": "TYX"})
spots("calibrated", "micron", 0.1075)
spots("plain", "pixel", 1)
told = place("calibrated"), place("plain")
print(f"the spot at pixel 400, 200 in microns: read as {told[0]}; in pixels: read as {told[1]}")
print("films noted:", *noted)
as_seen = told == ((43.0, 21.5), (400.0, 200.0)) and noted == {"calibrated.tif"}
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
cd "$place"
"$place/venv/bin/python" "$place/read.py"
