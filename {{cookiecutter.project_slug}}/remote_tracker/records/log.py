"""Read what tasks wrote about themselves: the first and last line of each log.

A task that runs again appends to its log: the last ``# start`` line and the lines behind it count.

The token of a start line, ``<place>-<random>``, names the byte of the log at which the line begins, and the end line
repeats it. A start at another place, or an end with another token, was printed by the tracker and is not believed. The
logs of batches that were listed before there were tokens hold none at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ..model import CAUSE_OF, Cause, Record
from ..named_tuple import NamedTuple
from ..schedulers.accounting import ENDED
from ..schedulers.endings import without_report
from .causes import WORDS, describe_signal, find_cause, lacked_memory, names_memory
from .old_forms import find_old_cause

TAIL_BYTES, HEAD_BYTES = 64 * 1024, 32 * 1024
NOTE = "begin"  # begin.<n>: where the last start in output.<n> stands, as run_task.sh notes it behind the first 16 KiB
BLOCK = 1024 * 1024  # a log of an older version is searched for its last start in blocks of so many bytes
LINE = 16 * 1024  # longer than any first line
SIGNALLED = 128  # bash: 128 + n where signal n ended a program
_FIELD = re.compile(r"(\w+)=(\S*)")
_MARK = "# start "
_START = re.compile(  # a whole line, so that neither a name nor what a program prints is taken for a start
    r"# start \d{4}-\S+ host=(?P<host>\S*) pid=(?P<pid>\d{1,18}) job=(?P<job>\S*) batch=\S* task=\d+"
    r"(?: told=(?P<told>\d+))?(?: token=(?P<token>(?P<place>\d*)-\S*))?"
    r" params=(?P<params>\S*) (?P<marks>[^\n]*?) ?unit=(?P<unit>[^\n]*)\n",
)
_END = re.compile(  # an end may stand behind what a program printed without a line break
    r"# end (?P<at>\d{4}-\S+)(?: token=(?P<token>\S+))? exit=(?P<exit>\d{1,18})"
    r"(?: program=(?P<program>\d{1,18}))? seconds=(?P<seconds>-?\d{1,18})"
    r"(?: version=(?P<version>\S*))? result=(?P<result>\w+)(?: cause=(?P<cause>[\w-]+))? why=(?P<why>[^\n]*)"
)


class _Run(NamedTuple):
    """What a log holds from its last start on."""

    text: str  # "" where there is no start
    place: int  # the byte of the log at which the text begins
    told: str  # the task in whose log the scheduler speaks, "" for this log


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
    starts = _find_starts(text, place)
    if not starts:
        return None
    start = starts[-1]
    rest = text[start.end() :]
    ends = [end for end in _END.finditer(rest) if end["token"] == start["token"]]
    end = ends[-1] if ends else None
    code = int(end["exit"]) if end else None
    ended = _read_end(end) if end else _End("", _last_word(without_report(rest)))
    ended = _judge_end(ended, code, rest, shared)
    marks = dict(_FIELD.findall(start["marks"]))
    return Record(
        unit=start["unit"],
        batch=batch,
        task=task,
        host=start["host"],
        pid=int(start["pid"]),
        job=start["job"],
        inputs=_mark(marks),
        params=start["params"],
        exit=code,
        seconds=max(0, int(end["seconds"])) if end else 0,
        result=ended.result,
        why=ended.why,
        version=end["version"] or "" if end else "",
        program=int(end["program"]) if end and end["program"] else None,
        cause=ended.cause,
        began=marks.get("began", ""),
        activate=marks.get("activate", ""),
        at=end["at"] if end else "",
    )


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
    signal = (code or 0) - SIGNALLED if own.result == "failed" and not own.cause else 0
    return own._replace(why=describe_signal(signal, own.why) or own.why)


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


def load_record(log: Path, batch: str, task: int, heard: dict[str, str] | None = None) -> Record | None:
    """Return the record of the last run in a log file, None where there is none.

    Reads the file's end, and where the run's start is not in it the few thousand bytes that hold it. ``heard`` keeps
    the texts in which the scheduler speaks of several tasks, by their first task, for the next call on the batch.
    """
    run, heard = _load_last_run(log), {} if heard is None else heard
    if run.told and run.told not in heard:
        heard[run.told] = _load_last_run(log.with_suffix(f".{run.told}")).text
    return read_record(run.text, batch, task, heard.get(run.told), run.place)


def _load_last_run(log: Path) -> _Run:
    try:
        with open(log, "rb") as file:
            place = max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES)
            text = _read_at(file, place, TAIL_BYTES)
            head = _find_starts(_read_at(file, 0, HEAD_BYTES)) if place else []
            old = not (head and head[0]["token"])
            if starts := _find_starts(text, place, old):
                start = starts[-1]
                return _Run(text[start.start() :], _place_of(start, place), start["told"] or "")
            if place and (far := _find_far_start(file, log, place, head)):
                start, place = far
                return _Run(start.group() + text, place, start["told"] or "")
    except OSError:
        pass
    return _Run("", 0, "")


def _read_at(file: BinaryIO, begin: int, size: int) -> str:
    file.seek(begin)
    return file.read(size).decode("utf-8", "surrogateescape")


def _place_of(start: re.Match[str], place: int) -> int:
    """Return the byte of the log at which a start stands that was found in text from the byte ``place`` on."""
    return place + len(start.string[: start.start()].encode("utf-8", "surrogateescape"))


def _find_starts(text: str, place: int = 0, old: bool = True) -> list[re.Match[str]]:
    """Return the start lines, of at most LINE characters each, in text that begins at the byte ``place`` of a log.

    With ``old``, lines without a token are starts as long as no line with a token stands before them.
    """
    found: list[re.Match[str]] = []
    at = text.find(_MARK)
    while at >= 0 and (end := text.find("\n", at) + 1):
        begins = at == 0 or text[at - 1] == "\n"
        if begins and end - at <= LINE and (start := _START.fullmatch(text, at, end)):
            if start["token"]:
                is_start = start["place"] in ("", str(_place_of(start, place)))
            else:
                is_start = old and not (found and found[-1]["token"])
            found += [start] if is_start else []
        at = text.find(_MARK, end)
    return found


def load_last_run(log: Path) -> str:
    """Return what a log holds since its last start, without LSF's report.

    A long log gives its start line and its end; a log that is missing or has no start gives "".
    """
    return without_report(_load_last_run(log).text)


def _find_far_start(
    file: BinaryIO, log: Path, end: int, head: Sequence[re.Match[str]]
) -> tuple[re.Match[str], int] | None:
    """Return the last start line that begins before the byte ``end``, and its own byte; None where there is none.

    ``head`` holds the starts in the log's head. Where the first says when its process began, run_task.sh notes where
    each later start stands that is not near it: nothing between is read. Older versions noted nothing: their logs are
    read backwards.
    """
    place, starts, old = 0, head, not (head and head[0]["token"])
    if starts and "began=" in starts[0]["marks"]:
        noted = _read_note(log)
        if noted:
            place = noted
            starts = _find_starts(_read_at(file, place, HEAD_BYTES), place, old)
        if starts and noted is not None:
            return starts[-1], _place_of(starts[-1], place)
    return _search_back(file, end, old)


def _read_note(log: Path) -> int | None:
    """Return where the last start in a log stands, in bytes, as noted: 0 near its head, None for a spoilt note."""
    try:
        noted = log.with_name(f"{NOTE}{log.suffix}").read_text("utf-8", "replace").strip()
    except FileNotFoundError:
        return 0
    return int(noted) if re.fullmatch("[1-9][0-9]{0,17}", noted) else None


def _search_back(file: BinaryIO, end: int, old: bool) -> tuple[re.Match[str], int] | None:
    while end > 0:
        begin = max(0, end - BLOCK)
        starts = _find_starts(_read_at(file, begin, end - begin + LINE), begin, old)
        if starts:
            return starts[-1], _place_of(starts[-1], begin)
        end = begin
    return None
