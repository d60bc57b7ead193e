"""Pieces of a video: their names, the cut that some of them tell of, and the words of a command for each."""

from __future__ import annotations

import pytest
from remote_tracker.model.pieces import Cut, Piece, find_length, name_pieces, read_piece, words_of


@pytest.mark.parametrize(
    ("frames", "cut", "sizes"),
    [
        (3000, Cut("video", pieces=20), [150] * 20),
        (3000, Cut("video", length=1400), [1400, 1400, 200]),
        (10, Cut("video", pieces=4), [3, 3, 3, 1]),
        (3, Cut("video", pieces=20), [1, 1, 1]),
        (1, Cut("video", length=20), [1]),
        (2_500_000, Cut("video", pieces=2), [1_250_000] * 2),
    ],
)
def test_each_frame_is_in_one_piece(frames: int, cut: Cut, sizes: list[int]) -> None:
    """The pieces follow each other from frame 0 to the last, and are as long as was asked."""
    names = name_pieces(frames, cut.length_for(frames))
    pieces = [read_piece(name) for name in names]
    assert [piece.frames for piece in pieces if piece] == sizes
    assert [n for piece in pieces if piece for n in range(piece.first, piece.last + 1)] == list(range(frames))
    assert sorted(names) == list(names)


@pytest.mark.parametrize(
    ("names", "length"),
    [
        ([], 0),
        (["000000-000149"], 150),
        (["000150-000299", "002850-002999"], 150),
        (["002850-002999"], 0),
        (["000000-000149", "000000-000299", "000300-000599"], 300),
        (["000000-000149", "000000-000299"], 300),
        (["000100-000249", "all", "x", "000200-000100"], 0),
    ],
)
def test_a_cut_is_known_by_its_pieces(names: list[str], length: int) -> None:
    """The pieces that are there tell how long all are; the last alone does not, and names of no range do not."""
    assert find_length(names, 3000) == length


@pytest.mark.parametrize("name", ["all", "", "1", "5-4", "-1-4", "1-2-3", "a-b", "1-2\n", "٣-٤", "1-" + "9" * 16])
def test_what_names_no_piece(name: str) -> None:
    """Only two numbers, the first not above the last, name a piece."""
    assert read_piece(name) is None


def test_words_for_a_piece() -> None:
    """Each number can be said, one or several in a word; a whole video gets no word."""
    words = ("--start", "{first}", "--stop={end}", "{first}-{last}", "{count}")
    cut = Cut("video", pieces=2, words=words)
    assert words_of(cut, "000150-000299") == ("--start", "150", "--stop=300", "150-299", "150")
    assert words_of(cut, "all") == ()
    assert read_piece("000150-000299") == Piece(150, 299)
