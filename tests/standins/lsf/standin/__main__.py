"""A stand-in for LSF: python3 standin FOLDER PROGRAM WORDS... is that program, as LSF's manual has it.

It does: arrays with step and %, -o with %I, -W (SIGUSR2, then a kill), -M for a job's processes together, the report
behind the output, -w numended(). It does not: queues' order, hosts, requeueing, mail. settings.json in FOLDER changes
what SETTINGS (state.py) says.
"""

from __future__ import annotations

import os
import sys

from execution import run_array
from show import bjobs, bparams, bqueues, busers
from state import State
from submission import bsub


def main() -> int:
    """Be one of the programs; returns its exit code."""
    state, name, words = State(sys.argv[1]), sys.argv[2], sys.argv[3:]
    programs = {"bsub": bsub, "bjobs": bjobs, "bkill": bkill, "bqueues": bqueues, "bparams": bparams, "busers": busers}
    if name == "run":
        return run_array(state, words[0])
    if name == "down":
        return take_down(state)
    if state.settings["down"]:
        print("LSF is down. Please wait ...", file=sys.stderr)  # a real one then waits, and asks again
        return 255
    return programs[name](state, words)


def bkill(state: State, words: list[str]) -> int:
    """Ask an array's runner to end all of it, or some elements: 12, 12[3,7]."""
    code = 0
    for word in words:
        job, _, indices = word.rstrip("]").partition("[")
        told = state.load(job)
        if told is None:
            print(f"Job <{word}>: No matching job found", file=sys.stderr)
            code = 255
            continue
        alive = [e for e, one in told["elements"].items() if one["stat"] in ("PEND", "RUN")]
        meant = [e for e in alive if not indices or e in indices.split(",")]
        if not meant:
            print(f"Job <{word}>: Job has already finished", file=sys.stderr)
            code = 255
        for element in meant:
            (state.folder / "jobs" / f"{job}.kill.{element}").touch()
            if indices:
                print(f"Job <{job}[{element}]> is being terminated")
        if meant and not indices:
            print(f"Job <{job}> is being terminated")
    return code


def take_down(state: State) -> int:
    """End all jobs and wait for their runners."""
    for job in state.jobs():
        if not state.has_ended(job):
            bkill(state, [job])
    for job in state.jobs():
        state.wait_for_runner(job)
    return 0


if __name__ == "__main__":
    sys.stdout.flush()
    os.umask(0o022)
    sys.exit(main())
