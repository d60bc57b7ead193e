"""Slurm: ``sbatch`` takes the job script, ``squeue`` tells what may still run.

Facts: measured on Slurm 22.05 (sbatch(1), squeue(1), scontrol(1), sacct(1), sinfo(1)). ``--json`` is not
used: older Slurm has none, and it cuts sparse arrays; the plain formats are the portable way.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence

from .. import shell
from . import Array, Job, Known, Queue, queue_of
from .slurm_words import OPTIONS, REASONS, REFUSALS, SHORT

EXTENSION = "slurm"
SUBMIT = "sbatch"
TEMPLATE = "slurm.j2"
RUNS_HERE = False
DIRECTIVE = "#SBATCH"
SETTLING_S = 90.0
TIMEOUT_S = 60.0
SNAPSHOT_S = 2.0
SEPARATOR = "\x1f"  # stands in no job's name that sbatch takes, nor in a folder's
FIELDS = ("%F", "%K", "%t", "%u", "%r", "%j", "%o", "%Z")
_answers: dict[tuple[str, ...], tuple[float, shell.Result | None]] = {}


def block(array: Array) -> list[str]:
    """Return the lines that a scan fills in; with nothing listed, ones that sbatch refuses."""
    if array.number == "none":
        return [
            "# Nothing is listed: scan first. (sbatch refuses an array of no task.)",
            f"#SBATCH --job-name={array.name}",
            "#SBATCH --array=1-0",
            "batch=none",
            "per_job=1",
        ]
    return [
        f"#SBATCH --job-name={array.name}",
        f"#SBATCH --array={_range(array)}",
        f"#SBATCH --chdir={_quote(str(array.folder))}",
        f"#SBATCH --output=batches/{array.number}/output.%a",
        "#SBATCH --open-mode=append",
        f"batch={array.number}",
        f"per_job={array.per_job}",
    ]


def _range(array: Array) -> str:
    """Return the array's indices: each is the first task that its job takes."""
    step = f":{array.per_job}" if array.per_job > 1 else ""
    return f"1-{array.tasks}{step}" + (f"%{array.throttle}" if array.throttle else "")


def _quote(path: str) -> str:
    """Return a path as an #SBATCH line takes it: in single quotes a backslash would be eaten."""
    if not set("'\\") & set(path):
        return f"'{path}'"
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def refuse_folder(folder: str) -> str:
    """Return why no job can work in this folder: sbatch reads some characters of a path as its own, silently."""
    odd = [c for c in "%\\\n" if c in folder]
    return f"Slurm cannot write logs into a folder whose path holds {odd[0]!r}" if odd else ""


def find_ignored(script: str) -> list[int]:
    """Return the numbers of the #SBATCH lines behind the first command: sbatch ignores them without a word."""
    begun, ignored = False, []
    for number, line in enumerate(script.split("\n"), 1):
        if line.startswith(DIRECTIVE):
            ignored += [number] if begun else []
        elif line.strip() and not line.lstrip().startswith("#"):
            begun = True
    return ignored


def read_queue(batches: Sequence[Known], fresh: bool = True) -> Queue:
    """Return what of these batches may still run: one call, for the jobs of everybody where a project is shared."""
    if not batches:
        return Queue()
    shared = any(owner != os.getuid() for owner in map(_owner, [*batches]))
    whose = [] if shared else [f"--user={os.getuid()}"]
    answer = _ask_queue(whose, fresh)
    if answer.code:
        return Queue(asked=False, why_not=_first_line(answer.err) or f"squeue ended with {answer.code}")
    return queue_of(list(find_jobs(answer.out, batches)), SETTLING_S)


def _ask_queue(whose: Sequence[str], fresh: bool) -> shell.Result:
    """Return squeue's answer; unless a ``fresh`` one is wanted, that of a moment ago will do for another stage."""
    filters = [name for name in os.environ if name.startswith("SQUEUE_")]  # a user's own, which would hide jobs
    environment = {k: v for k, v in os.environ.items() if k not in filters} | {"SLURM_BITSTR_LEN": "0"}
    asked = (*whose, environment.get("SLURM_CONF", ""), environment.get("PATH", ""))
    when, answer = _answers.get(asked, (-SNAPSHOT_S, None))
    if fresh or answer is None or time.monotonic() - when > SNAPSHOT_S:
        argv = ["squeue", "--noheader", *whose, "--format", SEPARATOR.join(FIELDS)]
        when, answer = time.monotonic(), shell.run(argv, env=environment, timeout=TIMEOUT_S)
        _answers[asked] = (when, answer)
    return answer


def _owner(batch: Known) -> int:
    try:
        return batch.folder.stat().st_uid
    except OSError:
        return os.getuid()


def find_jobs(queue: str, batches: Sequence[Known]) -> Iterator[Job]:
    """Yield the jobs of these batches that squeue's answer holds.

    A job belongs to a batch by its id, where the batch knows it; else by the number behind its name's last
    dot and its working folder; else, run in that folder with another name, to the newest not yet started.
    """
    for line in queue.split("\n"):
        fields = line.split(SEPARATOR)
        if len(fields) != len(FIELDS):
            continue
        job, index, state, user, reason, name, command, folder = fields
        batch = _batch_of(job, name, command, folder, batches)
        if batch is not None:
            words, never = REASONS.get(reason, (reason, False))
            tasks = read_indices(index, batch.per_job)
            pending = state == "PD"
            yield Job(batch.folder.name, job, user, tasks, not pending, words if pending else "", never and pending)


