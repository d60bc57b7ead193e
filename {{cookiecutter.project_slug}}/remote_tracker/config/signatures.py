"""Read the causes of failure in signatures.yml files: the project's first, then the lab's, then the built-in file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from . import old_words
from .document import Section, load_document
from .places import find_places

NAME = "signatures.yml"
KEYS = {
    "cause": "what it is, in a few words",
    "says": "regular expressions; one of them stands in the log",
    "advice": "what to do about it, in a sentence",
    "retry": "whether another try helps: yes, more_memory, more_time, no (not before you changed something), never",
}
RETRY = ("yes", "more_memory", "more_time", "no", "never")


class Signature(NamedTuple):
    """A cause of failure: how a log shows it, what to do, and whether another try helps (a word of RETRY)."""

    cause: str
    says: tuple[re.Pattern[str], ...]
    advice: str = ""
    retry: str = "yes"


def load_signatures(root: Path) -> tuple[Signature, ...]:
    """Return all signatures for a project, in the order in which they are tried. Raises ConfigError."""
    files = [place / NAME for place in find_places(root) if (place / NAME).is_file()]
    return tuple(signature for path in files for signature in _load(path))


def diagnose(text: str, signatures: Sequence[Signature]) -> Signature | None:
    """Return the first signature whose expressions match in ``text``, or None. Pure."""
    return next((s for s in signatures if any(pattern.search(text) for pattern in s.says)), None)


def _load(path: Path) -> list[Signature]:
    return [
        _read(section.only(KEYS, old_words.SIGNATURE))
        for section in load_document(path).only(("signatures",)).sections("signatures")
    ]


def _read(section: Section) -> Signature:
    retry = section.data.get("retry")
    if isinstance(retry, bool):  # YAML reads yes and no as true and false
        section.data["retry"] = "yes" if retry else "no"
    says = section.texts("says")
    patterns = []
    for expression in says:
        try:
            patterns.append(re.compile(expression, re.IGNORECASE | re.MULTILINE))
        except re.error as error:
            section.fail("says", f'"{expression}" is no regular expression: {error}.')
    if not says:
        section.fail("says", '"says" must name at least one regular expression.')
    return Signature(section.text("cause"), tuple(patterns), section.text("advice", ""), section.word("retry", RETRY))
