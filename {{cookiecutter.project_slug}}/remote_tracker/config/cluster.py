"""clusters/<name>.yml -> Cluster."""

from __future__ import annotations

from pathlib import Path

from ..model import Cluster
from .document import load_document

KEYS = {
    "description": "what this cluster is, in a line",
    "contact": "who looks after it",
    "url": "where its own guide is",
    "scheduler": "which scheduler it has",
    "max_tasks": "the most tasks one batch may hold; 0: no limit",
    "modules": "what `module load` needs before a tracker runs",
    "host": "how to reach it from a laptop",
    "tasks_per_job": "how many tasks one job runs, one after the other: more than 1 where they last seconds",
    "throttle": "the most tasks at once; 0: as many as the scheduler lets",
    "directives": "options of the scheduler that a job script begins with, as --partition=cpu",
    "mail": "false where the scheduler cannot send mail",
}
SCHEDULERS = ("local", "slurm")


def load_cluster(path: Path) -> Cluster:
    """Return the cluster that the file describes; raises ConfigError."""
    top = load_document(path).only(KEYS)
    return Cluster(
        name=path.stem,
        scheduler=top.word("scheduler", SCHEDULERS),
        description=top.text("description"),
        contact=top.text("contact", ""),
        url=top.text("url", ""),
        max_tasks=top.number("max_tasks", 0),
        modules=top.texts("modules"),
        host=top.text("host", ""),
        tasks_per_job=max(1, top.number("tasks_per_job", 1)),
        throttle=top.number("throttle", 0),
        directives=top.texts("directives"),
        mail=top.flag("mail", True),
    )
