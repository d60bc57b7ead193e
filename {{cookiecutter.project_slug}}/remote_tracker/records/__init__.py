"""Read what tasks wrote about themselves: in their logs, in a batch's sealed file, and over all batches."""

from .batch import Batch, find_halt
from .batches_folder import BatchesFolder, batches_of, find_batches
from .contents import render_contents
from .freed import is_freed
from .history import History, age_of
from .log import load_last_run, load_record, read_record, reconcile
from .makes import makes_of
from .notes import load_forgiven, load_held
from .sealed import load_finished, load_sealed, open_sealed, render_sealed

__all__ = [
    "Batch",
    "BatchesFolder",
    "History",
    "age_of",
    "batches_of",
    "find_batches",
    "find_halt",
    "is_freed",
    "load_finished",
    "load_forgiven",
    "load_held",
    "load_last_run",
    "load_record",
    "load_sealed",
    "makes_of",
    "open_sealed",
    "read_record",
    "reconcile",
    "render_contents",
    "render_sealed",
]
