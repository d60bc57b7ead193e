"""Keep what the tracks of each video come to, by the content of its result, in a file that may be deleted any time.

To read the tracks of 10,000 videos takes minutes. The content is the result's SHA-256 as it was proven last, so that a
copied project keeps its numbers. Where that is not known, or the result changed since, it is the sizes, times and
inodes of its files.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator

from ..disk.derived import write_derived
from ..model import Project, Stage
from ..records import batches_of
from ..scan import Tree
from ..survey.proven import numbers_of
from ..tables.video_row import WHOLE, VideoRow
from .number_lines import head_of, line_of, read_line, read_lines, write_lines
from .track_numbers import TrackNumbers

OFTEN = 500  # videos that are read before the file is written: what is killed loses no more


class KeptNumbers:
    """The numbers of the videos of a step, computed where they are not known yet.

    ``lacks`` is "" or a line that says what must be installed before tracks can be read; numbers that are known are
    told all the same. ``computed`` is how many videos' tracks were read.
    """

    def __init__(self, project: Project, stage: Stage) -> None:
        self._project, self._stage = project, stage
        self.path = batches_of(project, stage).remembered("tracks", stage)
        self._place = Tree(project.root, project.videos).place
        self._head = head_of(stage.tracks)
        self._lines = self._load()
        self._asked = set[str]()
        self._is_news = False
        self._whys = dict[str, str]()
        self.lacks, self.computed = "", 0

    def _load(self) -> dict[str, bytes]:
        try:
            return read_lines(self.path.read_bytes(), self._head)
        except OSError:
            return {}

    @property
    def has_tracks(self) -> bool:
        """Return whether the tracker says where its results hold positions."""
        return self._stage.tracks is not None

    def numbers(self, row: VideoRow) -> TrackNumbers | None:
        """Return a video's numbers, None where it has no proven result, or its tracks cannot be read: see why_not."""
        if row.state not in WHOLE or not self.has_tracks or not row.results:
            return None
        key = self._key_of(row)
        told = self._known(key) or self._known(f"{key} {row.video}") or self._measure(key, row)
        if isinstance(told, str):
            self._whys[row.video] = told
            return None
        return told

    def why_not(self, video: str) -> str:
        """Return why a video that was asked for has no numbers though it has a proven result, "" where it has them."""
        return self._whys.get(video, "")

    def write(self, is_all: bool = False) -> None:
        """Write the file, where something is news; ``is_all``: all videos were asked for, so others are forgotten."""
        others = self._lines.keys() - self._asked if is_all else set[str]()
        if self._is_news or others:
            self._lines = {key: line for key, line in self._lines.items() if key not in others}
            write_derived(self.path, write_lines(self._lines, self._head))
            self._is_news = False

    def _known(self, key: str) -> TrackNumbers | str | None:
        if key not in self._lines:
            return None
        try:
            told = read_line(self._lines[key])
        except (ValueError, TypeError, LookupError, OSError):  # another program's, with a right check sum
            return None
        self._asked.add(key)
        return told

    def _measure(self, key: str, row: VideoRow) -> TrackNumbers | str:
        if self.lacks:
            return self.lacks
        try:
            from .measure_video import measure_video  # numpy, h5py: 170 ms of a report that knows all numbers
        except ImportError as error:
            self.lacks = f"{error}. Type: {shlex.quote(sys.executable)} -m pip install numpy h5py"
            return self.lacks
        measured = measure_video(self._project, row)
        self.computed += 1
        told = measured.numbers or measured.why_not
        if measured.lasts:
            name = key if measured.numbers else f"{key} {row.video}"
            self._lines[name], self._is_news = line_of(name, told), True
            self._asked.add(name)
        if self.computed % OFTEN == 0:
            self.write()
        return told

    def _key_of(self, row: VideoRow) -> str:
        """Return what stands for the content of a video's result, and for the picture around it."""
        picture = f"{row.width or 0}x{row.height or 0}"
        if row.sha256_result and not row.changed:
            return f"{row.sha256_result} {picture}"
        numbers = tuple(number for path in row.results for stat in _stats(self._place(path)) for number in stat)
        return f"{hash(numbers):x} {picture}"


def _stats(path: str) -> Iterator[tuple[int, ...]]:
    """Yield the size, times and inode of a file, or of each file in a folder; nothing for what is gone."""
    files = [path] if not path.endswith("/") else []
    for folder, folders, names in os.walk(path) if not files else ():
        folders.sort()
        files += [os.path.join(folder, name) for name in sorted(names)]
    for file in files:
        try:
            yield numbers_of(os.stat(file))
        except OSError:
            continue
