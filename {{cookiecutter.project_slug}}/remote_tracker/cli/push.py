"""The verb that sends videos to the other side of a project: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import click

from ..model import Project
from ..remote.ask import Question
from .copy_bar import CopyBar
from .options import limit_option, project_verb


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--dry", is_flag=True, help="Say what would be sent, send nothing.")
@limit_option
@project_verb
def push(project: Project, names: tuple[str, ...], dry: bool, limit: str) -> int:
    """Send what is whole and not there yet to the cluster. It goes on where it was."""
    with Question(project, "look") as begun:
        from ..remote.note_unchanged import begin_anew, note_unchanged  # part of the 50 ms
        from ..remote.push_screen import pushed_text  # 50 ms in which the other side starts
        from ..remote.sending import push as send_videos  # part of the 50 ms

        before = begin_anew(project)
        with CopyBar() as bar:
            done = send_videos(project, names, dry, limit, bar.take if bar.is_shown else None, begun)
    click.echo(pushed_text(project, done))
    if not names:
        note_unchanged(project, done, before, pushed_text(project, done.with_nothing_new()))
    return 1 if done.ended or done.is_odd else 0
