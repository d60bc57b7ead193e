"""What tasks wrote of themselves: the first and last line of each log, and the sealed form of a whole batch.

A log is appended to when its task runs again: its last ``# start`` and what follows is what counts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .model import Record

SEALED = "records.tsv"
TAIL = 64 * 1024
_FIELD = re.compile(r"(\w+)=(\S*)")


def read_record(text: str, batch: str, task: int) -> Record | None:
    """Return the record that a log's text holds, None where no task started there."""
    start = text.rfind("# start ")
    if start < 0:
        return None
    first, _, rest = text[start:].partition("\n")
    head, _, unit = first.partition(" unit=")
    fields = dict(_FIELD.findall(head))
    end = rest.rfind("# end ")
    last = rest[end:].partition("\n")[0] if end >= 0 and (end == 0 or rest[end - 1] == "\n") else ""
    closing, _, why = last.partition(" why=")
    ends = dict(_FIELD.findall(closing))
    mark = f"{fields['files']} {fields['sum']}" if "sum" in fields else _mark(fields)
    return Record(
        unit=unit,
        batch=batch,
        task=task,
        host=fields.get("host", ""),
        pid=int(fields.get("pid", "0")),
        job=fields.get("job", ""),
        inputs=mark,
        params=fields.get("params", ""),
        exit=int(ends["exit"]) if ends.get("exit", "").isdigit() else None,
        seconds=int(ends.get("seconds", "0")),
        result=ends.get("result", ""),
        why=why or ("" if last else _last_word(rest)),
    )


def _mark(fields: dict[str, str]) -> str:
    return f"{fields.get('size', '')} {fields.get('mtime', '').replace('.', '')}".strip()


def _last_word(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("# ")]
    return lines[-1][:200] if lines else ""


def load_record(log: Path, batch: str, task: int) -> Record | None:
    """Return the record of one log file, None where there is none; reads the end, more where it must."""
    try:
        with open(log, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            text = file.read().decode("utf-8", "surrogateescape")
            if size > TAIL and "# start " not in text:
                file.seek(0)
                text = file.readline().decode("utf-8", "surrogateescape") + text
    except OSError:
        return None
    return read_record(text, batch, task)


def load_batch_records(folder: Path) -> list[Record]:
    """Return the records of one batch's folder, from its sealed file where it has one."""
    sealed = folder / SEALED
    if sealed.exists():
        return list(read_sealed(sealed.read_text("utf-8", "surrogateescape"), folder.name))
    logs = ((int(name[7:]), name) for name in os.listdir(folder) if name.startswith("output.") and name[7:].isdigit())
    found = (load_record(folder / name, folder.name, task) for task, name in sorted(logs))
    return [record for record in found if record is not None]


def read_sealed(text: str, batch: str) -> Iterator[Record]:
    """Yield the records of a sealed file's text."""
    for line in text.split("\n")[1:]:
        fields = line.split("\t", 9)
        if len(fields) == 10:
            result, task, inputs, params, code, seconds, host, job, why, unit = fields
            exit_code = int(code) if code else None
            yield Record(unit, batch, int(task), host, 0, job, inputs, params, exit_code, int(seconds), result, why)


def render_sealed(records: Iterable[Record]) -> str:
    """Return the text of a sealed file: one line a task, the name last because it may hold tabs."""
    lines = ["result\ttask\tinputs\tparams\texit\tseconds\thost\tjob\twhy\tname"]
    for r in records:
        code = "" if r.exit is None else r.exit
        why = r.why.replace("\t", " ")
        lines.append(
            f"{r.result}\t{r.task}\t{r.inputs}\t{r.params}\t{code}\t{r.seconds}\t{r.host}\t{r.job}\t{why}\t{r.unit}"
        )
    return "\n".join([*lines, ""])


@dataclass
class History:
    """What happened to each unit of one stage so far, by its name."""

    finished: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, list[Record]] = field(default_factory=dict)

    def add(self, record: Record) -> None:
        """Take one more record, younger than all before it; a success ends a row of failures."""
        if record.result == "finished":
            self.finished[record.unit] = record
            self.failures.pop(record.unit, None)
        elif record.result != "cancelled":
            self.failures.setdefault(record.unit, []).append(record)

    def forgive(self, unit: str) -> None:
        """Forget a unit's failures: the user asked to do it again."""
        self.failures.pop(unit, None)
        self.finished.pop(unit, None)
