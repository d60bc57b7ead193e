"""The verbs about a project's trackers and files, and other systems: parse, call, print. No logic lives here."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..batches.job_script import make_script
from ..config import load_trackers
from ..model import Project
from ..report import tracker_data, tracker_text, trackers_text
from ..snakemake.export import export as hand_over
from ..snakemake.export import run_later
from ..update import update as swap
from .options import json_option, project_verb, show


@click.command()
@click.argument("name", required=False)
@json_option
@project_verb
def trackers(project: Project, name: str | None, as_json: bool) -> None:
    """List the trackers that there are, or all that one declares."""
    found = load_trackers(project, name)
    if as_json:
        show([tracker_data(tracker) for tracker in found.values()])
    elif name:
        show(tracker_text(found[name]))
    else:
        show(trackers_text(found, project.tracker.name))


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
@project_verb
def scripts(project: Project) -> None:
    """Make the job scripts that are not there yet, for the cluster in force."""
    for stage in project.tracker.stages:
        click.echo(str(make_script(project, stage).relative_to(project.root)))


@click.command()
@click.option("--from", "source", default="", help="A zip, a folder or a git address (default: where it came from).")
def update(source: str) -> None:
    """Bring in a newer remote-tracker; your files stay as they are."""
    click.echo(str(swap(Path(os.environ.get("RT_PROJECT") or Path.cwd()), source)))
