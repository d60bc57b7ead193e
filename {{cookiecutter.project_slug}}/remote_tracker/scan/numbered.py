"""Order the files of one piece of work by the number in their names, and tell what is missing between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


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


def _number_in(value: str) -> int:
    found = re.findall(r"\d+", value, re.ASCII)
    return int(found[-1]) if found else -1
