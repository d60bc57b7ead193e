"""Pins a batch: writes the list of its tasks to disk, once. A folder is a batch by its batch.yml, written last."""

from __future__ import annotations

import json
import os
import sys
from binascii import crc32
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import __version__
from ..checks import KINDS
from ..disk.files import cannot_write, make_folder, set_link, write_changed, write_file
from ..model import Check, Project, Stage
from ..named_tuple import NamedTuple
from ..parameters.digest import mark_files
from ..parameters.files import find_files, find_rewritten, require_files
from ..parameters.fingerprint import digest_activate, fingerprint
from ..parameters.kept_values import render_values
from ..quick_dataclass import replace
from ..records import Batch, BatchesFolder, batches_of, find_batches, makes_of
from ..records.batch import COMMANDS, LISTED, NAMES_FILE, PARAMETERS, PROFILE, RULES, SETTINGS, TASKS
from ..render import compile_stage, fill_in, render_profile, render_settings
from ..survey import Examined
from ..text.late_yaml import yaml
from .job_script import JobScript, array_of, check_script, list_name, load_script, packing_of, write_script
from .node_side import FOLDER, SCRIPT, join_parts


class Pinned(NamedTuple):
    """The batch that a scan settled on: a new batch, or the newest unsubmitted batch where that lists just the same."""

    batch: Batch
    tasks: int  # how many it has
    new: bool  # whether this scan made it


class Basis(NamedTuple):
    """What decides the content of a batch, besides its project and its units."""

    files: Sequence[str]  # the files that the stage's parameters name
    fingerprint: str  # identifies everything that shapes the stage's results
    workflow: Mapping[str, str]  # a file's path in the batch -> its text: the files that run a workflow's rules as jobs


def pin_batch(project: Project, stage: Stage, seen: Sequence[Examined], script: JobScript | None = None) -> Pinned:
    """Return the batch that lists these units: the newest batch, where it has not run and is equal, else a new batch.

    ``script`` is the stage's job script as it was read (None: it is read where a workflow's rules need it). Raises
    RemoteTrackerError where a file that a parameter names is missing, not chosen, or has unknown keys.
    """
    require_files(project, stage)
    basis = _find_basis(project, stage, script)
    listing = _sum_listing(project, stage, seen, basis)
    newest = _newest_unsubmitted(project, stage)
    if newest and newest.listing == listing:
        return Pinned(newest, len(seen), new=False)
    described = {
        **_describe(project, stage, basis),
        "tasks": len(seen),
        "per_job": packing_of(project, stage).per_job,
        "listing": listing,
    }
    content, settings = _render_batch(project, stage, seen, basis)
    batch = write_batch(batches_of(project, stage), content, described, join_parts(settings=settings))
    return Pinned(batch, len(seen), new=True)


def _find_basis(project: Project, stage: Stage, script: JobScript | None) -> Basis:
    files = find_files(project, stage)
    return Basis(files, fingerprint(project, stage, files), _render_workflow(project, stage, script))


def _sum_listing(project: Project, stage: Stage, seen: Sequence[Examined], basis: Basis) -> str:
    """Return checksums of everything that a batch's files follow from: an equal batch need not be rendered again."""
    shaping = [stage, project.tracker.params, project.tracker.folder, project.videos, __version__, sys.executable]
    per_job, beside = packing_of(project, stage)
    shaping += [per_job, *(["beside"] if beside else [])]  # batch.yml holds it: the queue's indices are read by it
    shaping += [basis.fingerprint, basis.workflow]
    shaping.append(_names_in_lines(project, stage))
    units = [f"{unit.key}\0{unit.inputs}\0{decision.old_ns}\n" for unit, decision in seen]
    texts = (repr(shaping), "".join(units))
    return "-".join(f"{crc32(text.encode('utf-8', 'surrogateescape')):08x}" for text in texts)


def _names_in_lines(project: Project, stage: Stage) -> list[str]:
    """Return the names in the project's folder that its lines of bash may mean: they decide what is anchored there."""
    checks = [check.subject for check in stage.checks if check.kind == "command"]
    lines = [stage.command, *checks, project.tracker.version, *stage.env.values(), project.tracker.params]
    return [name for name in sorted(os.listdir(project.root)) if name in repr(lines)]


def _describe(project: Project, stage: Stage, basis: Basis) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "project": project.name,
        "tracker": project.tracker.name,
        "cluster": project.cluster.name,
        "remote_tracker": __version__,
        "params": dict(project.tracker.params),
        "params_fingerprint": basis.fingerprint,
        "makes": makes_of(stage),
    }


def _render_workflow(project: Project, stage: Stage, script: JobScript | None) -> dict[str, str]:
    """Return the files, path -> text, that let Snakemake run the stage's rules as a cluster's jobs.

    It is empty where the stage runs no workflow.
    """
    if stage.workflow is None:
        return {}
    there = replace(project, cluster=project.rule_clusters.get(stage.workflow.cluster, project.cluster))
    scheduler, own = there.cluster.scheduler, project.cluster.scheduler
    asked = {} if own.is_local else (script or load_script(project, stage)).asked
    cores = "all" if own.is_local else asked.get("cpus", str(stage.resources.cpus))
    files = {}
    if not scheduler.is_local:
        theirs = script if script and there.cluster == project.cluster else load_script(there, stage)
        check_script(there, theirs)
        asked = theirs.asked
        rules = {"scheduler": there.cluster.scheduler.name, "project": project.name, "script": theirs.name}
        text = fill_in(theirs.text, scheduler.script.array_directives(array_of(there, stage)), theirs.name)
        files = {theirs.name: text, RULES: json.dumps(rules)}
    files |= render_profile(stage.workflow, scheduler.executor, asked, there.container, cores)
    return {f"{PROFILE}/{name}": text for name, text in files.items()}


