"""What files hold: digests of all their bytes and of a sample, and the lines in which tasks note them."""

from .digest import SMALL, sample_of, whole_of
from .entry import Entry, entry_of, has_content, is_at, read_entry, render_entry
from .find import find_files_in
from .sums import render_sums

__all__ = [
    "SMALL",
    "Entry",
    "entry_of",
    "find_files_in",
    "has_content",
    "is_at",
    "read_entry",
    "render_entry",
    "render_sums",
    "sample_of",
    "whole_of",
]
