"""Write which frames of a project are most worth labelling, in the form of the program in which people label."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..disk.files import make_folder, write_file
from ..measures.video_tracks import NoTracks, read_tracks, require_source
from ..model import Project
from ..report.words import FEW
from ..scan import Tree
from ..summaries.write import write_row
from ..tables.read_videos import read_videos, result_stage
from ..tables.video_row import VideoRow
from ..text.counted import number_of
from ..text.visible import shown
from ..tracks.tracks import Tracks
from .choose_frames import Candidates, Chosen, choose_frames, find_candidates, keep_frames
from .labels_deeplabcut import write_extraction
from .labels_slp import require_sleap, write_suggestions

FORM_OF = {"sleap": "slp", "deeplabcut": "deeplabcut"}  # the form of a tracker's positions -> the form of its labels
LEAST = 20  # candidates of an animal in a video: so many are kept, however many videos there are
SPARE = 4  # times the even share of a video: so many candidates are kept of each of its animals
Tell = Callable[[int, int], None]
COLUMNS = ("day", "video", "frame", "time_s", "animal", "worth", "why")


@dataclass(frozen=True)
class Labels:
    """What a choice of frames came to."""

    asked: int  # how many frames were asked for
    chosen: Sequence[Chosen]
    videos: int  # how many finished videos were looked at
    table: Path  # a row for each chosen frame
    opened: Path | None = None  # the file for the program in which people label, where it has one
    form: str = "csv"
    refused: Mapping[str, Sequence[str]] = field(default_factory=dict)  # why videos were not looked at -> the videos

    @property
    def whole(self) -> bool:
        """Return whether there are finished videos, and a look was had at each video."""
        return bool(self.videos) and not self.refused


def write_labels(project: Project, number: int, form: str | None, into: Path, tell: Tell = lambda *_: None) -> Labels:
    """Write at most ``number`` frames into a table, and into a file of the form; the folder ``into`` is made.

    By default the form is the tracker's. ``tell`` is told how many results of how many were read. Raises
    RemoteTrackerError where the tracker does not say where its animals are, a package is missing, or a file cannot be
    written.
    """
    source = require_source(project)
    form = form or FORM_OF.get(source.form, "csv")
    if form == "slp":
        require_sleap(source.unit)  # before thousands of results are read
    rows = [row for row in read_videos(project) if row.state == "finished"]
    found, refused = find_all_candidates(project, rows, number, 1 if form == "deeplabcut" else 0, tell)
    chosen = choose_frames(found, number)
    wanted = {video: [one.frame for one in chosen if one.video == video] for video in {one.video for one in chosen}}
    rows_of = [row for row in rows if row.video in wanted]
    tracks = {row.video: keep_frames(read_tracks(project, row), wanted[row.video]) for row in rows_of}
    make_folder(into)
    table = into / "frames.csv"
    write_file(table, table_of(chosen, tracks))
    opened = _write_form(project, form, into, chosen, rows_of, tracks)
    looked = len(rows) - sum(map(len, refused.values()))
    return Labels(number, chosen, looked, table, opened, form, refused)


def find_all_candidates(
    project: Project, rows: Sequence[VideoRow], number: int, first: int, tell: Tell
) -> tuple[list[Candidates], dict[str, list[str]]]:
    """Return the candidates of all videos, and why videos were not looked at, with their names.

    One video is in memory at a time. DeepLabCut cannot take the frame 0: ``first`` is the first that counts.
    """
    most = min(number, max(LEAST, SPARE * number // max(len(rows), 1)))
    found: list[Candidates] = []
    refused: dict[str, list[str]] = {}
    for done, row in enumerate(rows, 1):
        try:
            found += find_candidates(row.day, row.video, read_tracks(project, row), most, first)
        except NoTracks as error:
            refused.setdefault(str(error), []).append(row.video)
        tell(done, len(rows))
    return found, refused


def table_of(chosen: Sequence[Chosen], tracks: Mapping[str, Tracks]) -> str:
    """Return the table of the chosen frames; the time is from the video's start, empty where nobody knows it."""
    out = io.StringIO()
    write_row(out, COLUMNS)
    for one in chosen:
        time = tracks[one.video].time_of(one.frame)
        told = "" if time is None else f"{time:.3f}"
        write_row(out, (one.day, one.video, str(one.frame), told, one.animal, f"{one.worth:.3f}", one.why))
    return out.getvalue()


def _write_form(
    project: Project,
    form: str,
    into: Path,
    chosen: Sequence[Chosen],
    rows: Sequence[VideoRow],
    tracks: Mapping[str, Tracks],
) -> Path | None:
    place = Tree(project.root, project.videos).place
    videos = {row.video: place(row.raw[0]) for row in rows}
    if form == "slp" and chosen:
        return write_suggestions(chosen, videos, tracks, into / "frames.slp")
    if form == "deeplabcut" and chosen:
        results = {row.video: place(row.results[0]) for row in rows}
        return write_extraction(project, chosen, videos, results, into / "extract_frames.py")
    return None


def labels_text(project: Project, done: Labels) -> str:
    """Return what people read behind a choice of frames: the frames counted, videos without a look, what to do next."""
    many = result_stage(project).counts
    lines = [_counted(project, done, many)]
    for reason, count in sorted(Counter(one.why.partition(";")[0] for one in done.chosen).items()):
        lines.append(f"  {count} {reason}")
    if done.chosen and len(done.chosen) < done.asked:
        lines.append(f"Fewer than {done.asked}: nothing speaks for any other frame.")
    lines += [f"Not looked at: {_named(videos)}: {shown(why)}" for why, videos in done.refused.items()]
    return "\n".join([*lines, *_how_to_label(project, done)])


def _counted(project: Project, done: Labels, many: str) -> str:
    if not done.chosen:
        return (
            f"No frame of {number_of(done.videos, many)} stands out."
            if done.videos
            else f"None of the {many} is finished."
        )
    what = f"{number_of(len(done.chosen), 'frames')} of {number_of(len({one.video for one in done.chosen}), many)}"
    verb = "is" if len(done.chosen) == 1 else "are"
    return f"{what} {verb} most worth labelling ({done.videos} looked at): {_told(project, done.table)}"


def _how_to_label(project: Project, done: Labels) -> list[str]:
    """Return the line that opens the frames in the tracker's own program, none where the table is all that there is."""
    if not done.chosen or done.opened is None:
        return []
    opened = _told(project, done.opened)
    typed = f"sleap-label {opened}" if done.form == "slp" else f"python {opened}   (in the Python of DeepLabCut)"
    return [f"Label them:  {typed}"]


def _told(project: Project, path: Path) -> str:
    return shown(str(path.relative_to(project.root) if path.is_relative_to(project.root) else path))


def _named(videos: Sequence[str]) -> str:
    few = ", ".join(shown(video) for video in videos[:FEW])
    return few if len(videos) <= FEW else f"{few} and {len(videos) - FEW} more"
