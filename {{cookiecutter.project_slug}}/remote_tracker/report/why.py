"""The story of a video: its inputs, the batches that listed it, each check and its outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .. import checks
from ..model import Cause, Check, Project, Stage, State
from ..model.said_word import SaidWord
from ..named_tuple import NamedTuple
from ..render import compile_check
from ..scan import Tree
from ..survey import Examined, files_of
from ..survey.named import Listed, find_listed
from ..survey.sentences import describe_failure
from ..survey.states import is_bad, is_being_copied
from ..survey.triage import is_trouble
from ..survey.unit_files import is_asked_by_scan, needs_what_is_gone, with_commands
from ..survey.verdict import Change
from ..survey.verify_stage import find_changed
from ..text.tones import BAD, BUSY, CARE, GOOD, toned
from ..text.visible import shown
from .day_table import toned_state
from .verified import changes_data, describe_change

NOTES = {
    Cause.ACCEPTED: "accepted as it was then",
    Cause.NOTED: "read by ./rt verify, and noted as it was then",
    Cause.PULLED: "finished on the cluster, and brought home",
    Cause.MOVED: "its results were taken along, when its name was changed",
}
IN_JOB = "looked at in the job alone: its log says the outcome"


class Checked(NamedTuple):
    """A clause of a tracker's checks, and how it came out."""

    words: str  # the clause as a tracker.yml says it
    fails: str = ""  # why it fails; "": it holds
    in_job: bool = False  # whether only the job looks at it, so that it was not looked at here
    is_past: bool = False  # whether it compares with what is no longer here, so that it was not looked at


class Story(NamedTuple):
    """All that is known of a unit in a stage."""

    stage: Stage
    seen: Examined  # the unit, and its state
    inputs: tuple[tuple[str, int | None], ...]  # each path with its size in bytes, None where it is not there
    outputs: tuple[tuple[str, int | None], ...]  # each path with its size in bytes, None where it is not there
    listed: tuple[Listed, ...]  # the batches that listed it
    checked: tuple[Checked, ...]  # the clauses on its results
    ready: tuple[Checked, ...] = ()  # the clauses on its inputs
    changed: tuple[Change, ...] = ()  # the files that are not as its tasks noted them
    word: SaidWord | None = None  # the lab's word on its result


def tell(project: Project, found: Sequence[tuple[Stage, Examined]], again: bool = True) -> Iterator[Story]:
    """Look at the files, batches and checks of each unit, and yield its story; a folder or batch is read once.

    Without ``again`` no check is asked anew of a finished unit, whose checks held in the scan that decided on it, nor
    of the inputs of a unit that needs no look and is not being copied: a story then costs a thirtieth.
    """
    tree = Tree(project.root, project.videos)
    keys: dict[str, list[str]] = {}
    for stage, seen in found:
        keys.setdefault(stage.name, []).append(seen.unit.key)
    stages = {stage.name: stage for stage, _ in found}
    listed = {name: find_listed(project, stage, keys[name]) for name, stage in stages.items()}
    changed = {
        name: find_changed(project, stage, [one for step, one in found if step.name == name])
        for name, stage in stages.items()
    }
    words = {name: tuple(map(_words, stage.checks)) for name, stage in stages.items()}
    for stage, seen in found:
        files = files_of(project.root, stage, seen.unit, tree)
        yield Story(
            stage,
            seen,
            tuple((path, _size(tree, path)) for paths in seen.unit.inputs for path in paths),
            tuple((path, _size(tree, path)) for paths in files.outputs.values() for path in paths),
            tuple(listed[stage.name][seen.unit.key]),
            tuple(_check(project, stage, seen, files, words[stage.name], again)),
            tuple(_look_at_inputs(stage, files) if again or is_trouble(seen) or is_being_copied(seen.decision) else ()),
            changed[stage.name].get(seen.unit.key, ()),
        )


def _look_at_inputs(stage: Stage, files: checks.Files) -> Iterator[Checked]:
    for clause in stage.ready:
        try:
            yield Checked(_words(clause), checks.judge_inputs([clause], files))
        except checks.StillCopying as reason:
            yield Checked(_words(clause), f"not ready: {reason}")


def _check(
    project: Project, stage: Stage, seen: Examined, files: checks.Files, told: Sequence[str], again: bool
) -> Iterator[Checked]:
    """Yield each clause and how it came out; ``told`` are the clauses' words, where they are no line of bash."""
    # A bad result is read whole: the check that failed may have been ./rt verify's, which reads more than a scan.
    files = files._replace(depth=checks.WHOLE if is_bad(seen.decision) else checks.QUICK)
    files = with_commands(project, stage, seen.unit, files)
    is_told = not again and seen.decision.state is State.FINISHED
    yield Checked("all results are there and not empty", "" if is_told else checks.verify([], files))
    for check, words in zip(stage.checks, told, strict=True):
        if check.kind == "command":
            words = _words(check._replace(subject=compile_check(project, stage, check.subject).line(seen.unit)))
        if needs_what_is_gone(check, files):
            yield Checked(words, is_past=True)
        elif is_asked_by_scan(stage, check):
            yield Checked(words, "" if is_told else checks.KINDS[check.kind].examine(check, files))
        else:
            yield Checked(words, in_job=True)


