"""The verb about trackers: parse, call, print. No logic lives here."""

from __future__ import annotations

import click

from .model import Project
from .verb_words import json_option, project_verb, show


@click.command()
@click.argument("name", required=False)
@json_option
@project_verb
def trackers(project: Project, name: str | None, as_json: bool) -> None:
    """List the trackers that there are, or all that one declares."""
    from .config import load_trackers
    from .report import tracker_data, tracker_text, trackers_text

    found = load_trackers(project, name)
    if as_json:
        show([tracker_data(tracker) for tracker in found.values()])
    elif name:
        show(tracker_text(found[name]))
    else:
        show(trackers_text(found, project.tracker.name))


TRACKER_VERBS = (trackers,)
