#!/usr/bin/env bash
# A recording of a microscope that lies in several files has lost some of them on its way: its readers give the full number of
# frames, and those that are lost are black.
#   bash findings/lost_part_reads_black.sh        (needs Python 3.11 or newer and the network; writes to a temporary folder)
# Seen with tifffile 2026.3.3, zarr 3.1.6, numpy 2.4.6. Ten frames, bright all over. OME-TIFF in two files of five, whose
# metadata names both: without the second file imread of the first gives ten frames, of which five are 0; a line of logging
# goes to stderr. A Zarr array with a chunk a frame, format 2 and 3, as OME-Zarr has them: with three chunks gone it has ten
# frames, three of them 0, and nobody says a word; no store tells how many chunks it should have, as chunks that are all black
# are not written at all. So "as many frames as the recording claims" proves no copy of either, and a tracker finds nothing
# in frames that were never there. A chunk that is cut short is an error. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check tifffile==2026.3.3 zarr==3.1.6 numpy==2.4.6
cat >"$place/read.py" <<'PYTHON'
import importlib.metadata
import os
import sys
import uuid

import numpy as np
import tifffile
import zarr

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("tifffile", "zarr", "numpy")))
FILM = np.full((10, 32, 32), 200, np.uint16)
NAMES = ("first.ome.tif", "second.ome.tif")
IDS = [f"urn:uuid:{uuid.uuid4()}" for _ in NAMES]


def describe(own):
    """Return the OME-XML of one of the two files: which frame lies in which."""
    planes = "".join(
        f'<TiffData IFD="{t % 5}" FirstT="{t}" FirstZ="0" FirstC="0" PlaneCount="1">'
        f'<UUID FileName="{NAMES[t // 5]}">{IDS[t // 5]}</UUID></TiffData>'
        for t in range(10)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="{IDS[own]}"><Image ID="Image:0">'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="32" SizeY="32" SizeZ="1" SizeC="1" SizeT="10">'
        f'<Channel ID="Channel:0:0" SamplesPerPixel="1"/>{planes}</Pixels></Image></OME>'
    )


def black(frames):
    """Return how many frames there are, and which of them are black."""
    return len(frames), [t for t, frame in enumerate(frames) if not frame.any()]


for own, name in enumerate(NAMES):
    with tifffile.TiffWriter(name) as writer:
        for t in range(5):
            writer.write(FILM[5 * own + t], description=None if t else describe(own), metadata=None, contiguous=False)
told = [black(tifffile.imread(NAMES[0]))]
os.remove(NAMES[1])
told.append(black(tifffile.imread(NAMES[0])))
print(f"OME-TIFF in two files: frames, black: {told[0]}; the second is gone: {told[1]}")
for layout, chunk in ((2, "{}.0.0"), (3, "c/{}/0/0")):
    store = f"film{layout}.zarr"
    zarr.create_array(store, shape=FILM.shape, chunks=(1, 32, 32), dtype="u2", zarr_format=layout)[:] = FILM
    for t in (2, 3, 7):
        os.remove(os.path.join(store, chunk.format(t)))
    told.append(black(zarr.open_array(store, mode="r")[:]))
    print(f"Zarr {layout}, three chunks are gone: {told[-1]}")
with open(os.path.join(store, chunk.format(5)), "r+b") as file:
    file.truncate(os.path.getsize(file.name) // 2)
try:
    cut = str(black(zarr.open_array(store, mode="r")[:]))
except Exception as error:
    cut = "an error"
print("Zarr, a chunk is cut:", cut)
lost = (10, [2, 3, 7])
as_seen = told == [(10, []), (10, [5, 6, 7, 8, 9]), lost, lost] and cut == "an error"
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
cd "$place"
"$place/venv/bin/python" "$place/read.py"
