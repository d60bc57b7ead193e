"""The verbs that show what is there: they parse, call and print. No logic lives here."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from ..batches.cancel import load_looks
from ..batches.verify import verify_project
from ..model import Project
from ..report.failures import failures_data, failures_text
from ..report.log_text import log_pieces
from ..report.meant import days_text, meant_text, restrict, split_meant
from ..report.queue import look_lines, queue_lines
from ..report.status import next_of, status_data, status_text
from ..report.usage import usage_lines
from ..report.verified import verified_data, verified_text
from ..report.why import story_data, story_text, tell
from ..report.words import heading
from ..run.progress import ReadingWhole
from ..streams import is_read
from ..survey import Survey, examine_stage
from ..survey.named import find_abbreviated, find_log
from .options import json_option, project_verb, show, stamped

TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


@click.command()
@click.argument("names", nargs=-1, metavar="[DAY|NAME...]")
@json_option
@click.option("--failures", is_flag=True, help="What failed or cannot be processed, by cause, with what to do.")
@click.option("--usage", is_flag=True, help="What the last batches used of what they asked for.")
@project_verb
def status(project: Project, names: tuple[str, ...], as_json: bool, failures: bool, usage: bool) -> None:
    """Show how far everything is, by day, and what failed. With DAY, each video of that day."""
    if usage:
        lines = list(usage_lines(project))
        show(stamped(project, usage=lines) if as_json else "\n".join([heading(project), *lines]))
        return
    found = [Survey(stage) for stage in project.tracker.stages]
    surveys = [(one.stage, list(examine_stage(project, one.stage, one))) for one in found]
    surveys = restrict(project, names, surveys) if names else surveys
    queued = [line for one in found for line in queue_lines(one.stage, one.queue)]
    queued += [line for one in found for line in look_lines(one.stage, load_looks(project, one.stage))]
    if as_json:
        told = {"failures": failures_data(project, surveys)} if failures else {"stages": status_data(surveys)}
        show(stamped(project, **told))
    elif failures:
        show(failures_text(project, surveys, next_of(project, surveys)))
    elif names:
        show(days_text(project, surveys, next_of(project, surveys)))
    else:
        show(status_text(project, surveys, queued))


@click.command()
@click.argument("name")
@json_option
@project_verb
def why(project: Project, name: str, as_json: bool) -> None:
    """Tell the story of NAME: batches, checks, outcomes. NAME may be the path of a result, or how a name begins."""
    found = find_abbreviated(project, name, project.tracker.stages)
    if as_json:
        show([story_data(story) for story in tell(project, found)])
        return
    listed, told = split_meant(name, found)
    parts = [heading(project)] + ([meant_text(project, name, listed)] if listed else [])
    show("\n\n".join([*parts, *map(story_text, tell(project, told))]))


@click.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is written.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Show the last N lines only.")
@click.option("--path", "only_path", is_flag=True, help="Print where the log lies, not what it says.")
@project_verb
def logs(project: Project, name: str, follow: bool, tail: int | None, only_path: bool) -> None:
    """Show the log of the last run of NAME."""
    log = find_log(project, name)
    if only_path:
        click.echo(str(log))
        return
    for piece in log_pieces(log, follow, tail):
        sys.stdout.write(piece)  # click would leave out more than colours
        sys.stdout.flush()
        if not is_read():
            return


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--since", type=click.DateTime(TIMES), help="Not what was verified then or later, as 2026-01-31.")
@json_option
@project_verb
def verify(project: Project, names: tuple[str, ...], since: datetime | None, as_json: bool) -> int:
    """Read every finished result whole: is it as it was made?"""
    with ReadingWhole(quiet=as_json) as reading:
        found = verify_project(project, names, since.timestamp() if since else None, reading.tell)
    show(verified_data(found) if as_json else verified_text(project, found, str(since or "")))
    return 0 if found.is_fine else 1
