"""Make one target of a Snakemake workflow: what a task of this tracker runs.

    python run_workflow.py PROFILE TARGET [WORDS...]

PROFILE is the folder of the profile that was made for this batch, TARGET what the target is called, WORDS what is typed
behind snakemake for it; with -n among them nothing is made: the exit code is 0 where Snakemake has nothing left to do.
Several targets of one folder may be made at once where none makes a file that another makes or reads: run_locked.py
sees to it. What a workflow that was killed left behind, jobs in the queue and locks, is cleared first. Exit codes are
Snakemake's; 75 where this target is being made already.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from ask_left import ask
from find_reason import find_reason
from presence import Presence, find_others, in_turn, read_claim, remove_locks
from run_locked import CLAIMED, LOCKED
from workflow import Workflow, load_logs

LINES = 20_000  # the last lines of Snakemake in which a reason is looked for
WAIT_S = 10.0
STOP_S = 6.0  # run_task.sh gives a stopped task 10 s
PR_SET_PDEATHSIG = 1


def run(workflow: Workflow) -> tuple[int, list[str]]:
    """Run Snakemake; return its exit code, or why its lock was not taken, and its last lines."""
    lines = deque[str](maxlen=LINES)
    with subprocess.Popen(
        workflow.argv(),
        env=workflow.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,
    ) as going:
        assert going.stdout is not None

        def stop(_signal: int, _frame: object) -> None:
            going.send_signal(signal.SIGINT)  # at SIGTERM Snakemake would wait for its jobs
            signal.alarm(int(STOP_S))

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGALRM, lambda *_: going.kill())
        for line in going.stdout:
            lines.append(line[:1000])
            print(line, end="", flush=True)
    return going.returncode, "".join(lines).splitlines()


def die_with_parent() -> None:
    """Let the kernel end this process with its parent: a kill -9 must not leave Snakemake behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make(workflow: Workflow) -> int:
    """Make the target; return Snakemake's exit code, 75 where the target is being made already, 128 + n after signal n.

    What a killed workflow left is cleared first, and another target that locks the folder is waited for.
    """
    presence = Presence(workflow.presence)
    with in_turn(workflow.presence):
        left = presence.take()
        if left:
            clear_killed(workflow, left)
    if left is None:
        print(f"This target is being made already ({workflow.presence} is locked).")
        return 75
    presence.write([str(workflow.rules), workflow.prefix])
    workflow.rules.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        code, lines = run(workflow)
        if code not in (CLAIMED, LOCKED) or (code == LOCKED and is_of_others(workflow)):
            break
        if code == CLAIMED:
            if not told:
                print("Another target that makes some of the same files goes first. Waiting.", flush=True)
            told = True
            time.sleep(WAIT_S)
    if workflow.executor != "local" and code:
        workflow.clear(str(workflow.rules), workflow.prefix)
    if code < 0:  # it was killed and left its lock: the next run must know
        return 128 - code
    presence.write([])
    if code == LOCKED:
        return 1
    if code and (reason := find_reason(lines, lambda job: load_logs(workflow, job.logs, job.queued))):
        print(reason, flush=True)
    return code


def is_of_others(workflow: Workflow) -> bool:
    """Return whether a lock of Snakemake is not ours, and say so; remove locks that killed targets left."""
    with in_turn(workflow.presence):
        living, dead = find_others(workflow.presence)
        for other in dead:
            clear_killed(workflow, other.read())
            other.write([])
        for other in living + dead:
            other.close()
    if not dead:
        print(
            f"{workflow.folder} is locked by a Snakemake that was started by hand: let it end first. "
            "Where none runs any more, type there: snakemake --unlock"
        )
    return not dead


def clear_killed(workflow: Workflow, left: list[str]) -> None:
    """Remove, in turn, the jobs of a killed target from the queue, then its locks on the folder."""
    workflow.clear(left[0], left[1])
    if (claim := read_claim(left)) and remove_locks(workflow.locks, claim):
        print("A killed workflow had left its lock: removed", flush=True)


def main(argv: list[str]) -> int:
    """Make the target, or with -n only ask what is left to do; return the exit code."""
    if len(argv) < 2 or "--help" in argv[:2]:
        print((__doc__ or "").strip())
        return 2
    workflow = Workflow(Path(argv[0]).absolute(), argv[1], argv[2:])
    if "-n" in workflow.words or "--dry-run" in workflow.words:
        return ask(workflow)
    return make(workflow)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
