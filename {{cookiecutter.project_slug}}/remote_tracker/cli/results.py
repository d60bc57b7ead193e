"""The verbs that move, free or join results: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..batches.clean import KINDS
from ..model import Project
from ..report.words import heading
from ..run.clean import clean as free
from ..run.join import join_project, joined_text, next_after_join
from ..run.redo import Talk, list_redos
from ..run.redo import redo as move_aside
from ..run.redo import undo as bring_back
from ..survey.decision import is_gone, is_stale
from .options import asker, json_option, project_verb, yes_option


@click.command()
@click.argument("names", nargs=-1, metavar="[VIDEO|DAY...]")
@click.option("--stage", help="Which step to do again (default: the first).")
@click.option("--stale", is_flag=True, help="What was made with other parameters, or another version of the tracker.")
@click.option("--gone", is_flag=True, help="What was finished once and has no results any more.")
@yes_option
@json_option
@project_verb
def redo(
    project: Project, names: tuple[str, ...], stage: str | None, stale: bool, gone: bool, yes: bool, as_json: bool
) -> int:
    """Move old results aside, so that they are made again; asks first, where somebody can answer."""
    if not (names or stale or gone):
        raise click.UsageError("Name videos or days, or say --stale or --gone.")
    kinds = [kind for kind, asked in ((is_stale, stale), (is_gone, gone)) if asked]
    return move_aside(project, names, stage, kinds, Talk(click.echo, asker(yes), as_json))


@click.command()
@click.argument("number", required=False, type=int, metavar="REDO")
@click.option("--list", "listed", is_flag=True, help="Which redos there were, and what is still aside.")
@yes_option
@json_option
@project_verb
def undo(project: Project, number: int | None, listed: bool, yes: bool, as_json: bool) -> int:
    """Bring back what the last redo moved aside, or the redo of this number; nothing younger is replaced."""
    talk = Talk(click.echo, asker(yes), as_json)
    return list_redos(project, talk) if listed else bring_back(project, number, talk)


@click.command()
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS), metavar="[KIND...]")
@yes_option
@json_option
@project_verb
def clean(project: Project, kinds: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Show what can be freed (aside, attempts, temporaries, logs), and free it after a yes."""
    return free(project, kinds or KINDS, yes, Talk(click.echo, asker(yes), as_json))


@click.command()
@click.option("--paths-for", default="", help="Where the results will be read, as /Volumes/lab/myproject.")
@click.option("--kind", help="Which of several kinds of tables that the days have, as tierpsy_plate.")
@project_verb
def join(project: Project, paths_for: str, kind: str | None) -> int:
    """Join the days' tables; name every video in none."""
    outcome = join_project(project, paths_for, kind)
    click.echo(f"{heading(project)}\n{joined_text(outcome)}\nNext:  {next_after_join(project, outcome)}")
    return 0 if outcome.whole else 1
