"""The verbs about trackers and about other systems: parse, call, print. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from .options import json_option, project_verb, show


@click.command()
@click.argument("name", required=False)
@json_option
@project_verb
def trackers(project: Project, name: str | None, as_json: bool) -> None:
    """List the trackers that there are, or all that one declares."""
    from ..config import load_trackers
    from ..report import tracker_data, tracker_text, trackers_text

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
    from ..snakemake.export import export as hand_over
    from ..snakemake.export import run_later

    if later is not None:
        return run_later(project, later, click.echo)
    return hand_over(project, click.echo, run)


TRACKER_VERBS = (trackers, export)
