"""Write the two tables of a day: the command line, the files, and errors as a line with an exit code.

The calculate_feat_summaries.py of every tracker imports this module; it needs Python 3.7 or newer and no library.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

FEATURE_ROWS = "feature_rows"  # the name of the column with the number of rows of features


class Unusable(Exception):
    """A file or a day cannot be used; the message says why."""


class WrongSetting(Exception):
    """A setting of the user has an impossible value; the message names the setting."""


def choose(setting: str, wanted: str | Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the ``known`` names that are wanted ("all", or a list), in the order of ``known``.

    Raises WrongSetting for an unknown name, unless ``known`` is empty.
    """
    names = list(known) if wanted == "all" else list(wanted)
    for name in names if known else []:
        if name not in known:
            raise WrongSetting(f'{setting}: there is no "{name}"; known: {", ".join(known)}')
    return [name for name in known if name in names]


def told(value: float) -> str:
    """Return a number as text for a table, with six significant digits; "" for NaN, an unknown number."""
    return "" if value != value else f"{value:.6g}"  # only NaN differs from itself


def with_feature_rows(files: Sequence[Sequence[object]], rows: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    """Return the table of file names with one more column: how many rows of features each file_id has.

    Both tables begin with their header, and each row with its file_id. A scan and ./rt join compare the numbers.
    """
    counts = Counter(row[0] for row in rows[1:])
    return [(*files[0], FEATURE_ROWS), *((*file, counts[file[0]]) for file in files[1:])]


def write_table(rows: Iterable[Sequence[object]], path: Path) -> None:
    """Write a CSV file whole or not at all: first under a temporary name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{token_hex(4)}.csv")
    try:
        with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def read_arguments(
    description: str | None, argv: Sequence[str], more: Mapping[str, str] | None = None
) -> argparse.Namespace:
    """Return the typed arguments: first the day, which may begin with a dash; ``more`` maps further options to help."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", help="a folder of Results; '' for what lies in no day's folder")
    for name, text in (more or {}).items():
        parser.add_argument(f"--{name}", required=True, help=text)
    paths = ("results", "filenames", "features")
    for name in paths:
        parser.add_argument(f"--{name}", type=Path, required=True)
    known = ("-h", "--help", *(f"--{name}" for name in (*(more or {}), *paths)))
    words = list(argv)
    if words and words[0].split("=")[0] not in known:
        words = [*words[1:], "--", words[0]]
    return parser.parse_args(words)


def exit_code_of(program: str, summarize: Callable[[], object]) -> int:
    """Call ``summarize`` and return the exit code: 1 for an unusable day, 2 for a wrong setting, with a line why."""
    try:
        summarize()
    except (Unusable, WrongSetting, OSError) as error:
        print(f"{Path(program).name}: {error}", file=sys.stderr)
        return 2 if isinstance(error, WrongSetting) else 1
    return 0