def _words(check: Check) -> str:
    return ", ".join(f"{k}: {_said(v)}" for k, v in {check.kind: check.subject, **check.options}.items())


def _said(value: object) -> str:
    """Return an option's value as a tracker.yml writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _size(tree: Tree, path: str) -> int | None:
    entry = tree.stat(path)
    return None if entry is None else entry.st_size


def story_text(story: Story) -> str:
    """Return the screen of a story: state, inputs, results, batches, checks."""
    unit, decision = story.seen
    lines = [f"{shown(unit.key)} ({story.stage.name}): {toned_state(story.stage, decision)}", "  reads"]
    lines += [f"    {shown(path)}  {_size_text(size)}" for path, size in story.inputs] or ["    nothing that is there"]
    if story.ready and story.inputs:
        lines += ["  must show before it starts", *(f"    {_checked(one)}" for one in story.ready)]
    lines += ["  makes"]
    lines += [f"    {shown(path)}  {_size_text(size)}" for path, size in story.outputs] or ["    no file"]
    if story.changed:
        lines += ["  differs from what was noted", *(f"    {describe_change(change)}" for change in story.changed)]
    lines += ["  the lab says", f"    {_said_of(story.word)}"] if story.word else []
    lines += ["  was listed in"]
    begun = [one for one in story.listed if one.record and not one.record.result]
    running = begun[-1] if begun and decision.state is State.RUNNING else None
    lines += [f"    {_listed(one, one is running)}" for one in story.listed] or ["    no batch yet"]
    lines += ["  checks"]
    there = any(size is not None for _, size in story.outputs) or not story.outputs
    checked = [f"    {_checked(one)}" for one in story.checked]
    lines += checked if there else ["    no result is there to check"]
    return "\n".join(lines)


def _said_of(word: SaidWord) -> str:
    lapsed = ", about a result that was made anew since" if word.lapsed else ""
    return f"{word.word}{lapsed}" + (f": {shown(word.note)}" if word.note else "")


def _checked(one: Checked) -> str:
    if one.is_past:
        return f"unseen {one.words}  -> what it compares with is no longer here"
    if one.in_job:
        return f"in job {one.words}  -> {IN_JOB}"
    if one.fails:
        return f"{toned('FAILS', BAD)}  {one.words}  -> {shown(one.fails)}"
    return f"{toned('holds', GOOD)}  {one.words}"


def _size_text(size: int | None) -> str:
    return toned("not there", CARE) if size is None else f"{size:,} bytes"


def _listed(listed: Listed, is_running: bool) -> str:
    record, tone = listed.record, ""
    if record is None:
        ended = "not started"
    elif is_running:
        ended, tone = f"running on {record.host}", BUSY
    elif record.cause in NOTES:
        ended = NOTES[record.cause] + (f", from {shown(record.why)}" if record.why else "")
    elif record.result == "finished":
        ended, tone = f"finished on {record.host} in {record.seconds} s", GOOD
    elif record.result == "cancelled":
        ended, tone = f"stopped on {record.host} after {record.seconds} s: {shown(record.why)}", CARE
    else:
        ended, tone = shown(describe_failure(record)), BAD
    if record is not None and record.program is not None:
        ended += f" (the program itself ended with exit code {record.program})"
    return f"batch {listed.batch.number}, task {listed.task}: {toned(ended, tone)}"


def story_data(story: Story) -> dict[str, Any]:
    """Return a story as data for programs (--json)."""
    unit, decision = story.seen
    word = {"word": story.word.word, "word_lapsed": story.word.lapsed} if story.word else {}
    return {
        "name": shown(unit.key),
        "stage": story.stage.name,
        "state": decision.state.value,
        "reason": shown(decision.reason),
        "cause": decision.cause.value if decision.cause else "",
        "inputs": {shown(path): size for path, size in story.inputs},
        "outputs": {shown(path): size for path, size in story.outputs},
        "changed": changes_data(story.changed),
        "batches": [
            {"batch": x.batch.number, "task": x.task, "log": str(x.log), "result": x.record and x.record.result}
            for x in story.listed
        ],
        "ready": [{"check": one.words, "fails": one.fails} for one in story.ready],
        "checks": [
            {"check": one.words, "fails": one.fails, "in_job": one.in_job, "is_past": one.is_past}
            for one in story.checked
        ],
        **word,
    }
