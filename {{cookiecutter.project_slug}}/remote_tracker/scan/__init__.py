"""Folders -> Units: what there is to process, read from the disk each time, each folder listed once."""

from .candidates import Expected, problem_of
from .join import find_units
from .tree import Listing, Tree
from .walk import Halves, Sieve

__all__ = ["Expected", "Halves", "Listing", "Sieve", "Tree", "find_units", "problem_of"]
