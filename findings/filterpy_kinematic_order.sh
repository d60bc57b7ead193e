#!/usr/bin/env bash
# filterpy 2.0.0 measures another quantity than 1.4.5 where states are ordered by derivative, and DeepLabCut loses animals.
#   bash findings/filterpy_kinematic_order.sh        (needs Python 3.11 and the network; writes to a temporary folder)
# Seen with filterpy 1.4.5 and 2.0.0, and DeepLabCut 3.0.2, which allows both (filterpy>=1.4.4). kinematic_kf(dim,
# order=1, dim_z=dim, order_by_dim=False) of 1.4.5 measures each of the dim positions (H is the unit matrix beside
# zeros); of 2.0.0 each row of H is the sum of all positions. DeepLabCut's ellipse tracker is built on it: of one animal
# that goes 3 pixels a frame it makes one track of 8 frames with 1.4.5, and a new track every second frame with 2.0.0.
# Nothing warns. Tracks that short are dropped later, so that a good video of several animals ends in empty tracklets.
# Only the part of DeepLabCut that follows ellipses is loaded (its package would bring torch). Exit code 1 where this is
# not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
cat >"$place/follow.py" <<'PYTHON'
import importlib.metadata
import json
import sys
import types
from pathlib import Path

import numpy as np
from filterpy.common import kinematic_kf

measured = kinematic_kf(2, 1, dim_z=2, order_by_dim=False).H.astype(int).tolist()

folder = Path(next(p for p in sys.path if p.endswith("site-packages"))) / "deeplabcut"
for name, path in (("deeplabcut", folder), ("deeplabcut.core", folder / "core")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(path)]
from deeplabcut.core.trackingutils import SORTEllipse  # noqa: E402

tracker = SORTEllipse(max_age=30, min_hits=1, iou_threshold=0.3)
outline = np.array([[0.0, 0.0], [20.0, 0.0], [10.0, 8.0], [10.0, -8.0]])
tracks = []
for frame in range(8):
    found = tracker.track((outline + [10 + 3 * frame, 50])[None])
    tracks.append([int(row[-2]) for row in found])
version = importlib.metadata.version("filterpy")
print(json.dumps({"filterpy": version, "H": measured, "tracks in each frame": tracks}))
PYTHON
for version in 1.4.5 2.0.0; do
  python3 -m venv "$place/$version"
  "$place/$version/bin/python" -m pip install --quiet --disable-pip-version-check "filterpy==$version" "setuptools<80" \
    numpy==2.3.5 scipy==1.16.3 matplotlib==3.10.7 numba==0.62.1 tqdm==4.67.1
  "$place/$version/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps deeplabcut==3.0.2
  "$place/$version/bin/python" "$place/follow.py" | tail -n 1 | tee -a "$place/said"
done
python3 - "$place/said" <<'PYTHON'
import json
import sys

old, new = (json.loads(line) for line in open(sys.argv[1]))
units, sums = [[1, 0, 0, 0], [0, 1, 0, 0]], [[1, 1, 0, 0], [1, 1, 0, 0]]
as_seen = old["H"] == units and new["H"] == sums
as_seen = as_seen and old["tracks in each frame"] == [[0]] * 8
as_seen = as_seen and new["tracks in each frame"] == [[0], [0], [], [1], [], [2], [], [3]]
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
