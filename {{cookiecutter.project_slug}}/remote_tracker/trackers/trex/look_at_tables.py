"""Look whether the tables that TRex wrote are whole, and whether there is an animal's table: a check of its results.

    python look_at_tables.py FOLDER

FOLDER is what trex was given behind -d. Exit code 1, with a line that says why, where a table is cut or none is there.
TRex itself only prints that it could not write a table, and ends with 0.
"""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import BadZipFile, ZipFile


def find_fault(folder: Path) -> str:
    """Return what is wrong with the tables in a folder's data/, "" where nothing is."""
    tables, animals = sorted((folder / "data").glob("*.npz")), 0
    for table in tables:
        try:
            with ZipFile(table) as file:
                names = {name.removesuffix(".npy").partition("#")[0] for name in file.namelist()}
                cut = file.testzip()
        except (BadZipFile, EOFError, OSError) as error:
            return f"{table.name} is cut short or damaged: {error}"
        if cut:
            return f"{table.name} is damaged: {cut}"
        animals += {"frame", "X", "Y"} <= names
    return "" if animals else f"of {len(tables)} tables in data/ none is an animal's (with frame, X and Y)"


if __name__ == "__main__":
    fault = find_fault(Path(sys.argv[1]))
    print(fault or "whole")
    sys.exit(1 if fault else 0)
