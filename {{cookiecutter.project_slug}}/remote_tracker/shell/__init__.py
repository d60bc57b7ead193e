"""Start processes, which no other module does; every failure comes back as an exit code and a sentence."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple

if TYPE_CHECKING:  # the check at the end of each task pays for every import in this module
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike
    from typing import IO

TIMED_OUT, NOT_STARTED, NOT_FOUND = 124, 126, 127


class Result(NamedTuple):
    """The end of a program: its exit code (128 + n after signal n), and its output, as text."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """Return the first line on stderr that is not blank; a sentence with the exit code where there is none."""
        return next((line.strip() for line in self.err.splitlines() if line.strip()), f"it ended with {self.code}")


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | PathLike[str] | None = None,
    input: str | None = None,
    timeout: float | None = None,
) -> Result:
    """Run a program to its end, without a shell, and return its result; a failing program raises nothing.

    ``env`` is its whole environment (None: this process's), ``input`` the text on its stdin (None: nothing),
    ``timeout`` in seconds. Three exit codes are set here, as bash and ``timeout`` set them: 127 there is no such
    program, 126 it cannot be started, 124 it took too long and was killed with all processes that it had started.
    """
    import subprocess  # 4 ms of each task's check, which starts nothing

    try:
        process = subprocess.Popen(
            list(argv),
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=timeout is not None,
        )
    except (OSError, ValueError) as error:
        return _not_started(argv, cwd, error)
    return _wait(process, input, timeout, argv[0])


def ask(argv: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float | None = None) -> Result:
    """Run a program as ``run`` does, in the locale C: its words and numbers are read by us, so none is translated."""
    return run(argv, env={**(os.environ if env is None else env), "LC_ALL": "C"}, timeout=timeout)


def stream(
    argv: Sequence[str], take: Callable[[bytes], None], input: bytes | None = None, quiet: bool = False, *keep: int
) -> Result:
    """Run a program, hand what it prints to ``take`` as it comes, and return its result, without ``out``.

    Its stdin is ``input``, this process's own where that is None. What it prints on stderr is shown as it comes; with
    ``quiet`` it is kept in the result instead. It holds the files ``keep`` open. An exception, as Ctrl-C, ends it.
    """
    import subprocess  # 4 ms, as above

    with ExitStack() as files:
        told = _scratch(files, b"") if quiet else None
        asked = None if input is None else _scratch(files, input)
        try:
            pipe = subprocess.PIPE
            process = subprocess.Popen(list(argv), stdin=asked, stdout=pipe, stderr=told, bufsize=0, pass_fds=keep)
        except (OSError, ValueError) as error:
            return _not_started(argv, None, error)
        try:
            while read := os.read(process.stdout.fileno(), 1 << 18):  # type: ignore[union-attr]  # it is a pipe
                take(read)
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        err = os.pread(told.fileno(), 1 << 20, 0).decode("utf-8", "replace") if told else ""
    return Result(code if code >= 0 else 128 - code, "", err)


def _scratch(files: ExitStack, content: bytes) -> IO[bytes]:
    from tempfile import TemporaryFile  # 38 ms of a scan

    file = files.enter_context(TemporaryFile())  # noqa: SIM115  # it is one
    file.write(content)
    file.seek(0)
    return file


def open_talk(argv: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program and return it, with pipes to its three streams; raises OSError where it cannot be started."""
    from subprocess import PIPE, Popen  # 4 ms, as above

    return Popen(list(argv), stdin=PIPE, stdout=PIPE, stderr=PIPE, bufsize=0)


def which(name: str) -> str:
    """Return the path of the program that ``name`` starts here, "" where there is no such program."""
    from shutil import which  # 2 ms of each task's check

    return which(name) or ""


def _wait(process: subprocess.Popen[bytes], text: str | None, timeout: float | None, name: str) -> Result:
    from subprocess import TimeoutExpired  # 4 ms, as above

    try:
        out, err = process.communicate(None if text is None else text.encode("utf-8", "surrogateescape"), timeout)
    except TimeoutExpired:
        _kill_group(process)
        return Result(TIMED_OUT, "", f"{name}: took longer than {timeout:g} s and was stopped")
    except BaseException:
        _kill_group(process) if timeout is not None else process.kill()
        raise
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return Result(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    import signal  # 0.5 ms of each task's check

    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
        with suppress(OSError):
            pipe.close()


def _not_started(argv: Sequence[str], cwd: str | PathLike[str] | None, error: OSError | ValueError) -> Result:
    name = argv[0]
    if cwd is not None and not os.path.isdir(cwd):
        return Result(NOT_STARTED, "", f"{os.fspath(cwd)}: there is no such folder to run {name} in")
    if isinstance(error, FileNotFoundError):
        return Result(NOT_FOUND, "", f"{name}: there is no such program here")
    told = error.strerror if isinstance(error, OSError) else str(error)
    return Result(NOT_STARTED, "", f"{name}: cannot be started: {told}")


def start(argv: Sequence[str], log: PathLike[str], environment: Mapping[str, str]) -> int:
    """Start a program in the background, in its own process group, and return its process id.

    Its output is appended to ``log``; its stdin is empty, and its handling of signals is the default.
    """
    import signal  # 0.5 ms of each task's check

    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.fspath(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    fresh = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE]
    return os.posix_spawnp(argv[0], list(argv), dict(environment), file_actions=actions, setpgroup=0, setsigdef=fresh)


def wait_any() -> tuple[int, int]:
    """Wait until any started program ends; return its process id and exit code."""
    pid, status = os.wait()
    return pid, os.waitstatus_to_exitcode(status)


def stop(pid: int) -> None:
    """Ask a started program and its process group to end (SIGTERM); do nothing where it has ended."""
    import signal  # 0.5 ms of each task's check

    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)


def replace_with(argv: Sequence[str]) -> int:
    """Replace this process by a program; return only where it cannot be started, with NOT_FOUND."""
    try:
        os.execvp(argv[0], list(argv))
    except OSError:
        return NOT_FOUND
