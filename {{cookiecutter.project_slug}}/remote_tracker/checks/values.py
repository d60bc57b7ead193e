"""Find a value in a result by its key, and compare it with the expected value."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import TOO_MUCH
from .clause import Absent, Fault

MOST_BYTES = 64 * 1024 * 1024
ValuePath = str | Sequence[str | int]


def read_json(raw: bytes | str) -> Any:
    """Return the data of a JSON text; raises Fault where ``raw`` is no JSON."""
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise Fault(f"is not whole JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except UnicodeDecodeError:
        raise Fault("is not JSON: it holds bytes that are no text") from None
    except (ValueError, *TOO_MUCH) as error:
        raise Fault(f"is not JSON that can be read: {str(error) or 'it needs too much memory'}") from None


def find_value(data: Any, key: ValuePath) -> Any:
    """Return the value at ``key``: names with dots between, or a list of names; a number is a place in a list.

    Raises Absent, which names the key, where there is no such value.
    """
    for step in key.split(".") if isinstance(key, str) else key:
        if isinstance(data, Mapping) and str(step) in data:
            data = data[str(step)]
        elif isinstance(data, list) and str(step).lstrip("-").isdecimal() and -len(data) <= int(step) < len(data):
            data = data[int(step)]
        else:
            raise Absent(f'has no key "{shown_key(key)}"')
    return data


def differs(name: str, value: Any, options: Mapping[str, Any]) -> str:
    """Return how ``value`` differs from the options' ``equals`` or ``at_least``, or that it is null; "" for nothing."""
    if "at_least" in options:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        least = options["at_least"]
        return "" if is_number and value >= least else f"{name} is {shown(value)}, expected at least {least}"
    if "equals" not in options:
        return f"{name} is {shown(value)}, expected a value" if is_null(value) else ""
    wanted = options["equals"]
    return "" if same(value, wanted) else f"{name} is {shown(value)}, expected {shown(wanted)}"


def is_null(value: Any) -> bool:
    """True for null and for NaN."""
    return value is None or value != value


def same(found: Any, wanted: Any) -> bool:
    """True where both values are equal; true is not 1, 2.0 is 2, NaN equals nothing."""
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def shown(value: Any) -> str:
    """Return a value as JSON writes it, cut to 60 characters, for a message."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def shown_key(key: ValuePath) -> str:
    """Return a key with dots between its names, for a message."""
    return key if isinstance(key, str) else ".".join(map(str, key))
