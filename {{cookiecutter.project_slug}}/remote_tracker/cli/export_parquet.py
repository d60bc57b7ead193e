"""./rt export parquet: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

from pathlib import Path

import click

from ..exports.needs import require_package
from ..model import Project
from ..report.next_step import JOINED
from ..report.words import heading
from .options import project_verb

FOLDER = f"{JOINED}/parquet"


@click.command()
@click.option("--into", metavar="FOLDER", help=f"The folder to write into (default: {FOLDER}).")
@project_verb
def parquet(project: Project, into: str | None) -> int:
    """Write the joined tables as Parquet.

    Each column has a type; pandas, polars, DuckDB and R open the files.
    """
    require_package("pyarrow", "pyarrow", "parquet")
    from ..exports.parquet import export_parquet, exported_text  # 220 ms: pyarrow, which may lack

    folder = Path(into).expanduser().absolute() if into else project.root / FOLDER
    written = export_parquet(project, folder)
    click.echo(f"{heading(project)}\n{exported_text(written, into or FOLDER)}")
    return 0
