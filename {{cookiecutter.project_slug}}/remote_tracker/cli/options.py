"""What the verbs of ./rt share: a project, the options that several have, how a value is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from .scan import open_project


def project_verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """Turn a function of a project into a verb that ends with its exit code."""

    @wraps(function)
    def verb(**options: Any) -> None:
        sys.exit(function(open_project(), **options) or 0)

    return verb


FOLDERS = click.Choice(["workspace", "summarizer"])
folder_option = click.option("--folder", type=FOLDERS, default="workspace", hidden=True)
json_option = click.option("--json", "as_json", is_flag=True, help="Print for programs.")


def show(value: Any) -> None:
    """Print text as it is, anything else as JSON."""
    if isinstance(value, str):
        click.echo(value)
    else:
        click.echo(json.dumps(value, indent=1))
