#!/usr/bin/env bash
# trajectorytools, which reads the trajectories of idtracker.ai, lets an animal that was not found stand still or go straight
# on, and no longer knows in which frames; its row i is frame i + 1.
#   bash findings/trajectorytools_absent_animals.sh        (needs Python 3 and the network; writes to a temporary folder)
# Seen with trajectorytools 0.4.2, numpy 2.4.6. Of 1,000 frames the second of two animals, which goes 1 pixel a frame, is not
# found in the first 200 and in 500 others (NaN, as idtracker.ai writes it). Trajectories.from_positions and
# from_idtrackerai, as they are called without further words, hold no NaN: in the first 199 rows it stands where it is first
# found, at speed 0, and between frames 400 and 900 it goes on a straight line. So 70 of 100 positions of an animal are
# invented, and means of speed, of distance to the neighbour and of turns count them like the others. There are 998 rows for
# 1,000 frames, as velocities are taken between both neighbours: row 0 is frame 1, also of the positions. With
# interpolate_nans=False the NaN stay. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check trajectorytools==0.4.2 numpy==2.4.6
cat >"$place/read.py" <<'PYTHON'
import importlib.metadata
import sys

import numpy as np
from trajectorytools import Trajectories

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("trajectorytools", "numpy")))
FRAMES = 1000
places = np.zeros((FRAMES, 2, 2))  # frames x animals x (x, y), px
places[:, 0, 0] = places[:, 1, 1] = np.arange(FRAMES)
places[:200, 1] = places[400:900, 1] = np.nan
np.save(sys.argv[1], {
    "trajectories": places, "frames_per_second": 50, "body_length": 10.0, "width": 1000, "height": 1000,
    "video_paths": ["a.avi"], "areas": {"mean": [1, 1]}, "setup_points": {}, "version": "6.0.14", "stats": {},
})
as_seen = True
for name, read in (
    ("from_positions", Trajectories.from_positions(places.copy())),
    ("from_idtrackerai", Trajectories.from_idtrackerai(sys.argv[1])),
):
    speed = np.linalg.norm(read.v[:, 1], axis=1)
    still = int(np.argmax(speed > 0))
    straight = bool(np.allclose(np.diff(read.s[400:898, 1, 1]), 1))
    first = read.s[0, 0, 0]
    found = len(read.s), int(np.isnan(read.s).sum()), still, straight, float(first)
    as_seen &= found == (998, 0, 199, True, 1.0)
    print(f"{name}: {found[0]} rows of {FRAMES}, {found[1]} NaN; the animal stands still in the first {still}")
    print(f"  it goes straight on while it is not found: {straight}; row 0 is where the other animal is in frame {first:g}")
kept = Trajectories.from_positions(places.copy(), interpolate_nans=False)
as_seen &= bool(np.isnan(kept.s).any())
print("with interpolate_nans=False NaN stay:", bool(np.isnan(kept.s).any()))
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
"$place/venv/bin/python" "$place/read.py" "$place/trajectories.npy"
