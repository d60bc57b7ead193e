"""The verb that makes the project's page: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

from pathlib import Path

import click

from ..model import Project
from ..page.write import next_of, report_data, report_text, write_report
from ..remote.seen import seen_lines
from ..report.next_step import next_word
from ..run.progress import Reading
from .options import json_option, project_verb, show


@click.command()
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="Write the page alone, into this file.")
@click.option("--no-pictures", is_flag=True, help="Make no new picture of a video; those that are there are shown.")
@json_option
@project_verb
def report(project: Project, into: Path | None, no_pictures: bool, as_json: bool) -> None:
    """Make the page of the project: Results/report.html. A browser shows it without a network."""
    seen = seen_lines(project)
    if as_json:
        show(report_data(project, seen))
        return
    with Reading("drawing", "drawn") as drawing:
        done = write_report(project, into and into.absolute(), seen, None if no_pictures else drawing.tell)
    click.echo(f"{report_text(done)}\n{next_word()}  {next_of(project, done)}")
