"""Sends each job of a workflow to the queue, and keeps a folder for it: its script, its log, how it ended.

A workflow's folder is batches/rules/<batch>/<target>; a job's folder below it is <rule>/<its number in Snakemake>. A
job is an array of a single task, made with the stage's job script: it logs, and has its environment and its place in
the queue, as any task does. Its name holds "rules" in place of a batch's number; no batch is called so, so the job is
never taken for a batch's.
"""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .. import shell
from ..batches.job_script import read_exactly, write_script
from ..batches.submit import ResourceRequest, send_array
from ..batches.wait import wait_until
from ..disk.files import write_file
from ..errors import RemoteTrackerError
from ..model.quantities import write_walltime
from ..model.scheduling import SETTLING_S, Array, BatchRef, Scheduler, Submission
from ..records import Batch
from ..records.batch import PROFILE, RULES
from ..render import fill_in
from ..schedulers import get_scheduler, require_queue

RULE_JOB = "rules"
RUN_RULE = Path(__file__).with_name("run_rule.sh")
JOB = "job"  # in a job's folder: its id in the queue
EXIT_FILE = "exit"  # in a job's folder: the exit code of its command
LEFT_QUEUE = "lost"  # in a job's folder: it was seen to have left the queue without an end
QUEUE_S = 20.0  # least seconds between questions to the queue; each asks for all jobs of a workflow
GONE_S = 120.0  # how long cancelled jobs may take to leave the queue
POLL_S = 1.0
# A rule's resource, in Snakemake's words -> the word of ./rt submit.
OPTION_OF_RESOURCE = {
    "partition": "partition",
    "slurm_partition": "partition",
    "account": "account",
    "slurm_account": "account",
    "qos": "qos",
    "gpu": "gpus",
    "gpus": "gpus",
}


def submit(folder: Path, script: Path) -> str:
    """Send the job that Snakemake wrote into ``script``; returns the job's name for Snakemake, as track/3@12[].server.

    Raises Refused with the scheduler's own words.
    """
    batch, facts = _batch_of(folder)
    properties = read_properties(script.read_text(encoding="utf-8"))
    place = _make_place(folder, properties)
    scheduler = get_scheduler(facts["scheduler"])
    write_file(place / "command.sh", script.read_bytes())
    write_file(place / "run_task.sh", RUN_RULE.read_bytes(), mode=0o755)
    number = str(place.relative_to(batch.parent))
    array = Array(number, 1, scheduler.script.name_job(facts["project"], place.parent.name, RULE_JOB), batch.parents[1])
    template = read_exactly(batch / PROFILE / facts["script"])
    text = fill_in(template, scheduler.script.array_directives(array), facts["script"])
    made = write_script(place / facts["script"], text, scheduler)
    sent = send_array(scheduler, array, made, asked_of(properties, require_queue(scheduler).submission))
    write_file(place / JOB, sent.job + "\n")
    return f"{place.relative_to(folder)}@{sent.job}"


def read_properties(script: str) -> Mapping[str, Any]:
    """Return a job's properties, which Snakemake writes into the job's script: rule, jobid, threads, resources.

    Raises RemoteTrackerError where the script holds none.
    """
    found = re.search(r"^# properties = (\{.*\})$", script, re.MULTILINE)
    try:
        properties = json.loads(found[1]) if found else None
    except ValueError:
        properties = None
    if not isinstance(properties, dict):
        raise RemoteTrackerError("Snakemake's job script does not say what it asks for (# properties = ...).")
    return properties


def asked_of(properties: Mapping[str, Any], submission: Submission) -> ResourceRequest:
    """Return a job's resources as a request, without the words for which the scheduler has no option. Pure."""
    resources = properties.get("resources", {})
    words = {"cpus": str(properties.get("threads", 1))}
    if memory := resources.get("mem_mb"):
        words["memory"] = f"{memory}M"
    if minutes := resources.get("runtime"):
        words["walltime"] = write_walltime(round(minutes * 60))
    words |= {ours: str(resources[theirs]) for theirs, ours in OPTION_OF_RESOURCE.items() if resources.get(theirs)}
    own = tuple(shlex.split(str(resources.get("scheduler_options", ""))))
    return ResourceRequest({word: value for word, value in words.items() if word in submission.options}, own)


def _make_place(folder: Path, properties: Mapping[str, Any]) -> Path:
    """Make and return a new folder for a job; each further try of the job gets its own folder."""
    rule = re.sub(r"\W", "_", str(properties.get("rule") or properties.get("groupid") or "rule"))
    number = re.sub(r"\W", "_", str(properties.get("jobid", "0")))
    (folder / rule).mkdir(parents=True, exist_ok=True)
    place, tries = folder / rule / number, 1
    while True:
        try:
            place.mkdir()
            return place
        except FileExistsError:
            tries += 1
            place = folder / rule / f"{number}.{tries}"


