"""Running on this machine: one batch, one scan and its batch, or everything up to the joined table."""

from __future__ import annotations

import os
from collections.abc import Callable

from .dispatch import run_batch
from .join_days import join_project, joined_text
from .model import Project
from .prepare import choose_stage, prepare
from .progress import Screen
from .report import scan_text

Say = Callable[[str], None]
STOPPED = 130


def scan_word(folder: str) -> str:
    """Return what people type to scan, in one of the two folders."""
    return "bash get_cmd2process.sh" if folder == "summarizer" else "bash get_files2process.sh"


def run_tasks(project: Project, folder: str, batch: str, tasks: int, jobs: int | None, say: Say) -> int:
    """Run a batch's tasks here, showing how far it is; returns the exit code (1: a task failed, 130: stopped)."""
    if batch == "none":
        say(f"Nothing is listed. Next:  scan again with {scan_word(folder)}")
        return 0
    place = project.root / folder / "batches" / batch
    with Screen(tasks, place, scan_word(folder)) as screen:
        return screen.close(run_batch(place, tasks, jobs or os.cpu_count() or 1, screen.tell))


def scan_and_run(project: Project, folder: str, stage: str | None, jobs: int | None, say: Say) -> int | None:
    """Scan one folder's stages and run what was listed; returns the exit code, None where nothing was."""
    prepared = prepare(project, choose_stage(project, folder, stage))
    say(scan_text(project, prepared))
    if prepared.pinned is None:
        return None
    return run_tasks(project, folder, prepared.pinned.number, prepared.pinned.tasks, jobs, say)


def run_all(project: Project, jobs: int | None, say: Say) -> int:
    """Scan, run, and run again what failed until it is set aside; then the days, then the join.

    Killed, it goes on where it was when called again. Returns 1 where something is left that needs the user.
    """
    worst = 0
    for folder in (f for f in ("workspace", "summarizer") if project.tracker.stages_in(f)):
        failures = 0  # rounds in a row; what is no video's fault (a full disk) is not set aside, and must end too
        while failures <= project.attempts:
            code = scan_and_run(project, folder, None, jobs, say)
            if code is None:
                break
            if code == STOPPED:
                return STOPPED
            worst, failures = code, failures + 1 if code else 0
    joined = join_project(project)
    say(joined_text(joined))
    return 1 if worst or joined.missing else 0
