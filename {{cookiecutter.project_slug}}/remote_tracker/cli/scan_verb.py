"""The verb ``scan`` with its help and its rare options: it parses, calls and prints. ``scan.py`` needs no click."""

from __future__ import annotations

import click

from ..batches.seal import give_up
from ..model import Project
from ..records import BatchesFolder
from .options import folder_option, json_option, project_verb
from .scan import ScanWords, show_scan


@click.command()
@click.argument("stage", required=False)
@folder_option
@json_option
@click.option(
    "--all", "include_set_aside", is_flag=True, help="List also what was set aside because it failed too often."
)
@click.option("--deep", is_flag=True, help="Read every frame of what is to be listed: are there as many as claimed?")
@click.option("--as-new", is_flag=True, help="List also what was moved or renamed, as if it were new.")
@click.option("--assume-gone", metavar="BATCH", help="Nothing of this batch runs any more, whatever the queue says.")
@project_verb
def scan(
    project: Project,
    stage: str | None,
    folder: str,
    as_json: bool,
    include_set_aside: bool,
    deep: bool,
    as_new: bool,
    assume_gone: str | None,
) -> None:
    """List what is to be processed, fill in the job script."""
    if assume_gone:
        give_up(BatchesFolder(project.root / folder), assume_gone)
    show_scan(project, ScanWords(folder, stage, as_json, include_set_aside, deep, as_new), click.echo)
