"""The two tables of a day as files: how they are asked for, how they are written, and what ends a program in one line.

What the calculate_feat_summaries.py of every tracker shares; Python 3.7 or newer, and no other library.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


class Unusable(Exception):
    """A file, or a day, that cannot be used; the message says why."""


class WrongSetting(Exception):
    """A setting of the user's that cannot be; the message names it."""


def choose(setting: str, wanted: str | Sequence[str], known: Sequence[str]) -> list[str]:
    """Return those of the ``known`` names that are wanted ("all", or a list), in their own order.

    Raises WrongSetting for a name there is none of; where none is known, none is wrong.
    """
    names = list(known) if wanted == "all" else list(wanted)
    for name in names if known else []:
        if name not in known:
            raise WrongSetting(f'{setting}: there is no "{name}"; known: {", ".join(known)}')
    return [name for name in known if name in names]


def told(value: float) -> str:
    """Return a number as a table holds it, nothing for one that is not known."""
    return "" if value != value else f"{value:.6g}"  # only NaN is not what it is


def write_table(rows: Iterable[Sequence[object]], path: Path) -> None:
    """Write a CSV whole or not at all: under a temporary name first."""
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
    """Return what was typed: the day first, which may begin with a dash; ``more`` options, each with its help."""
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
    """Summarize, and return the exit code: 1 where a day cannot be, 2 where a setting cannot, with one line on why."""
    try:
        summarize()
    except (Unusable, WrongSetting, OSError) as error:
        print(f"{Path(program).name}: {error}", file=sys.stderr)
        return 2 if isinstance(error, WrongSetting) else 1
    return 0
