#!/usr/bin/env bash
# trackpy follows a particle through frames in which nothing was found, though memory is 0, where the frames come from its
# own store on disk, as its tutorial advises for films that do not fit into memory. In memory the same film has two tracks.
#   bash findings/trackpy_streamed_gap.sh        (needs Python 3.11 or newer and the network; writes to a temporary folder)
# Seen with trackpy 0.7, pandas 3.1.1, tables 3.11.1. A film of 70 frames has one dot in frames 0 to 9 and one, that might be
# another, 2 pixels on, in frames 60 to 69; no frame between holds a dot. locate() finds 20. link(features, 5, memory=0)
# makes two tracks, as memory promises: the frames' numbers are in the table. batch(..., output=PandasHDFStore) leaves frames
# without a dot out of the store; link_df_iter(store, 5, memory=0) goes from one stored frame to the next, so that frame 60
# is the one behind frame 9, and makes one track. Nothing warns. Mean squared displacements, lifetimes and counts of
# particles then hang on whether a film was streamed. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check trackpy==0.7 pandas==3.1.1 tables==3.11.1 numpy==2.4.6
cat >"$place/link.py" <<'PYTHON'
import importlib.metadata
import sys

import numpy as np
import trackpy as tp

print(*(f"{name} {importlib.metadata.version(name)}" for name in ("trackpy", "pandas", "tables")))
tp.quiet()
y, x = np.mgrid[:60, :120]


def picture(at):
    """Return a frame, dark but for a dot at this column, if there is one."""
    dot = 0 * x if at is None else 200 * np.exp(-((x - at) ** 2 + (y - 30) ** 2) / 8)
    return (10 + dot).astype("uint8")


film = [picture(at) for at in (*range(20, 30), *[None] * 50, *range(31, 41))]
found = tp.batch(film, 9, minmass=100, processes=1)
in_memory = tp.link(found, 5, memory=0)
with tp.PandasHDFStore(sys.argv[1], "w") as store:
    tp.batch(film, 9, minmass=100, output=store, processes=1)
    stored = len(store)
    for linked in tp.link_df_iter(store, 5, memory=0):
        store.put(linked)
    streamed = store.dump()
both = in_memory.particle.nunique(), streamed.particle.nunique()
print(f"{len(film)} frames, {found.frame.nunique()} with a dot, {stored} in the store")
print(f"tracks: link {both[0]}, link_df_iter {both[1]}; rows: {len(in_memory)}, {len(streamed)}")
as_seen = both == (2, 1) and len(in_memory) == len(streamed) == stored == 20
print("as seen" if as_seen else "not as it was any more")
sys.exit(0 if as_seen else 1)
PYTHON
"$place/venv/bin/python" -W ignore "$place/link.py" "$place/film.h5"
