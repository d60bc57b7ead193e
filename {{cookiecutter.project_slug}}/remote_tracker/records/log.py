"""Read what tasks wrote about themselves: the first and last line of each log.

A task that runs again appends to its log: the last ``# start`` line and the lines behind it count.

The token of a start line, ``<place>-<random>``, names the byte of the log at which the line begins, and the end line
repeats it. A start at another place, or an end with another token, was printed by the tracker and is not believed. The
logs of batches that were listed before there were tokens hold none at all.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..model import CAUSE_OF, Cause, Record
from ..schedulers.accounting import ENDED
from ..schedulers.endings import without_report
from .causes import WORDS, find_cause, lacked_memory, names_memory
from .old_forms import find_old_cause

TAIL_BYTES = 64 * 1024
BLOCK = 1024 * 1024  # a log whose last start is not in its tail is searched in blocks of so many bytes
LINE = 16 * 1024  # longer than any first line
SIGNALLED = 128  # bash: 128 + n where signal n ended a program
_FIELD = re.compile(r"(\w+)=(\S*)")
_START = re.compile(  # whole lines, so that neither a name nor what a program prints is taken for a start
    r"^# start \d{4}-\S+ host=(?P<host>\S*) pid=(?P<pid>\d+) job=(?P<job>\S*) batch=\S* task=\d+"
    r"(?: told=(?P<told>\d+))?(?: token=(?P<token>(?P<place>\d*)-\S*))?"
    r" params=(?P<params>\S*) (?P<marks>[^\n]*?) ?unit=(?P<unit>[^\n]*)\n",
    re.MULTILINE,
)
_END = re.compile(  # an end may stand behind what a program printed without a line break
    r"# end \d{4}-\S+(?: token=(?P<token>\S+))? exit=(?P<exit>\d+)"
    r"(?: program=(?P<program>\d+))? seconds=(?P<seconds>-?\d+)"
    r"(?: version=(?P<version>\S*))? result=(?P<result>\w+)(?: cause=(?P<cause>[\w-]+))? why=(?P<why>[^\n]*)"
)


class _Run(NamedTuple):
    """What a log holds from its last start on."""

    text: str  # "" where there is no start
    place: int  # the byte of the log at which the text begins
    told: str  # the task in whose log the scheduler speaks, "" for this log


NO_RUN = _Run("", 0, "")


class _End(NamedTuple):
    """How a task ended."""

    result: str  # finished, failed, bad or cancelled; "" where the log has no end
    why: str  # the reason in words, for people
    cause: Cause | None = None  # the reason as a value, where it is known


def read_record(text: str, batch: str, task: int, shared: str | None = None, place: int = 0) -> Record | None:
    """Return the record of the last run in a log's text, None where no task started there.

    The text begins at the byte ``place`` of the log. ``shared`` is the text in which the scheduler speaks of all tasks
    of a job, where it is not in this log. It counts for a task that a signal ended or that wrote no end.
    """
    start = _find_last_start(text, place)
    if not start:
        return None
    rest = text[start.end() :]
    ends = [end for end in _END.finditer(rest) if end["token"] == start["token"]]
    end = ends[-1] if ends else None
    code = int(end["exit"]) if end else None
    ended = _read_end(end) if end else _End("", _last_word(without_report(rest)))
    ended = _judge_end(ended, code, rest, shared)
    return Record(
        unit=start["unit"],
        batch=batch,
        task=task,
        host=start["host"],
        pid=int(start["pid"]),
        job=start["job"],
        inputs=_mark(dict(_FIELD.findall(start["marks"]))),
        params=start["params"],
        exit=code,
        seconds=max(0, int(end["seconds"])) if end else 0,
        result=ended.result,
        why=ended.why,
        version=end["version"] or "" if end else "",
        program=int(end["program"]) if end and end["program"] else None,
        cause=ended.cause,
    )


def _find_last_start(text: str, place: int, old: bool = True) -> re.Match[str] | None:
    """Return the last start line in text that begins at the byte ``place``; None where there is none.

    With ``old``, lines without a token are starts as long as no line with a token stands before them.
    """
    last, index = None, 0
    for start in _START.finditer(text):
        place, index = place + _count_bytes(text[index : start.start()]), start.start()
        is_there = start["place"] in ("", str(place))  # "": /proc was hidden from the task
        if is_there if start["token"] else old and not (last and last["token"]):
            last = start
    return last


def _count_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _read_end(end: re.Match[str]) -> _End:
    """Return how a task ended, by the last line that the task wrote."""
    result, why = end["result"], end["why"]
    return _End(result, why, CAUSE_OF.get(end["cause"]) if end["cause"] else find_old_cause(result, why))


def _judge_end(own: _End, code: int | None, rest: str, shared: str | None) -> _End:
    """Return how a task ended: by what the scheduler says in the log, else by the task's ``own`` last line."""
    cause, counts = find_cause(rest if shared is None else shared)
    if not cause and shared is not None:
        cause, counts = find_cause(rest)  # what run_task.sh itself heard stands in the task's own log
    if cause and own.result != "finished" and (shared is None or code is None or code > SIGNALLED):
        return _End("failed" if counts else "cancelled", WORDS[cause], cause)
    if own.result == "failed" and lacked_memory(own.why):
        return own._replace(why=WORDS[Cause.OUT_OF_MEMORY], cause=Cause.OUT_OF_MEMORY)
    if own.result == "failed" and names_memory(own.why):
        return own._replace(cause=Cause.OUT_OF_MEMORY)
    return own


