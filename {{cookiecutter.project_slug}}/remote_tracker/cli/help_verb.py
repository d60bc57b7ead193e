"""The verb that shows the help of ./rt, or of a verb: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

import click

from .wrong_use import WrongVerb


@click.command("help")
@click.argument("verb", required=False)
@click.argument("form", required=False)
@click.option("--all", is_flag=True, help="Show every verb, not only those of every day.")
@click.pass_context
def help_(context: click.Context, verb: str | None, form: str | None, all: bool) -> None:
    """List the verbs, or show what VERB takes. FORM is a form of an export."""
    group = context.find_root().command
    assert isinstance(group, click.Group)
    if verb is None:
        group.main(["--all"] if all else [], prog_name="./rt", standalone_mode=False)
    elif verb in group.commands:
        group.main([verb, *([form] if form else []), "--help"], prog_name="./rt", standalone_mode=False)
    else:
        raise WrongVerb(verb, list(group.commands), context.parent)
