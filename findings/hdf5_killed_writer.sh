#!/usr/bin/env bash
# An HDF5 file whose writer was killed: h5py opens it or refuses it, by the format that the writer chose.
#   bash findings/hdf5_killed_writer.sh        (needs Python 3.11 or newer and the network; writes to a temporary folder)
# Seen with h5py 3.16.0 and its HDF5 2.0.0. A tracker appends 5,000 rows to a data set, flushes once after 2,000, and is
# killed (SIGKILL) at the end. With the default format (libver="earliest") the file opens without a word, and the data
# set has 2,000 rows: nothing in the file as h5py shows it tells that 3,000 are missing. With libver="latest" the same
# file is refused: it is still marked as open for writing. So whether a cut result is noticed depends on an option of
# the program that wrote it. Exit code 1 where this is not so any more.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check h5py==3.16.0 numpy==2.3.5
cd "$place"
"$place/venv/bin/python" - <<'PYTHON'
import os
import signal
import sys

import h5py

print(f"h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}")


def write_and_die(path: str, libver: str) -> None:
    """Append five blocks of 1,000 rows, flush behind the second, and be killed behind the fifth."""
    file = h5py.File(path, "w", libver=libver)
    frames = file.create_dataset("frames", (0,), maxshape=(None,), chunks=(1000,), dtype="i8")
    for block in range(5):
        frames.resize(((block + 1) * 1000,))
        frames[block * 1000 :] = block
        if block == 1:
            file.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def look(path: str) -> str:
    """Return what a reader finds."""
    try:
        with h5py.File(path) as file:
            return f"opens, {len(file['frames'])} of 5000 rows"
    except OSError as error:
        return "refused" if "already open for write" in str(error) else f"another error: {error}"


seen = {}
for libver in ("earliest", "latest"):
    child = os.fork()
    if child == 0:
        write_and_die(f"{libver}.h5", libver)
    os.waitpid(child, 0)
    seen[libver] = look(f"{libver}.h5")
    print(f"libver={libver}: {seen[libver]}")
sys.exit(seen != {"earliest": "opens, 2000 of 5000 rows", "latest": "refused"})
PYTHON
