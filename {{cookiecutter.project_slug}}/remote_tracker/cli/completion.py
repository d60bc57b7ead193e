"""What Tab offers behind ./rt: verbs, options, days and videos. Days and videos come from the lists of earlier scans."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from click.shell_completion import ShellComplete

from ..records import BatchesFolder, age_of
from .main import EVERY_DAY, HIDDEN, NOW_AND_THEN, rt

NAMING = frozenset({"accept", "cancel", "logs", "redo", "status", "verify", "why"})  # verbs that take names and days
NEWEST = 50  # lists that are read for each Tab, in each folder


class Typed(NamedTuple):
    """The words before the cursor, ./rt left out, and the word that the cursor is in."""

    words: list[str]
    begun: str


def read_typed(environment: Mapping[str, str]) -> Typed:
    """Return what was typed, from the variables that the shell's function sets: a line each word, as it stands."""
    raw, place = environment.get("COMP_WORDS", "").split("\n"), environment.get("COMP_CWORD", "")
    number = int(place) if place.isdecimal() else len(raw)
    return Typed([_unquoted(word) for word in raw[1:number]], _unquoted(raw[number]) if number < len(raw) else "")


def _unquoted(word: str) -> str:
    try:
        return "".join(shlex.split(word))
    except ValueError:  # a quote that is still open
        return word.lstrip("\"'").replace("\\", "")


def find_offers(root: Path, typed: Typed) -> list[str]:
    """Return what can stand where the cursor is, sorted as it is offered."""
    words, begun = typed
    if not words and not begun.startswith("-"):
        found: Iterable[str] = [*EVERY_DAY, *NOW_AND_THEN]
    elif words[:1] == ["help"]:
        found = [*EVERY_DAY, *NOW_AND_THEN]
    elif words and words[0] in NAMING and not begun.startswith("-"):
        found = _names(root, "/" in begun)
    elif words and words[0] not in {**EVERY_DAY, **NOW_AND_THEN, **HIDDEN}:
        found = ()
    else:
        found = [one.value for one in ShellComplete(rt, {}, "./rt", "").get_completions(words, begun)]
    return [word for word in found if word.startswith(begun)]


def _names(root: Path, whole: bool) -> Sequence[str]:
    """Return the names in the newest lists: with ``whole`` each with its day, else the days and the names without."""
    keys = {key for folder in ("workspace", "summarizer") for key in _listed(BatchesFolder(root / folder))}
    if whole:
        return sorted(keys)
    return sorted({key.partition("/")[0] for key in keys} | {key.rpartition("/")[2] for key in keys})


def _listed(folder: BatchesFolder) -> Iterator[str]:
    try:
        numbers = sorted((name for name in os.listdir(folder.path) if name.isdecimal()), key=age_of)
    except OSError:
        return
    for number in numbers[-NEWEST:]:
        try:
            yield from (name for name in folder.batch(number).names if name.isprintable())
        except OSError:
            continue


def offer() -> int:
    """Print what Tab offers, a line each; returns 0."""
    offers = find_offers(Path(os.environ.get("RT_PROJECT") or Path.cwd()), read_typed(os.environ))
    print("".join(f"{word}\n" for word in offers), end="")
    return 0
