"""Leave out the chunks of imgstores, which are parts of one recording and no files of an input.

An input whose pattern means a store's metadata.yaml takes the whole store; one with ``imgstores: chunks`` takes each
chunk as a file of its own.
"""

from __future__ import annotations

from ..model import Input, Stage
from .tree import METADATA, Tree

CHUNKS = "chunks"


def is_chunk(name: str) -> bool:
    """Return whether an imgstore's chunk, as 000000.mp4, its index, or its folder of pictures may have this name."""
    stem = name.partition(".")[0]
    return len(stem) >= 6 and stem.isascii() and stem.isdecimal()


def lies_in_store(tree: Tree, folder: str) -> bool:
    """Return whether a folder, with a slash at its end, is a chunk of an imgstore."""
    above, _, name = folder[:-1].rpartition("/")
    return is_chunk(name) and tree.is_store(f"{above}/")


def find_stores(tree: Tree, stage: Stage) -> list[str]:
    """Return the folders of the imgstores that were met and that no input of the stage takes, sorted."""
    found = sorted(folder.rstrip("/") for folder, is_store in tree.stores.items() if is_store)
    return [] if found and any(map(takes_stores, stage.inputs)) else found


def takes_stores(wanted: Input) -> bool:
    """Return whether an imgstore may be a file of the input; where folders are the input, the store's folder may be."""
    pattern = wanted.pattern
    return wanted.imgstores == CHUNKS or pattern.is_folder or pattern.match(f"{pattern.root}/d/{METADATA}") is not None
