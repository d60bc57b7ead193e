"""Batches: one list, pinned. A batch's folder is written once; its batch.yml, written last, makes it one."""

from __future__ import annotations

import json
import os
import sys
from binascii import crc32
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import rmtree
from typing import Any

import yaml

from .. import __version__
from ..checks import KINDS
from ..files import make_folder, write_file, write_link
from ..model import Check, Project, Stage
from ..parameters.files import find_files, require_files
from ..parameters.fingerprint import fingerprint, mark_files
from ..records import find_batches, has_run, makes_of
from ..render import compile_stage, fill_in, render_profile, render_settings
from ..schedulers import scheduler_of
from ..survey import Examined
from .job_script import array_of, asked_by, check_script, list_name, make_script, read_exactly

PROFILE = "profile"  # in a batch of a workflow: Snakemake's profile, and what the jobs of its rules are made from
TASK = Path(__file__).resolve().parents[1] / "task"  # what runs on a compute node


@dataclass(frozen=True)
class Pinned:
    """A batch as it stands on disk: its number, how many tasks it has, and whether this scan made it."""

    number: str
    tasks: int
    new: bool


def pin_batch(project: Project, stage: Stage, seen: Sequence[Examined]) -> Pinned:
    """Return the batch that lists these units, made now unless the newest unsubmitted one lists just them."""
    require_files(project, stage)
    folder = project.root / stage.folder
    listing = _sum_listing(project, stage, seen)
    newest = _newest_unsubmitted(folder, stage)
    if newest and f"listing: {listing}\n" in (newest / "batch.yml").read_text(encoding="utf-8"):
        return Pinned(newest.name, len(seen), new=False)
    described = {
        **_describe(project, stage),
        "tasks": len(seen),
        "per_job": project.cluster.tasks_per_job,
        "listing": listing,
    }
    return Pinned(_write_batch(folder, _render_batch(project, stage, seen), described), len(seen), new=True)


def _sum_listing(project: Project, stage: Stage, seen: Sequence[Examined]) -> str:
    """Return checksums of all that a batch's files follow from, so that an equal one need not be rendered."""
    shaping = [stage, project.tracker.params, project.tracker.folder, project.videos, __version__, sys.executable]
    shaping.append(project.cluster.tasks_per_job)  # the queue's indices are read by what batch.yml says of it
    shaping += [fingerprint(project, stage), _render_workflow(project, stage)]
    units = [f"{unit.key}\0{unit.inputs}\0{decision.old_ns}\n" for unit, decision in seen]
    texts = (repr(shaping), "".join(units))
    return "-".join(f"{crc32(text.encode('utf-8', 'surrogateescape')):08x}" for text in texts)


def _describe(project: Project, stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "project": project.name,
        "tracker": project.tracker.name,
        "cluster": project.cluster.name,
        "remote_tracker": __version__,
        "params": dict(project.tracker.params),
        "params_fingerprint": fingerprint(project, stage),
        "makes": makes_of(stage),
    }


def _render_workflow(project: Project, stage: Stage) -> dict[str, str]:
    """Return what Snakemake needs to run the stage's rules as jobs of a cluster; nothing where it runs no workflow."""
    if stage.workflow is None:
        return {}
    there = replace(project, cluster=project.rule_clusters.get(stage.workflow.cluster, project.cluster))
    scheduler, own = scheduler_of(there.cluster.scheduler), scheduler_of(project.cluster.scheduler)
    asked = {} if own.RUNS_HERE else asked_by(project, stage)
    cores = "all" if own.RUNS_HERE else asked.get("cpus", str(stage.resources.cpus))
    files = {}
    if not scheduler.RUNS_HERE:
        check_script(there, stage)
        script, asked = make_script(there, stage), asked_by(there, stage)
        rules = {"scheduler": there.cluster.scheduler, "project": project.name, "script": script.name}
        text = fill_in(read_exactly(script), scheduler.block(array_of(there, stage)), script.name)
        files = {script.name: text, "rules.json": json.dumps(rules)}
    files |= render_profile(stage.workflow, scheduler.EXECUTOR, asked, there.container, cores)
    return {f"{PROFILE}/{name}": text for name, text in files.items()}


