"""log: a line of a log matches; in the task's own log only the lines of the last attempt count."""

from __future__ import annotations

import os
import re
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from ...errors import NO_PATTERN
from ..clause import Files, Kind, Option
from ..places import describe_place, examine_outputs
from ..regular_file import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..clause import Clause

_LONGEST_LINE = 16 * 1024  # a longer line is looked at in pieces: a pattern's time may grow with its square
# run_task.sh begins each attempt with this line; all its own lines begin with "# ". The token names the byte at which
# the line stands: what a program prints of a log is no start (records/log.py).
_START = re.compile(rb"# start (?:.* task=\d+(?: told=\d+)? token=(?P<place>\d*)-\S* params=)?")


def _examine(check: Clause, files: Files) -> str:
    if check.subject == "log" and "log" not in files.outputs:
        if not files.log:
            return "log: the task's log is not at hand"
        path = os.fspath(files.log)
        return describe_place(path, _judge_own, os.path.join(files.root, path), check.options)
    return examine_outputs(check, files, _judge)


def _judge(path: str, options: Mapping[str, Any]) -> str:
    with _open_text(path) as file:
        return _differs(_lines(file), options)


def _judge_own(path: str, options: Mapping[str, Any]) -> str:
    with _open_text(path) as file:
        start = _last_start(file)
        file.seek(start)
        return _differs((line for line in _lines(file) if not line.startswith("# ")), options)


def _last_start(file: TextIO) -> int:
    start = place = 0
    begins = old = True  # old: no start with a token stands before
    while line := file.buffer.readline(_LONGEST_LINE):
        found = _START.match(line) if begins else None
        if found and (old if found["place"] is None else found["place"] in (b"", b"%d" % place)):
            start, old = place, found["place"] is None
        begins = line.endswith(b"\n")
        place += len(line)
    return start


def _differs(lines: Iterator[str], options: Mapping[str, Any]) -> str:
    wanted, last = re.compile(options["matches"]), ""
    for line in lines:
        if not line.strip():
            continue
        last = line.strip()
        if not options.get("last") and wanted.search(last):
            return ""
    if options.get("last"):
        matches = wanted.search(last)
        return "" if matches else f'its last line is "{last[:120]}", expected one that matches "{wanted.pattern}"'
    return f'no line matches "{wanted.pattern}"; the last is "{last[:120]}"'


def _lines(file: TextIO) -> Iterator[str]:
    while line := file.readline(_LONGEST_LINE):
        yield line.rstrip("\n")


def _open_text(path: str) -> TextIO:
    return TextIOWrapper(open_file(path), encoding="utf-8", errors="replace")  # \r of a progress bar ends a line too


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    try:
        re.compile(options["matches"])
    except NO_PATTERN as error:
        return f'"matches" is no regular expression: {error}'
    return ""


KIND = Kind(
    "log",
    "node",
    "output",
    "a line matches, in the output of this name or, for log, in what the task itself printed",
    (
        Option("matches", "a regular expression that must be found in a line", True),
        Option("last", "it must be found in the last line that is not blank", kinds=("flag",)),
    ),
    _examine,
    _refuse,
)
