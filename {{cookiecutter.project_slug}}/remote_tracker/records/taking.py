"""Read and write the notes on results that are taken along to new names of their videos.

A note's name is moved.<time>.<process>.<stage>; its ending is ``moving`` until the results lie under the new names,
then ``json``: the old names are forgotten. It lies beside the notes of redos, where tasks and histories look, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from ..disk.files import write_file
from ..disk.moves import Identity
from ..named_tuple import NamedTuple
from .notes import MOVING, Move

NAMED = "moved"


class Taking(NamedTuple):
    """Results that are, or are to be, taken along."""

    name: str
    after: str  # the number of the newest batch that had run by then, "" for none
    pairs: tuple[tuple[str, str], ...]  # the old and the new name of each unit
    moves: tuple[Move, ...]  # of all results, by the new name of their unit, in the order in which they are moved

    def only(self, news: Collection[str]) -> Taking:
        """Return the note for the units with these new names alone."""
        pairs = tuple(pair for pair in self.pairs if pair[1] in news)
        return self._replace(pairs=pairs, moves=tuple(move for move in self.moves if move.unit in news))

    def moves_of(self, new: str) -> list[Move]:
        """Return the moves of the unit with this new name."""
        return [move for move in self.moves if move.unit == new]


def find_takings(redo: Path, stage: str) -> list[Path]:
    """Return the notes of a stage in the folder ``redo`` whose results do not all lie under the new names yet."""
    return sorted(redo.glob(f"{NAMED}.*.{stage or '*'}{MOVING}"))


def load_taking(path: Path) -> Taking | None:
    """Return a note, None where there is none, or where it cannot be read: a bad disk or a person spoilt it."""
    try:
        told: Any = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
        moves = tuple(
            Move(str(unit), str(old), str(new), Identity(*map(int, identity)))
            for unit, old, new, identity in told["moves"]
        )
        pairs = tuple((str(old), str(new)) for old, new in told["pairs"])
        return Taking(path.stem, str(told["after"]), pairs, moves)
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def write_taking(redo: Path, taking: Taking, ending: str) -> None:
    """Write a note; raises as write_file does. Its old names are its ``units``, as in a redo's note."""
    told = {
        "after": taking.after,
        "units": [old for old, _ in taking.pairs],
        "pairs": taking.pairs,
        "moves": [[move.unit, move.old, move.new, move.identity] for move in taking.moves],
    }
    write_file(redo / f"{taking.name}{ending}", json.dumps(told, ensure_ascii=False) + "\n")


def load_taken_names(redo: Path, stage: str) -> Iterator[str]:
    """Yield the old and new names of a stage's units whose results are being taken along: no task may start."""
    for path in find_takings(redo, stage):
        if taking := load_taking(path):
            yield from (name for pair in taking.pairs for name in pair)
