"""The verbs that move, free or join results: they parse, call and print. No logic lives here."""

from __future__ import annotations

from pathlib import Path

import click

from ..batches.accept import accept as take
from ..batches.clean import KINDS
from ..model import Project
from ..report.accepted import accepted_text
from ..report.next_step import next_text
from ..report.words import either, heading
from ..run.clean import clean as free
from ..run.join import join_project
from ..run.joined_text import joined_text
from ..run.moved import moved as take_results_along
from ..run.progress import ReadingWhole
from ..run.redo import Talk, list_redos
from ..run.redo import redo as move_aside
from ..run.redo import undo as bring_back
from ..run.redo_reviewed import redo_reviewed
from ..survey.named import choose_to_redo
from ..survey.states import is_changed, is_gone, is_stale
from .options import asker, json_option, project_verb, yes_option


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--stage", help="Which step to do again (default: the first).")
@click.option("--stale", is_flag=True, help="What was made with other parameters, or another version of the tracker.")
@click.option("--gone", is_flag=True, help="What was finished once and has no results any more.")
@click.option("--changed", is_flag=True, help="What changed since it was made.")
@click.option("--from", "reviewed", type=click.Path(path_type=Path), help="What a reviewed.csv calls bad.")
@yes_option
@json_option
@project_verb
def redo(
    project: Project,
    names: tuple[str, ...],
    stage: str | None,
    stale: bool,
    gone: bool,
    changed: bool,
    reviewed: Path | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Move old results aside, so that they are made again. Asks first, where somebody can answer."""
    talk = Talk(click.echo, asker(yes), as_json)
    if reviewed:
        if names or stale or gone or changed:
            raise click.UsageError("--from stands alone: the file says what is done again.")
        return redo_reviewed(project, reviewed, stage, talk)
    if not (names or stale or gone or changed):
        raise click.UsageError(f"Name {either(project)}, or say --stale, --gone, --changed or --from FILE.")
    kinds = [kind for kind, asked in ((is_stale, stale), (is_gone, gone), (is_changed, changed)) if asked]
    return move_aside(project, names, stage, kinds, talk)


@click.command()
@click.argument("number", required=False, type=int, metavar="REDO")
@click.option("--list", "listed", is_flag=True, help="Which redos there were, and what is still aside.")
@yes_option
@json_option
@project_verb
def undo(project: Project, number: int | None, listed: bool, yes: bool, as_json: bool) -> int:
    """Bring back what a redo moved aside. REDO is its number (default: the last); nothing younger is replaced."""
    talk = Talk(click.echo, asker(yes), as_json)
    return list_redos(project, talk) if listed else bring_back(project, number, talk)


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS), metavar="[KIND...]")
@yes_option
@json_option
@project_verb
def clean(project: Project, kinds: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Show what can be freed, and free it after a yes. KIND is aside, attempts, temporaries or logs."""
    return free(project, kinds or KINDS, yes, Talk(click.echo, asker(yes), as_json))


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--changed", is_flag=True, help="What changed since it was made.")
@click.option("--stage", help="Whose results to take (default: the first).")
@project_verb
def accept(project: Project, names: tuple[str, ...], changed: bool, stage: str | None) -> int:
    """Take results as they are now. A scan says no more that they changed."""
    if not (names or changed):
        raise click.UsageError(f"Name {either(project)}, or say --changed.")
    step, chosen = choose_to_redo(project, names, stage, [is_changed] if changed else [])
    with ReadingWhole() as reading:
        done = take(project, step, chosen, reading.tell)
    click.echo(accepted_text(project, done))
    return 1 if done.refused else 0


@click.command()
@yes_option
@json_option
@project_verb
def moved(project: Project, yes: bool, as_json: bool) -> int:
    """Take results along to the new names of what was moved. Asks first, where somebody can answer."""
    return take_results_along(project, Talk(click.echo, asker(yes), as_json))


@click.command()
@click.option("--paths-for", default="", help="Where the results will be read, as /Volumes/lab/myproject.")
@click.option("--kind", help="Which of several kinds of tables that the days have, as tierpsy_plate.")
@project_verb
def join(project: Project, paths_for: str, kind: str | None) -> int:
    """Join the days' tables; name all that is in none."""
    outcome = join_project(project, paths_for, kind)
    click.echo(f"{heading(project)}\n{joined_text(outcome)}\nNext:  {next_text(project, outcome.now)}")
    return 0 if outcome.whole else 1
