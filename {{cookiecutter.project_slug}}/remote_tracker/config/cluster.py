"""Read clusters/<name>.yml as a Cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..model import Cluster
from ..schedulers import NAMES, get_scheduler
from .container import read_container
from .document import Section, load_document
from .stage import RESOURCE_KEYS, read_resources

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
    "resources": "for workspace and summarizer: what each task asks for instead of what the tracker says",
    "activate": "lines that workspace/activate.sh of each new project ends with, as: source activate tierpsy",
    "container": "how containers are run here: runtime, options, binds; a project names the image",
    "parallel_environment": "GridEngine: what gives several cores of one host (default: smp; qconf -spl lists them)",
}
FOLDERS = ("workspace", "summarizer")


def load_cluster(path: Path) -> Cluster:
    """Return the cluster that the file describes; raises ConfigError."""
    top = load_document(path, is_kept=True).only(KEYS)
    top.require_lines("directives", "parallel_environment")
    return Cluster(
        name=path.stem,
        scheduler=get_scheduler(top.word("scheduler", NAMES)),
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
        resources=_read_resources(top.section("resources").only(FOLDERS)),
        activate=top.texts("activate"),
        parallel_environment=top.text("parallel_environment", "smp"),
        container=read_container(top),
    )


def _read_resources(section: Section) -> dict[str, dict[str, Any]]:
    """Return folder -> fields of Resources; a field that the file does not give is left out."""
    found = {}
    for folder in section.data:
        inner = section.section(folder).only(RESOURCE_KEYS)
        asked = read_resources(inner)
        found[folder] = {key: getattr(asked, key) for key in inner.data}
    return found
