"""What tasks wrote of themselves: the first and last line of each log, and the sealed form of a whole batch.

A log is appended to when its task runs again: its last ``# start`` and what follows is what counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import BinaryIO

from .causes import OUT_OF_MEMORY, find_cause, lacked_memory, without_report
from .model import Record

SEALED = "records.tsv"
TAIL = 64 * 1024
BLOCK = 1024 * 1024  # of a log whose last start is not in its tail
LINE = 16 * 1024  # longer than any first line
SIGNALLED = 128  # bash: 128 + n where signal n ended a program
_FIELD = re.compile(r"(\w+)=(\S*)")
_START = re.compile(  # whole lines, so that neither a name nor what a program prints is taken for one
    r"^# start \d{4}-\S+ host=(?P<host>\S*) pid=(?P<pid>\d+) job=(?P<job>\S*) batch=\S* task=\d+"
    r"(?: told=(?P<told>\d+))? params=(?P<params>\S*) (?P<marks>[^\n]*?) ?unit=(?P<unit>[^\n]*)\n",
    re.MULTILINE,
)
_END = re.compile(  # behind what a program printed without a line break, too
    r"# end \d{4}-\S+ exit=(?P<exit>\d+) seconds=(?P<seconds>\d+) result=(?P<result>\w+) why=(?P<why>[^\n]*)"
)


def read_record(text: str, batch: str, task: int, shared: str | None = None) -> Record | None:
    """Return the record that a log's text holds, None where no task started there.

    ``shared`` is what the scheduler told of several tasks of one job: it is believed of what a signal ended.
    """
    starts = list(_START.finditer(text))
    if not starts:
        return None
    start = starts[-1]
    rest = text[start.end() :]
    ends = list(_END.finditer(rest))
    end = ends[-1] if ends else None
    result, why = (end["result"], end["why"]) if end else ("", _last_word(without_report(rest)))
    code = int(end["exit"]) if end else None
    cause, counts = find_cause(rest if shared is None else shared)
    if not cause and shared is not None:
        cause, counts = find_cause(rest)  # what run_task.sh itself heard stands in the task's own log
    if cause and result != "finished" and (shared is None or code is None or code > SIGNALLED):
        result, why = ("failed" if counts else "cancelled"), cause
    elif result == "failed" and lacked_memory(why):
        why = OUT_OF_MEMORY
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
        seconds=int(end["seconds"]) if end else 0,
        result=result,
        why=why,
    )


def _mark(fields: dict[str, str]) -> str:
    """Return the inputs' fingerprint as model.mark_of gives it."""
    if "sum" in fields:
        return f"{fields.get('files', '')} {fields['sum']}"
    return f"{fields.get('size', '')} {fields.get('mtime', '').replace('.', '')}".strip()


def _last_word(text: str) -> str:
    lines = [line.strip() for line in re.split(r"[\r\n]", text) if line.strip() and not line.startswith("# ")]
    return lines[-1][:200] if lines else ""


def load_record(log: Path, batch: str, task: int) -> Record | None:
    """Return the record of one log file, None where there is none; reads the end, more where it must."""
    text, told = _load_last_run(log)
    shared = _load_last_run(log.with_name(f"output.{told}"))[0] if told else None
    return read_record(text, batch, task, shared)


