"""The verb that brings results home from the other side of a project: it parses, calls and prints."""

from __future__ import annotations

import click

from ..errors import WrongUse, unknown_word
from ..model import Project
from ..remote.pull import KINDS
from ..remote.pull_screen import pulled_text
from ..remote.pulling import pull as bring_home
from .copy_bar import CopyBar
from .options import limit_option, project_verb


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
