"""The verbs that draw tracks: they parse, call and print. No logic lives here."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ..model import Project
from ..pictures.chosen import chosen_text, make_chosen
from ..pictures.needs import require_drawing
from ..report.words import heading
from ..run.progress import Reading
from .options import project_verb

FRAMES = re.compile(r"(\d{1,9})-(\d{1,9})")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@project_verb
def picture(project: Project, names: tuple[str, ...]) -> int:
    """Draw the tracks of finished results over a frame. Without a NAME, of all; unchanged ones are kept."""
    with Reading("drawing", "drawn") as reading:
        done = make_chosen(project, names, reading.tell)
    click.echo(f"{heading(project)}\n{chosen_text(project, done)}")
    return 0 if done.whole else 1


def read_frames(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, int]:
    """Return the first and the last of the frames that --frames names, as 0-199."""
    found = FRAMES.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise click.BadParameter("write the first and the last frame, as 0-199.")
    return int(found[1]), int(found[2])


@click.command()
@click.argument("name", metavar="NAME")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another value of a parameter; repeatable."
)
@click.option("--frames", default="0-199", show_default=True, callback=read_frames, help="Which; the first frame is 0.")
@click.option(
    "--into", type=click.Path(path_type=Path), help="The folder, or the .png, to write (default: in Results/report)."
)
@project_verb
def preview(project: Project, name: str, settings: tuple[str, ...], frames: tuple[int, int], into: Path | None) -> int:
    """Track a few frames with other parameters, too.

    What is found with the parameters of now and with those is shown side by side. Nothing of the project is changed.
    """
    require_drawing("Previews")
    from ..pictures.preview import PREVIEWS, choose_video, make_preview, preview_text  # 150 ms: OpenCV and numpy
    from ..pictures.trial import Span  # 150 ms, as above
    from ..pictures.tried import read_tried  # 2 ms, of a verb that is seldom typed

    stage, unit = choose_video(project, name)
    tried = read_tried(project, stage, settings)
    done = make_preview(project, stage, unit, Span(*frames), tried, into or project.root / PREVIEWS)
    click.echo(f"{heading(project)}\n{preview_text(project, stage, done, tried)}")
    return 0
