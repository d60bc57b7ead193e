"""From a scan to the queue: what was listed is submitted, stage after stage, or only what failed, asking for more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from shlex import quote

from ..batches.job_script import asked_by
from ..batches.prepare import Prepared, choose_stage, prepare
from ..batches.submit import Asked, Submitted, load_asked, submit_batch
from ..errors import RemoteTrackerError, WrongUse, unknown_word
from ..model import Project, Stage
from ..model.quantities import read_factor, read_memory, read_walltime, write_memory, write_walltime
from ..records.causes import OUT_OF_MEMORY, OUT_OF_TIME
from ..report import number_of, scan_text
from ..report.next_step import rt_line
from ..schedulers import scheduler_of
from ..survey import Seen, find_batches, has_run, survey_stage
from ..survey.decision import told
from ..survey.triage import is_of_cause
from . import pilot

Say = Callable[[str], None]


def send(project: Project, folder: str, stage: str | None, through: str | None, asked: Asked, say: Say) -> int:
    """Scan and submit what is listed; ``through`` names the last of the stages to be chained behind it.

    Returns 0 where something was submitted or all is finished, 1 where there was nothing to submit but not all is.
    """
    require_queue(project)
    stages = _chain(project, folder, stage, through) if through else []
    prepared = prepare(project, stages[:1] or choose_stage(project, folder, stage))
    say(scan_text(project, prepared, onward=False))
    sent = [send_prepared(project, prepared, asked, say)] if prepared.pinned else []
    before = list(dict.fromkeys(job.id for job in prepared.survey.queue.jobs))
    for step in stages[1:]:
        ahead = prepare(project, [step], ahead=True)
        if ahead.pinned is None:
            say(f"{step.name}: nothing can be listed before its inputs are there. Scan again then.")
            continue
        after = list(dict.fromkeys([*before, *(s.job or "JOB" for s in sent)]))  # JOB: as --dry prints it
        sent.append(send_prepared(project, ahead, asked, say, after))
    if sent:
        say(f"Next:  {rt_line(project, 'status')}")
    return 0 if sent or not prepared.survey.unfinished else 1


def send_pilot(project: Project, folder: str, stage: str | None, asked: Asked, say: Say) -> int:
    """Submit one task of median size, wait for it, and say what it took and what all will take."""
    require_queue(project)
    step = choose_stage(project, folder, stage)[0]
    listed = survey_stage(project, step).to_do
    if not listed:
        say(f"Nothing is to be processed in {step.name}. Next:  {rt_line(project, 'status')}")
        return 0
    chosen = pilot.choose_median(project, listed)
    prepared = prepare(project, [step], only=lambda seen: seen.unit.key == chosen.unit.key)
    if prepared.pinned is None:
        say(f"{chosen.unit.key} cannot be submitted now. Next:  {rt_line(project, 'status')}")
        return 1
    sent = send_prepared(project, prepared, asked, say)
    if asked.dry:
        return 0
    say(f"Waiting for it ({chosen.unit.key}). Ctrl-C stops the waiting, not the job.")
    record = pilot.wait_for(project, sent.folder / "batches" / sent.batch)
    if record.result != "finished":
        say(f"{told(record).capitalize()}. Next:  {rt_line(project, 'logs ' + quote(chosen.unit.key))}")
        return 1
    piloted = pilot.look_at(project, step, chosen, record, sent.job)
    for line in pilot.forecast(piloted, [pilot.size_of(project, seen) for seen in listed], asked.throttle):
        say(line)
    say(f"Next:  {rt_line(project, 'submit')}")
    return 0


def require_queue(project: Project) -> None:
    """Raise RemoteTrackerError where the project's cluster has no queue."""
    if scheduler_of(project.cluster.scheduler).RUNS_HERE:
        raise RemoteTrackerError(
            f"{project.cluster.name} has no queue: tasks run in the window where they were started. Nothing was done."
        )


def _chain(project: Project, folder: str, stage: str | None, through: str) -> list[Stage]:
    stages = list(project.tracker.stages_in(folder))
    names = [s.name for s in stages]
    if through not in names:
        raise WrongUse(unknown_word("stage", through, names))
    first = names.index(choose_stage(project, folder, stage)[0].name)
    if names.index(through) < first:
        raise WrongUse(f'"{through}" comes before "{names[first]}". The stages are: {", ".join(names)}.')
    return stages[first : names.index(through) + 1]


