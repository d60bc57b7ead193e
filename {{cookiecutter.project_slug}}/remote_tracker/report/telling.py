"""A video's story as people read it (./rt why), and as programs do."""

from __future__ import annotations

from typing import Any

from ..survey.decision import told, word_of
from . import shown
from .why import IN_JOB, Listed, Story


def story_text(story: Story) -> str:
    """Return the story: state, inputs, results, batches, checks."""
    unit, decision = story.seen
    word, reason = word_of(decision), shown(decision.reason)
    told_state = reason if reason.startswith(word) else f"{word}: {reason}" if reason else word
    lines = [f"{shown(unit.key)} ({story.stage.name}): {told_state}", "  reads"]
    lines += [f"    {shown(path)}  {_size(size)}" for path, size in story.inputs] or ["    nothing that is there"]
    if story.ready and story.inputs:
        lines += ["  must show before it starts", *(f"    {_checked(words, reason)}" for words, reason in story.ready)]
    lines += ["  makes"]
    lines += [f"    {shown(path)}  {_size(size)}" for path, size in story.outputs] or ["    no file"]
    lines += ["  was listed in"]
    lines += [f"    {_listed(listed)}" for listed in story.listed] or ["    no batch yet"]
    lines += ["  checks"]
    there = any(size is not None for _, size in story.outputs) or not story.outputs
    checked = [f"    {_checked(words, reason)}" for words, reason in story.checked]
    lines += checked if there else ["    no result is there to check"]
    return "\n".join(lines)


def _checked(words: str, reason: str) -> str:
    if reason == IN_JOB:
        return f"in job {words}  -> {reason}"
    return f"FAILS  {words}  -> {shown(reason)}" if reason else f"holds  {words}"


def _size(size: int | None) -> str:
    return "not there" if size is None else f"{size:,} bytes"


def _listed(listed: Listed) -> str:
    record = listed.record
    if record is None:
        ended = "not started"
    elif record.result == "finished":
        ended = f"finished on {record.host} in {record.seconds} s"
    elif record.result == "cancelled":
        ended = f"stopped on {record.host} after {record.seconds} s: {shown(record.why)}"
    else:
        ended = shown(told(record))
    if record is not None and record.program is not None:
        ended += f" (the program itself ended with exit code {record.program})"
    return f"batch {listed.batch}, task {listed.task}: {ended}"


def story_data(story: Story) -> dict[str, Any]:
    """Return the story for programs."""
    unit, decision = story.seen
    return {
        "name": shown(unit.key),
        "stage": story.stage.name,
        "state": decision.state.value,
        "reason": shown(decision.reason),
        "inputs": {shown(path): size for path, size in story.inputs},
        "outputs": {shown(path): size for path, size in story.outputs},
        "batches": [
            {"batch": x.batch, "task": x.task, "log": str(x.log), "result": x.record.result if x.record else None}
            for x in story.listed
        ],
        "ready": [{"check": words, "fails": reason} for words, reason in story.ready],
        "checks": [
            {"check": words, "fails": "" if reason == IN_JOB else reason, "in_job": reason == IN_JOB}
            for words, reason in story.checked
        ],
    }
