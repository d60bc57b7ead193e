"""The process from which a stand-in's Python is forked: numpy, OpenCV and h5py, which take long to load, are in it.

python warming.py TOKEN tells the port at which it listens, and ends when its stdin is closed. tests/standins/python
asks it to be what it was started as: the words, the environment, the folder, the open files and the limits are those
of the process that asks, which waits for the exit code. It says "no" to all that only a real start can do.
"""

from __future__ import annotations

import atexit
import builtins
import ctypes
import gc
import os
import re
import resource
import runpy
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from importlib import import_module
from importlib.machinery import BuiltinImporter, SourceFileLoader
from io import FileIO, TextIOWrapper
from pathlib import Path
from types import ModuleType
from typing import NamedTuple, NoReturn

LOADED = ("argparse", "csv", "json", "subprocess", "tempfile", "yaml", "numpy", "cv2", "h5py")
ASKER = Path(__file__).with_name("standins") / "python"
KNOWN = {b"PYTHONPATH", b"PYTHONDONTWRITEBYTECODE", b"PYTHONUNBUFFERED"}
LOCALE = {b"LC_CTYPE": b"C.UTF-8"}  # Python itself sets it where the locale is C (PEP 538)
OBEYED = (b"PYTHON", b"LC_", b"LANG", b"LD_", b"TZ", b"MALLOC", b"OPENCV_")
OWN = "/trackers/opencv/"  # it says how OpenCV is to speak before it loads it
GETFD = 438  # pidfd_getfd, which Python 3.12 does not have yet
PYTHON = sys.path[1:]
LIMITS = [number for name, number in vars(resource).items() if name.startswith("RLIMIT_")]
Forked = dict[int, socket.socket]


class Asker(NamedTuple):
    """What the process was started as."""

    pid: int
    words: list[str]
    unkept: bool  # -B was said: what is compiled is not kept
    environment: dict[bytes, bytes]
    umask: int
    places: list[str]  # of PYTHONPATH


def read_asker(pid: int) -> Asker | None:
    """Return what a process of this user was started as; None where only a real start can do that."""
    place = Path("/proc", str(pid))
    _, program, *words = place.joinpath("cmdline").read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
    unkept = words[:1] == ["-B"]
    if place.stat().st_uid != os.getuid() or Path(program).parent != ASKER:
        return None
    told = place.joinpath("environ").read_bytes().split(b"\0")
    environment = {**LOCALE, **dict(line.split(b"=", 1) for line in told if b"=" in line)}
    obeyed = [name for name, _ in environment.items() - LOCALE.items() if name.startswith(OBEYED)]
    if set(obeyed) - KNOWN or not words[unkept:]:
        return None
    umask = re.findall(r"^Umask:\s*(\d+)$", place.joinpath("status").read_text(), re.M)[0]
    path = os.fsdecode(environment.get(b"PYTHONPATH", b""))
    asker = Asker(pid, words[unkept:], unkept, environment, int(umask, 8), path.split(":") if path else [])
    return asker if can_be(asker, place) else None


def can_be(asker: Asker, process: Path) -> bool:
    """Return whether a fork does as a start: no module that is loaded lies where a start would look first."""
    first, *others = asker.words
    script = os.path.realpath(process / "cwd" / first)
    if first in ("-c", "-m") and others:
        begin = process / "cwd"
    elif first.startswith("-") or OWN in first or not os.path.isfile(script):
        return False
    else:
        begin = Path(script).parent
    loaded = {name.partition(".")[0] for name in sys.modules}
    for place in (begin, *(process / "cwd" / path for path in asker.places)):
        with suppress(FileNotFoundError, NotADirectoryError):
            names = [name for name in os.listdir(place) if name.removesuffix(".py") in loaded]
            if any(name.endswith(".py") or os.path.exists(place / name / "__init__.py") for name in names):
                return False
    return True


def take_files(pid: int, numbers: tuple[int, ...]) -> list[int]:
    """Return files of another process as files of this one."""
    process = os.pidfd_open(pid)
    try:
        files = [ctypes.CDLL(None, use_errno=True).syscall(GETFD, process, number, 0) for number in numbers]
    finally:
        os.close(process)
    if min(files) < 0:  # all are refused, or none
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return files


