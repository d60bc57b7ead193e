"""The hidden verb by which the two sides of a project speak: a question on stdin, an answer on stdout."""

from __future__ import annotations

import json
import sys

import click

from ..model import Project
from ..remote.answers import PLACES, answer
from .options import project_verb


@click.command(hidden=True)
@click.argument("what", type=click.Choice(sorted(PLACES)))
@project_verb
def far(project: Project, what: str) -> None:
    """Answer a question from the other side of this project."""
    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    click.echo(json.dumps(answer(project, what, text)))