def _load_last_run(log: Path) -> tuple[str, str]:
    """Return what a log holds since its last start, and the task in whose log the scheduler speaks of it, if any."""
    try:
        with open(log, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode("utf-8", "surrogateescape")
            if size > TAIL and not _START.search(text):
                text = _find_start(file, size - TAIL) + text
    except OSError:
        return "", ""
    starts = list(_START.finditer(text))[-1:]
    return (text[starts[0].start() :], starts[0]["told"] or "") if starts else ("", "")


def load_last_run(log: Path) -> str:
    """Return what a log holds since its last start, without LSF's report; of a long one the end, empty for none."""
    return without_report(_load_last_run(log)[0])


def _find_start(file: BinaryIO, end: int) -> str:
    """Return the last start line that begins before ``end``, looked for backwards; empty where there is none."""
    while end > 0:
        begin = max(0, end - BLOCK)
        file.seek(begin)
        starts = list(_START.finditer(file.read(end - begin + LINE).decode("utf-8", "surrogateescape")))
        if starts:
            return starts[-1].group()
        end = begin
    return ""


def load_logs(folder: Path) -> list[Record]:
    """Return the records that a batch's logs hold, by task."""
    logs = ((int(name[7:]), name) for name in os.listdir(folder) if name.startswith("output.") and name[7:].isdecimal())
    found = (load_record(folder / name, folder.name, task) for task, name in sorted(logs))
    return [record for record in found if record is not None]


def render_sealed(records: Iterable[Record]) -> str:
    """Return the text of a sealed file: a line a task, what did not finish first, and how many those are.

    The name stands last in its line because it may hold tabs.
    """
    lines = sorted(map(_sealed_line, records), key=lambda line: line.startswith("finished\t"))
    count = sum(not line.startswith("finished\t") for line in lines)
    return "\n".join(
        [f"{count} did not finish: result, task, inputs, params, exit, seconds, host, job, why, name", *lines, ""]
    )


def _sealed_line(r: Record) -> str:
    code = "" if r.exit is None else r.exit
    why = r.why.replace("\t", " ")
    return f"{r.result}\t{r.task}\t{r.inputs}\t{r.params}\t{code}\t{r.seconds}\t{r.host}\t{r.job}\t{why}\t{r.unit}"


def _read_sealed_line(line: str, batch: str) -> Record:
    result, task, inputs, params, code, seconds, host, job, why, unit = line.rstrip("\n").split("\t", 9)
    exit_code = int(code) if code else None
    return Record(unit, batch, int(task), host, 0, job, inputs, params, exit_code, int(seconds), result, why)


def load_sealed(path: Path, all_of_it: bool = True) -> list[Record]:
    """Return the records of a sealed file; without ``all_of_it`` only what did not finish, which costs nothing."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        count = int(file.readline().split(" ", 1)[0])
        lines = file if all_of_it else (file.readline() for _ in range(count))
        return [_read_sealed_line(line, path.parent.name) for line in lines]


def age_of(batch: str) -> tuple[int, str]:
    """Return what sorts batches' numbers by age, as 9999 before 10000."""
    return len(batch), batch


class History:
    """What happened to each unit of one stage, by its name: failures at once, successes when asked for.

    A sealed batch's successes are read only when a unit is looked for that no younger batch finished:
    in a project of a million results a scan asks for those of the last run.
    """

    def __init__(self) -> None:
        self._failures: dict[str, list[Record]] = {}
        self._finished: list[tuple[str, dict[str, Record] | Path]] = []
        self._forgiven: dict[str, str] = {}

    def add(self, batch: str, records: Iterable[Record], sealed: Path | None = None) -> None:
        """Take the records of one more batch, younger than all before it; ``sealed`` holds its successes."""
        finished: dict[str, Record] = {}
        for record in records:
            if record.result == "finished":
                finished[record.unit] = record
            elif record.result != "cancelled":
                self._failures.setdefault(record.unit, []).append(record)
        self._finished.append((batch, sealed or finished))

    def forgive(self, batch: str, units: Iterable[str]) -> None:
        """Forget what happened to these units up to this batch: the user asked to do them again."""
        self._forgiven.update(dict.fromkeys(units, batch))

    @property
    def failed(self) -> Collection[str]:
        """Return the names that ever failed."""
        return self._failures.keys()

    def finished(self, unit: str) -> Record | None:
        """Return the unit's youngest success, None where there is none or it was forgiven."""
        for index in range(len(self._finished) - 1, -1, -1):
            batch, held = self._finished[index]
            if age_of(batch) <= age_of(self._forgiven.get(unit, "")):
                return None
            if isinstance(held, Path):
                held = {r.unit: r for r in load_sealed(held) if r.result == "finished"}
                self._finished[index] = (batch, held)
            if unit in held:
                return held[unit]
        return None

    def failures(self, unit: str, finished: Record | None) -> list[Record]:
        """Return the unit's failures since it last ``finished`` or was forgiven, oldest first."""
        since = max(age_of(finished.batch if finished else ""), age_of(self._forgiven.get(unit, "")))
        return [r for r in self._failures.get(unit, ()) if age_of(r.batch) > since]
