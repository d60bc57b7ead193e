"""Check that a clause's options are as its kind declares; asked once, when a tracker.yml is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import unknown_word
from .clause import InputKind, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VALUES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "text": ("a text", lambda v: isinstance(v, str) and v != ""),
    "input": ("the name of an input", lambda v: isinstance(v, str) and v != ""),
    "output": ("the name of an output", lambda v: isinstance(v, str) and v != ""),
    "key": ("a key, or a list of names", lambda v: (isinstance(v, str) and v != "") or _is_list(v, (str, int))),
    "names": ("a list of names", lambda v: _is_list(v, (str,))),
    "count": ("a whole number, 0 or more", lambda v: isinstance(v, int) and not isinstance(v, bool) and v >= 0),
    "flag": ("true or false", lambda v: isinstance(v, bool)),
    "true": ("true (or leave it out)", lambda v: v is True),
    "value": ("text, a number, true, false or null (a date in quotes)", lambda v: _is_plain(v)),
}


def find_mistake(kind: Kind | InputKind, subject: Any, options: Mapping[str, Any]) -> str:
    """Return what is wrong with a clause of ``kind``, as a sentence that names the option; "" where it is valid."""
    known = {option.name: option for option in kind.options}
    named = kind.subject if isinstance(kind, Kind) else "input"
    if not isinstance(subject, str) or not subject.strip():
        return f'"{kind.name}" must be the name of an {named}' if named != "command" else "it has no line"
    for name, value in options.items():
        if name not in known:
            return unknown_word(f"option of {kind.name}", name, known)
        if not any(VALUES[values][1](value) for values in known[name].kinds):
            expected = " or ".join(VALUES[values][0] for values in known[name].kinds)
            return f'"{name}" must be {expected}, not {value!r}'
    missing = [option for option in kind.options if option.required and option.name not in options]
    if missing:
        return f'"{missing[0].name}" is missing: {missing[0].help}'
    return kind.refuse(subject, options) if isinstance(kind, Kind) else ""


def _is_list(value: Any, types: tuple[type, ...]) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, types) for item in value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, (str, int, float))
