"""Tell the columns of the joined table of animals apart: the lab's own, and features with what they mean."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..named_tuple import NamedTuple
from ..tables.write_animals import FIRST
from ..tables.write_tables import LAB_MEANING


class Described(NamedTuple):
    """A feature, as the description of the tables has it."""

    name: str
    is_number: bool = True
    unit: str = ""
    meaning: str = ""


def describe_columns(
    package: Path, columns: Sequence[str], lab: Collection[str]
) -> tuple[tuple[str, ...], tuple[Described, ...]]:
    """Return the lab's columns and the features among ``columns``, by the description of the tables at ``package``.

    Where that cannot be read, columns with a name in ``lab`` are the lab's, and all others are numbers.
    """
    fields = _load_fields(package)
    ours = tuple(name for name in columns[len(FIRST) :] if _is_labs(name, fields, lab))
    features = [name for name in columns[len(FIRST) :] if name not in ours]
    return ours, tuple(_describe(name, fields.get(name, {})) for name in features)


def _is_labs(name: str, fields: Mapping[str, Mapping[str, Any]], lab: Collection[str]) -> bool:
    return fields[name].get("description") == LAB_MEANING if name in fields else name in lab


def _describe(name: str, field: Mapping[str, Any]) -> Described:
    unit, meaning = (str(field.get(key, "")) for key in ("unit", "description"))
    return Described(name, field.get("type", "number") != "string", unit, meaning)


def _load_fields(package: Path) -> dict[str, dict[str, Any]]:
    """Return the columns of the table of animals by name; empty where the description is none of ours."""
    try:
        resources = json.loads(package.read_bytes())["resources"]
        (animals,) = (one for one in resources if one["name"] == "animals")
        return {str(field["name"]): dict(field) for field in animals["schema"]["fields"]}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
