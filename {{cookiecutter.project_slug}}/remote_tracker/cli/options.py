"""Parts that the verbs of ./rt share: opening the project, options of several verbs, printing a value."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial, wraps
from typing import Any

import click

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project
from .open_project import open_project


def project_verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a function that takes a project into a verb, which exits with the code that the function returns."""

    @wraps(function)
    def verb(**options: Any) -> None:
        sys.exit(function(open_project(), **options) or 0)

    return verb


limit_option = click.option("--limit", default="", help="At most so many bytes a second, as 20M.")
here_option = click.option("--here", is_flag=True, help="Run it here, although project.yml names a cluster (remote).")


def require_here(project: Project, here: bool, verb: str) -> None:
    """Raise RemoteTrackerError where the project's videos are processed elsewhere, unless --here was typed."""
    if project.remote and not here:
        raise RemoteTrackerError(
            f"The videos of this project are processed on {project.remote.login} (remote in project.yml). "
            f"Type: ./rt remote {verb}   (or, to use this machine: --here). Nothing was started."
        )


FOLDER_CHOICE = click.Choice(["workspace", "summarizer"])
folder_option = click.option("--folder", type=FOLDER_CHOICE, default="workspace", hidden=True)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print for programs.")


def asker(yes: bool) -> Callable[[str], bool] | None:
    """Return what puts a question on the terminal and returns the answer; None after --yes, or without a terminal."""
    streams = (sys.stdin, sys.stderr)
    if not yes and os.environ.get("RT_ASKER") == "home":  # typed at home, on a terminal that answers through ssh
        return partial(click.confirm, err=True)
    if yes or not all(stream is not None and stream.isatty() for stream in streams):
        return None
    return partial(click.confirm, err=True)


def stamped(project: Project, **told: Any) -> dict[str, Any]:
    """Return what a program is told of a project, behind the project's name, the time, and this version."""
    time = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"project": project.root.name, "time": time, "version": __version__, **told}


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
