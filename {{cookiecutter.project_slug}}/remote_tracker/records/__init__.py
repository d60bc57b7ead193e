"""What tasks wrote of themselves: in their logs, in the sealed form of a batch, and over all batches."""

from .batch import (
    GONE,
    SUBMITTED,
    find_batches,
    find_halt,
    find_jobs,
    find_running,
    has_run,
    is_given_up,
    known_of,
    load_names,
    makes_of,
    stage_of,
)
from .history import History, age_of
from .log import load_last_run, load_logs, load_record, read_record, reconcile
from .sealed import SEALED, Sealed, is_sealed, load_sealed, open_sealed, render_sealed

__all__ = [
    "GONE",
    "SEALED",
    "SUBMITTED",
    "History",
    "Sealed",
    "age_of",
    "find_batches",
    "find_halt",
    "find_jobs",
    "find_running",
    "has_run",
    "is_given_up",
    "is_sealed",
    "known_of",
    "load_last_run",
    "load_logs",
    "load_names",
    "load_record",
    "load_sealed",
    "makes_of",
    "open_sealed",
    "read_record",
    "reconcile",
    "render_sealed",
    "stage_of",
]
