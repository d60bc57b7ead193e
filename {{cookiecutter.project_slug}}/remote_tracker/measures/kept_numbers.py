"""Keep what the tracks of each video come to, by the content of its result, in a file that may be deleted any time.

To read the tracks of 10,000 videos takes minutes. The content is the result's SHA-256 as it was proven last, so that a
copied project keeps its numbers. Where that is not known, or the result changed since, it is the sizes, times and
inodes of its files.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..disk.derived import write_derived
from ..model import Project, Stage
from ..records import batches_of
from ..scan import Tree
from ..shell.copies import begin_copy, run_copies
from ..survey.parallel import processes
from ..survey.proven import numbers_of
from ..tables.video_row import WHOLE, VideoRow
from .number_lines import head_of, line_of, read_line, read_lines, write_lines
from .track_numbers import TrackNumbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from .measure_video import Measured

    Measure = Callable[[Project, VideoRow], Measured]

OFTEN = 500  # videos that are read before the file is written: what is killed loses no more
MANY = 64  # fewer videos are read sooner than other processes start


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
        self._passing = dict[str, TrackNumbers | str]()  # what was told just now, and is asked for anew another time
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
        return self._tell(row, self._names_of(row)) if self._has_result(row) else None

    def _tell(self, row: VideoRow, names: tuple[str, str]) -> TrackNumbers | None:
        told = self._find(row, names) or self._measure(row)
        if isinstance(told, str):
            self._whys[row.video] = told
            return None
        return told

    def all_numbers(self, rows: Sequence[VideoRow]) -> list[TrackNumbers | None]:
        """Return the numbers of each row; the tracks of many videos that are not known yet are read side by side."""
        names = [self._names_of(row) if self._has_result(row) else None for row in rows]
        pairs = list(zip(rows, names, strict=True))
        new = [row for row, pair in pairs if pair and self._lines.keys().isdisjoint(pair)]
        waits, unread = self._begin(new), {row.video for row in new}
        found = {  # meanwhile
            row.video: self._tell(row, pair) if pair else None for row, pair in pairs if row.video not in unread
        }
        for part, wait in waits:
            for row, measured in zip(part, wait(), strict=True):
                self._take(row, measured)
        return [found[row.video] if row.video in found else self.numbers(row) for row in rows]

    def _begin(self, new: Sequence[VideoRow]) -> list[tuple[Sequence[VideoRow], Callable[[], list[Measured]]]]:
        """Begin to read the tracks of these videos; return what waits for the last, with the videos of each."""
        measure = self._load_measure() if len(new) >= MANY else None
        if measure is None:
            return []

        def measure_all(part: Sequence[VideoRow]) -> list[Measured]:
            return [measure(self._project, row) for row in part]

        count = min(processes(), len(new) // MANY)
        *blocks, last = [new[start : start + OFTEN] for start in range(0, len(new), OFTEN)]
        for block in blocks:
            parts = [block[number::count] for number in range(count)]
            for part, found in zip(parts, run_copies(measure_all, parts), strict=True):
                for row, measured in zip(part, found, strict=True):
                    self._take(row, measured)
        parts = [last[number::count] for number in range(count)]
        return [(part, begin_copy(measure_all, part)) for part in parts]

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

    def _has_result(self, row: VideoRow) -> bool:
        return self.has_tracks and row.state in WHOLE and bool(row.results)

    def _find(self, row: VideoRow, names: tuple[str, str]) -> TrackNumbers | str | None:
        numbers, why_not = names
        return self._known(numbers) or self._known(why_not) or self._passing.get(row.video)

    def _known(self, key: str) -> TrackNumbers | str | None:
        if key not in self._lines:
            return None
        try:
            told = read_line(self._lines[key])
        except (ValueError, TypeError, LookupError, OSError):  # another program's, with a right check sum
            return None
        self._asked.add(key)
        return told

    def _load_measure(self) -> Measure | None:
        """Return what reads and measures the tracks of a video; None where something lacks."""
        try:
            from .measure_video import load_reader, measure_video  # numpy: 140 ms of a report that knows all numbers

            load_reader(self._project)
        except ImportError as error:
            self.lacks = f"{error}. Type: {shlex.quote(sys.executable)} -m pip install numpy h5py"
            return None
        return measure_video

    def _measure(self, row: VideoRow) -> TrackNumbers | str:
        measure = None if self.lacks else self._load_measure()
        return self._take(row, measure(self._project, row)) if measure else self.lacks

    def _take(self, row: VideoRow, measured: Measured) -> TrackNumbers | str:
        """Return what was measured, and remember it."""
        self.computed += 1
        told = measured.numbers or measured.why_not
        if measured.lasts:
            name = self._names_of(row)[0 if measured.numbers else 1]
            self._lines[name], self._is_news = line_of(name, told), True
            self._asked.add(name)
        else:
            self._passing[row.video] = told
        if self.computed % OFTEN == 0:
            self.write()
        return told

    def _names_of(self, row: VideoRow) -> tuple[str, str]:
        """Return the names of the line with a video's numbers, and of the line that says why it has none."""
        key = self._key_of(row)
        return key, f"{key} {row.video}"

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
