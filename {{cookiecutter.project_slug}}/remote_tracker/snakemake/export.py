"""Hands a project to Snakemake: surveys all stages, pins the units to do, writes the file that the Snakefile reads."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import shell
from ..batches.job_script import load_script, resources_of
from ..batches.prepare import prepare, prepare_one
from ..disk.files import make_folder, write_file
from ..errors import RemoteTrackerError
from ..model import Project, Stage, State
from ..records import BatchesFolder
from ..records.batch import PROFILE, RULES
from ..render.quotes import quote
from ..report.next_step import after, folder_line, rt_line
from ..report.standing import Did
from ..report.words import heading, verb_of
from ..schedulers import require_queue
from ..survey import EXPORT, EXPORT_JOBS, PLAN, ScanOptions, Survey, find_left, is_held_by_snakemake, job_prefix
from ..survey.states import word_of
from ..text.counted import number_of
from .ask import ask_for, write_profile
from .plan import Earlier, Task, choose, find_open, find_waits, make_tasks, plan_data

Say = Callable[[str], None]
COMMAND = f"snakemake --snakefile {EXPORT}/Snakefile --profile {EXPORT}/profile"
FILES = ("Snakefile", "run_exported.sh")  # copied, so that an update does not change waiting jobs
IN_FLIGHT = (State.RUNNING, State.QUEUED)
UNAVAILABLE = 75  # run_task.sh's exit code where another process has the task


@dataclass
class Outlook:
    """The tasks for Snakemake, and the surveys of all stages."""

    tasks: list[Task] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)


def export(project: Project, say: Say, run: str = "") -> int:
    """Write the plan of the tasks to do, the Snakefile and the profile; for a Snakemake that starts, only the plan.

    ``run`` is the name of the Snakemake that starts and asks for the plan, "" where a person asks. Returns the exit
    code, 0. Raises RemoteTrackerError where a Snakemake is at work on the project and, for ``run``, where a task is
    queued or running without Snakemake.
    """
    _refuse_snakemake(project, run)
    found = _list_all(project, refuse=bool(run))
    folder = project.root / EXPORT
    shutil.rmtree(folder / "done", ignore_errors=True)  # finished units are no tasks any more
    rules = [_rule_of(project, stage) for stage in project.tracker.stages]
    make_folder(folder / "profile")
    write_file(folder / PLAN, json.dumps(plan_data(run, rules, found.tasks), indent=1) + "\n")
    if not run:
        say(heading(project))
        _write_rest(project, folder)
    for line in _told(found, project):
        say(line)
    if not run:
        did = Did.EXPORTED if found.tasks else Did.SENT_NONE
        say(f"Next:  {after(project, did, command=folder_line(project, '', COMMAND))}")
    return 0


def _refuse_snakemake(project: Project, run: str) -> None:
    if is_held_by_snakemake(project.root, run):
        raise RemoteTrackerError(
            f"A Snakemake is at this project ({EXPORT}/lock). Let it end first. Nothing was changed."
        )
    scheduler = project.cluster.scheduler
    if left := find_left(project.root, scheduler):
        cancel_argv = require_queue(scheduler).cancel_argv
        command = " && ".join(" ".join(cancel_argv(job, ())) for job in left[:3])
        jobs, them = number_of(len(left), "jobs"), "it" if len(left) == 1 else "them"
        raise RemoteTrackerError(
            f"{jobs} of a Snakemake that was killed {verb_of(len(left), 'are')} in the queue: let {them} end, "
            f"or take {them} out ({command}"
            f"{' ...' if len(left) > 3 else ''}). Nothing was changed."
        )


def _list_all(project: Project, refuse: bool) -> Outlook:
    found = Outlook()
    earlier: list[Earlier] = []
    for stage in project.tracker.stages:
        waits = find_waits(stage, earlier)
        prepared = prepare(project, [stage], ScanOptions(only=choose(waits), ahead=True, whole=True))
        survey = prepared.survey
        if refuse and (flying := sum(survey.counts[state] for state in IN_FLIGHT)):
            raise RemoteTrackerError(
                f"{flying} queued or running ({stage.name}) without Snakemake: let that end, or cancel it "
                f"({rt_line(project, 'status')}), then start Snakemake again. Nothing was started."
            )
        batch = prepared.pinned.batch.number if prepared.pinned else ""
        tasks = make_tasks(stage, survey, batch, prepared.listed, waits)
        earlier.append(Earlier(stage, find_open(survey), {task.key: task.marker for task in tasks}))
        found.tasks += tasks
        found.surveys.append(survey)
    return found


def _rule_of(project: Project, stage: Stage) -> dict[str, Any]:
    scheduler = project.cluster.scheduler
    asked = load_script(project, stage).asked
    said = ask_for(resources_of(project, stage), asked, scheduler.is_local)
    return {"name": stage.name, **said}


def _write_rest(project: Project, folder: Path) -> None:
    """Write the Snakefile and the profile and, where this package sends Snakemake's jobs, the files to make them of."""
    scheduler = project.cluster.scheduler
    for name in FILES:
        write_file(folder / name, Path(__file__).with_name(name).read_bytes())
    profile = write_profile(scheduler.executor, job_prefix(project.root), project.cluster.throttle)
    write_file(folder / "profile" / "config.yaml", profile)
    if scheduler.executor == "cluster-generic":
        script = load_script(project, project.tracker.stages[0])
        rules = {"scheduler": project.cluster.scheduler.name, "project": project.name, "script": script.name}
        batch = BatchesFolder(folder).batch("export").folder
        make_folder(batch / PROFILE)
        make_folder(folder / EXPORT_JOBS)
        write_file(batch / "settings.sh", f"helper={quote(sys.executable)}\n")
        write_file(batch / PROFILE / RULES, json.dumps(rules))
        write_file(batch / PROFILE / script.name, script.text)


