"""The verbs about a project's trackers and job scripts: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..batches.job_script import make_script
from ..config import load_trackers
from ..model import Project
from ..report.trackers import tracker_data, tracker_text, trackers_text
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
@project_verb
def scripts(project: Project) -> None:
    """Make the job scripts that are missing. They are made for the cluster in force."""
    for stage in project.tracker.stages:
        click.echo(str(make_script(project, stage).relative_to(project.root)))
