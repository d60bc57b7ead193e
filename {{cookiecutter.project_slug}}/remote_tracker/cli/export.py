"""The verb that hands a project over to another system: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from ..snakemake.export import export as hand_over
from ..snakemake.export import run_later
from .options import project_verb


@click.command()
@click.argument("system", metavar="snakemake", type=click.Choice(["snakemake"]))
@click.option("--run", default="", hidden=True, help="The Snakemake that asks, when it starts.")
@click.option("--later", type=int, hidden=True, help="The task to list and run now; Snakemake's jobs call this.")
@project_verb
def export(project: Project, system: str, run: str, later: int | None) -> int:
    """Write what processes this project with Snakemake. It takes the place of arrays, or works beside them."""
    if later is not None:
        return run_later(project, later, click.echo)
    return hand_over(project, click.echo, run)
