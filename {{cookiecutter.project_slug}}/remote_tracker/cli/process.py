"""The verb that process_all.sh calls. It imports less than what people type: no task runs meanwhile."""

from __future__ import annotations

import os

import click

from ..model import Project
from ..report.words import heading
from ..run.tasks import run_tasks
from .options import folder_option, here_option, project_verb, require_here


@click.command(hidden=True)
@folder_option
@click.option("--batch", hidden=True, help="The batch's number, as the scan filled it in.")
@click.option("--tasks", type=int, hidden=True, help="How many tasks it has.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@here_option
@project_verb
def process(project: Project, folder: str, batch: str | None, tasks: int | None, jobs: int | None, here: bool) -> int:
    """Run on this machine what the last scan listed: process_all.sh calls this, people type ./rt submit."""
    if batch is None or tasks is None:
        raise click.UsageError("process_all.sh alone calls this. Did you mean ./rt submit?")
    require_here(project, here or folder == "summarizer", "submit")
    click.echo(heading(project))
    called_from = os.environ.get("OLDPWD", "")  # the script itself goes to its folder first
    return run_tasks(project, folder, batch, tasks, jobs, click.echo, here=called_from)
