"""Find the units of a stage in the project's folders: read from the disk by every scan, each folder listed once."""

from .candidates import ExpectedOutput, problem_of
from .copies import Inside, look_inside
from .join import find_units, single_units
from .stores import find_stores
from .tree import Tree, is_folder
from .walk import Folder, SplitPattern, find_folders, matcher

__all__ = [
    "ExpectedOutput",
    "Folder",
    "Inside",
    "SplitPattern",
    "Tree",
    "find_folders",
    "find_stores",
    "find_units",
    "is_folder",
    "look_inside",
    "matcher",
    "problem_of",
    "single_units",
]
