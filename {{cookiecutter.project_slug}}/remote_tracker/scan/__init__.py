"""Find the units of a stage in the project's folders: read from the disk by every scan, each folder listed once."""

from .candidates import ExpectedOutput, problem_of
from .copies import Inside, look_inside
from .join import find_units, single_units
from .split_pattern import SplitPattern
from .stores import find_stores
from .tree import ALL, VIDEOS, Tree, is_folder
from .unread import Kind, Unread, find_unread, walk_all
from .walk import Folder, find_folders, matcher

__all__ = [
    "ALL",
    "VIDEOS",
    "ExpectedOutput",
    "Folder",
    "Inside",
    "Kind",
    "SplitPattern",
    "Tree",
    "Unread",
    "find_folders",
    "find_stores",
    "find_units",
    "find_unread",
    "is_folder",
    "look_inside",
    "matcher",
    "problem_of",
    "single_units",
    "walk_all",
]
