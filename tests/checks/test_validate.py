"""Clauses as people write them: which are refused, and how they are told."""

from __future__ import annotations

from typing import Any

import pytest
from remote_tracker.checks import KINDS, validate
from remote_tracker.checks.options import VALUES


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("exists", {}),
        ("exists", {"file": "*.h5"}),
        ("json", {"key": "a", "equals": None}),
        ("json", {"key": ["a", 1], "not_null": True}),
        ("json", {"key": "a", "equals_key": "b"}),
        ("json", {"key": "a", "equals_name": "video"}),
        ("hdf5", {"attribute": "a", "equals_size": "video"}),
        ("hdf5", {"attribute": "a", "at_least": 1, "optional": True}),
        ("hdf5", {"dataset": "a", "sparse": True}),
        ("json", {"key": "a", "at_least": 1}),
        ("json", {"key": "a", "equals_rows": "tracks", "column": "frame", "optional": True}),
        ("json", {"key": "a", "equals_sha256": "masked"}),
        ("json", {"key": "a", "equals_sha256_ends": "video"}),
        ("csv", {"encoding": "latin-1", "ragged": True}),
        ("csv", {"rows_by": "file_id", "rows_in": "files", "rows_column": "n", "optional": True}),
        ("csv", {"header": ["a"], "rows": 0, "comment": "#", "delimiter": "\t"}),
        ("hdf5", {}),
        ("hdf5", {"node": "/a", "attribute": "b", "equals": 1}),
        ("hdf5", {"dataset": "a", "rows": 3, "key": "b"}),
        ("frames", {"output": "info", "key": "frames", "tolerance": 2}),
        ("frames", {"output": "slp", "dataset": "frames"}),
        ("log", {"matches": "Done", "last": False}),
        ("command", {"prints": "ok"}),
    ],
)
def test_good_clauses(kind: str, options: dict[str, Any]) -> None:
    """Each way to write a clause that the help names is taken."""
    assert validate(kind, "subject", options) == ""


@pytest.mark.parametrize(
    ("kind", "subject", "options", "message"),
    [
        ("jsn", "a", {}, 'unknown check "jsn". Did you mean json? Known: command, csv, exists'),
        (
            "json",
            "a",
            {"kye": "x"},
            'unknown option of json "kye". Did you mean key? Known: at_least, column, equals, equals_key, equals_name,',
        ),
        ("json", "a", {"equals": 1}, '"key" is missing: the key, with dots'),
        ("json", "a", {"key": "x"}, "say exactly one of equals, equals_key, at_least, equals_name, equals_size, "),
        ("json", "a", {"key": "x", "equals": 1, "not_null": True}, "say exactly one of"),
        ("json", "a", {"key": "x", "not_null": False}, '"not_null" must be true (or leave it out), not False'),
        ("json", "a", {"key": 7, "equals": 1}, '"key" must be a key, or a list of names, not 7'),
        ("json", "a", {"key": [], "equals": 1}, '"key" must be a key, or a list of names, not []'),
        ("json", "a", {"key": "x", "equals": {1}}, '"equals" must be text, a number'),
        ("json", "", {"key": "x", "equals": 1}, '"json" must be the name of an output'),
        ("json", ["a"], {"key": "x", "equals": 1}, '"json" must be the name of an output'),
        ("frames", None, {}, '"frames" must be the name of an input'),
        ("csv", "a", {"rows": True}, '"rows" must be a whole number, 0 or more, not True'),
        ("csv", "a", {"rows": -1}, '"rows" must be a whole number'),
        ("csv", "a", {"header": "frame"}, "\"header\" must be a list of names, not 'frame'"),
        ("csv", "a", {"delimiter": ", "}, '"delimiter" must be one character'),
        ("csv", "a", {"encoding": "utf-16"}, '"encoding" must be one that Python knows'),
        ("csv", "a", {"encoding": "latin-one"}, '"encoding" must be one that Python knows'),
        ("csv", "a", {"rows_by": "id"}, '"rows_by" needs rows_in and rows_column beside it'),
        ("csv", "a", {"optional": True}, '"optional" needs rows_in'),
        ("json", "a", {"key": "x", "at_least": "1"}, '"at_least" must be a whole number, 0 or more'),
        ("json", "a", {"key": "x", "equals": 1, "column": "frame"}, '"column" needs "equals_rows": rows of what'),
        ("json", "a", {"key": "x", "equals_size": 5}, '"equals_size" must be the name of an input or the name of an'),
        ("hdf5", "a", {"attribute": "x", "at_least": 1, "equals": 1}, 'say "equals" or "at_least", not both'),
        ("hdf5", "a", {"rows": 1}, '"rows" needs "dataset"'),
        ("hdf5", "a", {"key": "x"}, '"key" needs "attribute" or "dataset"'),
        ("hdf5", "a", {"node": "x", "equals": 1}, '"equals" needs "attribute" or "key": the value of what'),
        ("hdf5", "a", {"attribute": "x", "equals": 1, "not_null": True}, 'say "equals" or "not_null", not both'),
        ("hdf5", "a", {"attribute": "x", "equals_name": "v", "equals_size": "v"}, 'say "equals_name" or "equals_size"'),
        ("hdf5", "a", {"equals_size": "v"}, '"equals_size" needs "attribute" or "key"'),
        ("json", "a", {"key": "x", "equals_name": ["v"]}, '"equals_name" must be the name of an input'),
        ("hdf5", "a", {"node": "x", "dataset": "y"}, '"node" or "dataset", not both'),
        ("log", "a", {}, '"matches" is missing'),
        ("log", "a", {"matches": "("}, '"matches" is no regular expression: missing )'),
        ("log", "a", {"matches": "a", "last": "yes"}, "\"last\" must be true or false, not 'yes'"),
        ("frames", "a", {"output": "b"}, "say exactly one of key, dataset, column, rows"),
        ("frames", "a", {"key": "b"}, '"output" is missing'),
        ("command", " ", {}, "it has no line"),
    ],
)
def test_bad_clauses_are_told(kind: str, subject: Any, options: dict[str, Any], message: str) -> None:
    """A wrong option, value or combination is one sentence that names it and says what would be right."""
    told = validate(kind, subject, options)
    assert told.startswith(message)
    assert "\n" not in told


def test_every_kind_is_declared_in_full() -> None:
    """Each kind and option has a one-line help, a known cost and values; no option is called as a kind is."""
    for name, kind in KINDS.items():
        assert kind.name == name
        assert kind.cost in {"quick", "deep", "node"}
        assert kind.subject in {"output", "input", "command"}
        for text in (kind.help, *(option.help for option in kind.options)):
            assert 10 < len(text) < 120, text
            assert "\n" not in text
        for option in kind.options:
            assert option.name not in KINDS
            assert set(option.kinds) <= set(VALUES)
