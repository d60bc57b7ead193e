"""Read ``people`` and ``licence`` of a project: who is credited with its data, and what others may do with them."""

from __future__ import annotations

import re

from ..model import Person
from .document import Section

KEYS = {
    "name": "the name, as it is cited",
    "orcid": "the person's ORCID iD, as 0000-0002-1825-0097",
    "affiliation": "the institute or university",
}
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?")
_LICENCE = re.compile(r"[A-Za-z0-9.+-]+|https?://[^\s<>\"{}|\\^`]+")


def read_people(top: Section) -> tuple[Person, ...]:
    """Return the people that a project names; raises ConfigError, as for an ORCID iD with a wrong digit."""
    return tuple(map(_read_person, top.sections("people")))


def _read_person(section: Section) -> Person:
    section.only(KEYS).require_lines(*KEYS)
    orcid = section.text("orcid", "")
    found = _ORCID.fullmatch(orcid)
    if orcid and not (found and _is_orcid(found[1])):
        section.fail("orcid", f'"orcid" must be an ORCID iD, as 0000-0002-1825-0097, not {orcid!r}.')
    return Person(section.text("name"), found[1] if found else "", section.text("affiliation", ""))


def _is_orcid(text: str) -> bool:
    """Return whether the last digit is the check digit of the others; source: ISO 7064, mod 11-2."""
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == text[-1]


def read_licence(top: Section) -> str:
    """Return the licence of a project's data, "" where none is said; raises ConfigError."""
    licence = top.text("licence", "")
    if licence and not _LICENCE.fullmatch(licence):
        example = "a name of the SPDX list, as CC-BY-4.0, or an address"
        top.fail("licence", f'"licence" must be {example}, not {licence!r}.')
    return licence
