"""The maps of several videos are added up cell by cell, whatever their boxes are."""

from __future__ import annotations

from array import array
from collections.abc import Mapping

from remote_tracker.measures.boxes import Box
from remote_tracker.measures.heat import Heat, add_up
from remote_tracker.measures.track_numbers import COLUMNS, ROWS, TrackNumbers

PICTURE = (0.0, 0.0, 640.0, 480.0)


def numbers(cells: Mapping[tuple[int, int], int], extent: Box, unit: str = "px", animals: int = 1) -> TrackNumbers:
    """Return the numbers of a video with these counts in the cells (row, column)."""
    heat = array("I", bytes(4 * ROWS * COLUMNS))
    for (row, column), count in cells.items():
        heat[row * COLUMNS + column] = count
    return TrackNumbers(animals, 1, 0, 0, 0.0, 0, 0, 0, None, None, unit, 0.0, heat, extent)


def cells(heat: Heat | None) -> dict[tuple[int, int], int]:
    """Return the cells that hold something."""
    assert heat is not None
    return {divmod(at, COLUMNS): count for at, count in enumerate(heat.counts) if count}


def test_pictures_of_one_size() -> None:
    """Cells of pictures of one size are added; the numbers that were added to stay as they are."""
    one, other = numbers({(0, 0): 1, (5, 5): 2}, PICTURE), numbers({(5, 5): 3}, PICTURE)
    found = add_up([one, other])
    assert cells(found) == {(0, 0): 1, (5, 5): 5}
    assert found is not None
    assert (found.videos, found.extent, found.unit, found.left_out) == (2, PICTURE, "px", 0)
    assert sum(one.heat) == 3


def test_the_size_of_most_videos_counts() -> None:
    """A picture of another size, and another unit, cannot be added: the others are told how many there are."""
    other = numbers({(1, 1): 9}, (0.0, 0.0, 1920.0, 1080.0))
    same = [numbers({(1, 1): 1}, PICTURE)] * 2
    found = add_up([other, *same, numbers({(1, 1): 9}, PICTURE, "mm")])
    assert cells(found) == {(1, 1): 2}
    assert found is not None
    assert (found.videos, found.left_out) == (2, 2)


def test_boxes_of_powers_of_two_join_exactly() -> None:
    """A cell of a box half as wide lies in the half of a cell; one whose box has no part below 0 lies right of 0."""
    narrow = numbers({(0, 5): 7, (17, 23): 1}, (0.0, 0.0, 4.0, 8.0))
    wide = numbers({(0, 5): 2}, (0.0, 0.0, 8.0, 8.0))
    assert cells(add_up([narrow, wide])) == {(0, 2): 7, (17, 11): 1, (0, 5): 2}
    around = numbers({(0, 0): 1}, (-4.0, 0.0, 4.0, 8.0))
    for order in ([narrow, around], [around, narrow]):
        found = add_up(order)
        assert cells(found) == {(0, 0): 1, (0, 14): 7, (17, 23): 1}
        assert found is not None
        assert found.extent == (-4.0, 0.0, 4.0, 8.0)


def test_without_an_animal_there_is_no_map() -> None:
    """Videos in which no animal was seen have no box, and make no map."""
    assert add_up([]) is None
    assert add_up([numbers({}, (0.0, 0.0, 0.0, 0.0), animals=0)]) is None