def _batch_of(job: str, name: str, command: str, folder: str, batches: Sequence[Known]) -> Known | None:
    place = os.path.realpath(folder)
    here = [b for b in batches if os.path.realpath(b.folder.parents[1]) == place]
    number = name.rpartition(".")[2]
    ours = [b for b in batches if job in b.jobs] or [b for b in here if b.folder.name == number]
    if not ours and here and not (here[0].folder.parent / number).is_dir():
        ours = [b for b in here if not b.jobs and (b.script or f".{EXTENSION}") in command][-1:]
    return ours[0] if ours else None


def read_indices(text: str, per_job: int = 1) -> frozenset[int] | None:
    """Return the tasks of squeue's %K, as "3", "1-4,7%2" or "1-41:10"; None where it is no array."""
    tasks: set[int] = set()
    for part in text.partition("%")[0].split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+)(?::(\d+))?)?", part)
        if found is None:
            return None
        first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
        for index in range(first, last + 1, step):
            tasks.update(range(index, index + per_job))
    return frozenset(tasks)


def read_limit() -> tuple[int, str]:
    """Return how many tasks a new array may have: indices go up to MaxArraySize - 1; -1 where it is not told."""
    answer = shell.run(["scontrol", "show", "config"], timeout=TIMEOUT_S)
    found = re.search(r"^MaxArraySize\s*=\s*(\d+)", answer.out, re.MULTILINE)
    most = int(found[1]) - 1 if found else -1
    allowed = _read_user_limit()
    if allowed >= 0 and (most < 0 or allowed < most):
        return allowed, "your limit of submitted jobs"
    return most, f"MaxArraySize {most + 1}" if found else ""


def _read_user_limit() -> int:
    """Return how many more jobs this user may submit; -1 where there is no limit, or no accounting to ask."""
    who = f"user={_user_name()}"  # a number finds nobody, and sacctmgr calls that fine
    asked = shell.run(["sacctmgr", "-nP", "show", "assoc", who, "format=MaxSubmit"], timeout=TIMEOUT_S)
    limits = [int(line) for line in asked.out.split() if line.isdigit()]
    if asked.code or not limits:
        return -1
    held = shell.run(["squeue", "--noheader", "--array", f"--user={os.getuid()}", "--format=%F"], timeout=TIMEOUT_S)
    return max(0, min(limits) - len(held.out.split()))


def _user_name() -> str:
    from pwd import getpwuid

    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:  # no such user on this machine
        return str(os.getuid())


def submit_argv(script: str, array: Array, options: Sequence[str]) -> list[str]:
    """Return the command that submits the script."""
    throttle = [f"--array={_range(array)}"] if array.throttle else []
    return ["sbatch", "--parsable", *throttle, *options, script]


def read_job_id(answer: str) -> str:
    """Return the id from ``--parsable``'s answer: "39", or "365;ci" of another cluster."""
    found = re.search(r"^(\d+)(?:;\S*)?$", answer.strip(), re.MULTILINE)
    return found[1] if found else ""


def advise(refusal: str) -> tuple[str, str]:
    """Return which word of OPTIONS sbatch's refusal is about, and what to do; both may be empty."""
    return next(((word, advice) for pattern, word, advice in REFUSALS if re.search(pattern, refusal)), ("", ""))


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels a job, or only these of its tasks."""
    return ["scancel", f"{job}_[{','.join(map(str, tasks))}]" if tasks else job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits for others: afterany holds whatever became of them."""
    return [f"--dependency=afterany:{':'.join(jobs)}"] if jobs else []


def read_asked(script: str) -> Mapping[str, str]:
    """Return what the script's #SBATCH lines ask for, by the words of OPTIONS; "WORD line" holds the line's number."""
    words = {option.split(" ")[-1]: word for word, option in OPTIONS.items()}
    asked: dict[str, str] = {}
    for number, line in enumerate(script.split("\n"), 1):
        if not re.match(rf"{DIRECTIVE}\s", line):
            continue
        for found in re.finditer(r"(?<=\s)(--[\w-]+|-\w)(?:=|\s+|(?<=\s-\w))([^\s-]\S*)", line):
            option, value = SHORT.get(found[1], found[1]), found[2].strip("'\"")
            if option == "--gres" and value.startswith("gpu:"):
                option, value = "--gres=gpu:", value[4:]
            if option in words:
                asked |= {words[option]: value, f"{words[option]} line": str(number)}
    return asked


def find_partitions() -> tuple[Sequence[Mapping[str, str]], str]:
    """Return the partitions as sinfo shows them, with their limits; or why it does not."""
    answer = shell.run(["sinfo", "--noheader", "--format", "%P|%a|%l|%c|%m|%G|%D"], timeout=TIMEOUT_S)
    if answer.code:
        return [], _first_line(answer.err)
    names = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    return [dict(zip(names, line.split("|"), strict=False)) for line in answer.out.splitlines()], ""


def find_usage(jobs: Sequence[str]) -> tuple[Sequence[Mapping[str, str]], str]:
    """Return what the tasks of these jobs used, as sacct tells; or why it does not (no accounting at all)."""
    fields = "JobID,State,ElapsedRaw,MaxRSS,ReqMem,TotalCPU,AllocCPUS"
    answer = shell.run(["sacct", "-nP", "-j", ",".join(jobs), "-o", fields], timeout=TIMEOUT_S)
    if answer.code or not jobs:
        return [], _first_line(answer.err or answer.out)
    names = ("id", "state", "seconds", "memory", "asked", "cpu", "cpus")
    return [dict(zip(names, line.split("|"), strict=False)) for line in answer.out.splitlines()], ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")