def status(folder: Path, name: str) -> tuple[str, str]:
    """Return a job's status, "success", "failed" or "running", and a sentence where it left the queue without an end.

    The exit code that the job wrote decides; the queue is asked only where there is none.
    """
    place = folder / name.partition("@")[0]
    ended = _read(place / EXIT_FILE)
    if ended:
        return ("success" if ended == "0" else "failed"), ""
    alive = _ask_queue(folder)
    if alive is None or place in alive:
        return "running", ""
    lost = place / LEFT_QUEUE
    if not lost.exists():
        write_file(lost, "")
    if time.time() - lost.stat().st_mtime < SETTLING_S:  # on a shared disk its exit code may appear later
        return "running", ""
    return "failed", f"{name} left the queue without an end: killed there? Its log: {Batch(str(place)).log(1)}"


def _ask_queue(folder: Path) -> set[Path] | None:
    """Return the folders of the jobs that the queue holds; None where the queue does not answer.

    An answer that is less than QUEUE_S seconds old is used again.
    """
    told = folder / "queue.json"
    try:
        seen = json.loads(told.read_text(encoding="utf-8"))
        if abs(time.time() - seen["at"]) < QUEUE_S:
            return None if seen["alive"] is None else {folder / path for path in seen["alive"]}
    except (OSError, ValueError, LookupError, TypeError):
        pass
    now = time.time()
    alive = _find_alive(folder)
    names = None if alive is None else [str(path.relative_to(folder)) for path in alive]
    write_file(told, json.dumps({"at": now, "alive": names}))
    return alive


def _find_alive(folder: Path) -> set[Path] | None:
    _, facts = _batch_of(folder)
    places = {str(place): place for place in _find_open(folder)}
    known = [BatchRef(place, frozenset({_read(place / JOB)}), 1, facts["script"]) for place in places.values()]
    queue = get_scheduler(facts["scheduler"]).read_queue(known)
    if not queue.asked:
        return None
    ids = {job.id for job in queue.jobs}
    return {place for place in places.values() if _read(place / JOB) in ids}


def _find_open(folder: Path) -> Iterable[Path]:
    """Yield the folders of the jobs that were sent and have written no exit code."""
    for job in sorted(folder.glob(f"*/*/{JOB}")):
        if not _read(job.parent / EXIT_FILE):
            yield job.parent


def cancel(folder: Path, names: Sequence[str]) -> None:
    """Cancel the jobs with these names (as ``submit`` returned them) in the queue."""
    _, facts = _batch_of(folder)
    _take_out(get_scheduler(facts["scheduler"]), [name.partition("@")[2] for name in names])


def clear(folder: Path, prefix: str) -> int:
    """Cancel the jobs that a killed workflow left in the queue, and wait until they are gone; returns how many.

    The names of jobs that Snakemake's own executor sent begin with ``prefix``. Raises RemoteTrackerError where the
    queue does not tell the jobs, or where they do not leave it.
    """
    _, facts = _batch_of(folder)
    scheduler = get_scheduler(facts["scheduler"])
    left = _find_left(folder, scheduler, prefix)
    _take_out(scheduler, left)
    still = wait_until(lambda: _find_left(folder, scheduler, prefix), lambda jobs: not jobs, POLL_S, GONE_S)
    if still:
        raise RemoteTrackerError(f"What a killed workflow left in the queue does not go: {', '.join(still)}.")
    return len(left)


def _find_left(folder: Path, scheduler: Scheduler, prefix: str) -> list[str]:
    find_named = require_queue(scheduler).find_named
    if find_named is not None:
        return list(find_named(prefix))
    alive = _find_alive(folder)
    if alive is None:
        raise RemoteTrackerError("The queue does not tell what a killed workflow left in it. Try again later.")
    return [_read(place / JOB) for place in sorted(alive)]


def _take_out(scheduler: Scheduler, jobs: Iterable[str]) -> None:
    cancel_argv = require_queue(scheduler).cancel_argv
    for job in jobs:
        shell.run(cancel_argv(job, ()), timeout=60)


def _batch_of(folder: Path) -> tuple[Path, Mapping[str, str]]:
    batch = folder.parents[2] / folder.parent.name
    facts: Mapping[str, str] = json.loads((batch / PROFILE / RULES).read_text(encoding="utf-8"))
    return batch, facts


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
