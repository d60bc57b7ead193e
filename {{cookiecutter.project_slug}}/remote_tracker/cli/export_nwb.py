"""The verb that writes NWB files: it parses, calls and prints. No logic lives here."""

from __future__ import annotations

from pathlib import Path

import click

from ..exports.needs import require_package
from ..model import Project
from ..report.next_step import JOINED
from ..report.words import heading
from .options import project_verb


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME|DAY...]")
@click.option("--into", type=click.Path(path_type=Path), help="The folder to write into (default: in Results/joined).")
@click.option("--fps", type=click.FloatRange(0, min_open=True), help="Frames a second, where no video says it.")
@project_verb
def nwb(project: Project, names: tuple[str, ...], into: Path | None, fps: float | None) -> int:
    """Write an NWB file a video.

    It holds where the animals were, one PoseEstimation (ndx-pose) an animal.
    """
    require_package("pynwb", "pynwb", "nwb")
    require_package("ndx_pose", "ndx-pose", "nwb")
    from ..exports.each_video import exported_text  # 90 ms: numpy, which is there where pynwb is
    from ..exports.nwb import export_nwb  # 90 ms: numpy, which is there where pynwb is

    place = into or project.root / JOINED / "nwb"
    done = export_nwb(project, names, place, fps)
    click.echo(f"{heading(project)}\n{exported_text(project, done, place)}")
    return 0 if done.whole else 1
