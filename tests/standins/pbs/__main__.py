"""Where the programs in bin/ begin: ``python tests/standins/pbs PROGRAM WORDS...`` is what PBS calls PROGRAM."""

from __future__ import annotations

import os
import sys
from importlib import import_module

sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

SMALL = ("qdel", "qhold", "qrls", "qrerun", "qsig", "qalter")


def main(program: str, words: list[str]) -> int:
    """Return the exit code of one client program."""
    wire = import_module("pbs.wire")
    if "--version" in words:
        print("pbs_version = 23.06.06")
        return 0
    module = import_module(f"pbs.clients.{'jobs' if program in SMALL else program}")
    try:
        code: int = module.main(program, words) if program in SMALL else module.main(words)
    except wire.DownError as down:
        code = down.tell(program)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 0
    return code


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    code = main(sys.argv[1], sys.argv[2:])
    sys.stdout.flush()
    os._exit(code)
