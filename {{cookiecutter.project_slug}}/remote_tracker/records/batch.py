"""A batch's folder: what it lists, whether it ran, what halted it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from zlib import crc32

from ..model import Record, Stage
from ..model.scheduling import BatchRef, Scheduler
from ..schedulers import name_of
from .history import age_of
from .log import load_logs
from .sealed import SEALED, is_sealed

SUBMITTED = "submitted"  # in a batch: a line a job that ./rt submit made of it, as slurm.123
GONE = "gone"  # in a batch: the user said that nothing of it runs any more


def find_batches(folder: Path, stage: str) -> list[Path]:
    """Return the whole batches of one stage below ``folder``/batches, oldest first."""
    try:
        names = sorted((n for n in os.listdir(folder / "batches") if n.isdecimal()), key=age_of)
    except FileNotFoundError:
        return []
    return [path for name in names if stage_of(path := folder / "batches" / name) == stage]


def find_running(folder: Path, stage: str, names: Container[str]) -> Iterator[tuple[Path, Record]]:
    """Yield the batch and the record of each of these that has started and not ended."""
    for batch in find_batches(folder, stage) if names else ():
        for record in load_logs(batch) if not is_sealed(batch / SEALED) else ():
            if record.unit in names and not record.result:
                yield batch, record


def has_run(batch: Path) -> bool:
    """Return whether a batch was submitted, or one of its tasks was run by hand."""
    return any((batch / name).exists() for name in ("owner", SUBMITTED, GONE)) or any(batch.glob("output.*"))


def known_of(batch: Path, scheduler: Scheduler) -> BatchRef:
    """Return what a scheduler needs to find a batch in its queue: its jobs of it, tasks a job, the job script."""
    script = next((path.name for path in batch.glob("process_*")), "")
    jobs = frozenset(find_jobs(batch, scheduler))
    return BatchRef(batch, jobs, int(_described(batch, r"per_job: (\d+)") or 1), script)


def find_jobs(batch: Path, scheduler: Scheduler) -> list[str]:
    """Return the ids of this scheduler's jobs that a batch was submitted as or ran in, oldest first."""
    said = [line.split(" ")[0].partition(".") for name in (SUBMITTED, "owner") for line in _lines(batch / name)]
    return list(dict.fromkeys(number for kind, _, number in said if kind == name_of(scheduler)))


def is_given_up(batch: Path) -> bool:
    """Return whether the user said that nothing of this batch runs any more."""
    return (batch / GONE).exists()


def find_halt(batches: Sequence[Path]) -> tuple[str, str, str]:
    """Return batch, node and reason where the last batch that ran has halted itself, else empty texts."""
    ran = [b for b in batches if has_run(b)][-1:]
    for line in _lines(ran[0] / "halted") if ran else []:
        node, _, why = line.removeprefix("node=").partition(" why=")
        return ran[0].name, node, why
    return "", "", ""


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
    except OSError:
        return []


def stage_of(batch: Path) -> str:
    """Return the stage that a batch lists, empty for a folder without a batch.yml that can be read."""
    return _described(batch, r"stage: '?(\w+)'?")  # YAML quotes some words, as on


def _described(batch: Path, line: str) -> str:
    try:
        text = (batch / "batch.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # a killed scan left none, a bad disk or a person spoilt it
        return ""
    found = re.search(f"^{line}$", text, re.MULTILINE)
    return found[1] if found else ""


def makes_of(stage: Stage) -> str:
    """Return a short digest of what each of the stage's results is called, dashes between."""
    texts = [output.pattern.text.encode("utf-8", "surrogateescape") for output in stage.outputs]
    return "-".join(f"m{crc32(text):08x}" for text in texts)


def load_names(batch: Path) -> list[str]:
    """Return the names of what a batch lists, task 1 first."""
    text = (batch / "names.txt").read_bytes().decode("utf-8", "surrogateescape")
    return text.split("\n")[:-1]


def _load_forgiven(batches: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield, redo by redo, the number of the newest batch then, and the names it forgave."""
    for path in sorted(batches.glob("redo/*.json")):
        try:
            redo = json.loads(path.read_text(encoding="utf-8"))
            after, units = str(redo["after"]), [str(unit) for unit in redo["units"]]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            continue  # it is ours and broken: what it forgave counts again
        yield after, units
