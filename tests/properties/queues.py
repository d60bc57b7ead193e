"""Queues as each scheduler would print them, of tasks that are known: so that what is read can be held against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import strategies as st
from remote_tracker import shell
from remote_tracker.model.scheduling import BatchRef, Queue, Scheduler
from remote_tracker.schedulers import lsf, pbs, sge, slurm
from schedulers.fakes import queue_line
from schedulers.test_lsf_queue import answer, element
from schedulers.test_pbs_queue import array
from schedulers.test_sge_queue import HEAD, PLACE

FOLDER = Path("/lab/flies/workspace")
OTHERS = Path("/lab/worms/workspace")


class Held(NamedTuple):
    """A job of a batch: the indices that run, those that wait, and how many tasks one index stands for."""

    number: str
    job: int
    running: frozenset[int]
    pending: frozenset[int]
    per_job: int = 1
    theirs: bool = False

    @property
    def folder(self) -> Path:
        """Return the folder in which it was submitted."""
        return OTHERS if self.theirs else FOLDER


Texts = list[str]


def compress(indices: frozenset[int], step: int = 1, mark: str = "") -> str:
    """Return indices as schedulers write them: 1-4,7, or with ``mark`` ":" 1-4:1,7."""
    runs: list[list[int]] = []
    for index in sorted(indices):
        if runs and runs[-1][-1] == index - step:
            runs[-1].append(index)
        else:
            runs.append([index])
    end = f":{step}" if mark or step > 1 else ""
    return ",".join(f"{run[0]}-{run[-1]}{end}" if len(run) > 1 else str(run[0]) for run in runs)


def slurm_texts(held: Sequence[Held]) -> Texts:
    """Return squeue's answer: a line for what waits of a job, and one for each task that runs."""
    lines = []
    for h in held:
        told = {"job": str(h.job), "name": f"flies.track.{h.number}"}
        if h.pending:
            index = f"{compress(h.pending, h.per_job)}%5"
            lines.append(queue_line(h.folder, index=index, state="PD", reason="Priority", **told))
        lines += [queue_line(h.folder, index=str(index), **told) for index in sorted(h.running)]
    return ["".join(lines)]


def pbs_texts(held: Sequence[Held]) -> Texts:
    """Return qstat's answer, then qselect's two: what waits, what runs."""
    told = {}
    for h in held:
        place = {"Output_Path": f"pbs1:{h.folder}/batches/{h.number}/output.^array_index^"}
        told[f"{h.job}[].pbs1"] = array(h.number, Variable_List={"PBS_O_WORKDIR": str(h.folder)}, **place)
    told["9000.pbs1"] = {"Job_Name": "x", "job_state": "R"}
    listed = (
        "".join(f"{h.job}[{i}].pbs1\n" for h in held for i in sorted(getattr(h, k))) for k in ("pending", "running")
    )
    head = {"timestamp": 1795189622, "pbs_server": "pbs1", **({"Jobs": told} if held else {})}
    return [json.dumps(head, indent="\t").replace(": ", ":\t") + "\n", *listed]


def sge_texts(held: Sequence[Held]) -> Texts:
    """Return qstat's XML, and what qstat -j tells of all its jobs."""
    parts = []
    for h in held:
        told = [("r", str(index)) for index in sorted(h.running)]
        told += [("qw", compress(h.pending, h.per_job, ":"))] if h.pending else []
        parts += [
            f"    <job_list state='x'>\n      <JB_job_number>{h.job}</JB_job_number>\n"
            f"      <JB_name>rt{h.number}.track.flies</JB_name>\n      <JB_owner>ann</JB_owner>\n"
            f"      <state>{state}</state>\n      <slots>1</slots>\n"
            f"      <tasks>{tasks}</tasks>\n    </job_list>\n"
            for state, tasks in told
        ]
    xml = HEAD + "".join(parts) + "  </queue_info>\n  <job_info>\n  </job_info>\n</job_info>\n"
    return [xml, "".join(PLACE.format(job=h.job, folder=h.folder) for h in held)]


