"""Read a clause of ``check`` or ``ready`` in a tracker.yml as a Check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import checks
from ..errors import unknown_word
from ..model import Check, Input, Output
from .document import Section
from .expressions import filled

WHEN = "when"  # a key that every clause may have: where its expression is false the clause is left out


def read_check(
    section: Section, inputs: Sequence[Input], outputs: Sequence[Output], params: Mapping[str, Any]
) -> Check:
    """Return the clause of ``check`` (about a result) in ``section``; raises ConfigError."""
    for key in section.data if not checks.KINDS.keys() & section.data.keys() else ():
        if key in checks.INPUT_KINDS:
            section.fail(key, f'"{key}" looks at an input before its task starts: write it below ready, not check.')
    kind = checks.KINDS[_kind_of(section, "check", checks.KINDS, "{json: info, key: finished, equals: true}")]
    check = _read_clause(section, kind.name, params)
    names = {"input": [i.name for i in inputs], "output": [o.name for o in outputs]}
    own_log = (kind.name, check.subject) == ("log", "log")
    named: list[tuple[tuple[str, ...], str, Any]] = [] if own_log else [((kind.subject,), kind.name, check.subject)]
    named += [(o.kinds, o.name, check.options[o.name]) for o in kind.options if o.name in check.options]
    for kinds, key, name in named:
        known = [n for what in kinds for n in names.get(what, ())]
        if known and name not in known:
            section.fail(key, unknown_word(" or ".join(kinds), name, known))
        if known.count(name) > 1:
            section.fail(key, f'"{name}" is an input and an output: which is meant? Give the input another name.')
    return check


def read_ready(section: Section, inputs: Sequence[Input], params: Mapping[str, Any]) -> Check:
    """Return the clause of ``ready`` (about an input) in ``section``; raises ConfigError."""
    for key in section.data if not checks.INPUT_KINDS.keys() & section.data.keys() else ():  # frames is an option, too
        if key in checks.KINDS:
            section.fail(key, f'"{key}" looks at a result: before the task starts there is none. Write it below check.')
    check = _read_clause(section, _kind_of(section, "entry of ready", checks.INPUT_KINDS, "{video: video}"), params)
    names = [i.name for i in inputs]
    if check.subject not in names:
        section.fail(check.kind, unknown_word("input", check.subject, names))
    return check


def _kind_of(section: Section, what: str, kinds: Mapping[str, Any], example: str) -> str:
    found = [key for key in section.data if key in kinds]
    if len(found) != 1:
        section.fail(None, f"each {what} needs exactly one of: {', '.join(sorted(kinds))}; as {example}.")
    return found[0]


def _read_clause(section: Section, kind: str, params: Mapping[str, Any]) -> Check:
    subject = section.text(kind)
    options = {key: _option(section, key, params) for key in section.data if key not in (kind, WHEN)}
    if message := checks.validate(kind, subject, options):
        about = next((key for key in options if f'"{key}"' in message), kind)
        section.fail(about, message if message.endswith(".") else message + ".")
    return Check(kind, subject, options)


def _option(section: Section, key: str, params: Mapping[str, Any]) -> Any:
    value = section.data[key]
    return filled(section, key, value, params) if isinstance(value, str) else value
