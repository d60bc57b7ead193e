"""Submits failed tasks again, and asks for more where they ran out of memory or time."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace

from ..batches.job_script import resources_of
from ..batches.prepare import Prepared, choose_stage, prepare
from ..batches.submit import ResourceRequest, load_asked
from ..errors import RemoteTrackerError
from ..model import Cause, Project
from ..model.quantities import read_factor, read_memory, read_walltime, write_memory, write_walltime
from ..records import Batch, find_batches
from ..report.moved import stuck_lines
from ..report.next_step import after
from ..report.standing import Did
from ..survey import Examined, ScanOptions
from ..survey.decision import end_of
from ..survey.triage import FEWER, is_of_cause, triage
from .submit import Say, send_prepared

NOTHING: Mapping[str, str] = {}


def prepare_retry(
    project: Project, folder: str, stage: str | None, cause: str | None, say: Say, asked: Mapping[str, str] = NOTHING
) -> Prepared | None:
    """Return a batch of only the failed units, set aside or not, whose failure has ``cause`` as triage names it.

    ``asked`` is what is typed with the submission, by the words of ./rt submit. Without a cause every failure counts,
    but not the hopeless units, which another try cannot help. Where no unit is left, says so and returns None.
    """
    stages = choose_stage(project, folder, stage)

    def is_meant(seen: Examined) -> bool:
        if not cause:
            return seen.decision.failed and not seen.decision.hopeless
        return seen.decision.failed and any(is_of_cause(project, s, seen, cause) for s in stages)

    options = ScanOptions(include_set_aside=True, only=is_meant, asked=asked)
    prepared = prepare(project, stages, options)
    for line in stuck_lines(project, prepared.stuck):
        say(line)
    if prepared.pinned and (fewer := _find_fewer(project, prepared)):
        prepared = prepare(replace(project, per_gpu=fewer), stages, options)
        say(f"The GPU's memory was full: {fewer} at once on each now, where the last list had one more.")
    if prepared.pinned is None:
        what = f"Nothing failed of the cause {cause}" if cause else "Nothing failed that can be tried again"
        say(f"{what}. Next:  {after(project, Did.RETRIED_NONE)}")
        return None
    return prepared


def _find_fewer(project: Project, prepared: Prepared) -> int:
    """Return how many tasks may share a GPU now: 1 fewer, where a GPU's memory was full; 0 where nothing changes."""
    stage = prepared.survey.stage
    last = _find_last(project, prepared)
    if project.per_gpu == 1 or not resources_of(project, stage).gpus or not last:
        return 0
    full = any(group.again == FEWER for group in triage(project, stage, prepared.listed))
    return min(project.per_gpu, max(1, last.per_job - 1)) if full and last.per_job > 1 else 0


def retry(
    project: Project, folder: str, stage: str | None, asked: ResourceRequest, say: Say, more: Mapping[str, str | None]
) -> int:
    """Submit only the failed tasks again, set aside or not; tasks that ran out of memory or time get twice as much.

    ``more`` may hold a factor for ``memory`` or ``time``, and a ``cause`` as triage names it: then only tasks that
    failed for this cause are submitted. Returns the exit code.
    """
    prepared = prepare_retry(project, folder, stage, more.get("cause"), say, asked.words)
    if prepared is None:
        return 0
    send_prepared(project, prepared, enlarge(project, prepared, asked, say, more), say)
    say(f"Next:  {after(project, Did.SENT)}")
    return 0


def enlarge(
    project: Project, prepared: Prepared, asked: ResourceRequest, say: Say, more: Mapping[str, str | None] | None = None
) -> ResourceRequest:
    """Return ``asked`` with more memory or time where a listed task ran out: twice as much, or as ``more`` says."""
    ends = {end_of(seen.decision) for seen in prepared.listed}
    memory = _factor((more or {}).get("memory"), Cause.OUT_OF_MEMORY, ends)
    time = _factor((more or {}).get("time"), Cause.OUT_OF_TIME, ends)
    larger = _more_of(project, prepared, memory, time)
    for word, value in larger.items():
        say(f"Asking for {word} {value}.")
    return replace(asked, words={**larger, **asked.words})


def _factor(typed: str | None, cause: Cause, ends: Container[Cause | None]) -> float:
    return read_factor(typed) if typed else 2.0 if cause in ends else 1.0


def _more_of(project: Project, prepared: Prepared, memory: float, time: float) -> dict[str, str]:
    """Return the requests, by word, that replace the job script's.

    ``memory`` and ``time`` are factors. Raises RemoteTrackerError where the script asks for none, so that there is
    nothing to multiply.
    """
    last = _asked_last(project, prepared)
    asked = {**prepared.script.asked, **last}
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
    """Return what the last batch that ran, before this batch, asked for: a second retry asks for four times as much."""
    last = _find_last(project, prepared)
    return load_asked(last) if last else {}


def _find_last(project: Project, prepared: Prepared) -> Batch | None:
    """Return the last batch that ran before this batch, None where none did."""
    ran = [batch for batch in find_batches(project, prepared.survey.stage) if batch.has_run and not batch.is_note]
    before = [batch for batch in ran if prepared.pinned and batch != prepared.pinned.batch]
    return before[-1] if before else None


def _said(value: str | None, word: str, prepared: Prepared) -> str:
    if value is None:
        raise RemoteTrackerError(
            f"{prepared.script.name} asks for no {word}, so it cannot ask for more. Write one into it, or name it: "
            f"--{word}. Nothing was submitted."
        )
    return value