def reconcile(record: Record, ended: str) -> Record:
    """Return the record with ``ended``, the word of the scheduler's accounting on how the job ended.

    The word is believed where the task wrote no end, or where a signal ended it: the log does not say whose signal.
    """
    signalled = record.result == "cancelled" or (record.exit or 0) > SIGNALLED
    cause, counts = ENDED.get(ended, (None, False))
    if cause and (not record.result or (signalled and counts and record.result != "finished")):
        record = record._replace(result="failed" if counts else "cancelled", why=WORDS[cause], cause=cause)
    return record._replace(ended=ended)


def _mark(fields: dict[str, str]) -> str:
    """Return the inputs' fingerprint as model.fingerprint_inputs makes it, from the fields of a start line.

    Tasks once wrote the decimal sign of their locale; tasks of a batch that was listed then still do.
    """
    if "sum" in fields:
        return f"{fields.get('files', '')} {fields['sum']}"
    return f"{fields.get('size', '')} {re.sub('[.,]', '', fields.get('mtime', ''))}".strip()


def _last_word(text: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]", text) if line.strip() and not line.startswith("# ")]
    return lines[-1][:200] if lines else ""


def load_record(log: Path, batch: str, task: int) -> Record | None:
    """Return the record of the last run in a log file, None where there is none.

    Reads the file's end, and more where the run's start is not in it.
    """
    run = _load_last_run(log)
    shared = _load_last_run(log.with_suffix(f".{run.told}")).text if run.told else None
    return read_record(run.text, batch, task, shared, run.place)


def _load_last_run(log: Path) -> _Run:
    try:
        with open(log, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            place = max(0, size - TAIL_BYTES)
            old = not place or _is_old(_read_text(file, 0, TAIL_BYTES))
            text = _read_text(file, place, TAIL_BYTES)
            start = _find_last_start(text, place, old)
            if start:
                before = text[: start.start()]
                return _Run(text[start.start() :], place + _count_bytes(before), start["told"] or "")
            start, place = _search_back(file, place, old)
            return _Run(start.group() + text, place, start["told"] or "") if start else NO_RUN
    except OSError:
        return NO_RUN


def _read_text(file: BinaryIO, place: int, length: int) -> str:
    file.seek(place)
    return file.read(length).decode("utf-8", "surrogateescape")


def _is_old(head: str) -> bool:
    """Return whether a log whose text begins so is one without tokens."""
    first = _START.search(head)
    return not (first and first["token"])


def load_last_run(log: Path) -> str:
    """Return what a log holds since its last start, without LSF's report.

    A long log gives its start line and its end; a log that is missing or has no start gives "".
    """
    return without_report(_load_last_run(log).text)


def _search_back(file: BinaryIO, end: int, old: bool) -> tuple[re.Match[str] | None, int]:
    """Return the last start line that begins before the byte ``end``, and its own byte; reads backwards."""
    while end > 0:
        begin = max(0, end - BLOCK)
        text = _read_text(file, begin, end - begin + LINE)
        if start := _find_last_start(text, begin, old):
            return start, begin + _count_bytes(text[: start.start()])
        end = begin
    return None, 0
