"""Describe the project as a Process Run Crate: what made each result, with which program, from which file.

Sources: Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5, which asks for RO-Crate 1.1,
https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

from .. import __version__
from ..content.entry import Entry
from ..disk.files import write_file
from ..errors import RemoteTrackerError
from ..model import Project, Stage
from ..named_tuple import NamedTuple
from ..records import History
from ..report.next_step import JOINED
from ..scan import Tree
from ..summaries.find import find_table_sets
from ..survey.in_flight import load_history
from ..tables.read_videos import read_videos, result_stage
from ..tables.video_row import VideoRow
from ..text.visible import shown
from .crate_files import CrateFiles, several
from .crate_people import add_credits
from .crate_software import Software

METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
RO_CRATE = "1.1"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # sha256 is a word of it
WRITTEN_BY = "Written by remote-tracker"
COMPLETED, FAILED = "http://schema.org/CompletedActionStatus", "http://schema.org/FailedActionStatus"
STATUS = {"finished": COMPLETED, "archived": COMPLETED, "gone": COMPLETED}
STATUS |= dict.fromkeys(("failed", "set aside", "invalid"), FAILED)


class Described(NamedTuple):
    """What a crate describes."""

    counts: str  # what people call what the crate has actions for, as "videos"
    states: Mapping[str, int]  # the word for a state -> how many videos are in it
    files: int
    unproven: int  # files of finished videos without a SHA-256
    unsaid: Sequence[str]  # what project.yml does not say and a crate needs


def export_crate(project: Project) -> Described:
    """Write the metadata of a Process Run Crate into the project's folder; no file is copied.

    Raises RemoteTrackerError where somebody else's metadata lie there, NotWritten where they cannot be written.
    """
    path = project.root / METADATA
    _require_ours(path)
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_contexts.append(TERMS)
    crate.metadata["description"] = f"{WRITTEN_BY} {__version__}: ./rt export crate"
    files = CrateFiles(crate, Tree(project.root, project.videos), project.root, bool(project.videos))
    states, unproven = _add_videos(crate, project, files)
    files.add_all(_find_tables(project.root))
    unsaid = add_credits(crate, project)
    root = crate.root_dataset
    root["name"] = shown(project.name or project.root.name)
    root["description"] = _describe(project, states)
    profile = {"@type": "CreativeWork", "name": "Process Run Crate", "version": PROFILE.rpartition("/")[2]}
    root["conformsTo"] = crate.add(ContextEntity(crate, PROFILE, profile))
    write_file(path, json.dumps(crate.metadata.generate(), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    return Described(result_stage(project).counts, states, len(files), unproven, unsaid)


def _require_ours(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise RemoteTrackerError(f"{path}: cannot be read ({error.strerror}). Nothing was changed.") from None
    if WRITTEN_BY not in text:
        raise RemoteTrackerError(f"{path}: is not of ./rt export crate: move it away. Nothing was changed.")


def _describe(project: Project, states: Mapping[str, int]) -> str:
    stage = result_stage(project)
    counts = ", ".join(f"{count} {state}" for state, count in states.items()) or "none yet"
    return shown(f"{stage.counts}, processed with {project.tracker.name} ({project.tracker.description}): {counts}")


def _find_tables(root: Path) -> Iterator[str]:
    """Yield the tables of all days, and the joined tables, as paths below the project."""
    results = root / "Results"
    if results.is_dir():
        for tables in find_table_sets(results).values():
            for table in tables:
                yield from (os.path.relpath(path, root) for path in (table.filenames, table.features))
    joined = root / JOINED
    names = sorted(os.listdir(joined)) if joined.is_dir() else []
    yield from (f"{JOINED}/{name}" for name in names if name.endswith(".csv") and name[0] != ".")


def _add_videos(crate: ROCrate, project: Project, files: CrateFiles) -> tuple[Counter[str], int]:
    """Describe each video, and what was done with it.

    Returns how many videos are in each state, and how many files of the finished videos have no SHA-256.
    """
    stage = result_stage(project)
    history, software = load_history(project, stage), Software(crate, project, stage, files)
    states: Counter[str] = Counter()
    actions, unproven = [], 0
    for row in read_videos(project):
        states[row.state] += 1
        before, noted = files.unproven, _noted(history, row)
        raw = files.add_all(row.raw, noted) or _add_absent(crate, noted)
        results = files.add_all(row.results, noted)
        unproven += files.unproven - before if STATUS.get(row.state) == COMPLETED else 0
        if row.state in STATUS:
            action = _describe_action(stage, row)
            action["instrument"] = software.program(row.version)
            action |= several("object", [*raw, *software.parameters(row)])
            action |= several("result", results if STATUS[row.state] == COMPLETED else [])
            actions.append(crate.add(ContextEntity(crate, _action_id(stage, row), action)))
    for key, value in several("mentions", actions).items():
        crate.root_dataset[key] = value
    return states, unproven


def _noted(history: History, row: VideoRow) -> dict[str, Entry]:
    record = history.finished(row.video)
    return {entry.path.rstrip("/"): entry for entry in history.entries(record)} if record else {}


def _add_absent(crate: ROCrate, noted: Mapping[str, Entry]) -> list[Any]:
    """Describe the files that a result was made from and that were taken away since: they are no part of the crate."""
    found = []
    for path, entry in noted.items():
        if entry.role == "in":
            told = {"@type": "CreativeWork", "name": shown(os.path.basename(path)), "contentSize": str(entry.size)}
            told["description"] = "was taken away after its result was made"
            if entry.sha256:
                told["sha256"] = entry.sha256
            found.append(crate.add(ContextEntity(crate, f"#{quote(os.fsencode(path))}", told)))
    return found


def _action_id(stage: Stage, row: VideoRow) -> str:
    return f"#{stage.name}/{quote(os.fsencode(row.video))}"


def _describe_action(stage: Stage, row: VideoRow) -> dict[str, Any]:
    status = STATUS[row.state]
    told: dict[str, Any] = {"@type": "CreateAction", "name": shown(f"{stage.name} {row.video}")}
    told["description"] = shown(stage.help + (f"; {row.reason}" if row.reason and status == COMPLETED else ""))
    told["actionStatus"] = status
    if status == FAILED:
        told["error"] = shown(row.reason or row.state)
    times = {"startTime": _time(row.started), "endTime": _time(row.ended)}
    return told | {key: time for key, time in times.items() if time}


def _time(text: str) -> str:
    """Return a time with a colon in its zone, as the profile asks for it; "" where it is not known."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").isoformat()
    except ValueError:
        return ""


def described_text(described: Described) -> str:
    """Return the lines that tell people what a crate describes, and what is missing in it."""
    states = ", ".join(f"{count} {state}" for state, count in described.states.items())
    total = sum(described.states.values())
    counts = described.counts
    number = f"{total:,} {counts.removesuffix('s') if total == 1 else counts}"
    lines = [f"{number} and {described.files:,} files are described in {METADATA}" + (f": {states}" if states else "")]
    if described.unproven:
        which = (
            "1 file of finished videos has"
            if described.unproven == 1
            else f"{described.unproven:,} files of finished videos have"
        )
        lines.append(f"{which} no SHA-256 in it: none was noted, or the file changed since. To note them:  ./rt verify")
    return "\n".join([*lines, *(f"Not said: {what}" for what in described.unsaid)])
