"""Notes what results hold that lie there already, in a batch of its own that runs nothing.

Such a batch has no logs: its records and its file of contents are the only copy of its notes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

from .. import __version__
from ..content.entry import Entry
from ..disk.files import write_file
from ..model import Cause, Project, Record, Stage, Unit
from ..records import Batch, batches_of, makes_of, render_contents, render_sealed
from ..records.batch import NAMES_FILE
from ..records.contents import CONTENTS
from ..records.sealed import SEALED
from .pin import write_batch

Noted = tuple[Unit, Record | None, Sequence[Entry]]  # a unit, its youngest success, and what its files hold now
NO_WHYS: Mapping[str, str] = {}


def note_units(
    project: Project, stage: Stage, units: Sequence[Noted], cause: Cause, whys: Mapping[str, str] = NO_WHYS
) -> Batch:
    """Note what the files of finished units hold, as a success of each unit, and return the batch that holds the notes.

    ``cause`` is ACCEPTED, NOTED or MOVED; ``whys`` says more about units, by name. A result keeps the parameters and
    the version of the unit's youngest success; where there is none they stay unknown. Raises NoSpace or NotWritten,
    with nothing noted, where that cannot be written.
    """
    records = [
        _record_of(unit, task, made, cause, whys.get(unit.key, "")) for task, (unit, made, _) in enumerate(units, 1)
    ]
    noted = [(unit, entries) for unit, _, entries in units]
    return write_notes(project, stage, noted, records, cause, "what results held that lay there already")


def write_notes(
    project: Project,
    stage: Stage,
    units: Sequence[tuple[Unit, Sequence[Entry]]],
    records: Sequence[Record],
    cause: Cause,
    what: str,
    **more: str,
) -> Batch:
    """Write a batch that runs nothing: what the units' files hold, and a record of each; return the batch.

    ``what`` says for people what it notes, ``more`` stands in its description, too. Raises NoSpace or NotWritten, with
    nothing noted.
    """
    content = {
        NAMES_FILE: "".join(f"{unit.key}\n" for unit, _ in units),
        CONTENTS: render_contents({task: entries for task, (_, entries) in enumerate(units, 1)}),
        SEALED: render_sealed(records),
    }
    described = {
        "stage": stage.name,
        "noted": cause.value,
        "at": _now(),
        **more,
        "project": project.name,
        "tracker": project.tracker.name,
        "remote_tracker": __version__,
        "makes": makes_of(stage),
        "tasks": len(units),
    }
    batch = write_batch(batches_of(project, stage), content, described)
    write_file(batch.gone_path, f"Nothing of it runs: it notes {what}.\n")
    return batch


def _record_of(unit: Unit, task: int, made: Record | None, cause: Cause, why: str) -> Record:
    return Record(
        unit=unit.key,
        batch="",
        task=task,
        host=os.uname().nodename,
        pid=0,
        job="",
        inputs=unit.mark,
        params=made.params if made else "",
        exit=0,
        seconds=0,
        result="finished",
        why=why,
        version=made.version if made else "",
        cause=cause,
        at=_now(),
    )


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")
