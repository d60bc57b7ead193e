"""The logs of tasks that ran on the other side, brought home beside the notes on what they made."""

from __future__ import annotations

from pathlib import Path

from .batch import Batch

BROUGHT = "brought"  # brought.<n>, in the folder of a batch of notes


def brought_log(batch: Batch, task: int) -> Path:
    """Return the log that was brought home for a task of a batch of notes, there or not."""
    return batch.folder / f"{BROUGHT}.{task}"
