"""Check that a result was made from its own input: a value in the result must be that file's name or size."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from .clause import Files, Option
from .values import same, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN_OPTIONS = (
    Option(
        "equals_name",
        "an input: the value must be its file's name, whatever folder stands before it",
        kinds=("input",),
    ),
    Option("equals_size", "an input: the value must be its file's size in bytes", kinds=("input",)),
)
OWN_OPTION_NAMES = tuple(option.name for option in OWN_OPTIONS)


class Own(NamedTuple):
    """What a value must equal: the names of each file of an input (a link has two), or the size of all in bytes."""

    input: str
    names: Sequence[frozenset[str]]
    size: int


def filled(options: Mapping[str, Any], files: Files) -> Mapping[str, Any]:
    """Return a clause's options with an Own for each input that they name; raises OSError where an input is gone."""
    named = [name for name in OWN_OPTION_NAMES if name in options]
    return {**options, **{name: _own(options[name], files) for name in named}} if named else options


def _own(name: str, files: Files) -> Own:
    paths = [os.path.join(files.root, path).rstrip("/") for path in files.inputs.get(name, ())]
    names = [frozenset(map(os.path.basename, (path, os.path.realpath(path)))) for path in paths]
    return Own(name, names, sum(os.stat(path).st_size for path in paths))


def differs_from_input(name: str, value: Any, options: Mapping[str, Any]) -> str:
    """Return how ``value`` differs from the input that the filled ``options`` hold, "" where it is as expected."""
    if own := options.get("equals_name"):
        values = [last_name(v) for v in value] if isinstance(value, list) else [last_name(value)]
        if len(values) != len(own.names) or any(names.isdisjoint(values) for names in own.names):
            expected = ", ".join(shown(min(names)) for names in own.names[:3]) or "one"
            return f"{name} is {shown(value)}, expected {expected}: the name of its own {own.input}"
    if (own := options.get("equals_size")) and not same(value, own.size):
        return f"{name} is {shown(value)}, expected {own.size}: the size of its own {own.input} in bytes"
    return ""


def last_name(value: Any) -> str:
    """Return the last name of a path of any system (/ or \\ between names); "" for a value that is no text."""
    return value.replace("\\", "/").rstrip("/").rpartition("/")[2] if isinstance(value, str) else ""