def lsf_texts(held: Sequence[Held]) -> Texts:
    """Return bjobs' answer: a record for each element."""
    records = []
    for h in held:
        place = {
            "JOBID": str(h.job),
            "OUTPUT_FILE": f"{h.folder}/batches/{h.number}/output.%I",
            "EXEC_CWD": str(h.folder),
        }
        records += [element(index, h.number, **place) for index in sorted(h.running)]
        records += [element(index, h.number, **place, STAT="PEND") for index in sorted(h.pending)]
    return [answer(*records) + "\n"]


class Kind(NamedTuple):
    """A scheduler: itself, what it prints, and which of its texts are of lines, without an end of their own."""

    scheduler: Scheduler
    texts: Callable[[Sequence[Held]], Texts]
    of_lines: Sequence[bool]


KINDS: Mapping[str, Kind] = {
    "slurm": Kind(slurm.SCHEDULER, slurm_texts, [True]),
    "pbs": Kind(pbs.SCHEDULER, pbs_texts, [False, True, True]),
    "sge": Kind(sge.SCHEDULER, sge_texts, [False, True]),
    "lsf": Kind(lsf.SCHEDULER, lsf_texts, [False]),
}
SCHEDULERS = sorted(KINDS)


def known(held: Sequence[Held], *with_ids: str) -> list[BatchRef]:
    """Return the batches that may be in the queue; of these numbers the jobs are known."""
    of = {h.number: h for h in held if not h.theirs}
    numbers = sorted({"0001", "0002", "0003"} | of.keys())
    return [
        BatchRef(
            FOLDER / "batches" / number,
            frozenset({job_of(of[number])} if number in with_ids and number in of else ()),
            of[number].per_job if number in of else 1,
            "process_all.x",
        )
        for number in numbers
    ]


def job_of(held: Held) -> str:
    """Return a job's id, as any scheduler but PBS says it."""
    return str(held.job)


def truth(held: Sequence[Held]) -> dict[str, frozenset[int]]:
    """Return which tasks of each batch are alive."""
    return {
        h.number: frozenset(i + more for i in h.running | h.pending for more in range(h.per_job))
        for h in held
        if not h.theirs and h.running | h.pending
    }


def ask(name: str, texts: Sequence[str], batches: Sequence[BatchRef], code: int = 0, err: str = "") -> Queue:
    """Return the queue that these answers make; each call gets the next one."""
    left = iter(texts)
    with patch.object(shell, "run", lambda *_, **__: shell.Result(code, next(left, ""), err)):
        queue: Queue = KINDS[name].scheduler.read_queue(batches)
    return queue


def covers(queue: Queue, alive: Mapping[str, frozenset[int]]) -> bool:
    """Return whether no task that is alive looks gone."""
    if not queue.asked:
        return True
    found = {number: queue.alive.get(number, frozenset()) for number in alive}
    return all(tasks is None or tasks >= alive[number] for number, tasks in found.items())


_indices = st.sets(st.integers(1, 30), max_size=8)


def _held(number: str, job: int, running: set[int], pending: set[int], per_job: int, theirs: bool) -> Held:
    places = [frozenset((i - 1) * per_job + 1 for i in indices) for indices in (running, pending - running)]
    return Held(number, job, places[0], places[1], per_job, theirs)


_jobs = st.builds(
    _held,
    st.sampled_from(["0001", "0002", "0003", "12345"]),
    st.integers(1, 99_999),
    _indices,
    _indices,
    st.sampled_from([1, 1, 10]),
    st.sampled_from([False, False, False, True]),
)
queues = st.lists(_jobs, max_size=4, unique_by=(lambda h: (h.number, h.theirs), lambda h: h.job)).map(
    lambda held: [h for h in held if h.running | h.pending]
)
