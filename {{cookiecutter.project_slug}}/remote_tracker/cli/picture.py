"""The verbs that draw tracks: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from ..pictures.chosen import chosen_text, make_chosen
from ..report.words import heading
from ..run.progress import Reading
from .options import project_verb


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@project_verb
def picture(project: Project, names: tuple[str, ...]) -> int:
    """Draw the tracks of finished videos over a frame. Without a NAME, of all; unchanged ones are kept."""
    with Reading("drawing") as reading:
        done = make_chosen(project, names, reading.tell)
    click.echo(f"{heading(project)}\n{chosen_text(project, done)}")
    return 0 if done.whole else 1
