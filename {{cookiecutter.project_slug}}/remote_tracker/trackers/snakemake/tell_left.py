"""Run Snakemake, and write what it finds left to do into an open file.

    python tell_left.py FILE [WORDS...]

FILE is the number of a file that is open for writing, WORDS what is typed behind snakemake for a dry run. The answer is
JSON: the name of each rule, and how many of its jobs are left. Nothing is written where Snakemake ended badly, or
without a graph of jobs. A workflow runs inside of Snakemake's own process: it can silence what Snakemake prints, and
print the same words itself. So the graph is asked, not the text. The exit code is Snakemake's.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from collections import Counter
from contextlib import suppress
from typing import Any

graphs: list[Any] = []


def keep_graphs() -> None:
    """Let each graph of jobs that Snakemake makes from now on be kept in ``graphs``.

    Raises ImportError or AttributeError where this Snakemake has no such graph.
    """
    import snakemake.cli  # noqa: F401  (the module of the graph cannot be imported first)
    from snakemake.dag import DAG

    make = DAG.__init__
    DAG.needrun_jobs  # noqa: B018  (raises where it is not there)

    def make_and_keep(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        graphs.append(self)

    DAG.__init__ = make_and_keep


def count_left() -> dict[str, int]:
    """Return the name of each rule that has jobs left to do, and how many, in the graphs that were made."""
    return Counter(job.rule.name for graph in graphs for job in graph.needrun_jobs(exclude_finished=False))


def run_snakemake(words: list[str]) -> int:
    """Run Snakemake in this process as ``python -m snakemake`` does; return its exit code."""
    sys.argv = ["snakemake", *words]
    sys.path[0] = os.getcwd()
    try:
        runpy.run_module("snakemake", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def main(argv: list[str]) -> int:
    """Run Snakemake with the words behind the file's number, write the answer; return Snakemake's exit code."""
    if len(argv) < 2 or not argv[0].isdecimal():
        print((__doc__ or "").strip())
        return 2
    answer = int(argv[0])
    os.set_inheritable(answer, False)  # what the workflow starts has no part in it
    with suppress(ImportError, AttributeError):  # then there is no answer, and it counts as none
        keep_graphs()
    code = run_snakemake(argv[1:])
    if code == 0 and graphs:
        os.write(answer, json.dumps(count_left()).encode())
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
