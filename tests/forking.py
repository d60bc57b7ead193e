"""The process from which the tests fork their calls of ./rt: Python and the package are loaded in it already.

python -s -X utf8 forking.py PROJECT reads calls from the socket on its stdin, one a message: a JSON object with the
keys of ``starting.Call``, with three files (stdout, stderr, and where its end is told). A fork of it does what a new
Python would do, with the package of the project that is called: the paths that the loaded package holds are put right
first. It ends when the socket is closed.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import FunctionType, ModuleType
from typing import Any, NoReturn

PACKAGE = "remote_tracker"
APART = {"trackers", "day_tables"}  # started in other Pythons; no module imports them
PROGRAMS = {"__main__", "check_results", "digest_parameters", "serve_rules", "serve"}  # to import one is to run it
LAZY = ("numpy", "rich.console", "rich.progress", "rich.table", "jinja2.ext", "click.shell_completion")
TOLD = ("__file__", "__cached__", "__path__")


def load(project: Path) -> list[ModuleType]:
    """Import all modules of a project's package, and what its verbs import late; return those of the package."""
    sys.path.insert(0, str(project))
    package = import_module(PACKAGE)
    del sys.path[0]
    for found in walk_packages(package.__path__, f"{PACKAGE}."):
        _, first, *_ = names = found.name.split(".")
        if first not in APART and names[-1] not in PROGRAMS:
            with suppress(ModuleNotFoundError):  # h5py, snakemake: of a tracker's environment
                import_module(found.name)
    import_module(f"{PACKAGE}.__main__")
    for name in LAZY:
        import_module(name)
    return [module for name, module in sys.modules.items() if name.partition(".")[0] == PACKAGE]


def find_paths(project: Path, modules: list[ModuleType]) -> list[Path]:
    """Return all paths into the project that exist as values anywhere; a module that holds one as text is refused."""
    for module in modules:
        for name, value in _values(module):
            if isinstance(value, str) and value.startswith(str(project)) and name not in TOLD:
                raise SystemExit(f"{module.__name__}.{name} is a path that tests/forking.py cannot put right: {value}")
    return [one for one in gc.get_objects() if isinstance(one, Path) and one.is_relative_to(project)]


def _values(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        yield name, value
        if isinstance(value, FunctionType):
            yield from ((name, default) for default in value.__defaults__ or ())
        elif isinstance(value, (list, tuple, set, frozenset, dict)):
            yield from ((name, part) for part in value)


class Place:
    """Where a package lies: below the project of the call, whichever that is; for modules that are not loaded yet."""

    project = ""

    def __init__(self, below: str) -> None:
        self.below = below

    def __iter__(self) -> Iterator[str]:
        yield Place.project + self.below


def put_places(project: Path, modules: list[ModuleType]) -> None:
    """Let all packages look up their place when they are asked; to put each right would take a tenth of a fork."""
    Place.project = str(project)
    for module in modules:
        if hasattr(module, "__path__"):
            [place] = module.__path__
            vars(module)["__path__"] = Place(place.removeprefix(str(project)))


def find_asking(modules: list[ModuleType]) -> list[ModuleType]:
    """Return the modules that ask where they lie; to put all right would take a third of a fork."""
    return [module for module in modules if b"__file__" in Path(str(module.__file__)).read_bytes()]


def move(paths: list[Path], asking: list[ModuleType], old: str, new: str) -> None:
    """Make the loaded package the one of another project: its paths as values, and where modules say they lie."""
    Place.project = new
    for path in paths:
        there = type(path)(new, path.relative_to(old))
        for slot in {slot for kind in type(path).__mro__ for slot in getattr(kind, "__slots__", ())} - {"__weakref__"}:
            with suppress(AttributeError):
                delattr(path, slot)
            with suppress(AttributeError):
                setattr(path, slot, getattr(there, slot))
    for module in asking:
        if module.__file__:
            module.__file__ = new + module.__file__.removeprefix(old)


def be(call: dict[str, Any], files: list[int]) -> None:
    """Do one call to its end, in a fork that has no other file open than the three streams."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(files[0], 1)
    os.dup2(files[1], 2)
    os.closerange(3, 256)
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(call["environment"])
    time.tzset()
    os.umask(call["umask"])
    os.chdir(call["folder"])
    sys.argv = ["-c", *call["words"]]


def serve(calls: socket.socket, project: Path) -> None:
    """Fork for each call until nobody calls any more; tell the process id and, at its end, its exit code."""
    modules = load(project)
    paths = find_paths(project, modules)
    asking = find_asking(modules)
    put_places(project, modules)
    gc.collect()
    gc.freeze()  # a fork would copy all pages to which it writes whether a value is still in use
    heard, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    living: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([calls, heard], [], [])
        if heard in ready:
            os.read(heard, 4096)
            tell_ends(living)
        if calls not in ready:
            continue
        text, files, _, _ = socket.recv_fds(calls, 1 << 20, 3)
        if not text:
            return
        call = json.loads(text)
        if pid := os.fork():
            tell_start(pid, files[2])
            living[pid] = files[2]
            os.close(files[0])
            os.close(files[1])
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        be(call, files)
        move(paths, asking, str(project), call["project"])
        return


def tell_start(pid: int, file: int) -> None:
    """Tell the process id of a fork; one whose caller waited too long, and waits no more, is ended."""
    try:
        os.write(file, b"%d\n" % pid)
    except BrokenPipeError:
        os.kill(pid, signal.SIGKILL)


def tell_ends(living: dict[int, int]) -> None:
    """Tell the exit code of each fork that has ended."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            file = living.pop(ended[0])
            with suppress(BrokenPipeError):
                os.write(file, b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
            os.close(file)


def end(code: int) -> NoReturn:
    """End a fork as Python ends, but for freeing each value of each module, which takes as long as most calls."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest, which closes the socket
    del sys.path[0]
    serving = os.getpid()
    serve(socket.socket(fileno=os.dup(0)), Path(sys.argv[1]))
    if os.getpid() != serving:
        end(sys.modules[f"{PACKAGE}.__main__"].main())
