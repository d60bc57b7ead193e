"""Make one target of a Snakemake workflow: what a task of this tracker runs.

    python run_workflow.py PROFILE TARGET [WORDS...]

PROFILE is the folder of the profile that was made for this batch, TARGET what the target is called, WORDS what is typed
behind snakemake for it; with -n among them nothing is made: the exit code is 0 where Snakemake has nothing left to do.
Several targets of one folder may be made at once, where Snakemake's own locks let them. What a workflow that was killed
left behind, jobs in the queue and locks, is cleared first. Exit codes are Snakemake's; 75 where this target is being
made already.
"""

from __future__ import annotations

import ctypes
import fcntl
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

from ask_left import ask
from find_reason import find_reason
from workflow import Workflow, load_logs

LOCKED = "cannot be locked"  # Snakemake's LockException
LINES = 20_000  # the last lines of Snakemake in which a reason is looked for
WAIT_S = 10.0
STOP_S = 6.0  # run_task.sh gives a stopped task 10 s
PR_SET_PDEATHSIG = 1


class Presence:
    """A file that marks a target as being made: locked meanwhile, and empty again after an end without a kill."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (held until this process ends)

    def take(self) -> list[str] | None:
        """Lock the file and return the lines that a killed process left, if any; None where it is locked already."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError as error:
            sys.exit(f"{self.path}: its storage knows no locks ({error.strerror}). Put the project on another disk.")
        self._file.seek(0)
        return self._file.read().splitlines()

    def close(self) -> None:
        """Close the file and so unlock it."""
        self._file.close()

    def write(self, lines: list[str]) -> None:
        """Replace the lines of the file."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write("".join(f"{line}\n" for line in lines))
        self._file.flush()


def find_others(workflow: Workflow) -> tuple[bool, list[Presence]]:
    """Return whether another target is being made in the folder, and the presences of killed workflows, locked."""
    living, dead = False, []
    for path in workflow.presence.parent.iterdir():
        if path.name != workflow.presence.name:
            other = Presence(path)
            said = other.take()
            living = living or said is None
            if said:
                dead.append(other)
            else:
                other.close()  # and with it the lock
    return living, dead


def run(workflow: Workflow) -> tuple[int, bool, list[str]]:
    """Run Snakemake; return its exit code, whether it reported that the folder is locked, and its last lines."""
    locked, lines = False, deque[str](maxlen=LINES)
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
            locked = locked or LOCKED in line
            lines.append(line[:1000])
            print(line, end="", flush=True)
    return going.returncode, locked, "".join(lines).splitlines()


def die_with_parent() -> None:
    """Let the kernel end this process with its parent: a kill -9 must not leave Snakemake behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make(workflow: Workflow) -> int:
    """Make the target; return Snakemake's exit code, 75 where the target is being made already, 128 + n after signal n.

    What a killed workflow left is cleared first, and another target that locks the folder is waited for.
    """
    presence = Presence(workflow.presence)
    left = presence.take()
    if left is None:
        print(f"This target is being made already ({workflow.presence} is locked).")
        return 75
    killed = bool(left)
    if killed:
        workflow.clear(left[0], left[1])
    presence.write([str(workflow.rules), workflow.prefix])
    workflow.rules.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        code, locked, lines = run(workflow)
        if not locked:
            break
        living, dead = find_others(workflow)
        if living:
            if not told:
                print("Another target that makes some of the same files goes first. Waiting.", flush=True)
            told = True
            time.sleep(WAIT_S)
        elif killed or dead:
            unlock(workflow, dead)
            killed = False
        else:
            print(f"{workflow.folder} is locked by a Snakemake that was started by hand: let it end first.")
            break
    if workflow.executor != "local" and code:
        workflow.clear(str(workflow.rules), workflow.prefix)
    if code < 0:  # it was killed and left its lock: the next run must know
        return 128 - code
    presence.write([])
    if code and not locked and (reason := find_reason(lines, lambda job: load_logs(workflow, job.logs, job.queued))):
        print(reason, flush=True)
    return code


def unlock(workflow: Workflow, dead: list[Presence]) -> None:
    """Remove the jobs of killed workflows from the queue, then their locks on the folder."""
    for other in dead:
        said = other.take() or []
        workflow.clear(said[0], said[1])
        other.write([])
    print("A killed workflow had left its lock: snakemake --unlock", flush=True)
    subprocess.run(workflow.argv("--unlock"), env=workflow.environment(), check=True)


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
