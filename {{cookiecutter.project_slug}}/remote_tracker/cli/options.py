"""Parts that the verbs of ./rt share: opening the project, options of several verbs, printing a value."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any

import click

from .scan import open_project


def project_verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a function that takes a project into a verb, which exits with the code that the function returns."""

    @wraps(function)
    def verb(**options: Any) -> None:
        sys.exit(function(open_project(), **options) or 0)

    return verb


FOLDER_CHOICE = click.Choice(["workspace", "summarizer"])
folder_option = click.option("--folder", type=FOLDER_CHOICE, default="workspace", hidden=True)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print for programs.")


def asker(yes: bool) -> Callable[[str], bool] | None:
    """Return what puts a question on the terminal and returns the answer; None after --yes, or without a terminal."""
    streams = (sys.stdin, sys.stderr)
    if yes or not all(stream is not None and stream.isatty() for stream in streams):
        return None
    return partial(click.confirm, err=True)


def show(value: Any) -> None:
    """Print text as it is, anything else as JSON."""
    if isinstance(value, str):
        click.echo(value)
    else:
        click.echo(json.dumps(value, indent=1))


def show_names(paths: Iterable[str], end: str) -> None:
    """Print paths as lists of programs have them, ``end`` behind each; ./ before it: # would begin a comment."""
    sys.stdout.flush()
    sys.stdout.buffer.write(b"".join(os.fsencode(f"./{path}{end}") for path in paths))
    sys.stdout.buffer.flush()
