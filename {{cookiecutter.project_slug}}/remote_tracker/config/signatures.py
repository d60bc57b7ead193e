"""Read the causes of failure in signatures.yml files: the project's first, then the lab's, then the built-in file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import NO_PATTERN, unknown_word
from ..model import CAUSE_OF, Cause
from ..named_tuple import NamedTuple
from ..text.long_lines import shorten_lines
from . import old_words
from .document import Section, load_document
from .places import find_places

SIGNATURES_FILE = "signatures.yml"
KNOWN_ENDS = tuple(
    cause.value
    for cause in (
        Cause.OUT_OF_MEMORY,
        Cause.OUT_OF_TIME,
        Cause.OVER_ITS_REQUEST,
        Cause.NODE_FAILED,
        Cause.PREEMPTED,
        Cause.REQUEUED,
        Cause.CANCELLED,
        Cause.INPUT_MISSING,
        Cause.INPUT_NOT_READY,
        Cause.INPUT_REFUSED,
        Cause.VANISHED,
    )
)
KEYS = {
    "cause": "what it is, in a few words",
    "says": "regular expressions; one of them stands in the log",
    "of": f"ends that remote-tracker itself knows of, in place of `says` or beside it: {', '.join(KNOWN_ENDS)}",
    "advice": "what to do about it, in a sentence",
    "retry": "whether another try helps: yes, more_memory, more_time, fewer_per_gpu (see project.yml), "
    "no (not before you changed something), never",
}
RETRY = ("yes", "more_memory", "more_time", "fewer_per_gpu", "no", "never")


class Signature(NamedTuple):
    """A cause of failure: how a log shows it, what to do, and whether another try helps (a word of RETRY)."""

    cause: str
    says: tuple[re.Pattern[str], ...]
    advice: str = ""
    retry: str = "yes"
    of: frozenset[Cause] = frozenset()


def load_signatures(root: Path) -> tuple[Signature, ...]:
    """Return all signatures for a project, in the order in which they are tried. Raises ConfigError."""
    files = [place / SIGNATURES_FILE for place in find_places(root) if (place / SIGNATURES_FILE).is_file()]
    return tuple(signature for path in files for signature in load_signature_file(path))


def diagnose(text: str, signatures: Sequence[Signature], cause: Cause | None = None) -> Signature | None:
    """Return the first signature that is of ``cause``, or whose expressions match in ``text``, or None. Pure.

    Of a long line only both ends are looked at.
    """
    text = shorten_lines(text)
    return next((s for s in signatures if cause in s.of or any(pattern.search(text) for pattern in s.says)), None)


def load_signature_file(path: Path) -> list[Signature]:
    """Return the signatures of one file, in its order. Raises ConfigError."""
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
        except NO_PATTERN as error:
            section.fail("says", f'"{expression}" is no regular expression: {str(error) or "too much"}.')
    of = section.texts("of")
    if unknown := [word for word in of if word not in KNOWN_ENDS]:
        section.fail("of", unknown_word("of", unknown[0], KNOWN_ENDS))
    if not says and not of:
        section.fail("says", '"says" must name at least one regular expression.')
    retry = section.word("retry", RETRY)
    ends = frozenset(CAUSE_OF[word] for word in of)
    return Signature(section.text("cause"), tuple(patterns), section.text("advice", ""), retry, ends)
