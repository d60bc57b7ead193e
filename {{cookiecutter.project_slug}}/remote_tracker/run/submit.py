"""From a scan to the queue: submits the listed tasks, stage after stage, or a pilot first."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from shlex import quote

from ..batches.prepare import Prepared, choose_stage, prepare
from ..batches.submit import ResourceRequest, Submitted, submit_batch
from ..errors import RemoteTrackerError, WrongUse, unknown_word
from ..model import Project, Record, Stage
from ..notify import tell_news
from ..report.next_step import after, rt_line
from ..report.scan import scan_text
from ..report.standing import Did
from ..survey import Examined, ScanOptions, survey_stage
from ..survey.sentences import describe_failure
from ..text.counted import number_of
from ..text.visible import shown
from . import pilot

Say = Callable[[str], None]


def send(
    project: Project, folder: str, stage: str | None, through: str | None, asked: ResourceRequest, say: Say
) -> int:
    """Scan a stage and submit the listed tasks, then the stages up to ``through``: each waits for the stages before it.

    Returns 0 where a batch was submitted or everything is finished, 1 where nothing could be submitted and something
    is unfinished.
    """
    require_queue(project)
    stages = _chain(project, folder, stage, through) if through else []
    options = ScanOptions(asked=asked.words)
    prepared = prepare(project, stages[:1] or choose_stage(project, folder, stage), options)
    say(scan_text(project, prepared, (Did.SCANNED,)))
    tell_news(project, prepared.survey.stage, prepared.survey.queue)
    sent = [send_prepared(project, prepared, asked, say)] if prepared.pinned else []
    before = list(dict.fromkeys(job.id for job in prepared.survey.queue.jobs))
    for step in stages[1:]:
        ahead = prepare(project, [step], options._replace(ahead=True))
        if ahead.pinned is None:
            say(f"{step.name}: nothing can be listed before its inputs are there. Scan again then.")
            continue
        behind = list(dict.fromkeys([*before, *(s.job or "JOB" for s in sent)]))  # JOB: as --dry prints it
        sent.append(send_prepared(project, ahead, asked, say, behind))
    if sent:
        say(f"Next:  {after(project, Did.SENT)}")
    return 0 if sent or not prepared.survey.unfinished else 1


def send_pilot(
    project: Project, folder: str, stage: str | None, asked: ResourceRequest, jobs: int | None, say: Say
) -> int:
    """Do one task of median size, here or in the queue, and say what it took and what all tasks will take.

    ``jobs`` tasks will run at once on this machine (None: as many as it has cores). Returns 0, or 1 where the task did
    not finish or could not be started. Raises RemoteTrackerError where something is asked of a queue that is not there.
    """
    is_here = project.cluster.scheduler.is_local
    if is_here and asked != ResourceRequest():
        require_queue(project)
    step = choose_stage(project, folder, stage)[0]
    listed = survey_stage(project, step).to_do
    if not listed:
        say(f"Nothing is to be processed in {step.name}. Next:  {after(project, Did.SENT_NONE)}")
        return 0
    chosen = pilot.choose_median(project, listed)
    only = ScanOptions(only=lambda seen: seen.unit.key == chosen.unit.key, asked=asked.words)
    prepared = prepare(project, [step], only)
    if prepared.pinned is None:
        say(f"{chosen.unit.key} cannot be submitted now. Next:  {after(project, Did.SENT_NONE)}")
        return 1
    piloted = _do_pilot(project, step, chosen, prepared, asked, say)
    if piloted is None and asked.dry:
        return 0
    if not isinstance(piloted, pilot.Piloted):
        said, log = describe_failure(piloted) if piloted else "it was not started", f"logs {quote(chosen.unit.key)}"
        say(f"{said.capitalize()}. Next:  {after(project, Did.PILOT_FAILED, command=rt_line(project, log))}")
        return 1
    at_once = (jobs or os.cpu_count() or 1) if is_here else asked.throttle
    sizes = [pilot.size_of(project, seen) for seen in listed]
    say("\n".join([*pilot.forecast(piloted, sizes, at_once), f"Next:  {after(project, Did.PILOTED)}"]))
    return 0


def _do_pilot(
    project: Project, step: Stage, chosen: Examined, prepared: Prepared, asked: ResourceRequest, say: Say
) -> pilot.Piloted | Record | None:
    """Run or submit the pilot's list and wait for it; returns the record where it did not finish, None if not run."""
    if project.cluster.scheduler.is_local:
        say(f"Running it here ({shown(chosen.unit.key)}). Ctrl-C stops it.")
        return pilot.run_here(project, step, chosen, prepared.pinned.batch) if prepared.pinned else None
    sent = send_prepared(project, prepared, asked, say)
    if asked.dry:
        return None
    say(f"Waiting for it ({chosen.unit.key}). Ctrl-C stops the waiting, not the job.")
    record = pilot.wait_for(project, sent.place)
    return pilot.look_at(project, step, chosen, record, sent.job) if record.result == "finished" else record


def require_queue(project: Project) -> None:
    """Raise RemoteTrackerError where the project's cluster has no queue."""
    if project.cluster.scheduler.is_local:
        raise RemoteTrackerError(
            f"{project.cluster.name} has no queue: tasks run in the window where they were started. Nothing was done."
        )


def refuse_unused(project: Project, asked: ResourceRequest) -> None:
    """Raise WrongUse where something is asked of a queue, though no job is sent: it would be ignored in silence."""
    words = [*asked.words, *(["scheduler-option"] if asked.own else ()), *(["throttle"] if asked.throttle else ())]
    words += ["dry"] if asked.dry else []
    if words:
        told = f"--{words[0].replace('_', '-')} is asked of a queue"
        if project.cluster.scheduler.is_local:
            raise WrongUse(f"{told}, and {project.cluster.name} has none. Nothing was looked at.")
        raise WrongUse(f"{told}: it needs --on-node, which sends a job. Nothing was looked at.")


def _chain(project: Project, folder: str, stage: str | None, through: str) -> list[Stage]:
    begin = choose_stage(project, folder, stage)[0]
    stages = list(project.tracker.stages_in(begin.folder))
    names = [s.name for s in stages]
    if through not in names:
        raise WrongUse(unknown_word("stage", through, names))
    first = names.index(begin.name)
    if names.index(through) < first:
        raise WrongUse(f'"{through}" comes before "{names[first]}". The stages are: {", ".join(names)}.')
    return stages[first : names.index(through) + 1]


def send_prepared(
    project: Project, prepared: Prepared, asked: ResourceRequest, say: Say, after: Sequence[str] = ()
) -> Submitted:
    """Submit a pinned batch and say which job it became; with ``asked.dry`` only say the command."""
    assert prepared.pinned is not None
    sent = submit_batch(project, prepared.survey.stage, prepared.script, prepared.pinned, asked, after)
    tasks = number_of(sent.tasks, "tasks")
    if asked.dry:
        say(f"Not submitted (--dry). In {sent.folder} it would be:  {sent.command}")
    else:
        say(f"Submitted batch {sent.batch} ({prepared.survey.stage.name}, {tasks}) as job {sent.job}.")
    if sent.no_mail:
        say(f'No mail will come: {project.cluster.scheduler.program} refused the job that sends it: "{sent.no_mail}".')
    elif sent.mail:
        say(f"One mail goes to {sent.mail} when {f'job {sent.job}' if sent.job else 'it'} is over.")
    return sent
