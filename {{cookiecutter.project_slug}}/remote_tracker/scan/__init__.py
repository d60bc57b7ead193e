"""Folders -> Units: what there is to process, read from the disk each time, each folder listed once."""

from .candidates import Expected, problem_of
from .join import find_units, single_units
from .tree import Tree
from .walk import Folder, Halves, find_folders, matcher

__all__ = [
    "Expected",
    "Folder",
    "Halves",
    "Tree",
    "find_folders",
    "find_units",
    "matcher",
    "problem_of",
    "single_units",
]
