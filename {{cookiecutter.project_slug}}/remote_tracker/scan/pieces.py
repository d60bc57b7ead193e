"""Find the pieces that a video is cut into: by its header's number of frames, and by the pieces that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from ..model import Output, Stage
from ..model.pieces import WHOLE, Cut, find_length, name_pieces
from .tree import Tree

MOST_PIECES = 100_000  # of one video: more are a slip in a number


class Pieces:
    """The pieces of the videos of a stage, which are cut as ``cut`` says; ``wildcard`` names a piece."""

    def __init__(self, stage: Stage, wildcard: str, cut: Cut, tree: Tree) -> None:
        self._cut, self._wildcard, self._tree = cut, wildcard, tree
        self._place = [i.name for i in stage.inputs].index(cut.video)
        self._outputs = [o for o in stage.outputs if wildcard in o.pattern.wildcards and not o.pattern.is_glob]

    def names(self, values: Mapping[str, str], files: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], str]:
        """Return the names of a video's pieces, and why there are none ("" where there are).

        ``values`` are the values of its wildcards, ``files`` its inputs. A video that has pieces already keeps their
        length. Where its number of frames is not known it is one piece, and ``tree.uncut`` holds its path.
        """
        paths = files[self._place]
        frames = self._count(paths[0]) if len(paths) == 1 else 0
        if not frames:
            self._tree.uncut.update(paths)
            return (WHOLE,), ""
        length = find_length(self._find_made(values), frames) or self._cut.length_for(frames)
        if frames > length * MOST_PIECES:
            return (), f"it would be cut into more than {MOST_PIECES:,} pieces of {length} frames: make them longer"
        return name_pieces(frames, length), ""

    def _count(self, path: str) -> int:
        entry = self._tree.stat(path)
        return count_claimed(self._tree.place(path), entry.st_size, entry.st_mtime_ns) if entry else 0

    def _find_made(self, values: Mapping[str, str]) -> Iterator[str]:
        """Yield the names of the pieces whose results are there."""
        for output in self._outputs:
            folder, start, end = _around(output, self._wildcard, values)
            for name in self._tree.listing(folder) if folder else ():
                if len(name) > len(start) + len(end) and name.startswith(start) and name.endswith(end):
                    yield name[len(start) : len(name) - len(end)]


def _around(output: Output, wildcard: str, values: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the folder of an output of a piece, and what stands in its name before and behind the piece's name.

    The folder is "" where the piece names folders, too.
    """
    mark = "\0"  # no name holds it
    start, *rest = output.pattern.fill({**values, wildcard: mark}).rstrip("/").split(mark)
    folder, _, before = start.rpartition("/")
    return (f"{folder}/", before, rest[0]) if folder and len(rest) == 1 and "/" not in rest[0] else ("", "", "")


@lru_cache(maxsize=100_000)  # a scan asks for each step, and again for each step that waits for it
def count_claimed(place: str, size: int, mtime_ns: int) -> int:
    """Return how many frames the header of the video at ``place`` claims, 0 where it claims none or cannot be read."""
    from ..checks.claimed_frames import read_claimed_frames  # 1 ms; few projects cut videos

    try:
        return read_claimed_frames(place, size)
    except OSError:
        return 0
