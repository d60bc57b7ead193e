"""What Tab offers behind ./rt: verbs, options, and the days and videos in the lists of earlier scans."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from click.shell_completion import ShellComplete

from ..named_tuple import NamedTuple
from ..records import BatchesFolder, age_of
from .main import EVERY_DAY, HIDDEN, NOW_AND_THEN, rt

# The verbs behind which names and days stand.
NAMING = frozenset(
    ("accept", "cancel", "free", "logs", "picture", "preview", "pull", "push", "redo", "status", "verify", "why")
)
NEWEST = 50  # lists that are read for each Tab, in each folder


class Typed(NamedTuple):
    """The words before the cursor, ./rt left out, and the word that the cursor is in."""

    words: list[str]
    begun: str
    quote: str = ""  # the quote that the begun word starts with


def read_typed(environment: Mapping[str, str]) -> Typed:
    """Return what was typed, from the variables that the shell's function sets: a line each word, as it stands."""
    raw, place = environment.get("COMP_WORDS", "").split("\n"), environment.get("COMP_CWORD", "")
    number = int(place) if place.isdecimal() else len(raw)
    begun = raw[number] if number < len(raw) else ""
    return Typed([_unquoted(word) for word in raw[1:number]], _unquoted(begun), begun[: begun[:1] in ("'", '"')])


def _unquoted(word: str) -> str:
    try:
        return "".join(shlex.split(word))
    except ValueError:  # a quote that is still open
        return word[1:] if word[:1] in ("'", '"') else word


def find_offers(root: Path, typed: Typed) -> list[str]:
    """Return what can stand where the cursor is, in the order in which it is offered."""
    verb, begun = typed.words[0] if typed.words else "", typed.begun
    found: Iterable[str] = ()
    is_known = verb in ("", *EVERY_DAY, *NOW_AND_THEN, *HIDDEN)
    if is_known and (begun.startswith("-") or verb not in {"", "help", *NAMING}):
        found = [one.value for one in ShellComplete(rt, {}, "./rt", "").get_completions(typed.words, begun)]
    elif typed.words in ([], ["help"]):  # click would import every verb for its help
        found = [*EVERY_DAY, *NOW_AND_THEN]
    elif verb in NAMING:
        found = _names(root, "/" in begun)
    return [word for word in found if word.startswith(begun)]


def _names(root: Path, whole: bool) -> Sequence[str]:
    """Return the names in the newest lists: with ``whole`` each with its day, else the days, then the names without."""
    keys = {key for folder in ("workspace", "summarizer") for key in _listed(BatchesFolder(root / folder))}
    if whole:
        return sorted(keys)
    days = {key.partition("/")[0] + "/" for key in keys if "/" in key}
    return [*sorted(days), *sorted({key.rpartition("/")[2] for key in keys} - {day[:-1] for day in days})]


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


def quoted_for_bash(word: str, quote: str) -> str:
    """Return a word so that bash takes it as it is, behind ``quote`` if any; "" where it cannot be said so.

    Bash itself leaves a dollar sign as it stands: a video called $(reboot) would be a command.
    """
    if quote:
        return "" if re.search("'" if quote == "'" else r"[\"$`\\!]", word) else word
    return re.sub(r"([^\w./,@%+=:-])", r"\\\1", word)


def offer() -> int:
    """Print what Tab offers, a line each; returns 0."""
    typed = read_typed(os.environ)
    offers = find_offers(Path(os.environ.get("RT_PROJECT") or Path.cwd()), typed)
    if os.environ.get("_RT_COMPLETE") == "bash":
        offers = [said for word in offers if (said := quoted_for_bash(word, typed.quote))]
    print("".join(f"{word}\n" for word in offers), end="")
    return 0
