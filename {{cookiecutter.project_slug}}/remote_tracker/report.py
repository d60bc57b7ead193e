"""What people read: a scan's summary, the status by day, the story of one video. Text in, text out."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from .model import Project, Stage, State
from .next_step import rt_line, scan_line, script_line
from .prepare import Prepared
from .schedulers import scheduler_of
from .state import WORDS, word_of
from .survey import Seen, Survey

RULE = "*" * 45
SHOWN = 5
NO_DAY = "(no day)"

ANCESTOR = (
    (State.UNPROCESSED, "Unprocessed files."),
    (State.INCOMPLETE, "Files whose analysis is incompleted."),
    (State.INVALID, "Invalid source files."),
    (State.FINISHED, "Files that were succesfully finished."),
)


def heading(project: Project) -> str:
    """Return the first line of every screen: which project, which machine, which scheduler."""
    scheduler = project.cluster.scheduler
    kind = "no scheduler" if scheduler == "local" else scheduler
    return f"{project.root.name} on {project.cluster.name} ({os.uname().nodename}, {kind})"


def scan_text(project: Project, prepared: Prepared) -> str:
    """Return the ancestor's summary, whose lines add up, and the exact next command."""
    survey = prepared.survey
    lines = [heading(project), RULE, "Analysis Summary", RULE]
    lines += [f"{survey.counts[state]}\t{words}" for state, words in ANCESTOR]
    if others := list(_other_counts(survey)):
        lines += [RULE, *others]
    lines += [RULE, f"{survey.waiting_list}\tTotal files to be processed.", RULE]
    lines += [*_complaints(survey), *_notes(survey, prepared), _last_line(project, survey, prepared)]
    return "\n".join(lines)


def _other_counts(survey: Survey) -> Iterator[str]:
    counts = survey.counts
    if flying := counts[State.QUEUED] + counts[State.RUNNING]:
        yield f"{flying}\tQueued or running: not listed again."
    if waiting := counts[State.WAITING]:
        yield f"{waiting}\tWaiting for an earlier stage."
    if not_ready := counts[State.NOT_READY]:
        yield f"{not_ready}\tNot ready: still being copied (look again in 2 min)."
    if aside := counts[State.SET_ASIDE]:
        yield f"{aside}\tSet aside: failed too often.   ./rt status --failures"


def _complaints(survey: Survey) -> Iterator[str]:
    """Name the first few that cannot be processed, with the reason, and the folders nobody may read."""
    told = (State.INVALID, State.WAITING, State.NOT_READY, State.SET_ASIDE)
    odd = [s for s in survey.odd if s.decision.state in told]
    for unit, decision in odd[:SHOWN]:
        yield f"{word_of(decision).capitalize()}: {shown(unit.key)}: {shown(decision.reason)}."
    if len(odd) > SHOWN:
        yield f"... and {len(odd) - SHOWN} more: ./rt status"
    for unit, _ in survey.to_do:
        if unit.left_out:
            yield f"{shown(unit.key)} goes without {shown(unit.left_out)}."
    for folder, reason in survey.unreadable.items():
        yield f"Not looked into: {shown(folder)}: {reason}."


def _notes(survey: Survey, prepared: Prepared) -> Iterator[str]:
    if survey.unrecorded:
        yield f"{survey.unrecorded} of the finished were made elsewhere: what can be checked here holds."
    if prepared.pinned and prepared.left_over:
        yield (
            f"Listed now: {prepared.pinned.tasks}, the most that one list may hold here. "
            f"The next scan lists the other {prepared.left_over}."
        )


def _last_line(project: Project, survey: Survey, prepared: Prepared) -> str:
    what = survey.stage.counts
    found = number_of(survey.found, what)
    if prepared.pinned:
        return f"{found} found. Next:  {next_command(project, prepared)}"
    if not survey.found:
        where = " or ".join(sorted({i.pattern.root for i in survey.stage.inputs}))
        return f"No {what} found. Next:  copy them into {where}, then scan again"
    left = [f"{n} {word}" for state, word in WORDS if state is not State.FINISHED and (n := survey.counts[state])]
    if left:
        return f"{found} found. NOT finished: {', '.join(left)}. Next:  {rt_line(project, 'status')}"
    all_of_it = f"All {found} are" if survey.found > 1 else f"The {found} is"
    return f"{all_of_it} finished.{_onward(project, survey.stage)}"


def number_of(count: int, what: str) -> str:
    """Return "6 videos", "1 video"."""
    return f"{count} {what.removesuffix('s') if count == 1 else what}"


def next_command(project: Project, prepared: Prepared) -> str:
    """Return what to type to run what was listed."""
    submit = scheduler_of(project.cluster.scheduler).SUBMIT
    return script_line(project, prepared.survey.stage.folder, prepared.script.name, submit)


def _onward(project: Project, stage: Stage) -> str:
    if stage.folder == "summarizer":
        return f" Next:  {rt_line(project, 'join')}"
    return f" Next:  {scan_line(project, 'summarizer')}" if project.tracker.stages_in("summarizer") else ""


def shown(name: str) -> str:
    """Return a name as it can be printed on one line of a terminal, whatever it holds."""
    if name.isprintable():
        return name
    return (
        name.encode("utf-8", "backslashreplace" if _is_text(name) else "surrogateescape")
        .decode("utf-8", "backslashreplace")
        .translate({c: f"\\x{c:02x}" for c in (*range(32), 127)})
    )


