"""Folders -> Units: what there is to process, read from the disk each time, each folder listed once."""

from .join import Expected, find_units, problem_of
from .tree import Listing, Tree
from .walk import Halves, Sieve

__all__ = ["Expected", "Halves", "Listing", "Sieve", "Tree", "find_units", "problem_of"]
