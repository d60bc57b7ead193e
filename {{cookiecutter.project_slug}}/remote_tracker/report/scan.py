"""The screen of a scan: the summary as the ancestor printed it, whose lines add up, and the exact next command."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..batches.prepare import Prepared
from ..disk.derived import describe_lost
from ..model import Cause, Project, State
from ..parameters.files import find_newer
from ..parameters.fingerprint import ACTIVATE
from ..schedulers import find_overrides
from ..survey import ARCHIVED, Survey
from ..survey.decision import end_of
from ..survey.sentences import STATE_WORDS
from ..survey.states import word_of
from ..text.counted import number_of
from ..text.tones import toned
from ..text.visible import shown
from .alike import join_alike, name_alike
from .day_table import WORD_TONES
from .estimate import estimate_line
from .moved import stuck_lines
from .next_step import after, folder_line, how_to_read_stores, next_text, next_word, rt_line, script_line
from .queue import never_lines
from .situation import MOST_SUMMARIZED, find_stands, situation_of, stand_of_survey
from .standing import Did
from .summary import RULE, summary_lines, toned_summary
from .unread import nothing_meant, unread_data, unread_lines
from .words import absent_lines, heading, odd_data, remark_lines

SHOWN = 5


def scan_text(
    project: Project,
    prepared: Prepared,
    nexts: Container[Did] = (Did.LISTED, Did.SCANNED),
    jobs: int | None = None,
) -> str:
    """Return the screen of a scan: the ancestor's summary, complaints, notes, an estimate and what to type next.

    Behind other outcomes than ``nexts``, what to type next is left out: the caller goes on by itself. ``jobs`` tasks
    will run side by side on this machine (None: as many as it has cores).
    """
    survey = prepared.survey
    lines = [
        heading(project),
        *toned_summary(survey),
        *_complaints(project, survey),
        *stuck_lines(project, prepared.stuck),
    ]
    lines += [*_notes(project, survey, prepared), *filter(None, [estimate_line(project, prepared, jobs)])]
    lines.append(_last_line(project, survey, prepared, nexts))
    return "\n".join(lines)


def scan_output(commands: str, prepared: Prepared) -> str:
    """Return a scan in the form of the ancestor's output file: the commands between two rules, then the summary."""
    head = [RULE, "Finished to check files.", RULE, "", RULE, "Commands to be executed.", RULE]
    return "\n".join([*head, commands + RULE, "", *summary_lines(prepared.survey), ""])


def _complaints(project: Project, survey: Survey) -> Iterator[str]:
    """Yield lines on the first few units that cannot be processed, on inputs left out, and on unreadable folders."""
    told = (State.INVALID, State.WAITING, State.NOT_READY, State.SET_ASIDE, State.GONE, State.MOVED)
    odd = [s for s in survey.odd if s.decision.state in told]
    named = join_alike(odd)[:SHOWN]
    for units in named:
        decision = units[0].decision
        word = word_of(decision)
        tone = WORD_TONES.get(word, "")
        yield f"{toned(f'{word.capitalize()}:', tone)} {name_alike(units)}: {shown(decision.reason)}."
    if more := len(odd) - sum(map(len, named)):
        yield f"... and {more} more: ./rt status"
    for unit, _ in survey.to_do:
        if unit.left_out:
            yield f"{shown(unit.key)} goes without {shown(unit.left_out)}."
    yield from _store_lines(project, survey)
    for folder, reason in survey.unreadable.items():
        yield f"Not looked into: {shown(folder)}: {reason}."
    if survey.found:  # else the last line tells it
        yield from unread_lines(project, survey.unread)
    if survey.excluded:
        first, more = min(survey.excluded), len(survey.excluded) - 1
        said = f"{shown(first)}{f' and {more} more' if more else ''}"
        yield f'Not meant by {project.tracker.name}: {said} ("exclude" in its tracker.yml).'
    if survey.uncut:
        first, more = min(survey.uncut), len(survey.uncut) - 1
        which = f"{shown(first)}{f' and {more} more' if more else ''}"
        yield f"One piece each, since no header says how many frames they have: {which}."


def _store_lines(project: Project, survey: Survey) -> Iterator[str]:
    """Yield a line on the imgstores whose chunks were left out, with what makes them be read."""
    if survey.stores:
        first, count = shown(survey.stores[0]), len(survey.stores)
        which = f"{first} is an imgstore: its" if count == 1 else f"{count} imgstores, as {first}: their"
        hint, tracker = how_to_read_stores(project), project.tracker.name
        what = f"To read imgstores write into project.yml:  {hint}" if hint else f"{tracker} reads no imgstores."
        yield f"{which} chunks are no {survey.stage.counts}. {what}"


