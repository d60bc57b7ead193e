"""Describe the tables as a Data Package, so that programs know each column's type, unit and meaning.

Source: Data Package v1 (Frictionless), https://specs.frictionlessdata.io: tabular-data-package, table-schema,
csv-dialect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .definitions import Column

COMMENTED = ("filenames_summary", "features_summary")  # tables that may begin with lines of #


def describe_package(name: str, tables: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """Return the content of datapackage.json for these tables, each a CSV file of its name, with its columns."""
    resources = [_describe_table(table, columns) for table, columns in tables.items()]
    return {"profile": "data-package", "name": _name_of(name), "title": name, "resources": resources}


def _name_of(text: str) -> str:
    """Return a project's name in the letters that a package's name may have."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    return kept.strip("-") or "project"


def _describe_table(table: str, columns: Sequence[Column]) -> dict[str, Any]:
    dialect: dict[str, Any] = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True}
    if table in COMMENTED:
        dialect["commentChar"] = "#"
    return {
        "profile": "tabular-data-resource",
        "name": table,
        "path": f"{table}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dialect,
        "schema": {"fields": [_describe_column(column) for column in columns], "missingValues": [""], **_keys(table)},
    }


def _describe_column(column: Column) -> dict[str, str]:
    told = {"name": column.name, "type": column.type, "unit": column.unit, "description": column.meaning}
    return {key: text for key, text in {**told, "how": column.how}.items() if text}


def _keys(table: str) -> dict[str, Any]:
    if table == "parameters":
        return {"primaryKey": "parameters"}
    return {"primaryKey": ["table", "column"]} if table == "columns" else {}
