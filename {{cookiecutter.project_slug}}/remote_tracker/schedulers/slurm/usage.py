"""What tasks on Slurm used (sacct), and what running tasks use now (sstat, nvidia-smi beside the task)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ... import shell
from ...model.scheduling import Card, LiveUse, Used
from ..snapshot import TIMEOUT_S
from ..used import UsageRow, read_used

MOST = 50  # tasks looked at at once: sstat asks the nodes themselves
MOST_GPUS = 4  # jobs whose GPUs are looked at: each look starts a step in the job
LIVE = ("JobID", "ArrayJobID", "ArrayTaskID", "TimeUsed", "NumCPUs", "tres-per-node", "tres-alloc")
NVIDIA_SMI = ["nvidia-smi", "--query-gpu=utilization.gpu,memory.used,memory.total", "--format=csv,noheader,nounits"]


def accounting_usage(jobs: Sequence[str]) -> tuple[Sequence[Used], str]:
    """Return what the tasks of these jobs used, as sacct tells, and "" or why it does not (as without accounting)."""
    fields = "JobID,State,ElapsedRaw,MaxRSS,ReqMem,TotalCPU,AllocCPUS"
    answer = shell.ask(["sacct", "-nP", "-j", ",".join(jobs), "-o", fields], timeout=TIMEOUT_S)
    if answer.code or not jobs:
        return [], answer.complaint if jobs else ""
    names = ("id", "state", "seconds", "memory", "asked", "cpu", "cpus")
    lines = (line.split("|") for line in answer.out.splitlines())
    rows = [dict(zip(names, told, strict=True)) for told in lines if len(told) == len(names)]
    return _read(rows), ""


def _read(rows: Sequence[UsageRow]) -> list[Used]:
    """Return what each task used, from its own row and the rows of its steps (named ID.step).

    The largest memory and the most CPU time count. Slurm may write the memory that was asked for as 4Gn or 4Gc: for
    each node, or for each core.
    """
    steps = read_used({**row, "asked": re.sub(r"(?<=\w)[nc]$", "", row.get("asked", ""))} for row in rows)
    memory: dict[str, int] = {}
    cpu: dict[str, float] = {}
    for step in steps:
        task = step.id.partition(".")[0]
        memory[task] = max(memory.get(task, 0), step.memory_kib)
        cpu[task] = max(cpu.get(task, 0.0), step.cpu_s)
    return [s._replace(memory_kib=memory[s.id], cpu_s=cpu[s.id]) for s in steps if "." not in s.id]


def live_usage(jobs: Sequence[str]) -> LiveUse:
    """Return what the running tasks of these jobs use now, or why it cannot be told; at most MOST tasks are looked at.

    The use of GPUs can be seen only inside the job: it is asked for there, for the first MOST_GPUS jobs with a GPU.
    """
    form = ",".join(f"{field}:256" for field in LIVE)
    answer = shell.ask(
        ["squeue", "--noheader", "--states=R", f"--jobs={','.join(jobs)}", "-O", form], timeout=TIMEOUT_S
    )
    running = [fields for line in answer.out.splitlines() if len(fields := line.split()) == len(LIVE)][:MOST]
    if not running:  # squeue refuses the id of a single job that is over
        return LiveUse(why_not="" if not answer.code or "Invalid job id" in answer.err else answer.complaint)
    asked = ["sstat", "-nPa", "-j", ",".join(fields[0] for fields in running), "-o", "JobID,MaxRSS,AveCPU"]
    counted = shell.ask(asked, timeout=TIMEOUT_S)
    steps = [line.split("|") for line in counted.out.splitlines() if line.count("|") == 2]
    live = [row for fields in running for row in _rows(fields, steps)]
    with_gpu = [row for row in live if "gpu" in row.get("tres", "")][:MOST_GPUS]
    cards = [card for row in with_gpu for card in _find_gpus(row)]
    return LiveUse(_read(live), cards, "" if steps else counted.complaint)


def _rows(fields: Sequence[str], steps: Sequence[Sequence[str]]) -> list[UsageRow]:
    """Return a task's own row and a row for each of its steps, with names as sacct writes them."""
    raw, job, task, seconds, cpus, per_node, tres = fields
    name = f"{job}_{task}" if task.isdecimal() else job
    memory = re.search(r"mem=([^,]+)", tres)
    own = {"id": name, "raw": raw, "state": "RUNNING", "clock": seconds, "cpus": cpus, "tres": f"{per_node},{tres}"}
    mine = [step for step in steps if step[0].partition(".")[0] == raw]
    used = [{"id": f"{name}.{s[0].partition('.')[2]}", "memory": s[1], "cpu": s[2]} for s in mine]
    return [{**own, "asked": memory[1] if memory else ""}, *used]


def _find_gpus(row: UsageRow) -> list[Card]:
    """Return each GPU of a running job, with its use."""
    within = ["srun", f"--jobid={row['raw']}", "--overlap", "--quiet", "--ntasks=1", "--nodes=1"]
    answer = shell.ask([*within, *NVIDIA_SMI], timeout=TIMEOUT_S)
    found = [
        re.fullmatch(r"(\d{1,9}), (\d{1,9}), (\d{1,9})", line.strip(), re.ASCII) for line in answer.out.splitlines()
    ]
    return [Card(*map(int, card.groups())) for card in found if card]
