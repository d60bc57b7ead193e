"""Pieces of a long video: ranges of frames, each named by its first and its last frame, as ``000000-001499``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..named_tuple import NamedTuple

WHOLE = "all"  # the name of the only piece of a video whose number of frames is not known
_DIGITS = 6  # of a frame's number in the name of a piece, so that names stand in the order of the frames
_NAME = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class Cut(NamedTuple):
    """How videos are cut into pieces: into so many pieces, or into pieces of so many frames; the other number is 0."""

    video: str  # the name of the input whose frames are meant
    pieces: int = 0
    length: int = 0  # frames
    words: tuple[str, ...] = ()  # what a command says for a piece; {first}, {last}, {end} and {count} stand for numbers

    def length_for(self, frames: int) -> int:
        """Return how many frames each piece of a video with so many frames has; the last piece may have fewer."""
        return max(1, self.length or -(-frames // max(1, self.pieces)))


class Piece(NamedTuple):
    """A range of frames of a video; both ends belong to it, and the first frame of a video is 0."""

    first: int
    last: int

    @property
    def frames(self) -> int:
        """Return how many frames the piece has."""
        return self.last - self.first + 1


def read_piece(name: str) -> Piece | None:
    """Return the piece that ``name`` names, None where it names no range of frames."""
    found = _NAME.fullmatch(name)
    piece = Piece(int(found[1]), int(found[2])) if found else None
    return piece if piece and piece.first <= piece.last else None


def name_pieces(frames: int, length: int) -> tuple[str, ...]:
    """Return the names of the pieces of a video with so many frames, in order; each has ``length`` frames or fewer."""
    digits = max(_DIGITS, len(str(frames - 1)))
    ends = ((first, min(first + length, frames) - 1) for first in range(0, frames, length))
    return tuple(f"{first:0{digits}}-{last:0{digits}}" for first, last in ends)


def find_length(names: Iterable[str], frames: int) -> int:
    """Return the length of the pieces that a video with so many frames was cut into, by the names of some of them.

    Of several cuts that with the most frames there counts, then the cut into shorter pieces. 0 where no name tells: the
    last piece alone does not say how long the others are.
    """
    told: dict[int, int] = {}
    for piece in map(read_piece, names):
        if piece and piece.last < frames - 1 and piece.first % piece.frames == 0:
            told[piece.frames] = told.get(piece.frames, 0) + piece.frames
    return min(told, key=lambda length: (-told[length], length), default=0)


def words_of(cut: Cut, name: str) -> tuple[str, ...]:
    """Return the words that a command says for the piece of this name: none for a whole video."""
    piece = read_piece(name)
    if piece is None:
        return ()
    numbers = {"first": piece.first, "last": piece.last, "end": piece.last + 1, "count": piece.frames}
    return tuple(re.sub(r"\{(\w+)\}", lambda found: str(numbers[found[1]]), word) for word in cut.words)
