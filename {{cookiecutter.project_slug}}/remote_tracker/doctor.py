"""What would go wrong, said before it does: the queue, its partitions, and the job scripts held against them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .batches import check_script, make_script
from .errors import RemoteTrackerError
from .model import Project
from .resources import read_memory, read_walltime
from .schedulers import scheduler_of

Partition = Mapping[str, str]


def examine(project: Project) -> tuple[list[str], list[str]]:
    """Return what to show, and what is wrong, each in a line with what to do."""
    scheduler = scheduler_of(project.cluster.scheduler)
    if scheduler.RUNS_HERE:
        return ["No queue here: tasks run on this machine."], list(_script_troubles(project, []))
    partitions, why_not = scheduler.find_partitions()
    if not partitions:
        return [], [f"The scheduler does not tell its partitions: {why_not or 'it has none'}."]
    limit, who = scheduler.read_limit()
    shown = list(_table(partitions))
    if limit >= 0:
        shown.append(f"A new list may hold {limit} tasks now ({who}).")
    return shown, list(_script_troubles(project, partitions))


def _script_troubles(project: Project, partitions: Sequence[Partition]) -> Iterator[str]:
    scheduler = scheduler_of(project.cluster.scheduler)
    for stage in project.tracker.stages:
        script = make_script(project, stage)
        try:
            check_script(project, stage)
        except RemoteTrackerError as error:
            yield str(error)
            continue
        if partitions:
            asked = scheduler.read_asked(script.read_text(encoding="utf-8", errors="replace"))
            for trouble in hold_against(asked, partitions):
                yield f"{script.relative_to(project.root)} {trouble}"


def hold_against(asked: Mapping[str, str], partitions: Sequence[Partition]) -> Iterator[str]:
    """Yield what a job script asks for and its partition does not give, with the script's line. Pure."""
    by_name = [(p["partition"].rstrip("*"), p) for p in partitions]
    default = next((name for name, p in by_name if "*" in p["partition"]), "")
    wanted = asked.get("partition", default)
    chosen = [p for name, p in by_name if name in wanted.split(",")]
    if wanted and not chosen:
        known = ", ".join(dict.fromkeys(name for name, _ in by_name))
        yield f'line {asked["partition line"]}: there is no partition "{wanted}". Known: {known}.'
        return
    for word, read in (("walltime", _seconds), ("memory", _kib), ("cpus", int)):
        if word not in asked or not chosen:
            continue
        most = max((read(p[word].rstrip("+")) for p in chosen), default=0)
        if most and read(asked[word]) > most:
            given = " or ".join(dict.fromkeys(p[word] for p in chosen))
            yield f"line {asked[f'{word} line']}: asks for {word} {asked[word]}; {wanted} gives at most {given}."


def _seconds(text: str) -> int:
    return 0 if text in ("infinite", "UNLIMITED", "n/a") else read_walltime(text)


def _kib(text: str) -> int:
    return read_memory(text)


def _table(partitions: Sequence[Partition]) -> Iterator[str]:
    columns = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    rows = [columns, *[tuple(p.get(c, "") for c in columns) for p in partitions]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