def _notes(project: Project, survey: Survey, prepared: Prepared) -> Iterator[str]:
    for param, named, newer in find_newer(project, survey.stage):
        yield f"{newer} is newer than {named}. To use it from now on, write into project.yml:  {param}: {newer}"
    yield from (f"{ACTIVATE} printed: {shown(line)}" for line in prepared.printed[:SHOWN])
    if survey.unjudged:
        yield f"Whether all frames can be read was not looked at: {survey.unjudged}"
    yield from remark_lines(project, survey.stage, survey.remarks, survey.counts[State.FINISHED])
    if survey.sampled:
        yield f"{_sampled(survey)} was compared in samples. {rt_line(project, 'verify')} reads all of it."
    yield from absent_lines(survey)
    if prepared.pinned and prepared.left_over:
        yield (
            f"Listed now: {prepared.pinned.tasks}, the most that one list may hold here ({prepared.limited_by}). "
            f"The next scan lists the other {prepared.left_over}."
        )
    if lost := describe_lost():
        yield f"Could not be remembered: {shown(lost)}. The next scan looks again."
    if survey.waiting_list and not prepared.pinned and not prepared.unwritten:
        yield f"Nothing more can be submitted now ({prepared.limited_by}). Wait until some have ended, then scan again."
    scheduler, ends = project.cluster.scheduler, (Cause.OUT_OF_MEMORY, Cause.OUT_OF_TIME)
    if prepared.pinned and not scheduler.is_local and (short := sum(end_of(s.decision) in ends for s in survey.to_do)):
        yield f"{short} ran out of memory or time. To ask for twice as much:  {rt_line(project, 'retry')}"
    if survey.halt[0] and prepared.pinned:
        yield from _halt_lines(project, *survey.halt)
    if prepared.pinned and (found := find_overrides(scheduler)):
        goes = f"{found[0]} is set here, and {scheduler.program} puts it before the script's own line"
        yield f"{goes}. First:  unset {' '.join(found)}"
    if survey.queue.hidden:
        batches = ", ".join(survey.queue.hidden)
        yield f"Other people's jobs are not shown here: what they listed ({batches}) and has no end counts as queued."
    yield from never_lines(project, survey.queue)
    if not survey.queue.asked:
        yield f"The queue could not be asked ({survey.queue.why_not}): whatever has no end counts as running."
    if survey.queue.hidden or not survey.queue.asked:
        yield "Where you know that nothing of a batch runs any more:  ./rt scan --assume-gone BATCH"


def _sampled(survey: Survey) -> str:
    have, they, hold = ("has", "it was", "it holds") if survey.sampled == 1 else ("have", "they were", "they hold")
    told = f"{survey.sampled} of {survey.counts[State.FINISHED]} finished {have} files with other times than when"
    return f"{told} {they} made: what {hold}"


def _halt_lines(project: Project, batch: str, node: str, why: str) -> Iterator[str]:
    yield f"Batch {batch} halted itself: node {node} failed 5 tasks in a row: {shown(why)}."
    queue = project.cluster.scheduler.queue
    if queue and "exclude" in queue.submission.options:
        yield f"If it is the node:  {rt_line(project, f'submit --exclude {node}')}"


def _last_line(project: Project, survey: Survey, prepared: Prepared, nexts: Container[Did]) -> str:
    what = survey.stage.counts
    if prepared.pinned:
        following = after(project, Did.LISTED, command=next_command(project, prepared))
        return f"{number_of(survey.found, what)} found." + (
            f" {next_word()}  {following}" if Did.LISTED in nexts else ""
        )
    told = _told(project, survey)
    if Did.SCANNED not in nexts:
        return told
    following = _next_text(project, survey)
    if told == f"No {what} found.":
        following = following.replace(f"copy {what} ", "copy them ", 1)
    return f"{told} {next_word()}  {following}"


def _told(project: Project, survey: Survey) -> str:
    """Return how far a stage is where nothing could be listed."""
    found = number_of(survey.found, survey.stage.counts)
    if not survey.found and survey.absent[ARCHIVED]:
        return f"No {survey.stage.sources} are here any more: what finished is whole."
    if not survey.found:
        return nothing_meant(project, survey.stage, survey.unread) or f"No {survey.stage.counts} found."
    left = [f"{n} {word}" for state, word in STATE_WORDS if state is not State.FINISHED and (n := survey.counts[state])]
    if left:
        return f"{found} found. NOT finished: {', '.join(left)}."
    return f"{f'All {found} are' if survey.found > 1 else f'The {found} is'} finished."


def _next_text(project: Project, survey: Survey) -> str:
    """Return what to type behind a scan that listed nothing; of many videos the days are not looked at for that."""
    most = MOST_SUMMARIZED if survey.stage.folder == "workspace" else 0
    stands, is_whole = find_stands(project, [stand_of_survey(survey)], most)
    now = situation_of(project, Did.SCANNED, survey.stage.folder, stands, is_whole)
    return next_text(project, now._replace(scanned=survey.stage.name))


def next_command(project: Project, prepared: Prepared) -> str:
    """Return the command that runs the listed tasks."""
    scheduler = project.cluster.scheduler
    folder = prepared.survey.stage.folder
    if project.remote and folder == "workspace":  # its videos are processed on the other side
        return rt_line(project, "push")
    if scheduler.script.works_from_anywhere(str((project.root / folder).resolve())):
        return script_line(project, folder, prepared.script.name, scheduler.script.command)
    return folder_line(project, folder, f"{scheduler.script.command} {prepared.script.name}")


def scan_data(project: Project, prepared: Prepared) -> dict[str, Any]:
    """Return a scan's result as data for programs (--json)."""
    survey = prepared.survey
    return {
        "project": project.root.name,
        "cluster": project.cluster.name,
        "scheduler": project.cluster.scheduler.name,
        "stage": survey.stage.name,
        "found": survey.found,
        "counts": {state.value: survey.counts[state] for state in State},
        "to_process": survey.waiting_list,
        "batch": prepared.pinned.batch.number if prepared.pinned else None,
        "listed": prepared.pinned.tasks if prepared.pinned else 0,
        "script": str(prepared.script.path.relative_to(project.root)),
        "odd": [odd_data(seen) for seen in survey.odd],
        **({"not_remembered": lost} if (lost := describe_lost()) else {}),
        **({"excluded": [shown(path) for path in sorted(survey.excluded)]} if survey.excluded else {}),
        **({"uncut": [shown(path) for path in sorted(survey.uncut)]} if survey.uncut else {}),
        **({"not_read": unread_data(survey.unread)} if survey.unread else {}),
        **({"imgstores": [shown(folder) for folder in survey.stores]} if survey.stores else {}),
        "unreadable": {shown(folder): reason for folder, reason in survey.unreadable.items()},
        "stuck": [one._asdict() for one in prepared.stuck],
    }
