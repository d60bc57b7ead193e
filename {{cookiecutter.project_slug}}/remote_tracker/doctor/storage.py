"""Ask the storage of the project's folder for what claims need: hard links and locks."""

from __future__ import annotations

from ..disk.claims import find_lacks
from ..errors import NotWritten
from ..model import Project


def examine_storage(project: Project) -> tuple[list[str], list[str]]:
    """Return (lines to show, troubles) of the project's folder; both are empty where its storage knows both."""
    try:
        no_links, no_locks = find_lacks(project.root)
    except NotWritten as error:
        return [], [str(error)]
    shown = [f"  {'storage':<8} {project.root}: knows no hard links; a batch is claimed without"] if no_links else []
    return shown, [no_locks] if no_locks else []
