"""The verb that writes a paper's methods: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from ..tables.methods import describe_methods
from ..tables.read_videos import read_videos
from ..text.visible import visible
from .options import json_option, project_verb, show, stamped


@click.command()
@click.option("--bibtex", is_flag=True, help="The works to cite alone, as BibTeX.")
@json_option
@project_verb
def methods(project: Project, bibtex: bool, as_json: bool) -> None:
    """Say how the results were made, for a paper. It ends with the works to cite; stderr names what is not known."""
    told = describe_methods(project, read_videos(project))
    if as_json:
        show(stamped(project, text=told.text, bibtex=told.bibtex, left_out=list(told.left_out)))
        return
    show(visible(told.bibtex.rstrip() if bibtex else f"{told.text}\n\n{told.bibtex.rstrip()}"))
    for line in told.left_out:
        click.echo(visible(f"Not said: {line}"), err=True)