def _is_text(name: str) -> bool:
    return not any(0xDC80 <= ord(c) <= 0xDCFF for c in name)


def scan_data(project: Project, prepared: Prepared) -> dict[str, Any]:
    """Return a scan for programs."""
    survey = prepared.survey
    return {
        "project": project.root.name,
        "cluster": project.cluster.name,
        "scheduler": project.cluster.scheduler,
        "stage": survey.stage.name,
        "found": survey.found,
        "counts": {state.value: survey.counts[state] for state in State},
        "to_process": survey.waiting_list,
        "batch": prepared.pinned.number if prepared.pinned else None,
        "listed": prepared.pinned.tasks if prepared.pinned else 0,
        "script": str(prepared.script.relative_to(project.root)),
        "odd": [odd_data(seen) for seen in survey.odd],
        "unreadable": {shown(folder): reason for folder, reason in survey.unreadable.items()},
    }


def odd_data(seen: Seen) -> dict[str, str]:
    """Return one unit and its reason, for programs."""
    return {"name": shown(seen.unit.key), "state": seen.decision.state.value, "reason": shown(seen.decision.reason)}


def day_of(key: str) -> str:
    """Return the day a unit belongs to: its first folder, or (no day) where it lies in none."""
    return key.split("/", 1)[0] if "/" in key else NO_DAY


def status_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> str:
    """Return every stage's table by day, then what failed with its last line, then the next command."""
    lines = [heading(project)]
    for stage, seen in surveys:
        lines += ["", *_table(stage, seen)]
    troubled = [s for _, seen in surveys for s in seen if _is_trouble(s)]
    if troubled:
        lines += ["", "Needs a look:"]
        lines += [f"  {shown(s.unit.key)}: {shown(s.decision.reason) or word_of(s.decision)}" for s in troubled[:20]]
        lines += [f"  ... and {len(troubled) - 20} more"] if len(troubled) > 20 else []
    return "\n".join([*lines, "", f"Next:  {_next_of(project, surveys)}"])


def failures_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> str:
    """Return everything that failed or cannot be processed, each with its last word."""
    lines = [heading(project)]
    for stage, seen in surveys:
        troubled = [s for s in seen if _is_trouble(s)]
        lines += [f"{stage.name}: {len(troubled)} of {len(seen)} {stage.counts} need a look"]
        lines += [f"  {shown(s.unit.key)}: {word_of(s.decision)}: {shown(s.decision.reason)}" for s in troubled]
    return "\n".join([*lines, f"Next:  {_next_of(project, surveys)}"])


def _is_trouble(seen: Seen) -> bool:
    state = seen.decision.state
    aside = state in (State.INVALID, State.SET_ASIDE, State.NOT_READY, State.INCOMPLETE)
    return aside or (state is State.WAITING and seen.unit.lost)


def _table(stage: Stage, seen: Sequence[Seen]) -> Iterator[str]:
    days: dict[str, Counter[str]] = {}
    for unit, decision in seen:
        day = day_of(unit.key) if stage.folder == "workspace" else unit.key.replace(".", NO_DAY, unit.key == ".")
        days.setdefault(day, Counter())[word_of(decision)] += 1
    total = sum(days.values(), Counter[str]())
    columns = [word for _, word in WORDS if total[word] or word in ("finished", "to do")]
    width = max([len("all"), *(len(shown(day)) for day in days)], default=3)
    yield f"{stage.name}: {sum(total.values())} {stage.counts}"
    yield f"  {'':{width}}  " + "  ".join(columns)
    for day, counts in [*sorted(days.items()), ("all", total)]:
        yield f"  {shown(day):{width}}  " + "  ".join(f"{counts[word]:>{len(word)}}" for word in columns)


def _next_of(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> str:
    for stage, seen in surveys:
        counts = Counter(s.decision.state for s in seen)
        if counts[State.UNPROCESSED] + counts[State.INCOMPLETE]:
            return scan_line(project, stage.folder)
        if counts[State.QUEUED] + counts[State.RUNNING]:
            return rt_line(project, "status") + "   (again, in a while)"
        if counts[State.SET_ASIDE]:
            first = next(s for s in seen if s.decision.state is State.SET_ASIDE)
            return rt_line(project, f"why {quote(shown(first.unit.key))}")
    return rt_line(project, "join") if project.tracker.stages_in("summarizer") else "look at Results"


def status_data(surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> list[Mapping[str, Any]]:
    """Return the status for programs."""
    return [
        {
            "stage": stage.name,
            "counts": {s.value: n for s, n in Counter(one.decision.state for one in seen).items()},
            "odd": [odd_data(s) for s in seen if s.decision.state is not State.FINISHED],
        }
        for stage, seen in surveys
    ]


def verified_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> tuple[str, bool]:
    """Return what a fresh look at every result found, and whether none of them is bad."""
    lines = [heading(project)]
    bad = [s for _, seen in surveys for s in seen if s.decision.reason.startswith("bad result")]
    for stage, seen in surveys:
        fine = sum(s.decision.state is State.FINISHED for s in seen)
        lines.append(f"{stage.name}: {fine} of {len(seen)} {stage.counts} have whole results.")
    lines += [f"  {shown(s.unit.key)}: {shown(s.decision.reason)}" for s in bad]
    lines.append(
        f"Next:  {scan_line(project, 'workspace')}" if bad else f"No result is bad. Next:  {rt_line(project, 'status')}"
    )
    return "\n".join(lines), not bad
