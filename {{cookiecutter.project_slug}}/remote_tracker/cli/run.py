"""The verbs that run tasks on this machine: they parse, call and print. No logic lives here."""

from __future__ import annotations

from functools import partial

import click

from ..batches.submit import ResourceRequest
from ..model import Project
from ..run.project import run_all, start
from .at_end import report_at_end
from .options import here_option, project_verb, require_here


@click.command(hidden=True)
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Days at once (default: the cores).")
@project_verb
def summarize(project: Project, jobs: int | None) -> int:
    """Summarize every day that is new or changed: the old word for ./rt submit summarizer."""
    click.echo("./rt summarize is called ./rt submit summarizer now.", err=True)
    return start(project, "summarizer", None, jobs, ResourceRequest(), click.echo)


@click.command()
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@here_option
@click.option("--no-report", is_flag=True, help="Do not make the project's page at the end.")
@project_verb
def run(project: Project, jobs: int | None, here: bool, no_report: bool) -> int:
    """Do it all, up to the joined table and the page. It goes on where it was."""
    require_here(project, here, "submit")
    return run_all(project, jobs, click.echo, (lambda: None) if no_report else partial(report_at_end, project))
