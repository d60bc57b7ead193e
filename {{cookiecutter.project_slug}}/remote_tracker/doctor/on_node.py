"""Look around on a compute node: a job of a single task, submitted with the stage's own job script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..batches.job_script import array_of, load_script, write_script
from ..batches.submit import ResourceRequest, Submitted, has_left, note_job, send_array
from ..batches.wait import wait_for_job
from ..errors import RemoteTrackerError
from ..machine.answers import Surroundings, read_surroundings
from ..machine.probe import look_here, remember, write_questions
from ..model import Project, Stage
from ..model.scheduling import LOOK, BatchRef
from ..records import Batch, BatchesFolder
from ..render import fill_in, render_needs
from . import machine_lines, machine_troubles

Say = Callable[[str], None]


def examine_node(project: Project, stage: Stage, asked: ResourceRequest, say: Say) -> tuple[list[str], list[str]]:
    """Return (lines that show what a node has, troubles), which include differences from this machine."""
    batch = BatchesFolder(project.root.resolve() / stage.folder).batch(LOOK)
    sent = _send(project, stage, batch, asked)
    if asked.dry:
        return [f"Not submitted (--dry). In {sent.folder} it would be:  {sent.command}"], []
    note_job(batch, f"{project.cluster.scheduler.name}.{sent.job}", {})  # so that status and cancel know of it
    say(f"Sent as job {sent.job}, with what its job script asks for. Ctrl-C stops the waiting, not the job.")
    found = _wait(project, BatchRef(batch.folder, frozenset({sent.job}), 1, Path(sent.script).name), batch)
    wrong = machine_troubles(project, found)
    if not wrong:
        remember(project, found)
    here = look_here(project)
    return list(machine_lines(project, found)), [*wrong, *_differences(stage, here, found)]


def _differences(stage: Stage, here: Surroundings, there: Surroundings) -> list[str]:
    """Return where a node differs: the tracker's version from here, the GPUs from what the stage requests. Pure."""
    found = []
    if here.version and there.version and here.version != there.version:
        found.append(f"The version is {there.version} on {there.host}, and {here.version} on {here.host}.")
    if stage.resources.gpus and not there.gpus:
        found.append(
            f"{stage.name} asks for a GPU, and {there.host} shows none (nvidia-smi). Does its job script ask for one?"
        )
    return found


def _send(project: Project, stage: Stage, batch: Batch, asked: ResourceRequest) -> Submitted:
    """Submit a copy of the stage's job script that runs the look around instead of a batch."""
    scheduler = project.cluster.scheduler
    array = array_of(project, stage, LOOK, 1)._replace(per_job=1, throttle=0, beside=False)
    script = load_script(project, stage)
    batch.log(1).unlink(missing_ok=True)
    write_questions(project, render_needs(project.tracker), batch.folder, "run_task.sh")
    text = fill_in(script.text, scheduler.script.array_directives(array), script.name)
    return send_array(scheduler, array, write_script(batch.folder / script.name, text, scheduler), asked)


def _wait(project: Project, known: BatchRef, batch: Batch) -> Surroundings:
    """Wait for the job and return what it printed.

    Raises RemoteTrackerError if it left the queue before its end, NeverRuns where the queue says that it never will.
    """
    scheduler, needs, log = project.cluster.scheduler, render_needs(project.tracker), batch.log(1)
    text = wait_for_job(
        lambda: log.read_text("utf-8", "replace") if log.exists() else "",
        lambda text: _is_whole(read_surroundings(text, needs)),
        lambda: has_left(known, scheduler),
    )
    batch.submissions_path.unlink(missing_ok=True)
    found = read_surroundings(text, needs)
    if _is_whole(found):
        return found
    said = next((line for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")
    raise RemoteTrackerError(f"The job left the queue without an end ({said}). Look: {log}")


def _is_whole(found: Surroundings) -> bool:
    return bool(found.whole or found.activate)
