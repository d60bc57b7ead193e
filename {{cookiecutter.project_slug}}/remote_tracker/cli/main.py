"""./rt itself: the table of its verbs."""

from __future__ import annotations

import click

from .. import __version__
from .places import Places
from .wrong_use import WrongVerb, wrong_use_line

# A verb -> its place: a file of this folder, and a function in the file.
EVERY_DAY = {
    "run": "run:run",
    "scan": "scan_verb:scan",
    "submit": "submit:submit",
    "status": "look:status",
    "why": "look:why",
    "logs": "look:logs",
    "redo": "results:redo",
    "retry": "submit:retry",
    "verify": "look:verify",
    "join": "results:join",
    "report": "report:report",
    "doctor": "submit:doctor",
}
NOW_AND_THEN = {
    "accept": "results:accept",
    "cancel": "submit:cancel",
    "clean": "results:clean",
    "completion": "completion_verb:completion",
    "docs": "docs:docs",
    "export": "export:export",
    "free": "free:free",
    "help": "help_verb:help_",
    "labels": "labels:labels",
    "methods": "methods:methods",
    "moved": "results:moved",
    "picture": "picture:picture",
    "preview": "picture:preview",
    "pull": "pull:pull",
    "push": "push:push",
    "remote": "remote:remote",
    "scripts": "project:scripts",
    "trackers": "project:trackers",
    "undo": "results:undo",
    "update": "update:update",
}
# What no list shows: what job scripts and the other side of a project call, and old words for another verb.
HIDDEN = {
    "far": "far:far",
    "process": "process:process",
    "summarize": "run:summarize",
}


class Verbs(click.Group):
    """The group of verbs: its help lists the verbs of every day, with --all every verb."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of the verbs to list, in the order in which people need them."""
        return [*EVERY_DAY, *(name for name in NOW_AND_THEN if context.params.get("all"))]

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb that was typed with the words behind it; raises WrongVerb for a word that is no verb."""
        name, rest = args[0], args[1:]
        if name not in self.commands:
            raise WrongVerb(name, [*EVERY_DAY, *NOW_AND_THEN], context)
        verb = self.commands[name]
        return name, verb, [*rest[:-1], "--help"] if asks_for_help(verb, rest) else rest


def asks_for_help(verb: click.Command, words: list[str]) -> bool:
    """Return whether the words behind a verb are "help", or end so where the verb takes no words."""
    takes_words = any(isinstance(one, click.Argument) for one in verb.params)
    return words == ["help"] or (words[-1:] == ["help"] and not takes_words)


@click.group(
    cls=Verbs,
    commands=Places(EVERY_DAY | NOW_AND_THEN | HIDDEN),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--all", is_flag=True, is_eager=True, help="Show every verb, not only those of every day.")
@click.version_option(__version__, message="remote-tracker %(version)s")
@click.pass_context
def rt(context: click.Context, all: bool) -> None:
    """From RawVideos to one table: what this project can do.

    Every verb explains itself: ./rt help VERB
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        if not all:
            click.echo("\n./rt --all shows the others.")


def run_verb() -> int:
    """Run the verb that was typed; returns its exit code."""
    try:
        rt.main(standalone_mode=False, prog_name="./rt", complete_var="_RT_NOTHING")
    except click.ClickException as error:
        click.echo(wrong_use_line(error), err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 1
    return 0
