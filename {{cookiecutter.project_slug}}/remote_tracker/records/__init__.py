"""What tasks wrote of themselves: in their logs, in the sealed form of a batch, and over all batches."""

from .history import History, age_of
from .log import load_last_run, load_logs, load_record, read_record, reconcile
from .sealed import SEALED, Sealed, is_sealed, load_sealed, open_sealed, render_sealed

__all__ = [
    "SEALED",
    "History",
    "Sealed",
    "age_of",
    "is_sealed",
    "load_last_run",
    "load_logs",
    "load_record",
    "load_sealed",
    "open_sealed",
    "read_record",
    "reconcile",
    "render_sealed",
]