def become(asker: Asker, files: list[int]) -> None:
    """Have the files, the limits, the environment and the folder of a process."""
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, 256)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for limit in LIMITS:
        with suppress(OSError, ValueError):
            resource.setrlimit(limit, resource.prlimit(asker.pid, limit))
    os.environb.clear()
    os.environb.update(asker.environment)
    time.tzset()
    os.umask(asker.umask)
    os.chdir(f"/proc/{asker.pid}/cwd")
    sys.pycache_prefix = None
    sys.dont_write_bytecode = asker.unkept or bool(asker.environment.get(b"PYTHONDONTWRITEBYTECODE"))
    at_once = bool(asker.environment.get(b"PYTHONUNBUFFERED"))
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = write_to(1, "surrogateescape", at_once)
    sys.stderr = sys.__stderr__ = write_to(2, "backslashreplace", at_once)


def write_to(number: int, errors: str, at_once: bool) -> TextIOWrapper:
    """Return the stream of a file as Python opens it."""
    if at_once:
        raw = FileIO(number, "w", closefd=False)
        return TextIOWrapper(raw, "utf-8", errors, write_through=True)  # type: ignore[arg-type]
    lines = number == 2 or os.isatty(number)
    return os.fdopen(number, "w", 1 if lines else -1, encoding="utf-8", errors=errors, closefd=False)


def run(asker: Asker) -> None:
    """Run a script, a text or a module as Python's main program."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    main.__loader__ = BuiltinImporter
    first, *words = asker.words
    sys.orig_argv[:] = [sys.executable, *asker.words]
    sys.path[:] = [*asker.places, *PYTHON]
    if first == "-m":
        sys.path.insert(0, os.getcwd())
        sys.argv[:] = words
        runpy._run_module_as_main(words[0])  # type: ignore[attr-defined]
        return
    if first == "-c":
        sys.path.insert(0, "")
        sys.argv[:] = ["-c", *words[1:]]
        code = compile(words[0], "<string>", "exec", dont_inherit=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.realpath(first)))
        sys.argv[:] = asker.words
        first = main.__file__ = os.path.abspath(first)
        main.__loader__ = SourceFileLoader("__main__", first)
        code = compile(Path(first).read_bytes(), first, "exec", dont_inherit=True)
    exec(code, main.__dict__)


def be(asker: Asker, files: list[int]) -> NoReturn:
    """Do what a process was started for, and end as Python ends."""
    become(asker, files)
    code = 0
    try:
        run(asker)
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else int(asked.code is not None)
        if code and not isinstance(asked.code, int):
            print(asked.code, file=sys.stderr)
    except BaseException as error:
        trace = error.__traceback__ and error.__traceback__.tb_next and error.__traceback__.tb_next.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        code = 1
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    vars(sys.modules["__main__"]).clear()  # files that are open are written to their ends
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code & 255)


def answer(call: socket.socket, token: str, forked: Forked) -> None:
    """Fork for a process that asks; say "no" where it has to start a Python itself."""
    call.settimeout(10)
    try:
        said, pid, out = call.makefile("r", encoding="utf-8").readline().split()
        asker = read_asker(int(pid)) if said == token else None
        files = take_files(asker.pid, (0, int(out), 2)) if asker else []
    except (OSError, ValueError):
        asker = None
    if not asker:
        with suppress(OSError):
            call.sendall(b"no\n")
        call.close()
        return
    if not (child := os.fork()):
        be(asker, files)
    forked[child] = call
    for file in files:
        os.close(file)


def tell_ends(forked: Forked) -> None:
    """Tell the end of each fork that has ended to the process that waits for it."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            call = forked.pop(ended[0])
            with suppress(OSError):
                call.sendall(b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
            call.close()


def serve(token: str) -> None:
    """Answer until stdin is closed; a fork whose asker is gone is killed."""
    gc.collect()
    gc.freeze()
    heard, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    calls = socket.create_server(("127.0.0.1", 0))
    print(calls.getsockname()[1], flush=True)
    forked: Forked = {}
    while True:
        ready, _, _ = select.select([0, heard, calls, *forked.values()], [], [])
        gone = [child for child, call in forked.items() if 0 in ready or (call in ready and not call.recv(1))]
        for child in gone:
            os.kill(child, signal.SIGKILL)
        if 0 in ready:
            return
        if heard in ready or gone:
            with suppress(BlockingIOError):
                os.read(heard, 4096)
            tell_ends(forked)
        if calls in ready:
            answer(calls.accept()[0], token, forked)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for pytest, which closes stdin
    for name in LOADED:
        with suppress(ModuleNotFoundError):
            import_module(name)
    serve(sys.argv[1])
