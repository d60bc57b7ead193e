"""Write the table of animals: the rows of the joined features, each with its day, its video and the lab's columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from ..summaries.read import open_table, read_cells
from ..summaries.write import plain_cell
from .lab_table import LabTable
from .owners import Owner, Owners

FIRST = ("day", "video", "animal")
LOOKED_AT = 50  # rows in which each cell is read as a number; in later rows only its characters are looked at
_NUMBER = b"0123456789.,+-eE"


@dataclass
class Animals:
    """What the table of animals holds."""

    rows: int = 0
    features: tuple[str, ...] = ()  # the columns behind the lab's own, as they are called there
    texts: set[int] = field(default_factory=set)  # the indices of those among them that do not hold numbers only


def write_animals(out: TextIO, features: Path, animal: str, owners: Owners, lab: LabTable) -> Animals:
    """Write the table from the joined table of features, whose column ``animal`` names the animal ("" or none: none).

    A feature that is called as a column before it gets "feature_" before its name.
    """
    with open_table(features, features.name, ("file_id",)) as (head, lines):
        columns = head.columns
        number_at, animal_at = columns.index("file_id"), columns.index(animal) if animal in columns else -1
        kept = [at for at in range(len(columns)) if at not in (number_at, animal_at)]
        names = tuple(_apart(columns[at], (*FIRST, *lab.columns)) for at in kept)
        out.write(",".join(map(plain_cell, [*FIRST, *lab.columns, *names])) + "\n")
        whole = Animals(features=names)
        last, owner = -1, Owner("")
        none = "," * (len(lab.columns) - 1)
        split = max(number_at, animal_at) + 1
        for number, line in lines:
            quick = '"' not in line
            cells = line.split(",", split) if quick else read_cells(line, features.name, number)
            file_id = int(cells[number_at])
            name = cells[animal_at] if animal_at >= 0 else ""
            rest = [cell for at, cell in enumerate(cells) if at not in (number_at, animal_at)]
            last, owner = file_id, owner if file_id == last else owners.of(file_id)
            before = [name if quick else plain_cell(name), *([owner.lab or none] if lab.columns else [])]
            told = rest if quick else map(plain_cell, rest)
            out.write(",".join([owner.video, *before, *told]) + "\n")
            whole.rows += 1
            _look(whole, ",".join(rest).split(",") if quick else rest)
    return whole


def _apart(name: str, taken: Sequence[str]) -> str:
    return f"feature_{name}" if name in taken else name


def _look(whole: Animals, cells: Sequence[str]) -> None:
    """Note which columns hold a cell that is no number."""
    careful = whole.rows <= LOOKED_AT
    if not careful:
        left = ",".join(cell for at, cell in enumerate(cells) if at not in whole.texts)
        if not left.encode("utf-8", "surrogateescape").translate(None, _NUMBER):
            return
    whole.texts.update(at for at, cell in enumerate(cells) if at not in whole.texts and not _is_number(cell))


def _is_number(cell: str) -> bool:
    if not cell:
        return True
    try:
        return float(cell) == float(cell) and "_" not in cell and "inf" not in cell.lower()
    except ValueError:
        return False
