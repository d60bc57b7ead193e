"""The verbs that copy between both sides of a project: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..errors import WrongUse, unknown_word
from ..model import Project
from ..remote.follow import follow
from ..remote.freeing import free as free_there
from ..remote.other_side import ssh_block
from ..remote.pull import KINDS
from ..remote.pulling import pull as bring_home
from ..remote.screens import freed_text, pulled_text, pushed_text
from ..remote.sending import push as send_videos
from ..remote.setup import set_up
from ..report.next_step import after, next_text
from ..report.standing import Did
from ..run.join import join_project
from ..run.joined_text import joined_text
from .copy_bar import CopyBar
from .options import project_verb

limit_option = click.option("--limit", default="", help="At most so many bytes a second, as 20M.")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--dry", is_flag=True, help="Say what would be sent, send nothing.")
@limit_option
@project_verb
def push(project: Project, names: tuple[str, ...], dry: bool, limit: str) -> int:
    """Send what is whole and not there yet to the cluster. It goes on where it was."""
    with CopyBar() as bar:
        done = send_videos(project, names, dry, limit, bar.take if bar.is_shown else None)
    click.echo(pushed_text(project, done))
    return 1 if done.ended or done.is_odd else 0


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--only", default="", help=f"Which files to bring: {', '.join(KINDS)}, with commas between.")
@limit_option
@project_verb
def pull(project: Project, names: tuple[str, ...], only: str, limit: str) -> int:
    """Bring home what is proven on the cluster. Each file is read back and compared with its record."""
    kinds = only.split(",") if only else list(KINDS)
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise WrongUse(unknown_word("kind of files", unknown[0], KINDS))
    with CopyBar() as bar:
        done = bring_home(project, names, kinds, limit, show=bar.take if bar.is_shown else None)
    click.echo(pulled_text(project, done))
    return 1 if done.is_odd else 0


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
        return 0 if whole else 1
    outcome = join_project(project)
    click.echo(f"{joined_text(outcome)}\nNext:  {next_text(project, outcome.now)}")
    return 0 if whole and outcome.whole else 1
