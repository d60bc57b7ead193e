"""Notes on results that lie there already: a batch that runs nothing, whose records are the only copy."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from remote_tracker.batches import pin as pinning
from remote_tracker.batches.note import note_units
from remote_tracker.batches.pin import pin_batch
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.seal import clear_remains, seal_batches
from remote_tracker.content.entry import entry_of
from remote_tracker.errors import NoSpace
from remote_tracker.model import Cause, Project, Record, Stage, Unit
from remote_tracker.model.scheduling import Queue
from remote_tracker.records import Batch, batches_of, find_batches, find_halt
from remote_tracker.records.history import History
from remote_tracker.survey import Survey, examine_stage
from remote_tracker.survey.named import find_listed
from scan.trees import make_project, make_record, make_stage, put

STRANGE = ["a", "-a b", "it's $(x)", "tab\there", "back\\slash", "é\u202e", "\udcff"]


def project_of(root: Path, name: str = "a") -> tuple[Project, Stage, Unit]:
    """Return a project with a video whose result lies there."""
    put(root, f"RawVideos/d/{name}.avi", f"Results/d/{name}_tracks.csv")
    project = make_project(root, make_stage(command="cp {{ input.video }} {{ output.tracks }}"))
    stage = project.tracker.stages[0]
    (seen,) = examine_stage(project, stage, Survey(stage))
    return project, stage, seen.unit


def note(
    project: Project, stage: Stage, unit: Unit, cause: Cause = Cause.ACCEPTED, made: Record | None = None
) -> Batch:
    """Note what the unit's result holds now."""
    (path,) = (o.pattern.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True))) for o in stage.outputs)
    entries = [entry_of("in", p, str(project.root / p)) for files in unit.inputs for p in files]
    entries.append(entry_of("out", path, str(project.root / path)))
    return note_units(project, stage, [(unit, made, entries)], cause)


def history_of(project: Project, stage: Stage) -> History:
    """Return the history that a scan would read."""
    from remote_tracker.survey.in_flight import load_past

    return load_past(find_batches(project, stage), batches_of(project, stage).redo, Queue(asked=True))[1]


@pytest.mark.parametrize("name", STRANGE)
def test_a_success_with_its_entries(tmp_path: Path, name: str) -> None:
    """What was noted is a success of the unit, on its input of now, with what its files held."""
    project, stage, unit = project_of(tmp_path, name)
    batch = note(project, stage, unit, made=make_record(unit.key, "0001", params="p", version="7"))
    history = history_of(project, stage)
    found = history.finished(unit.key)
    assert found is not None
    assert (found.inputs, found.params, found.version, found.cause) == (unit.mark, "p", "7", Cause.ACCEPTED)
    assert [entry.path for entry in history.entries(found)] == [
        f"RawVideos/d/{name}.avi",
        f"Results/d/{name}_tracks.csv",
    ]
    assert [
        (x.batch.number, x.record and x.record.cause) for x in find_listed(project, stage, [unit.key])[unit.key]
    ] == [(batch.number, Cause.ACCEPTED)]


@pytest.mark.parametrize("cause", [Cause.ACCEPTED, Cause.NOTED])
def test_it_made_nothing(tmp_path: Path, cause: Cause) -> None:
    """A note makes no result: neither its parameters nor their lack count as other parameters."""
    project, stage, unit = project_of(tmp_path)
    note(project, stage, unit, cause)
    history = history_of(project, stage)
    assert not history.find_others("p")
    assert not history.find_made()
    assert not history.successes(unit.key)


def test_made_with_stays() -> None:
    """In a project of several parameters a note says nothing else than the unit's own task, and invents none."""
    made = make_record("a", "0001", params="p")
    history = History()
    history.add("0001", [made, make_record("b", "0001", params="q")])
    history.add("0002", [made._replace(batch="0002", cause=Cause.NOTED)])
    history.add("0003", [make_record("c", "0003", params="", cause=Cause.NOTED)])
    assert {name: found.params for name, found in history.find_made().items()} == {"a": "p", "b": "q"}


def test_what_scans_tidy_stays(tmp_path: Path) -> None:
    """Scans seal, clear and list around a note, even where its sealed file is of a form that nobody knows."""
    project, stage, unit = project_of(tmp_path)
    batch = note(project, stage, unit)
    kept = {path: path.read_bytes() for path in batch.folder.iterdir()}
    batch.sealed_path.write_text("another form\n")
    for path in batch.folder.iterdir():
        os.utime(path, (1, 1))
    seal_batches(project, stage, Queue(asked=True))
    clear_remains(batches_of(project, stage))
    assert batch.sealed_path.read_text() == "another form\n"
    batch.sealed_path.write_bytes(kept[batch.sealed_path])
    put(tmp_path, "RawVideos/d/new.avi")
    prepare(project, [stage])
    assert {path: path.read_bytes() for path in batch.folder.iterdir()} == kept


def test_it_hides_no_halt(tmp_path: Path) -> None:
    """A batch that halted itself is still told when something was noted after it."""
    project, stage, unit = project_of(tmp_path)
    halted = pin_batch(project, stage, list(examine_stage(project, stage, Survey(stage)))).batch
    (halted.folder / "owner").write_text("me\n")
    (halted.folder / "halted").write_text("node=n1 why=a disk\n")
    note(project, stage, unit)
    assert find_halt(find_batches(project, stage)) == (halted.number, "n1", "a disk")


def test_it_is_not_run(tmp_path: Path) -> None:
    """A note is no list that waits to be submitted: what is to do gets a batch of its own behind it."""
    project, stage, unit = project_of(tmp_path)
    batch = note(project, stage, unit)
    (batch.folder / "gone").unlink()  # as if it had been killed right before it wrote this file
    put(tmp_path, "RawVideos/d/new.avi")
    pinned = prepare(project, [stage]).pinned
    assert pinned is not None
    assert pinned.batch.number > batch.number


def test_all_or_nothing(tmp_path: Path) -> None:
    """On a full disk nothing is noted, and no folder stays."""
    project, stage, unit = project_of(tmp_path)
    with patch.object(pinning, "write_file", side_effect=NoSpace("full", ".")), pytest.raises(NoSpace):
        note(project, stage, unit)
    assert not [path for path in batches_of(project, stage).path.iterdir() if path.is_dir()]