def _render_batch(project: Project, stage: Stage, seen: Sequence[Examined]) -> dict[str, str]:
    compiled = compile_stage(project, stage)
    lines = [compiled.lines(s.unit, s.decision.old_ns) for s in seen]
    return {
        "files2process.txt": "".join([f"{command}\n" for command, _ in lines]),
        "tasks.txt": "".join([f"{task}\n" for _, task in lines]),
        "names.txt": "".join([s.unit.key + "\n" for s in seen]),
        "settings.sh": render_settings(
            project, stage, {**_facts(project, stage), "total": str(len(seen))}, find_files(project, stage)
        ),
        "checks.json": json.dumps(_clauses(stage.checks), indent=1),
        **({"ready.json": json.dumps(_clauses(stage.ready), indent=1)} if stage.ready else {}),
        **_render_workflow(project, stage),
    }


def _clauses(found: Sequence[Check]) -> list[dict[str, Any]]:
    return [{"kind": c.kind, "subject": c.subject, "options": dict(c.options)} for c in found]


def _facts(project: Project, stage: Stage) -> dict[str, str]:
    tracker = project.tracker.folder
    inside = tracker.is_relative_to(project.root)
    return {
        "tracker": str(tracker.relative_to(project.root)) if inside else str(tracker),
        "params": fingerprint(project, stage),
        "parameter_mark": mark_files(project.root, files) if (files := find_files(project, stage)) else "",
        "helper": sys.executable,
        "ready": "frames" if any(c.options.get("frames") for c in stage.ready) else "quick" if stage.ready else "",
        "deep": " ".join(sorted({KINDS[c.kind].cost for c in stage.checks if not KINDS[c.kind].is_plain(c.options)})),
        "folder_names": " ".join(o.name for o in stage.outputs if o.pattern.is_folder),
    }


def _newest_unsubmitted(folder: Path, stage: Stage) -> Path | None:
    batches = find_batches(folder, stage.name)
    newest = batches[-1] if batches else None
    return None if newest is None or has_run(newest) else newest


def _write_batch(folder: Path, content: Mapping[str, str], described: Mapping[str, Any]) -> str:
    batch = _next_folder(folder / "batches")
    try:
        for name, text in content.items():
            make_folder((batch / name).parent)
            write_file(batch / name, text)
        for part in sorted(TASK.glob("*.sh")):
            write_file(batch / part.name, part.read_bytes(), mode=part.stat().st_mode & 0o777)
        write_file(batch / "batch.yml", yaml.safe_dump(dict(described), sort_keys=False, allow_unicode=True))
    except BaseException:  # a full disk, Ctrl-C: what is not whole is no batch, and only takes space
        rmtree(batch, ignore_errors=True)
        raise
    return batch.name


def _next_folder(batches: Path) -> Path:
    """Return a new folder with the next number; two scans at once get two numbers."""
    make_folder(batches)
    number = max((int(n) for n in os.listdir(batches) if n.isdecimal()), default=0)
    while True:
        number += 1
        folder = batches / f"{number:04d}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            continue


def point_at(project: Project, stage: Stage, pinned: Pinned | None) -> Path:
    """Return the job script with its block filled in for the batch (None: for nothing), links beside it."""
    script = make_script(project, stage)
    scheduler = scheduler_of(project.cluster.scheduler)
    array = array_of(project, stage, pinned.number, pinned.tasks) if pinned else array_of(project, stage)
    block = scheduler.block(array)
    old = read_exactly(script)
    new = fill_in(old, block, str(script.relative_to(project.root)))
    if new != old:
        write_file(script, new)
    if pinned:
        write_link(script.parent / list_name(project, stage), f"batches/{pinned.number}/files2process.txt")
        write_link(script.parent / f"{project.cluster.scheduler}_output", f"batches/{pinned.number}")
        write_file(script.parent / "batches" / pinned.number / script.name, new)
    return script
