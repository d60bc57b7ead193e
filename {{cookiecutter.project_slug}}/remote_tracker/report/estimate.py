"""What the tasks of a list will take, in a line: on this machine in time, in a queue in hours of cores and GPUs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ..batches.job_script import packing_of
from ..batches.prepare import Prepared
from ..model import Project, Stage
from ..parameters.files import find_files
from ..parameters.fingerprint import fingerprint
from ..records import find_batches
from ..text.counted import number_of

if TYPE_CHECKING:
    from ..records.estimate import Estimate

MOST = 100  # finished tasks that are looked at: their mean tells as much, and where each had its batch, each is a file
MOST_LISTED = 300  # listed tasks that are, evenly drawn: each of 10,000 takes a twentieth of a scan
SHORT_S = 10  # tasks that take less are told of: to start a job for one costs the scheduler seconds, and the queue more
JOB_S = 60  # so long a job should work, s
JOBS = 20  # so many jobs should be left, to run side by side


def estimate_line(project: Project, prepared: Prepared, jobs: int | None = None) -> str:
    """Return what the listed tasks will take, as "127 videos, about 14 min on 2 cores (from 44 done)".

    In a queue a second line tells how tasks of seconds share jobs. "" where no finished task tells. ``jobs`` is how
    many run at once on this machine (None: its cores).
    """
    if prepared.pinned is None or not prepared.listed:
        return ""
    stage, scheduler = prepared.survey.stage, project.cluster.scheduler
    place = f"local.{os.uname().nodename}." if scheduler.is_local else f"{scheduler.name}."
    batches = find_batches(project, stage)
    if not any(batch.has_run for batch in batches):
        return ""
    from ..records.estimate import estimate  # 0.7 ms of a first scan
    from ..records.times import load_taken  # 0.4 ms, as above
    from .claimed import look_up_frames  # 1.3 ms, as above

    params = fingerprint(project, stage, find_files(project, stage))
    taken = load_taken(batches, place, params, MOST)
    at_once = jobs or os.cpu_count() or 1
    drawn = prepared.listed[:: -(-len(prepared.listed) // MOST_LISTED)]
    found = estimate(*look_up_frames(project, stage, taken, drawn), at_once)
    if found is None:
        return ""
    found = found.times(len(prepared.listed) / len(drawn))
    cost = f"{tell_time(found.wall_s)} on {number_of(at_once, 'cores')}"
    if not scheduler.is_local:
        cost = _tell_hours(found, prepared)
    said = f"{number_of(len(prepared.listed), stage.counts)}, {cost} (from {found.done} done)"
    return "\n".join(filter(None, [said, _tell_sharing(project, stage, found.task_s / len(prepared.listed), prepared)]))


def _tell_sharing(project: Project, stage: Stage, task_s: float, prepared: Prepared) -> str:
    """Return how short tasks (``task_s`` is the mean) share jobs; "" where they do, or are few, or not short."""
    share = min(round(JOB_S / max(task_s, 1)), len(prepared.listed) // JOBS)
    if project.cluster.scheduler.is_local or packing_of(project, stage).per_job > 1 or task_s >= SHORT_S or share < 2:
        return ""
    how = f"tasks_per_job: {share} in site/clusters/{project.cluster.name}.yml (see site/README.md)"
    return f"Each takes about {max(task_s, 1):.0f} s: with {how} {share} tasks share a job, and wait in the queue once."


def _tell_hours(found: Estimate, prepared: Prepared) -> str:
    resources = prepared.survey.stage.resources
    cores = _count(prepared.asked.get("cpus", "")) or resources.cpus
    gpus = _count(prepared.asked.get("gpus", str(resources.gpus or "")))
    told = [_tell_work(found.task_s * cores, "core")]
    told += [_tell_work(found.task_s * gpus, "GPU")] if gpus else []
    return f"about {' and '.join(told)}"


def _count(asked: str) -> int:
    """Return the number in 4, a100:2 or gpu:a100:2; 1 for a kind alone, 0 for an empty text."""
    number = re.search(r"(?:^|:)(\d{1,6})$", asked.strip())
    return int(number[1]) if number else int(bool(asked.strip()))


def _tell_work(seconds: float, of: str) -> str:
    """Return how long so many cores or GPUs work, as "30 core-hours" or "6 core-minutes"."""
    if seconds < 3600:
        return number_of(max(round(seconds / 60), 1), f"{of}-minutes")
    hours = seconds / 3600
    return f"{hours:,.0f} {of}-hours" if hours >= 10 else f"{hours:.1f} {of}-hours"


def tell_time(seconds: float) -> str:
    """Return a time as "about 14 min", "about 3.5 h" or "less than a minute"."""
    if seconds < 60:
        return "less than a minute"
    return f"about {seconds / 60:.0f} min" if seconds < 7200 else f"about {seconds / 3600:.1f} h"
