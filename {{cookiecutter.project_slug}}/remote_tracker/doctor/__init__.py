"""Find what would go wrong before it does: the tracker's programs and files, the disk, the queue, the job scripts."""

from __future__ import annotations

from ..machine.probe import look_here, remember
from ..model import Project
from ..notify.send import describe_ways
from ..parameters.files import Newer, find_newer, find_troubles
from .machine import machine_lines, machine_troubles
from .queue import describe_packing, examine_queue, hold_against
from .storage import examine_storage

__all__ = ["examine", "examine_queue", "hold_against", "machine_lines", "machine_troubles"]


def examine(project: Project) -> tuple[list[str], list[str]]:
    """Return (lines to show, troubles); a trouble is a line that says what is wrong and what to do."""
    here = look_here(project)
    files = [line for stage in project.tracker.stages for line in find_troubles(project, stage)]
    newer = [f"{n.newer} is newer than {n.named}, which project.yml names: {n.param}" for n in _newer(project)]
    queue_shown, queue_wrong = examine_queue(project)
    disk_shown, disk_wrong = examine_storage(project)
    told_shown, told_wrong = describe_ways(project)
    machine_wrong = machine_troubles(project, here)
    if not machine_wrong:
        remember(project, here)
    shown = [*machine_lines(project, here), *disk_shown, *dict.fromkeys(newer), *queue_shown]
    shown += [*describe_packing(project), *told_shown]
    return shown, [*machine_wrong, *disk_wrong, *dict.fromkeys(files), *queue_wrong, *told_wrong]


def _newer(project: Project) -> list[Newer]:
    return [found for stage in project.tracker.stages for found in find_newer(project, stage)]
