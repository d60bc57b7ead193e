"""The sealed file of a batch that is over: all its records in one derived file, so that its history costs nothing.

The file may be deleted at any time. A file of another form is made anew, from the logs. Of a batch that only notes what
results hold (Batch.is_note) there are no logs: its sealed file is the only copy.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from sys import intern

from ..model import CAUSE_OF, Cause, Record
from ..named_tuple import NamedTuple
from . import old_forms

SEALED = "records.tsv"
# The columns; a name, in the last column, may hold tabs.
FIELDS = (
    "result, task, inputs, params, version, exit, program, seconds, host, job, ended, cause, activate, at, why, name"
)
FORMS = (FIELDS, *old_forms.FIELDS)


NO_MAKERS = (Cause.ALREADY_FINISHED, Cause.ACCEPTED, Cause.NOTED, Cause.MOVED)


class Made(NamedTuple):
    """What results were made with: the fingerprint of parameters and models, and the tracker's version."""

    params: str
    version: str


class SealedHead(NamedTuple):
    """What the first two lines of a sealed file say."""

    failed: int  # how many tasks did not finish
    finished: int  # how many tasks finished
    made: tuple[Made, ...]  # what the results of the finished tasks were made with
    fields: str = FIELDS  # the columns of the other lines: an element of FORMS


class Sealed(NamedTuple):
    """A sealed file, read as far as the records of the tasks that did not finish."""

    path: str
    head: SealedHead
    failures: list[Record]  # the records of the tasks that did not finish
    lines: tuple[str, ...] = ()  # the lines of the file that were read
    names: bytes | None = None  # of the units that finished, a line each; None: they are read from the file


def is_maker(record: Record) -> bool:
    """Return whether a task that finished made its result: a task that found the result there made nothing.

    Nor did a person or a program that only noted what the result holds.
    """
    return record.cause not in NO_MAKERS


def made_in(records: Iterable[Record]) -> tuple[Made, ...]:
    """Return what the results of these records were made with; a task that found its result there made nothing."""
    return tuple(sorted({Made(r.params, r.version) for r in records if r.result == "finished" and is_maker(r)}))


def render_sealed(records: Iterable[Record]) -> str:
    """Return the text of a sealed file: its head, then a line for each task, tasks that did not finish first."""
    records = list(records)
    lines = sorted([(r.result == "finished", _line(r)) for r in records], key=lambda line: line[0])
    finished = sum(done for done, _ in lines)
    made = "\t".join(["made with", *map(" ".join, made_in(records))])
    head = f"{len(lines) - finished} did not finish, {finished} did: {FIELDS}"
    return "\n".join([head, made, *[line for _, line in lines], ""])


def _line(r: Record) -> str:
    codes = ("" if code is None else str(code) for code in (r.exit, r.program))
    told = (r.result, str(r.task), r.inputs, r.params, r.version, *codes, str(r.seconds), r.host, r.job, r.ended)
    return "\t".join([*told, r.cause.value if r.cause else "", r.activate, r.at, r.why.replace("\t", " "), r.unit])


def _read_line(line: str, batch: str, fields: str) -> Record:
    told = line.rstrip("\n").split("\t", fields.count(", "))
    result, task, inputs, params, version, code, program, seconds, host, job, ended, *words, why, unit = told
    result, params, version, host, job = map(intern, (result, params, version, host, job))  # of many tasks the same
    cause = CAUSE_OF.get(words[0]) if words else old_forms.find_old_cause(result, why)
    activate, at = map(intern, [*words[1:], "", ""][:2])
    exits = [int(word) if word else None for word in (code, program)]
    made = (params, exits[0], int(seconds), result, why, version, ended, exits[1], cause)
    inputs = inputs.replace(",", "")  # once with a locale's comma
    return Record(unit, batch, int(task), host, 0, job, inputs, *made, activate=activate, at=at)


def _batch_of(path: str | Path) -> str:
    return os.path.basename(os.path.dirname(path))


def _split_first(line: str) -> tuple[str, str]:
    counts, _, fields = line.rstrip("\n").partition(": ")
    return counts, fields


@lru_cache(maxsize=256)  # of thousands of batches most begin with the same words
def _read_head(first: str, second: str) -> SealedHead:
    """Return the head that the first two lines tell; raises ValueError where they have another form."""
    counts, fields = _split_first(first)
    if fields not in FORMS or not second.startswith("made with"):
        raise ValueError("another form")
    failed, finished = (int(word) for word in counts.split(" ") if word.isdecimal())
    made = [pair.partition(" ") for pair in second.rstrip("\n").split("\t")[1:]]
    return SealedHead(failed, finished, tuple(Made(params, version) for params, _, version in made), fields)


def open_sealed(path: str | Path) -> Sealed | None:
    """Return a sealed file with the records of tasks that did not finish; None for no file, or one in another form."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            first, second = file.readline(), file.readline()
            head = _read_head(first, second)
            return read_sealed(str(path), (first, second, *islice(file, head.failed)))
    except (OSError, ValueError):
        return None


def read_sealed(path: str, lines: tuple[str, ...], names: bytes | None = None) -> Sealed:
    """Return what the first lines of the sealed file at ``path`` say: its head, and what did not finish.

    ``names`` name the units that finished, a line each, where that is known. Raises ValueError where the lines have
    another form.
    """
    head = _read_head(lines[0], lines[1])
    if len(lines) != 2 + head.failed:
        raise ValueError("cut short")
    failures = [_read_line(line, _batch_of(path), head.fields) for line in lines[2:]] if head.failed else []
    return Sealed(path, head, failures, lines, names)


def is_sealed(path: Path) -> bool:
    """Return whether there is a sealed file, of a form that can be read."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            return _split_first(file.readline())[1] in FORMS
    except OSError:
        return False


def load_sealed(path: str | Path) -> list[Record]:
    """Return all records of a sealed file."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        _, fields = _split_first(file.readline())
        return [_read_line(line, _batch_of(path), fields) for line in islice(file, 1, None)]


def load_some_finished(path: Path, most: int) -> list[Record] | None:
    """Return the records of at most ``most`` tasks that finished; None for no sealed file, or one in another form."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            head = _read_head(file.readline(), file.readline())
            if len([*islice(file, head.failed)]) < head.failed:
                return None  # it was cut short
            return [_read_line(line, _batch_of(path), head.fields) for line in islice(file, most)]
    except (OSError, ValueError):
        return None


def load_finished(path: Path, names: Container[str]) -> dict[int, Record]:
    """Return, by task, the records of a sealed file's tasks that finished, for the units in ``names``.

    The mapping is empty where there is no sealed file, or one in another form.
    """
    sealed = open_sealed(path)
    if sealed is None:
        return {}
    last = sealed.head.fields.count(", ")
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        finished = islice(file, 2 + sealed.head.failed, None)
        lines = [line for line in finished if line[:-1].split("\t", last)[-1] in names]
    records = (_read_line(line, _batch_of(path), sealed.head.fields) for line in lines)
    return {record.task: record for record in records}


def names_in(lines: bytes) -> list[str]:
    """Return the names of units that stand in a line each."""
    return lines.decode("utf-8", "surrogateescape").split("\n")[:-1]


def load_finished_names(sealed: Sealed) -> list[str]:
    """Return the names of the units that finished; needs a fraction of the time of ``load_sealed``."""
    if sealed.names is not None:
        return names_in(sealed.names)
    last = sealed.head.fields.count(", ")
    with open(sealed.path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        return [line[:-1].split("\t", last)[-1] for line in islice(file, 2 + sealed.head.failed, None)]
