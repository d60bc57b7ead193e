"""The verbs that hand a project over to other programs: they parse, call and print. No logic lives here."""

from __future__ import annotations

import click

from ..errors import unknown_word
from ..model import Project
from ..snakemake.export import export as hand_over
from ..snakemake.export import run_later
from .options import project_verb
from .places import Places

# A form -> its place, as in main.py.
FORMS = {
    "crate": "export_crate:crate",
    "movement": "export_movement:movement",
    "nwb": "export_nwb:nwb",
    "parquet": "export_parquet:parquet",
    "snakemake": "export:snakemake",
}


class Forms(click.Group):
    """The forms of an export."""

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the form that was typed with the words behind it; a word that is no form is named with all forms."""
        if args[0] not in self.commands:
            raise click.UsageError(unknown_word("form", args[0], self.commands), context)
        return args[0], self.commands[args[0]], args[1:]


@click.group(cls=Forms, commands=Places(FORMS), invoke_without_command=True)
@click.pass_context
def export(context: click.Context) -> None:
    """Write the project in a form that other programs load."""
    if context.invoked_subcommand is None:
        raise click.UsageError(f"say which form: {', '.join(sorted(FORMS))}.", context)


@click.command()
@click.option("--run", default="", hidden=True, help="The Snakemake that asks, when it starts.")
@click.option("--later", type=int, hidden=True, help="The task to list and run now; Snakemake's jobs call this.")
@project_verb
def snakemake(project: Project, run: str, later: int | None) -> int:
    """Write what processes it with Snakemake. It takes the place of arrays, or works beside them."""
    if later is not None:
        return run_later(project, later, click.echo)
    return hand_over(project, click.echo, run)
