"""Note here what tasks on the other side told about results that were brought home: in a batch that runs nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ..batches.note import write_notes
from ..content.entry import Entry
from ..model import Cause, Project, Record, Stage, Unit
from ..records import Batch


def note_pulled(
    project: Project, stage: Stage, units: Sequence[tuple[Unit, Record, Sequence[Entry]]], host: str
) -> Batch:
    """Note each unit's record and what its files hold here, and return the batch that holds them.

    Node, job, seconds, parameters and version stay as the record tells; its inputs are named as they lie here. Raises
    NoSpace or NotWritten, with nothing noted.
    """
    records = [
        record._replace(
            unit=unit.key, task=task, inputs=unit.mark or record.inputs, why=f"batch {record.batch} on {host}"
        )
        for task, (unit, record, _) in enumerate(units, 1)
    ]
    noted = [(unit, entries) for unit, _, entries in units]
    return write_notes(project, stage, noted, records, Cause.PULLED, "results that were brought home", **{"from": host})
