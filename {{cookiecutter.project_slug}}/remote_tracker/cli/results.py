"""The verbs that have results made again, or join them: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..batches.accept import accept as take
from ..batches.redo import redo as move_aside
from ..model import Project
from ..report.accepted import accepted_text
from ..report.next_step import scan_line
from ..report.words import heading
from ..run.join import join_project, joined_text, next_after_join
from ..run.progress import ReadingWhole
from ..survey.decision import is_changed, is_gone, is_stale
from ..survey.named import choose_to_redo
from ..visible import shown
from .options import project_verb


@click.command()
@click.argument("names", nargs=-1, metavar="[VIDEO|DAY...]")
@click.option("--stage", help="Which step to do again (default: the first).")
@click.option("--stale", is_flag=True, help="What was made with other parameters, or another version of the tracker.")
@click.option("--gone", is_flag=True, help="What was finished once and has no results any more.")
@click.option("--changed", is_flag=True, help="What changed since it was made.")
@project_verb
def redo(project: Project, names: tuple[str, ...], stage: str | None, stale: bool, gone: bool, changed: bool) -> None:
    """Move old results aside, so that they are made again."""
    if not (names or stale or gone or changed):
        raise click.UsageError("Name videos or days, or say --stale, --gone or --changed.")
    kinds = [kind for kind, asked in ((is_stale, stale), (is_gone, gone), (is_changed, changed)) if asked]
    step, chosen = choose_to_redo(project, names, stage, kinds)
    done = move_aside(project, step, chosen)
    for old, new in done.moved:
        click.echo(f"{shown(str(old.relative_to(project.root)))} -> {shown(str(new.relative_to(project.root)))}")
    click.echo(f"{len(done.keys)} will be listed again. Next:  {scan_line(project, step.folder)}")


@click.command()
@click.argument("names", nargs=-1, metavar="[VIDEO|DAY...]")
@click.option("--changed", is_flag=True, help="What changed since it was made.")
@click.option("--stage", help="Whose results to take (default: the first).")
@project_verb
def accept(project: Project, names: tuple[str, ...], changed: bool, stage: str | None) -> int:
    """Take results as they are now: a scan says no more that they changed."""
    if not (names or changed):
        raise click.UsageError("Name videos or days, or say --changed.")
    step, chosen = choose_to_redo(project, names, stage, [is_changed] if changed else [])
    with ReadingWhole() as reading:
        done = take(project, step, chosen, reading.tell)
    click.echo(accepted_text(project, done))
    return 1 if done.refused else 0


@click.command()
@click.option("--paths-for", default="", help="Where the results will be read, as /Volumes/lab/myproject.")
@click.option("--kind", help="Which of several kinds of tables that the days have, as tierpsy_plate.")
@project_verb
def join(project: Project, paths_for: str, kind: str | None) -> int:
    """Join the days' tables; name every video in none."""
    outcome = join_project(project, paths_for, kind)
    click.echo(f"{heading(project)}\n{joined_text(outcome)}\nNext:  {next_after_join(project, outcome)}")
    return 0 if outcome.whole else 1
