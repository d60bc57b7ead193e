"""The verb that deletes on the other side of a project what lies here, proven: it parses, calls and prints."""

from __future__ import annotations

import click

from ..model import Project
from ..remote.free_screen import freed_text
from ..remote.freeing import free as free_there
from .options import project_verb


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("-y", "--yes", is_flag=True, help="Delete it. Without this nothing is deleted.")
@click.option("--archive", default="", metavar="FOLDER", help="A folder that holds the videos, too, under any names.")
@project_verb
def free(project: Project, names: tuple[str, ...], yes: bool, archive: str) -> int:
    """Show what can be deleted on the cluster. It lies here, proven; --yes deletes it there."""
    done = free_there(project, names, yes, archive)
    click.echo(freed_text(project, done))
    return 1 if done.why else 0
