"""json: a key of a JSON file is there, or has a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import own_files
from ..clause import Fault, Files, Kind, Option
from ..places import examine_files
from ..regular_file import open_file
from ..values import MOST_BYTES, differs, find_value, read_json, same, shown, shown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause

_ONE_OF = ("equals", "equals_key", "at_least", *own_files.OWN_OPTION_NAMES, "not_null")


def load_json(path: str) -> Any:
    """Return the data of a JSON file; raises Fault or OSError where it holds no JSON or more than 64 MB."""
    with open_file(path) as file:
        raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Fault("is larger than 64 MB: too large for a JSON file of facts")
    return read_json(raw)


def _examine(check: Clause, files: Files) -> str:
    return examine_files(check, files, _judge)


def _judge(path: str, options: Mapping[str, Any]) -> str:
    data = load_json(path)
    name = shown_key(options["key"])
    try:
        value = find_value(data, options["key"])
    except Fault:
        if options.get("optional"):
            return ""
        raise
    if any(own in options for own in own_files.OWN_OPTION_NAMES):
        return own_files.differs_from_own(name, value, options)
    if "equals_key" not in options:
        return differs(name, value, options)
    wanted = find_value(data, options["equals_key"])
    other = shown_key(options["equals_key"])
    return "" if same(value, wanted) else f"{name} is {shown(value)}, expected {shown(wanted)} as {other} is"


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    if sum(name in options for name in _ONE_OF) != 1:
        return f"say exactly one of {', '.join(_ONE_OF)}: what the key's value must be"
    return own_files.find_stray(options)


KIND = Kind(
    "json",
    "deep",
    "output",
    "a key of a JSON file has a value, equals one or another key, or is the name, size, rows or digest of a file",
    (
        Option("key", "the key, with dots between names (timers.session.end), or a list of names", True, ("key",)),
        Option("equals", "the value it must have", kinds=("value",)),
        Option("equals_key", "another key of this file whose value it must have", kinds=("key",)),
        Option("at_least", "the number that it must be at least", kinds=("count",)),
        *own_files.OWN_OPTIONS,
        *own_files.MORE_OPTIONS,
        Option("not_null", "it must have some value, not null", kinds=("true",)),
        Option("file", "the file in an output folder; each that matches must hold"),
    ),
    _examine,
    _refuse,
)
