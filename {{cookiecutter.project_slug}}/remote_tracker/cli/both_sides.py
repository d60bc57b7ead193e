"""./rt remote setup, and ./rt remote run: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from ..remote.follow import follow
from ..remote.other_side import ssh_block
from ..remote.setup import set_up
from ..report.next_step import after, next_text
from ..report.standing import Did
from ..run.join import join_project
from ..run.joined_text import joined_text
from .at_end import report_at_end


@click.command()
@click.option("--python", default="", metavar="PATH", help="The Python to use there.")
@click.option("--print", "only_print", is_flag=True, help="Ask, and print what to write; look at nothing.")
@click.pass_obj
def setup(project: Project, python: str, only_print: bool) -> None:
    """Look at the cluster, and make or update the project there; print what ~/.ssh/config and project.yml need."""
    if project.remote is None or only_print:
        login = click.prompt("The cluster's short name, for ~/.ssh/config and project.yml", default="cluster", err=True)
        host = click.prompt("The host that you ssh to, as ssh.swc.ucl.ac.uk", err=True)
        user = click.prompt("Your name there", default="", show_default=False, err=True)
        jump = click.prompt("A host to go through first (jump host), if any", default="", show_default=False, err=True)
        folder = click.prompt("The project's folder there", default=project.root.name, err=True)
        cluster = click.prompt("Its cluster file here, as slurm", default="slurm", err=True)
        click.echo(f"Into ~/.ssh/config:\n\n{ssh_block(login, host, user, jump)}\n")
        click.echo(f"Into project.yml:\n\nremote: {{login: {login}, folder: {folder}, cluster: {cluster}}}\n")
        click.echo(f"Next:  {after(project, Did.TOLD_SETUP)}")
        return
    set_up(project, python, click.echo)
    click.echo(f"Next:  {after(project, Did.SET_UP)}")


def follow_to_the_end(project: Project) -> int:
    """Bring the project through its other side, up to the joined table here; returns the exit code."""
    done = follow(project, click.echo)
    whole = not (done.left or done.pulled.is_odd or done.pushed.is_odd)
    if not project.tracker.stages_in("summarizer"):
        report_at_end(project)
        return 0 if whole else 1
    outcome = join_project(project)
    click.echo(joined_text(outcome))
    report_at_end(project)
    click.echo(f"Next:  {next_text(project, outcome.now)}")
    return 0 if whole and outcome.whole else 1
