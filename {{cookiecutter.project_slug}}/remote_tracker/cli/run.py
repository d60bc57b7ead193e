"""The verbs that run tasks on this machine: they parse, call and print. No logic lives here."""

from __future__ import annotations

import os

import click

from ..batches.submit import ResourceRequest
from ..model import Project
from ..report.words import heading
from ..run.project import run_all, run_tasks, start
from .options import folder_option, here_option, project_verb, require_here


@click.command()
@folder_option
@click.option("--batch", required=True, help="The batch's number, as the scan filled it in.")
@click.option("--tasks", type=int, required=True, help="How many tasks it has.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@here_option
@project_verb
def process(project: Project, folder: str, batch: str, tasks: int, jobs: int | None, here: bool) -> int:
    """Run a batch on this machine (process_all.sh calls this)."""
    require_here(project, here or folder == "summarizer", "submit")
    click.echo(heading(project))
    called_from = os.environ.get("OLDPWD", "")  # the script itself goes to its folder first
    return run_tasks(project, folder, batch, tasks, jobs, click.echo, here=called_from)


@click.command()
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Days at once (default: the cores).")
@project_verb
def summarize(project: Project, jobs: int | None) -> int:
    """Summarize every day that is new or changed."""
    return start(project, "summarizer", None, jobs, ResourceRequest(), click.echo)


@click.command()
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Tasks at once (default: the cores).")
@here_option
@project_verb
def run(project: Project, jobs: int | None, here: bool) -> int:
    """Do it all, up to the joined table; goes on where it was."""
    require_here(project, here, "submit")
    return run_all(project, jobs, click.echo)
