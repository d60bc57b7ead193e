"""The verb that brings in a newer remote-tracker. It imports ``update`` alone: it must mend a broken package."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..update import update as swap


@click.command()
@click.option("--from", "source", default="", help="A zip, a folder or a git address (default: where it came from).")
def update(source: str) -> None:
    """Bring in a newer remote-tracker; your files stay as they are."""
    click.echo(str(swap(Path(os.environ.get("RT_PROJECT") or Path.cwd()), source)))
