"""Decide which videos are sent to the other side: by what files hold, not by their times. Pure."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..disk.case import folded
from ..named_tuple import NamedTuple

FOLDED = "another name here differs only in upper and lower case, which the disk there does not tell"
ALIKE = "is there, whose name has the same letters, composed otherwise (a Mac writes them so): give both one name"
NONE: Mapping[str, str] = {}


class HomeFile(NamedTuple):
    """A video's file here."""

    path: str  # below the project, as RawVideos/day1/v1.avi
    place: str  # absolute
    numbers: tuple[int, ...]  # size, mtime, inode, ctime

    @property
    def size(self) -> int:
        """Return its size in bytes."""
        return self.numbers[0]


@dataclass(frozen=True)
class PushPlan:
    """What is to be sent, and what is not, with the reason."""

    send: tuple[HomeFile, ...] = ()
    there: tuple[HomeFile, ...] = ()  # the same content is there already
    left_out: Mapping[str, str] = field(default_factory=dict)  # path -> why it is not sent

    @property
    def bytes(self) -> int:
        """Return how many bytes are to be sent."""
        return sum(file.size for file in self.send)


def plan_push(
    files: Sequence[HomeFile],
    far: Mapping[str, Sequence[Any]],
    known: Mapping[str, tuple[Sequence[int], Sequence[int]]],
    sample_of: Callable[[str], str],
    folds_case: bool,
    alike: Mapping[str, str] = NONE,
) -> PushPlan:
    """Decide on each file, by what lies under its name there: [numbers, sample] in ``far``, no entry for nothing.

    ``known`` holds the numbers, here and there, of files whose content was found to be the same before, ``alike`` by
    path what is there, and not here, under a name whose letters are only composed otherwise.
    """
    send, there, out = [], [], dict[str, str]()
    twins = Counter(folded(file.path) for file in files) if folds_case else Counter[str]()
    for file in files:
        if twins[folded(file.path)] > 1:
            out[file.path] = FOLDED
            continue
        seen = far.get(file.path)
        if seen is None and (other := alike.get(file.path)):
            out[file.path] = f"{other} {ALIKE}"
            continue
        if seen is None:
            send.append(file)
            continue
        numbers, sample = seen
        if known.get(file.path) == (list(file.numbers), list(numbers)):
            there.append(file)
        elif numbers[0] != file.size:
            out[file.path] = (
                f"another file of that name is there ({numbers[0]:,} bytes, here {file.size:,}): rename one"
            )
        elif sample and sample == sample_of(file.place):
            there.append(file)
        else:
            out[file.path] = "another file of that name and size is there: rename one of them"
    return PushPlan(tuple(send), tuple(there), out)


def find_arrived(
    sent: Iterable[HomeFile], far: Mapping[str, Sequence[Any]], sample_of: Callable[[str], str]
) -> tuple[list[HomeFile], dict[str, str]]:
    """Return the files that arrived whole and unchanged, and why the others did not, by path."""
    good, bad = [], dict[str, str]()
    for file in sent:
        seen = far.get(file.path)
        try:
            same = numbers_here(file.place) == file.numbers
        except OSError:
            same = False
        if not same:
            bad[file.path] = "it changed while it was sent"
        elif seen is None:
            bad[file.path] = "it did not arrive"
        elif seen[0][0] != file.size or seen[1] != sample_of(file.place):
            bad[file.path] = "it arrived otherwise than it is here"
        else:
            good.append(file)
    return good, bad


def numbers_here(place: str) -> tuple[int, ...]:
    """Return size, mtime, inode and ctime of a file; raises OSError."""
    seen = os.stat(place)
    return seen.st_size, seen.st_mtime_ns, seen.st_ino, seen.st_ctime_ns
