"""imgstore: a recording in chunks (loopbio's imgstore) has all its chunks, each with its index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clause import Files, InputKind, Option

if TYPE_CHECKING:
    from ..clause import Clause


def _examine(check: Clause, files: Files) -> str:
    from ..chunks import examine  # 3 to 6 ms; few trackers have such an input

    return examine(check, files)


def _read_all(check: Clause, files: Files, python: str) -> str:
    from ..chunks import read_all  # 3 to 6 ms

    return read_all(check, files, python)


KIND = InputKind(
    "imgstore",
    "all chunks of an imgstore are there, each with its index, none empty; the input is its folder or metadata.yaml",
    (
        Option(
            "frames", "the task reads all frames once before it starts: as many as the indexes say", kinds=("flag",)
        ),
        Option("full_end", "its last chunk may be full, as another writer than imgstore leaves it", kinds=("flag",)),
    ),
    _examine,
    _read_all,
    whole_folder=True,
)
