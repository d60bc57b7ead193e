"""The verb that names the frames that are worth labelling: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

from pathlib import Path

import click

from ..exports.needs import require_package
from ..model import Project
from ..model.label_form import LABEL_FORMS
from ..report.next_step import JOINED
from ..report.words import heading
from ..run.progress import Reading
from .options import project_verb


@click.command()
@click.option("--frames", type=click.IntRange(1), default=200, show_default=True, help="How many at most.")
@click.option("--form", type=click.Choice(LABEL_FORMS), help="csv, slp (SLEAP) or deeplabcut (default: the tracker's).")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to write into (default: in Results/joined).")
@project_verb
def labels(project: Project, frames: int, form: str | None, into: Path | None) -> int:
    """Name the frames that are most worth labelling. It looks at all finished videos."""
    require_package("numpy", "numpy", "", "labels")
    from ..exports.labels import labels_text, write_labels  # 90 ms: numpy, which no other verb needs

    place = into or project.root / JOINED / "labels"
    with Reading("reading results") as reading:
        done = write_labels(project, frames, form, place, reading.tell)
    click.echo(f"{heading(project)}\n{labels_text(project, done)}")
    return 0 if done.whole else 1
