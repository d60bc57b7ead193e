"""Note here what tasks on the other side told about results that were brought home: in a batch that runs nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .. import __version__
from ..batches.pin import write_batch
from ..content.entry import Entry
from ..disk.files import write_file
from ..model import Cause, Project, Record, Stage, Unit
from ..records import Batch, batches_of, makes_of, render_contents, render_sealed
from ..records.batch import NAMES_FILE
from ..records.contents import CONTENTS
from ..records.sealed import SEALED


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
    content = {
        NAMES_FILE: "".join(f"{unit.key}\n" for unit, _, _ in units),
        CONTENTS: render_contents({task: entries for task, (_, _, entries) in enumerate(units, 1)}),
        SEALED: render_sealed(records),
    }
    described = {
        "stage": stage.name,
        "noted": Cause.PULLED.value,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "from": host,
        "project": project.name,
        "tracker": project.tracker.name,
        "remote_tracker": __version__,
        "makes": makes_of(stage),
        "tasks": len(units),
    }
    batch = write_batch(batches_of(project, stage), content, described)
    write_file(batch.gone_path, "Nothing of it runs: it notes results that were brought home.\n")
    return batch
