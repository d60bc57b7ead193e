"""Ask Snakemake what is left to do for a target, by tell_left.py."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from workflow import Workflow

TELL_LEFT = Path(__file__).resolve().with_name("tell_left.py")


def ask(workflow: Workflow) -> int:
    """Ask Snakemake what is left to do, and print that; return 0 for nothing, 1 for something, else Snakemake's code.

    What is printed is no answer: the workflow itself may print it, or silence Snakemake.
    """
    with tempfile.TemporaryFile() as answer:
        argv = [sys.executable, str(TELL_LEFT), str(answer.fileno()), *workflow.options()]
        code = subprocess.run(
            argv, env=workflow.environment(), pass_fds=[answer.fileno()], stderr=subprocess.STDOUT, check=False
        ).returncode
        answer.seek(0)
        said = answer.read()
    if code:
        return code if code > 0 else 128 - code
    if not said:
        print("Snakemake did not tell what is left to do: the workflow ended it, or its version is not known here.")
        return 1
    left: dict[str, int] = json.loads(said)
    if left:
        jobs = ", ".join(f"{rule} ({count})" for rule, count in left.items())
        print(f"{sum(left.values())} of the target's jobs are left to do: {jobs}")
        return 1
    print("Nothing to be done")
    return 0
