"""Order the files of one piece of work by the numbers in their names, and tell what is missing between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ..model.pieces import WHOLE, Piece, read_piece
from ..named_tuple import NamedTuple


class Series(NamedTuple):
    """Files of one piece of work in the order of their numbers."""

    order: tuple[int, ...]  # places in the sequence that was given, first number first
    problem: str  # why they are no whole series; "": they are


def order_by_number(values: Sequence[str]) -> Series:
    """Return the order of files by the last number in each of these values; a single file needs no number.

    A number that is missing between the first and the last, or that two files have, is a problem.
    """
    numbers = [_number_in(value) for value in values]
    order = tuple(sorted(range(len(values)), key=lambda place: (numbers[place], values[place])))
    if len(values) == 1:
        return Series(order, "")
    if -1 in numbers:
        return Series(order, "one of its files has no number, others have")
    known = sorted(numbers)
    twice = next((one for one, other in pairwise(known) if one == other), None)
    if twice is not None:
        return Series(order, f"two of its files have the number {twice}")
    missing = next((one + 1 for one, other in pairwise(known) if other > one + 1), None)
    if missing is not None:
        return Series(order, f"its files go from number {known[0]} to {known[-1]}, and number {missing} is not there")
    return Series(order, "")


def order_by_frames(names: Sequence[str]) -> Series:
    """Return the order of the pieces of a video, by their names.

    A frame that is in none of them, or in two, is a problem; so is a name that says no range of frames, unless it names
    the single piece of its video.
    """
    found = [read_piece(name) or Piece(-1, -1) for name in names]
    order = tuple(sorted(range(len(names)), key=lambda place: (found[place], names[place])))
    if list(names) == [WHOLE]:
        return Series(order, "")
    if unknown := next((name for name, piece in zip(names, found, strict=True) if piece.first < 0), ""):
        return Series(order, f'"{unknown}" names no range of frames')
    end = 0
    for first, last in sorted(found):
        if first > end:
            return Series(order, f"no piece holds the frames {end} to {first - 1}")
        if first < end:
            return Series(order, f"two pieces hold the frame {first}")
        end = last + 1
    return Series(order, "")


def _number_in(value: str) -> int:
    found = re.findall(r"\d+", value, re.ASCII)
    return int(found[-1]) if found else -1
