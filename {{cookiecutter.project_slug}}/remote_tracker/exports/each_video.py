"""Write a file for each finished video whose results say where its animals were, and say which videos have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..disk.files import clear_temporaries
from ..measures.video_tracks import NoTracks, read_tracks, require_source
from ..model import Project
from ..report.next_step import JOINED
from ..report.words import FEW
from ..survey.named import choose_named
from ..tables.lab_table import load_lab_table
from ..tables.read_videos import read_videos, result_stage
from ..tables.video_row import WHOLE, VideoRow
from ..text.counted import number_of
from ..text.visible import shown
from ..tracks.tracks import Tracks

Write = Callable[[VideoRow, Tracks, Path], None]


class NotExported(Exception):
    """No file is written for a video; the message says why, without the video's name, and what to do."""


@dataclass
class Exported:
    """What an export came to."""

    written: list[Path] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # videos in which no animal was found
    timeless: list[str] = field(default_factory=list)  # videos whose file counts in frames, not in seconds
    refused: dict[str, list[str]] = field(default_factory=dict)  # why no file is written -> the videos
    strays: list[str] = field(default_factory=list)  # files of an earlier export whose video is finished no more

    @property
    def whole(self) -> bool:
        """Return whether there is a file for each finished video with an animal, each with its times, and no other."""
        return not (self.refused or self.strays or self.timeless)


def export_videos(
    project: Project, names: Sequence[str], into: Path, ending: str, fps: float | None, write: Write
) -> Exported:
    """Write ``into``/<day>/<video><ending> for each finished video that the names mean; no names mean all.

    Raises WrongUse for a name that means no video, RemoteTrackerError where the tracker does not say where its animals
    are, or a file cannot be written.
    """
    require_source(project)
    done = Exported()
    cleared: set[Path] = set()
    taken: set[Path] = set()
    for row in _choose(project, names):
        place = into / f"{row.video}{ending}".replace("\\", "_")  # the netCDF library takes \ for a / of Windows
        if place.parent not in cleared:
            cleared.add(place.parent)
            clear_temporaries(place.parent)
        try:
            if place in taken:
                raise NotExported(f"another video has the file {place.name}: rename one of the two")
            tracks = read_tracks(project, row, fps)
            if tracks.individuals:
                write(row, tracks, place)
                done.written.append(place)
                taken.add(place)
                done.timeless += [row.video] if tracks.seconds is None else []
            else:
                done.empty.append(row.video)
        except (NoTracks, NotExported) as error:
            done.refused.setdefault(str(error), []).append(row.video)
    if not names and into.is_relative_to(project.root / JOINED):  # elsewhere other files may lie
        done.strays = _find_strays(into, ending, done)
    return done


def _choose(project: Project, names: Sequence[str]) -> Iterator[VideoRow]:
    stage = result_stage(project)
    chosen: set[str] = set()
    for step, seen in choose_named(project, names) if names else ():
        chosen.update(one.unit.key for one in seen if step.name == stage.name)
    lab = load_lab_table(project.root, (), "Nothing was written.")
    for row in read_videos(project):
        if row.state in WHOLE and (not names or row.video in chosen):
            yield row._replace(lab=dict(zip(lab.columns, lab.cells_of(row.day, row.video), strict=True)))


def _find_strays(into: Path, ending: str, done: Exported) -> list[str]:
    found = {path for path in into.rglob(f"*{ending}") if not path.name.startswith(".")}
    return sorted(path.relative_to(into).as_posix() for path in found - set(done.written))


def exported_text(project: Project, done: Exported, into: Path) -> str:
    """Return what people read behind an export: how many files there are and where, and each video without a file."""
    stage = result_stage(project)
    place = into.relative_to(project.root) if into.is_relative_to(project.root) else into
    lines = [f"{number_of(len(done.written), 'files')} written into {shown(str(place))}/, one a {stage.unit}."]
    if done.empty:
        lines.append(f"No file: {_named(done.empty)}: {stage.nothing_found or 'no animal was found'}")
    lines += [f"No file: {_named(videos)}: {shown(why)}" for why, videos in done.refused.items()]
    if done.timeless:
        lines.append(f"Time is in frames, since nobody says the frame rate (type --fps N): {_named(done.timeless)}.")
    if done.strays:
        told = f"of an earlier export, and of no finished {stage.unit} now: remove them"
        lines.append(f"{_named(done.strays)}: {told}.")
    return "\n".join(lines)


def _named(videos: Sequence[str]) -> str:
    few = ", ".join(shown(video) for video in videos[:FEW])
    return few if len(videos) <= FEW else f"{few} and {len(videos) - FEW} more"