def _told(found: Outlook, project: Project) -> list[str]:
    lines, lost = [], []
    for survey in found.surveys:
        tasks = [task for task in found.tasks if task.stage == survey.stage.name]
        waiting = sum(bool(task.after) for task in tasks)
        lines.append(
            f"{survey.stage.name}: {number_of(len(tasks), 'tasks')} for Snakemake"
            f"{f' ({waiting} when what they wait for is there)' if waiting else ''}, "
            f"{survey.counts[State.FINISHED]} of {number_of(survey.found, survey.stage.counts)} finished."
        )
        keys = {task.key for task in tasks}
        lost += [f"{word_of(d)}: {unit.key} ({survey.stage.name})" for unit, d in survey.odd if unit.key not in keys]
    return [*lines, *_shortened(lost, project)]


def _shortened(lost: Sequence[str], project: Project) -> list[str]:
    more = [f"  and {len(lost) - 5} more"] if len(lost) > 5 else []
    head = [f"Not among them ({rt_line(project, 'status')} shows everything):"] if lost else []
    return [*head, *(f"  {line}" for line in lost[:5]), *more]


def run_later(project: Project, index: int, say: Say) -> int:
    """List and run task ``index`` of the plan, whose inputs are there by now, for the Snakemake that RT_JOB names.

    Returns 0 for a unit that is finished already, UNAVAILABLE where the task cannot run now; else the process goes on
    as the task. Raises RemoteTrackerError where that Snakemake is gone.
    """
    plan = json.loads((project.root / EXPORT / PLAN).read_text(encoding="utf-8"))
    task, run = plan["tasks"][index], os.environ.get("RT_JOB", "")
    if not run or plan["run"] != run:
        raise RemoteTrackerError(
            "This task belongs to a Snakemake that is gone. Nothing was done: start Snakemake again."
        )
    stage = next(s for s in project.tracker.stages if s.name == task["stage"])
    pinned, survey = prepare_one(project, stage, task["key"])
    if pinned is None:
        state = next((d for unit, d in survey.odd if unit.key == task["key"]), None)
        if state is None:
            say(f"{task['key']} is finished already.")
            return 0
        say(f"{task['key']} cannot be done now: {state.reason or word_of(state)}.")
        return UNAVAILABLE
    batch = pinned.batch
    return shell.replace_with(["bash", str(batch.folder / "run_task.sh"), batch.number, "1"])
