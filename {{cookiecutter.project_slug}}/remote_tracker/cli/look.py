"""The verbs that show what is there: they parse, call and print. No logic lives here."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import click

from ..batches.cancel import load_looks
from ..batches.verify import verify_project
from ..errors import RemoteTrackerError
from ..model import Project, Stage
from ..model.said_word import REVIEWED
from ..remote.seen import tell_home, with_seen
from ..report.copy_again import failed_files
from ..report.failures import failures_data, failures_text
from ..report.log_text import log_pieces
from ..report.meant import days_text, meant_text, restrict, split_meant
from ..report.next_step import next_text
from ..report.queue import look_lines, queue_lines
from ..report.situation import examine_all, examine_odd, look_around, situation_of, stand_of
from ..report.standing import Did
from ..report.status import status_data, status_text
from ..report.unread import find_ignored, ignored_data, ignored_names, ignored_text, unread_story, why_not_read
from ..report.usage import usage_lines
from ..report.verified import verified_data, verified_text
from ..report.why import Story, story_data, story_text, tell
from ..report.words import heading
from ..run.progress import ReadingWhole
from ..streams import NOBODY_READS, is_read
from ..survey import Examined, Survey
from ..survey.named import NotRead, find_abbreviated, find_log
from .options import json_option, project_verb, show, show_names, stamped

TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


@click.command()
@click.argument("days", nargs=-1, metavar="[DAY|NAME...]")
@json_option
@click.option("--failures", is_flag=True, help="What failed or cannot be processed, by cause, with what to do.")
@click.option("--cause", help="Of what failed only what failed for this cause, as --failures names it.")
@click.option("--ignored", is_flag=True, help="What lies among the videos and is not read, with why.")
@click.option(
    "--names", "names", flag_value="\n", help="Of what is asked for the paths alone, from RawVideos on, one a line."
)
@click.option("--names0", "names", flag_value="\0", help="The same, a zero byte behind each: safe for any name.")
@click.option("--usage", is_flag=True, help="What the last batches used of what they asked for.")
@click.option("--all-days", is_flag=True, help="A row for each day, however many there are.")
@click.option("--watch", is_flag=True, help="Draw it again and again, with how fast it goes, until Ctrl-C.")
@project_verb
def status(
    project: Project,
    days: tuple[str, ...],
    as_json: bool,
    failures: bool,
    cause: str | None,
    ignored: bool,
    names: str | None,
    usage: bool,
    all_days: bool,
    watch: bool,
) -> int:
    """Show how far everything is, by day, and what failed. With DAY, all of that day, one by one."""
    _refuse_alone(names, cause, failures, ignored)
    if watch:
        if days or as_json or failures or ignored or names or usage or all_days:
            raise click.UsageError("--watch goes with nothing else: it draws the whole project.")
        from .watch import watch_status  # 3 ms of each verb that shows something once

        return watch_status(project)
    if ignored or usage:
        _show_ignored(project, as_json, names) if ignored else _show_usage(project, as_json)
    else:
        _show_state(project, days, as_json, failures, cause, names, all_days)
    return 0


def _show_state(
    project: Project,
    days: tuple[str, ...],
    as_json: bool,
    failures: bool,
    cause: str | None,
    names: str | None,
    all_days: bool,
) -> None:
    found = examine_all(project) if days or as_json or failures else examine_odd(project)
    surveys = [(one.stage, seen) for one, seen in found]
    stands = [stand_of(one, seen) for one, seen in found]
    if failures and names:
        show_names(failed_files(project, surveys, cause), names)
        return
    now = situation_of(project, Did.TRIAGED if failures else Did.LOOKED, "workspace", stands)
    surveys = restrict(project, days, surveys) if days else surveys
    if as_json:
        kept = [(one, seen) for one, _ in found for stage, seen in surveys if stage is one.stage]
        show(stamped(project, **_data_of(project, failures, surveys, kept)))
    elif failures:
        show(failures_text(project, surveys, now))
    elif days:
        show(days_text(project, surveys, next_text(project, now)))
    else:
        show(with_seen(project, status_text(project, found, now, _queued(project, found), all_days)))
    tell_home({one.stage.name: one.counts + Counter(each.decision.state for each in seen) for one, seen in found})


def _data_of(
    project: Project,
    failures: bool,
    surveys: Sequence[tuple[Stage, Sequence[Examined]]],
    kept: Sequence[tuple[Survey, Sequence[Examined]]],
) -> dict[str, Any]:
    """Return what --json prints: the failures by cause, or the stages."""
    return {"failures": failures_data(project, surveys)} if failures else {"stages": status_data(kept)}


def _queued(project: Project, found: Sequence[tuple[Survey, Sequence[Examined]]]) -> list[str]:
    """Return what is in the queue, and which looks are asked for, a line each."""
    queued = [line for one, _ in found for line in queue_lines(one.stage, one.queue)]
    return queued + [line for one, _ in found for line in look_lines(one.stage, load_looks(project, one.stage))]


def _refuse_alone(names: str | None, cause: str | None, failures: bool, ignored: bool) -> None:
    if names and not (failures or ignored):
        raise click.UsageError("--names needs --failures or --ignored: the names of what.")
    if cause and not (failures and names):
        raise click.UsageError("--cause needs --failures and --names: ./rt status --failures shows the causes.")


def _show_usage(project: Project, as_json: bool) -> None:
    lines = list(usage_lines(project))
    show(stamped(project, usage=lines) if as_json else "\n".join([heading(project), *lines]))


def _show_ignored(project: Project, as_json: bool, names: str | None) -> None:
    unread = find_ignored(project)
    if names:
        show_names(ignored_names(unread), names)
    elif as_json:
        show(stamped(project, **ignored_data(project, unread)))
    else:
        show(ignored_text(project, unread, look_around(project, Did.SORTED)))


@click.command()
@click.argument("name")
@json_option
@project_verb
def why(project: Project, name: str, as_json: bool) -> None:
    """Tell the story of NAME: batches, checks, outcomes. NAME may be the path of a result, or how a name begins."""
    try:
        found = find_abbreviated(project, name, project.tracker.stages)
    except NotRead as error:
        show([unread_story(error.unread)] if as_json else f"{heading(project)}\n{why_not_read(project, error.unread)}")
        return
    if as_json:
        show([story_data(story) for story in _stories(project, found)])
        return
    listed, told = split_meant(name, found)
    parts = [heading(project)] + ([meant_text(project, name, listed)] if listed else [])
    show("\n\n".join([*parts, *map(story_text, _stories(project, told))]))


def _stories(project: Project, found: Sequence[tuple[Stage, Examined]]) -> Iterator[Story]:
    """Yield the story of each unit, with the lab's word on its result."""
    if not (project.root / REVIEWED).exists():
        yield from tell(project, found)
        return
    from ..tables.words_on import find_words  # 14 ms of a start: few projects have the file

    try:
        words = find_words(project, found)
    except RemoteTrackerError as error:  # a word that cannot be read hides no story
        words = {}
        click.echo(f"No words of the lab on results: {error}", err=True)
    for story in tell(project, found):
        yield story._replace(word=words.get((story.stage.name, story.seen.unit.key)))


@click.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on showing what is written.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Show the last N lines only.")
@click.option("--path", "only_path", is_flag=True, help="Print where the log lies, not what it says.")
@project_verb
def logs(project: Project, name: str, follow: bool, tail: int | None, only_path: bool) -> int:
    """Show the log of the last run of NAME."""
    log = find_log(project, name)
    if only_path:
        click.echo(str(log))
        return 0
    for piece in log_pieces(log, follow, tail):
        sys.stdout.write(piece)  # click would leave out more than colours
        sys.stdout.flush()
        if not is_read():
            return NOBODY_READS
    return 0


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
