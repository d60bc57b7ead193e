"""qstat -F json: what is a number, or any JSON, in PBS is one here; a name, an account and a project stay text."""

from __future__ import annotations

import json
import sys
from typing import Any

TEXTS = frozenset({"Job_Name", "project", "Account_Name"})


def refuse(_: str) -> None:
    """Python's NaN and Infinity are no JSON."""
    raise ValueError


def read_value(text: str) -> Any:
    """Return a value as PBS's JSON holds it: 9 for "9", "1-9" for "1-9"."""
    try:
        return json.loads(text, parse_constant=refuse)
    except ValueError:
        return text


def read_variables(text: str) -> dict[str, Any]:
    """Return the pairs of a Variable_List, in which a comma of a value stands as \\,."""
    parts = text.replace("\\,", "\0").split(",")
    pairs = (part.replace("\0", ",").partition("=") for part in parts)
    return {name: read_value(value) for name, _, value in pairs}


def make_job(attributes: list[tuple[str, str | None, str]]) -> dict[str, Any]:
    """Return one job's object."""
    made: dict[str, Any] = {}
    for name, resource, value in attributes:
        if resource:
            made.setdefault(name, {})[resource] = read_value(value)
        elif name == "Variable_List":
            made[name] = read_variables(value)
        else:
            made[name] = value if name in TEXTS else read_value(value)
    return made


def write(value: Any, depth: int, out: list[str]) -> None:
    """Append a value as PBS lays it out: tabs, one after each colon too."""
    if not isinstance(value, dict):
        out.append(json.dumps(value, ensure_ascii=False))
        return
    out.append("{\n" if value else "{\n\t" + "\t" * (depth - 1) + "}" if depth else "{\n}")
    for position, (name, inner) in enumerate(value.items()):
        out.append("\t" * (depth + 1) + json.dumps(name, ensure_ascii=False) + ":\t")
        write(inner, depth + 1, out)
        out.append(",\n" if position + 1 < len(value) else "\n" + "\t" * depth + "}")


def write_json(whole: dict[str, Any]) -> None:
    """Print a whole answer; bytes that are no UTF-8 go out as they came."""
    if isinstance(whole.get("Jobs"), list):
        whole = {**whole, "Jobs": {name: make_job(attributes) for name, attributes in whole["Jobs"]}}
    out: list[str] = []
    write(whole, 0, out)
    sys.stdout.write("".join(out) + "\n")
