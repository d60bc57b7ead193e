"""Show what a step finds in some frames of a video, with the parameters of now and with others, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import cv2
import numpy as np

from ..disk.files import make_folder, write_file
from ..errors import RemoteTrackerError, WrongUse
from ..model import Project, Stage, Unit
from ..survey.named import ask_for_one, find_named
from ..tables.read_videos import result_stage
from ..text.visible import shown
from ..tracks.tracks import Tracks
from .background import GROUNDS, blank, pale
from .frame import read_frame
from .legend import EDGE, HEAD, LINE
from .lines import draw_lines
from .marks import draw_found
from .palette import Image, numbered
from .places import FOLDER
from .png import write_png
from .trial import Span, Trial, run_trial
from .tried import Tried, changed_params
from .view import find_view
from .ways import find_ways
from .words import shortened, write

PREVIEWS = f"{FOLDER}/previews"
_WIDTH, _HEIGHT = 700, 620  # px of each picture, at most
_BETWEEN = 16
_NOW = "as it is now"


@dataclass(frozen=True)
class Preview:
    """What was found in the frames, with the parameters of now and with the tried parameters, if any."""

    video: str
    span: Span
    told: Sequence[str]  # a line for each picture, from left to right
    file: Path


def choose_video(project: Project, name: str) -> tuple[Stage, Unit]:
    """Return the step that makes tracks, and the only unit of it that a name means; raises WrongUse."""
    stage = result_stage(project)
    if stage.tracks is None:
        raise RemoteTrackerError(
            f'{project.tracker.folder / "tracker.yml"}: the step "{stage.name}" does not say where animals were. '
            'Write "tracks" into it: ./rt docs tracker-yml'
        )
    found = [seen for _, seen in find_named(project, name, [stage], absent=False)]
    if len(found) != 1:
        raise WrongUse(ask_for_one(name, found))
    unit = found[0].unit
    if unit.problem:
        raise RemoteTrackerError(f"{shown(unit.key)}: {unit.problem}")
    return stage, unit


def make_preview(project: Project, stage: Stage, unit: Unit, span: Span, tried: Sequence[Tried], into: Path) -> Preview:
    """Run the stage on some frames of a unit's video, with the parameters of now and with tried parameters; draw both.

    ``into`` is the PNG to write, or a folder. Nothing else of the project changes. Raises RemoteTrackerError.
    """
    chosen = [((), _NOW), (tried, "; ".join(one.told for one in tried))] if tried else [((), _NOW)]
    with TemporaryDirectory(prefix="remote-tracker-preview-") as folder:
        trials = _run_all(project, stage, unit, span, [one for one, _ in chosen], Path(folder))
        panels = [_panel(trial, shown(told)) for trial, (_, told) in zip(trials, chosen, strict=True)]
    span = trials[0].span
    told = [f"{what}: {_count(trial.tracks)}" for trial, (_, what) in zip(trials, chosen, strict=True)]
    title = f"{shown(unit.key)}, frames {span.first:,} to {span.last:,}"
    file = into if into.suffix.lower() == ".png" else into / f"{unit.key}.png"
    make_folder(file.parent)
    write_file(file, write_png(numbered(_beside(title, panels, told))))
    return Preview(unit.key, span, told, file)


def _run_all(
    project: Project, stage: Stage, unit: Unit, span: Span, tried: Sequence[Sequence[Tried]], folder: Path
) -> list[Trial]:
    """Return the trials, which run at the same time; raises what the first of them raises."""
    trials: dict[int, Trial | BaseException] = {}

    def run(number: int) -> None:
        place = folder / str(number)
        place.mkdir()
        try:
            trials[number] = run_trial(project, stage, unit, span, place, changed_params(project, tried[number], place))
        except BaseException as error:  # raised below, in the thread that can be answered
            trials[number] = error

    threads = [Thread(target=run, args=(number,)) for number in range(len(tried))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = []
    for number in range(len(tried)):
        trial = trials[number]
        if isinstance(trial, BaseException):
            raise trial
        found.append(trial)
    return found


def _panel(trial: Trial, _told: str) -> Image:
    """Return the tracks over the last frame in which an animal was found, with a ring around each animal in it."""
    tracks, ways = trial.tracks, find_ways(trial.tracks)
    last = max((int(way.frames[-1]) for way in ways), default=0)
    frame = read_frame(trial.video, last).image if tracks.unit == "px" else None
    view = find_view(frame, ways, _WIDTH, _HEIGHT)
    grey = blank(view) if frame is None else pale(frame, view, GROUNDS[0])
    canvas = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    draw_lines(canvas, view, ways, 2)
    draw_found(canvas, view, ways, last)
    return canvas


def _count(tracks: Tracks) -> str:
    ways = find_ways(tracks)
    places = sum(len(way.frames) for way in ways)
    animals = "1 animal" if len(ways) == 1 else f"{len(ways):,} animals"
    frames = len(np.unique(np.concatenate([way.frames for way in ways]))) if ways else 0
    return f"{animals}, found {places:,} time{'s' * (places != 1)} in {frames:,} frame{'s' * (frames != 1)}"


def _beside(title: str, panels: Sequence[Image], told: Sequence[str]) -> Image:
    """Return pictures side by side, a title above them, and above each what it shows."""
    height = max(panel.shape[0] for panel in panels)
    width = sum(panel.shape[1] for panel in panels) + _BETWEEN * (len(panels) - 1)
    canvas = np.full((HEAD + LINE + height + EDGE, width + 2 * EDGE, 3), 255, dtype=np.uint8)
    write(canvas, shortened(title, width, 22, bold=True), EDGE, 31, 22, bold=True)
    left = EDGE
    for panel, words in zip(panels, told, strict=True):
        write(canvas, shortened(words, panel.shape[1], 15), left, HEAD + 16, 15)
        canvas[HEAD + LINE : HEAD + LINE + panel.shape[0], left : left + panel.shape[1]] = panel
        left += panel.shape[1] + _BETWEEN
    return canvas


def preview_text(project: Project, stage: Stage, preview: Preview, tried: Sequence[Tried]) -> str:
    """Return what people read: where the picture lies, what was found, and where to write what was tried."""
    inside = preview.file.is_relative_to(project.root)
    place = preview.file.relative_to(project.root) if inside else preview.file
    lines = [f"{shown(str(place))} shows frames {preview.span.first:,} to {preview.span.last:,}."]
    lines += [f"  {shown(line)}" for line in preview.told]
    files = dict.fromkeys(one.file or "project.yml, below params" for one in tried)
    if files:
        lines.append(f"Nothing was changed. To take it: write it into {' and '.join(map(shown, files))}.")
    return "\n".join(lines)
