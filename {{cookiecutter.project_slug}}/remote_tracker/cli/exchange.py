"""The verbs that hand a project over or bring something in: parse, call, print. No logic lives here."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..model import Project
from ..snakemake.export import export as hand_over
from ..snakemake.export import run_later
from ..update import update as swap
from .options import project_verb


@click.command()
@click.argument("system", metavar="snakemake", type=click.Choice(["snakemake"]))
@click.option("--run", default="", hidden=True, help="The Snakemake that asks, when it starts.")
@click.option("--later", type=int, hidden=True, help="The task to list and run now; Snakemake's jobs call this.")
@project_verb
def export(project: Project, system: str, run: str, later: int | None) -> int:
    """Write what processes this project with Snakemake instead of arrays."""
    if later is not None:
        return run_later(project, later, click.echo)
    return hand_over(project, click.echo, run)


@click.command()
@click.option("--from", "source", default="", help="A zip, a folder or a git address (default: where it came from).")
def update(source: str) -> None:
    """Bring in a newer remote-tracker; your files stay as they are."""
    click.echo(str(swap(Path(os.environ.get("RT_PROJECT") or Path.cwd()), source)))
