"""``python -m remote_tracker``: the command line; where a library is missing, a line that names it."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py"


def main() -> int:
    """Run the command line; returns its exit code."""
    gc.disable()  # a scan makes millions of small values and no cycles: to look for cycles takes a tenth of its time
    try:
        return run()
    except KeyboardInterrupt:  # also while run() still imports
        print("Stopped.", file=sys.stderr)
        return 130
    except MemoryError:
        print("There is not enough memory for this here (ulimit -v?). Nothing more was done.", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __package__:
            raise
        print(f'{sys.executable} has no module "{error.name}". Type: {INSTALL}', file=sys.stderr)
        return 1


def run() -> int:
    """Run a verb and return its exit code; every error becomes a line on stderr."""
    from .cli.scan import (  # a missing library, or Ctrl-C during 60 ms of imports, is one line: see main
        open_project,
        read_scan_words,
        scan_screen,
    )
    from .errors import RemoteTrackerError  # with it: 1 ms

    for stream in (sys.stdout, sys.stderr):  # the terminal's encoding may lack a character of a name or a message
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        if words := read_scan_words(sys.argv[1:]):
            print(scan_screen(open_project(), words), flush=True)
            leave(0)
        from .cli.main import run_verb  # click: 17 ms of a scan

        return run_verb()
    except RemoteTrackerError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}. Mend that, then try again.", file=sys.stderr)
        return RemoteTrackerError.exit_code


def leave(code: int) -> NoReturn:
    """End this process at once: Python would free a scan's values singly, which takes as long as the scan itself.

    Nothing is lost: all files are closed by then, stdout is flushed before and stderr here.
    """
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