def send_prepared(project: Project, prepared: Prepared, asked: Asked, say: Say, after: Sequence[str] = ()) -> Submitted:
    """Submit one pinned batch and say what it became."""
    assert prepared.pinned is not None
    sent = submit_batch(project, prepared.survey.stage, prepared.pinned, asked, after)
    tasks = number_of(sent.tasks, "tasks")
    if asked.dry:
        say(f"Not submitted (--dry). In {sent.folder} it would be:  {sent.command}")
    else:
        say(f"Submitted batch {sent.batch} ({prepared.survey.stage.name}, {tasks}) as job {sent.job}.")
    return sent


def prepare_retry(project: Project, folder: str, stage: str | None, cause: str | None, say: Say) -> Prepared | None:
    """Return a batch of only what failed, set aside or not, of this ``cause`` as triage names it (None: of any).

    What no try can help is left out, unless its cause is named. Where nothing is left, that is said, and None returned.
    """
    stages = choose_stage(project, folder, stage)

    def is_meant(seen: Seen) -> bool:
        if not cause:
            return seen.decision.failed and not seen.decision.hopeless
        return seen.decision.failed and any(is_of_cause(project, s, seen, cause) for s in stages)

    prepared = prepare(project, stages, again=True, only=is_meant)
    if prepared.pinned is None:
        what = f"Nothing failed of the cause {cause}" if cause else "Nothing failed that can be tried again"
        say(f"{what}. Next:  {rt_line(project, 'status --failures')}")
        return None
    return prepared


def retry(
    project: Project, folder: str, stage: str | None, asked: Asked, say: Say, more: Mapping[str, str | None]
) -> int:
    """Submit again only what failed, set aside or not; what ran out of memory or time gets twice as much.

    ``more`` may hold a factor for ``memory`` or ``time``, and a ``cause`` as triage names it: then only those.
    """
    prepared = prepare_retry(project, folder, stage, more.get("cause"), say)
    if prepared is None:
        return 0
    send_prepared(project, prepared, enlarge(project, prepared, asked, say, more), say)
    say(f"Next:  {rt_line(project, 'status')}")
    return 0


def enlarge(
    project: Project, prepared: Prepared, asked: Asked, say: Say, more: Mapping[str, str | None] | None = None
) -> Asked:
    """Return what to ask for, where some of what is listed ran out of memory or time: twice as much, or ``more``."""
    reasons = [seen.decision.reason for seen in prepared.listed]
    memory, time = (
        _factor((more or {}).get(word), why, reasons)
        for word, why in (("memory", OUT_OF_MEMORY), ("time", OUT_OF_TIME))
    )
    larger = _more_of(project, prepared, memory, time)
    for word, value in larger.items():
        say(f"Asking for {word} {value}.")
    return replace(asked, words={**larger, **asked.words})


def _factor(typed: str | None, cause: str, reasons: Sequence[str]) -> float:
    if typed:
        return read_factor(typed)
    return 2.0 if any(reason.endswith(f": {cause}") for reason in reasons) else 1.0  # not that of a GPU


def _more_of(project: Project, prepared: Prepared, memory: float, time: float) -> dict[str, str]:
    """Return what to ask for instead of what the job script does; raises RemoteTrackerError where it says nothing."""
    last = _asked_last(project, prepared)
    asked = {**asked_by(project, prepared.survey.stage), **last}
    more: dict[str, str] = {
        word: last[word] for word in ("memory", "mem_per_cpu", "walltime") if word in last
    }  # once raised, it stays
    if memory > 1:
        word = "mem_per_cpu" if "mem_per_cpu" in asked else "memory"
        more[word] = write_memory(round(read_memory(_said(asked.get(word), word, prepared)) * memory))
    if time > 1:
        more["walltime"] = write_walltime(
            round(read_walltime(_said(asked.get("walltime"), "walltime", prepared)) * time)
        )
    return more


def _asked_last(project: Project, prepared: Prepared) -> dict[str, str]:
    """Return what the last batch before this one asked for instead of what the script does: twice, then four times."""
    stage = prepared.survey.stage
    batches = find_batches(project.root / stage.folder, stage.name)
    before = [b for b in batches if prepared.pinned and b.name != prepared.pinned.number and has_run(b)]
    return load_asked(before[-1]) if before else {}


def _said(value: str | None, word: str, prepared: Prepared) -> str:
    if value is None:
        raise RemoteTrackerError(
            f"{prepared.script.name} asks for no {word}, so it cannot ask for more. Write one into it, or name it: "
            f"--{word}. Nothing was submitted."
        )
    return value
