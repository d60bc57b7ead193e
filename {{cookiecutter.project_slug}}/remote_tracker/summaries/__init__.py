"""Join the tables of all days into a single table: find and read day tables, write all three files or none."""

from __future__ import annotations

from .find import DayTable, find_day_tables, find_table_sets
from .join import Gap, Joined, join
from .missing import ExpectedVideo

__all__ = [
    "DayTable",
    "ExpectedVideo",
    "Gap",
    "Joined",
    "find_day_tables",
    "find_table_sets",
    "join",
]