def _render_batch(project: Project, stage: Stage, seen: Sequence[Examined], basis: Basis) -> tuple[dict[str, str], str]:
    """Return the texts of a batch's files by their names, and the settings that its run_task.sh holds."""
    compiled, values = compile_stage(project, stage), render_values(project, stage)
    facts = {**_facts(project, stage, basis), "total": str(len(seen))}
    lines = [compiled.lines(s.unit, s.decision.old_ns) for s in seen]
    settings = render_settings(project, compiled, facts, basis.files, find_rewritten(project, stage))
    content = {
        COMMANDS: "".join([f"{command}\n" for command, _ in lines]),
        TASKS: "".join([f"{task}\n" for _, task in lines]),
        NAMES_FILE: "".join([s.unit.key + "\n" for s in seen]),
        **({SETTINGS: settings} if basis.workflow else {}),  # snakemake/rule_jobs.sh reads them
        "checks.json": json.dumps(_clauses(stage.checks), indent=1),
        **({"ready.json": json.dumps(_clauses(stage.ready), indent=1)} if stage.ready else {}),
        **({PARAMETERS: values} if values else {}),
        **basis.workflow,
    }
    return content, settings


def _clauses(found: Sequence[Check]) -> list[dict[str, Any]]:
    return [{"kind": c.kind, "subject": c.subject, "options": dict(c.options)} for c in found]


def _facts(project: Project, stage: Stage, basis: Basis) -> dict[str, str]:
    tracker = project.tracker.folder
    inside = tracker.is_relative_to(project.root)
    return {
        "tracker": str(tracker.relative_to(project.root)) if inside else str(tracker),
        "params": basis.fingerprint,
        "activate_sum": digest_activate(project.root),
        "parameter_mark": mark_files(project.root, basis.files) if basis.files else "",
        "helper": sys.executable,
        # Each of a video's pieces would read all of it: what they prove, a sample of the video proves.
        "content": "sampled" if project.content == "sampled" or any(each.cut for each in stage.each) else "",
        "ready": "frames" if any(c.options.get("frames") for c in stage.ready) else "quick" if stage.ready else "",
        "deep": " ".join(sorted({KINDS[c.kind].cost for c in stage.checks if not KINDS[c.kind].is_plain(c.options)})),
        "rules": "yes" if basis.workflow else "",
        "folder_names": " ".join(o.name for o in stage.outputs if o.pattern.is_folder),
    }


def _newest_unsubmitted(project: Project, stage: Stage) -> Batch | None:
    batches = find_batches(project, stage)
    newest = batches[-1] if batches else None
    return None if newest is None or newest.has_run else newest


def write_batch(
    batches: BatchesFolder, content: Mapping[str, str], described: Mapping[str, Any], script: str = ""
) -> Batch:
    """Write a new batch: the texts ``content`` by their names, the ``script`` that runs its tasks, batch.yml last.

    Raises NoSpace or NotWritten, and leaves nothing, where it cannot be written.
    """
    folder = _next_folder(batches.path)
    try:
        for name, text in content.items():
            make_folder((folder / name).parent)
            write_file(folder / name, text)
        with suppress(OSError):  # tasks believe the commands in it as long as the list is as old (task_read.sh)
            listed = os.stat(folder / COMMANDS)
            os.utime(folder / TASKS, ns=(listed.st_atime_ns, listed.st_mtime_ns))
        if script:
            write_file(folder / SCRIPT, script, mode=(FOLDER / SCRIPT).stat().st_mode & 0o777)
        write_file(folder / LISTED, yaml.safe_dump(dict(described), sort_keys=False, allow_unicode=True))
    except BaseException:  # a full disk, Ctrl-C: an incomplete folder is no batch, and only takes space
        from shutil import rmtree  # with zlib and its like 3 ms of a scan

        rmtree(folder, ignore_errors=True)
        raise
    return Batch(str(folder))


def _next_folder(batches: Path) -> Path:
    """Make and return the folder with the next number; two scans at the same time get two numbers."""
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
        except OSError as error:
            raise cannot_write(folder, error) from None


def point_at(project: Project, stage: Stage, script: JobScript, pinned: Pinned | None, throttle: int = 0) -> JobScript:
    """Fill in the block of the job script for the batch (None: for no tasks), and return the script.

    At most ``throttle`` of its tasks run at once (0: as many as the cluster's file says), unless a line of the user's
    own says how many. Links to the batch's commands and its folder are set beside the script. Changes that somebody
    made to the script since it was read are kept.
    """
    scheduler = project.cluster.scheduler
    if not script.is_current:
        script = load_script(project, stage)
    listed = (pinned.batch.number, pinned.tasks, pinned.batch.per_job) if pinned else ()
    array = array_of(project, stage, *listed)
    array = array._replace(throttle=0 if "throttle" in script.asked else throttle or array.throttle)
    block = scheduler.script.array_directives(array)
    text = fill_in(script.text, block, str(script.path.relative_to(project.root)))
    if text != script.text:
        script = write_script(script.path, text, scheduler)
    if pinned:
        folder = script.path.parent
        there = pinned.batch.folder.relative_to(folder)
        set_link(folder / list_name(project, stage), str(there / COMMANDS))
        set_link(folder / f"{project.cluster.scheduler.name}_output", str(there))
        write_changed(pinned.batch.folder / script.name, text)
    return script
