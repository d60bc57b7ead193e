"""Check that a result says what its own files are: a value in it must be the name, size, rows or digest of a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO

from ..named_tuple import NamedTuple
from ..text.counted import number_of
from .clause import Fault, Files, Option
from .regular_file import open_file
from .values import same, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENDS = 64 * 1024  # bytes at either end of a file, for equals_sha256_ends: head -c 65536, tail -c 65536
_BLOCK = 1024 * 1024
OWN_OPTIONS = (
    Option(
        "equals_name",
        "an input: the value must be its file's name, whatever folder stands before it",
        kinds=("input",),
    ),
    Option("equals_size", "an input or output: the value must be its file's size in bytes", kinds=("input", "output")),
    Option("equals_rows", "an output that is a CSV table: the value must be its number of rows", kinds=("output",)),
    Option(
        "equals_sha256",
        "an input or output: the value must be its file's SHA-256, as sha256sum prints it",
        kinds=("input", "output"),
    ),
    Option(
        "equals_sha256_ends",
        "an input or output: the value must be the SHA-256 of its file's first and last 64 KiB",
        kinds=("input", "output"),
    ),
)
OWN_OPTION_NAMES = tuple(option.name for option in OWN_OPTIONS)
# What goes beside them.
MORE_OPTIONS = (
    Option("column", "with equals_rows: only the different values of this column count, as frame"),
    Option(
        "optional",
        "nothing is wrong where there is no such key, as in the results of an older version",
        kinds=("flag",),
    ),
)


class Own(NamedTuple):
    """The files of an input or an output, which a value must describe."""

    name: str  # of the input or output
    paths: Sequence[str]
    size: int  # of all files together, in bytes
    depth: int  # so many bytes of a file may be read
    is_input: bool


def filled(options: Mapping[str, Any], files: Files) -> Mapping[str, Any]:
    """Return a clause's options with an Own for each input or output named in them; raises OSError where it is gone."""
    named = [name for name in OWN_OPTION_NAMES if name in options]
    return {**options, **{name: _own(name, options[name], files) for name in named}} if named else options


def _own(option: str, name: str, files: Files) -> Own:
    is_input = option != "equals_rows" and (name in files.inputs or name not in files.outputs)
    found = (files.inputs if is_input else files.outputs).get(name, ())
    paths = [os.path.join(files.root, path).rstrip("/") for path in sorted(found)]
    return Own(name, paths, sum(os.stat(path).st_size for path in paths), files.depth, is_input)


def differs_from_own(name: str, value: Any, options: Mapping[str, Any]) -> str:
    """Return how ``value`` differs from the files that the filled ``options`` hold, "" where it is as expected."""
    if own := options.get("equals_name"):
        return _name_differs(name, value, own)
    if own := options.get("equals_size"):
        return _size_differs(name, value, own)
    try:
        if own := options.get("equals_rows"):
            return _rows_differ(name, value, own, options)
        if own := options.get("equals_sha256"):
            return "" if own.size > own.depth else _digest_differs(name, value, own, _whole(own.paths))
        if own := options.get("equals_sha256_ends"):
            return _digest_differs(name, value, own, _ends(own.paths))
    except OSError as error:
        what = last_name(error.filename) or "a file of it"
        return f"{name} cannot be compared: {what} cannot be read: {error.strerror or error}"
    return ""


def find_stray(options: Mapping[str, Any]) -> str:
    """Return what is wrong with options that only go beside others, "" for nothing."""
    return '"column" needs "equals_rows": rows of what' if "column" in options and "equals_rows" not in options else ""


def _name_differs(name: str, value: Any, own: Own) -> str:
    names = [frozenset(map(os.path.basename, (path, os.path.realpath(path)))) for path in own.paths]  # a link has two
    values = [_named(v, names) for v in (value if isinstance(value, list) else [value])]
    if len(values) == len(names) and not any(each.isdisjoint(values) for each in names):
        return ""
    expected = ", ".join(shown(min(each)) for each in names[:3]) or "one"
    return f"{name} is {shown(value)}, expected {expected}: the name of its own {own.name}"


def _named(value: Any, names: Sequence[frozenset[str]]) -> str:
    """Return the name of the file that a path names: on Linux a name may hold a \\, which elsewhere ends a folder."""
    here = os.path.basename(value.rstrip("/")) if isinstance(value, str) else ""
    return here if any(here in each for each in names) else last_name(value)


def _size_differs(name: str, value: Any, own: Own) -> str:
    if same(value, own.size):
        return ""
    if own.is_input:
        return f"{name} is {shown(value)}, expected {own.size}: the size of its own {own.name} in bytes"
    return f"{_names(own)} has {number_of(own.size, 'bytes')}, {_recorded(value, name)}"


def _rows_differ(name: str, value: Any, own: Own, options: Mapping[str, Any]) -> str:
    from .table import Table  # 1 ms of each task's check; few trackers record rows

    if own.size > own.depth:
        return ""
    found, what, which = 0, "rows", ""
    for path in own.paths:
        try:
            with open_file(path) as file:
                table = Table(file, options)
                if column := options.get("column"):
                    what, which = "values", f" of {column}"
                    found += len(set(table.columns(column)))
                else:
                    found += table.count_rows()
        except Fault as fault:
            return f"{name} cannot be compared: {os.path.basename(path)} {fault}"
    has = f"{_names(own)} has {number_of(found, what)}{which}"
    return "" if same(value, found) else f"{has}, {_recorded(value, name)}"


def _recorded(value: Any, name: str) -> str:
    return f"{shown(value)} {'was' if type(value) is int and value == 1 else 'were'} recorded ({name})"


def _digest_differs(name: str, value: Any, own: Own, content: Iterator[bytes]) -> str:
    from hashlib import sha256  # 2 ms of each task's check; few trackers record digests

    digest = sha256()
    for block in content:
        digest.update(block)
    if isinstance(value, str) and value.lower() == digest.hexdigest():
        return ""
    return f"{_names(own)} is not the file that was recorded: its SHA-256 is not {name}"


def _whole(paths: Sequence[str]) -> Iterator[bytes]:
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while block := file.read(_BLOCK):
                yield block


def _ends(paths: Sequence[str]) -> Iterator[bytes]:
    for path in paths:
        with open(path, "rb") as file:
            yield file.read(ENDS)
            yield _tail(file)


def _tail(file: BinaryIO) -> bytes:
    file.seek(max(0, os.fstat(file.fileno()).st_size - ENDS))
    return file.read(ENDS)


def _names(own: Own) -> str:
    return ", ".join(os.path.basename(path) for path in own.paths[:3])


def last_name(value: Any) -> str:
    """Return the last name of a path of any system (/ or \\ between names); "" for a value that is no text."""
    return value.replace("\\", "/").rstrip("/").rpartition("/")[2] if isinstance(value, str) else ""
