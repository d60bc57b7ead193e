"""The command line, which ./rt starts; where a library is missing, a line that names it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from .disk.far_disks import far_mount_of
from .streams import close_streams, guard_streams

INSTALL = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py opencv scipy"
BY_PIPX = "pipx install cookiecutter && pipx inject cookiecutter h5py opencv-python-headless scipy"


def main() -> int:
    """Run the command line; returns its exit code."""
    guard_streams()
    gc.disable()  # a scan makes millions of small values and no cycles: to look for cycles takes a tenth of its time
    keep = _use_kept_code()
    try:
        code = close_streams(run(keep))
        keep()
        if sys.argv[1:2] == ["report"]:
            leave(code)
        return code
    except KeyboardInterrupt:  # also while run() still imports
        print("Stopped.", file=sys.stderr)
        return 130
    except MemoryError:
        print("There is not enough memory for this here (ulimit -v?). Nothing more was done.", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __package__:
            raise
        told = f"{INSTALL} (on Debian and Ubuntu: {BY_PIPX})"
        print(f'{sys.executable} has no module "{error.name}". Type: {told}', file=sys.stderr)
        return 1


def _use_kept_code() -> Callable[[], None]:
    """Use the code that is kept in the user's cache, where the package lies on a disk behind a network.

    Return what keeps, at the end, the code of modules that were imported.
    """
    package = os.path.dirname(os.path.abspath(__file__))
    if not far_mount_of(package):
        return lambda: None
    from .disk.kept_code import use_kept_code  # 1 ms of each start from a disk of this machine

    return use_kept_code(package).keep


def run(keep: Callable[[], None]) -> int:
    """Run a verb and return its exit code; every error becomes a line on stderr. ``keep`` is called before an end."""
    if "_RT_COMPLETE" in os.environ:
        from .cli.completion import offer  # click, 17 ms of a scan, and none of the 60 ms below

        return offer()
    from .errors import RemoteTrackerError  # 1 ms; what fails from here on is one line: see main

    try:
        if sys.argv[1:2] == ["scan"]:
            _scan(keep)
        elif sys.argv[1:] in (["push"], ["far", "same"]):
            _look_whether_unchanged()
        from .cli.main import run_verb  # click: 17 ms of a scan

        return run_verb()
    except RemoteTrackerError as error:
        sys.stdout.flush()
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}. Mend that, then try again.", file=sys.stderr)
        return RemoteTrackerError.exit_code


def _scan(keep: Callable[[], None]) -> None:
    """Show a scan, call ``keep`` and end this process; return where its words are for the command line."""
    from .cli.open_project import open_project  # 30 ms of each verb, as the next
    from .cli.scan import read_scan_words, show_scan  # 40 ms of each verb that is no scan

    if words := read_scan_words(sys.argv[1:]):
        show_scan(open_project(), words, print)
        code = close_streams(0)
        keep()
        leave(code)


def _look_whether_unchanged() -> None:
    """Show a push that has nothing to do, or answer whether that is so here, and end; return where it may have some."""
    from .remote.unchanged import answer, find_screen  # 4 ms of each start

    if sys.argv[1] == "far":
        print(answer(sys.stdin.read()), end="")
    elif screen := find_screen(os.environ.get("RT_PROJECT") or os.getcwd()):
        print(screen)
    else:
        return
    leave(close_streams(0))


def leave(code: int) -> NoReturn:
    """End this process at once: Python would free the values of a scan or a report singly, a scan's as long as it took.

    Nothing is lost: all files are closed by then, and both streams are flushed.
    """
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
