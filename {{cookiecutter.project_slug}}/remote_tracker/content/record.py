"""Print what files hold, a line for each; run_task.sh starts this file, beside a tracker or at a task's end.

    python -I record.py --root PROJECT [--sampled] [--beside PID] in=PATH... out=PATH...

A folder stands for all files in it. With --sampled, large files are not read whole. With --beside the samples of all
files are printed first, then the files are read whole; it stops when the process PID is no longer its parent. Exit
codes: 0; 1 a file could not be read, which is named on stderr.
"""

from __future__ import annotations

import os
import sys
from os.path import abspath, dirname

if __name__ == "__main__":  # -I: the tracker's PYTHONPATH is for its own programs
    sys.path.insert(0, dirname(dirname(dirname(abspath(__file__)))))

from remote_tracker.content.find import find_files_in
from remote_tracker.content.noted import fields_of, render_entry


def main(argv: list[str]) -> int:
    """Print the lines and return the exit code."""
    root, whole, parent, files = "", True, 0, []
    words = iter(argv)
    for word in words:
        if word == "--root":
            root = next(words).rstrip("/") + "/"
        elif word == "--sampled":
            whole = False
        elif word == "--beside":
            parent = int(next(words))
        else:
            role, _, path = word.partition("=")
            files += [(role, place) for place in find_files_in(path.rstrip("/"))]
    try:
        for only_sampled in (True, False) if parent and whole else (not whole,):
            for role, place in files:
                if parent and os.getppid() != parent:
                    return 1
                line = render_entry(fields_of(role, place.removeprefix(root), place, not only_sampled))
                sys.stdout.buffer.write(line.encode("utf-8", "surrogateescape") + b"\n")
            sys.stdout.buffer.flush()
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
