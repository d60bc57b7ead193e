"""What Snakemake asks of the jobs of a workflow's rules.

python -m remote_tracker.rules FOLDER submit SCRIPT | status JOB | cancel JOB... | clear PREFIX
FOLDER is the workflow's, batches/rules/<batch>/<target>. Exit codes: 0 done, 1 refused (the reason is on stderr), 2
wrong use.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import RemoteTrackerError
from .jobs import cancel, clear, status, submit


def main(argv: Sequence[str]) -> int:
    """Do what is asked, print the answer, and return the exit code."""
    if len(argv) < 3 or argv[1] not in ("submit", "status", "cancel", "clear"):
        print((__doc__ or "").rstrip(), file=sys.stderr)
        return 2
    try:
        _serve(Path(argv[0]), argv[1], argv[2:])
    except RemoteTrackerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(folder: Path, verb: str, words: Sequence[str]) -> None:
    if verb == "submit":
        print(submit(folder, Path(words[-1])))
    elif verb == "status":
        said, why = status(folder, words[0])
        print(said)
        if why:
            print(why, file=sys.stderr)
    elif verb == "cancel":
        cancel(folder, words)
    elif left := clear(folder, words[0]):
        jobs, were = ("job", "was") if left == 1 else ("jobs", "were")
        print(f"{left} {jobs} that a killed workflow had left in the queue {were} cancelled.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
