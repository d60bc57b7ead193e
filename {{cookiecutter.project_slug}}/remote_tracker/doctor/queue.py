"""Compare the job scripts with the partitions of the queue."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from ..batches.job_script import JobScript, check_script, load_script, resources_of
from ..errors import RemoteTrackerError, WrongUse
from ..model import Project
from ..model.quantities import read_memory, read_walltime
from ..schedulers import find_overrides

Partition = Mapping[str, str]


def examine_queue(project: Project) -> tuple[list[str], list[str]]:
    """Return (lines to show, troubles); a trouble is a line that says what is wrong and what to do."""
    scheduler = project.cluster.scheduler
    if scheduler.queue is None:
        return ["No queue here: tasks run on this machine."], list(_script_troubles(project, _scripts_of(project), []))
    if reason := scheduler.queue.submission.program_problem():
        return [], [reason]
    partitions, why_not = scheduler.queue.find_partitions()
    if not partitions:
        silent = f"The scheduler does not tell its partitions: {why_not or 'it has none'}."
        advice = "Try again on the login node; where no cluster is, write cluster: local into project.yml."
        return [], [f"{silent} {advice}"]
    scripts = _scripts_of(project)
    limit, who = scheduler.queue.read_limit(scripts[0].asked)
    most = project.cluster.max_tasks
    if most and not 0 <= limit <= most:
        limit, who = most, f"max_tasks of {project.cluster.name}"
    shown = list(_table(partitions))
    overrides = [
        f"{name} is set here and goes before the job script's own line: unset {name}"
        for name in find_overrides(scheduler)
    ]
    if limit >= 0:
        shown.append(f"A new list may hold {limit} tasks now ({who}).")
    return shown, [*overrides, *_script_troubles(project, scripts, partitions)]


def describe_packing(project: Project) -> list[str]:
    """Return a line where ``per_gpu`` of project.yml changes nothing, none where it does, or is not said."""
    asked = f"per_gpu: {project.per_gpu} in project.yml changes nothing"
    if project.per_gpu == 1:
        return []
    if project.cluster.scheduler.queue is None:
        return [f"{asked} without a queue. To run {project.per_gpu} at once:  bash process_all.sh -j {project.per_gpu}"]
    if not any(resources_of(project, stage).gpus for stage in project.tracker.stages):
        return [f"{asked}: no step of {project.tracker.name} asks for a GPU."]
    return []


def _scripts_of(project: Project) -> list[JobScript]:
    return [load_script(project, stage) for stage in project.tracker.stages]


def _script_troubles(project: Project, scripts: Sequence[JobScript], partitions: Sequence[Partition]) -> Iterator[str]:
    for script in scripts:
        try:
            check_script(project, script)
        except RemoteTrackerError as error:
            yield str(error)
            continue
        if partitions:
            for trouble in hold_against(script.asked, partitions):
                yield f"{script.path.relative_to(project.root)} {trouble}"


def hold_against(asked: Mapping[str, str], partitions: Sequence[Partition]) -> Iterator[str]:
    """Yield the requests of a job script that its partition does not grant, with the script's line. Pure."""
    by_name = [(p["partition"].rstrip("*"), p) for p in partitions]
    default = next((name for name, p in by_name if "*" in p["partition"]), "")
    wanted = asked.get("partition", default)
    known = {name for name, _ in by_name}
    if unknown := [name for name in wanted.split(",") if name and name not in known]:
        where = f"line {asked['partition line']}: there is no partition"
        yield f'{where} "{unknown[0]}". Known: {", ".join(dict.fromkeys(name for name, _ in by_name))}.'
        return
    chosen = [p for name, p in by_name if name in wanted.split(",")]
    for word, read in (("walltime", _seconds), ("memory", read_memory), ("cpus", _count)):
        if word in asked and chosen:
            yield from _too_much(word, asked, read, wanted, [p[word] for p in chosen])


def _too_much(
    word: str, asked: Mapping[str, str], read: Callable[[str], float], wanted: str, given: Sequence[str]
) -> Iterator[str]:
    line = f"line {asked[f'{word} line']}"
    try:
        amount = read(asked[word])
    except RemoteTrackerError as error:
        yield f"{line}: {error}"
        return
    limit = max((_limit(read, text) for text in given), default=0)
    if limit and amount > limit:
        most = " or ".join(dict.fromkeys(given))
        yield f"{line}: asks for {word} {asked[word]}; {wanted} gives at most {most}."


def _limit(read: Callable[[str], float], text: str) -> float:
    """Return a partition's limit, 0 for no limit or a limit that cannot be read."""
    try:
        return read(text.rstrip("+"))
    except RemoteTrackerError:
        return 0


def _seconds(text: str) -> float:
    return math.inf if text.lower() in ("infinite", "unlimited", "n/a") else read_walltime(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise WrongUse(f'"{text}" is no number of cores; write it as 4.')
    return int(text)


def _table(partitions: Sequence[Partition]) -> Iterator[str]:
    columns = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    rows = [columns, *[tuple(p.get(c, "") for c in columns) for p in partitions]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
