"""./rt itself: the table of its verbs. A verb is imported only when it is typed or its help is listed."""

from __future__ import annotations

from collections import UserDict
from importlib import import_module
from typing import Any

import click

from .. import __version__

# A verb -> its place: a file of this folder, and a function in the file.
EVERY_DAY = {
    "run": "run:run",
    "scan": "scan_verb:scan",
    "submit": "submit:submit",
    "status": "look:status",
    "why": "look:why",
    "redo": "results:redo",
    "logs": "look:logs",
    "summarize": "run:summarize",
    "join": "results:join",
}
NOW_AND_THEN = {
    "accept": "results:accept",
    "cancel": "submit:cancel",
    "clean": "results:clean",
    "docs": "docs:docs",
    "doctor": "submit:doctor",
    "export": "export:export",
    "moved": "results:moved",
    "process": "run:process",
    "retry": "submit:retry",
    "scripts": "project:scripts",
    "trackers": "project:trackers",
    "undo": "results:undo",
    "update": "update:update",
    "verify": "look:verify",
}


class Places(UserDict[str, Any]):
    """The verbs by name: listing names imports nothing, looking a verb up imports it from its place."""

    def __getitem__(self, name: str) -> click.Command:
        module, _, function = super().__getitem__(name).partition(":")
        verb: click.Command = getattr(import_module(f".{module}", __package__), function)
        return verb


class Verbs(click.Group):
    """The group of verbs: its help lists the verbs of every day, with --all every verb."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the verbs to list, in the order in which people need them."""
        return [*EVERY_DAY, *(NOW_AND_THEN if context.params.get("all") else ())]


@click.group(
    cls=Verbs,
    commands=Places(EVERY_DAY | NOW_AND_THEN),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--all", is_flag=True, is_eager=True, help="Show every verb, not only those of every day.")
@click.version_option(__version__, message="remote-tracker %(version)s")
@click.pass_context
def rt(context: click.Context, all: bool) -> None:
    """From RawVideos to one table: what this project can do.

    Every verb explains itself: ./rt VERB --help
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        if not all:
            click.echo("\n./rt --all shows the others.")


def run_verb() -> int:
    """Run the verb that was typed; returns its exit code."""
    try:
        rt.main(standalone_mode=False, prog_name="rt")
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0
