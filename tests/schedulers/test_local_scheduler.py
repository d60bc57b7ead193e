"""Without a scheduler a batch is alive as long as a process of its runner is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import kill, wait_for
from remote_tracker.disk import claims
from remote_tracker.model.scheduling import Array, BatchRef
from remote_tracker.schedulers import local

PACKAGE = str(Path(sys.modules["remote_tracker"].__file__ or "").parents[1])
RUNNER = """
import subprocess, sys
from pathlib import Path
from remote_tracker.disk import claims
from remote_tracker.schedulers import local
batch, inherit = Path(sys.argv[1]), sys.argv[2] == "inherit"
assert claims.take_lock(batch / local.LOCK, inherit=inherit) is not None
assert claims.take_lock(batch / local.OWNER, inherit=False) is not None
child = subprocess.Popen(["sleep", "60"], close_fds=False, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
child.wait()
"""


class Runner:
    """A process that runs a batch, and a task that it started."""

    def __init__(self, batch: Path, inherit: bool = True) -> None:
        argv = [sys.executable, "-c", RUNNER, str(batch), "inherit" if inherit else "no"]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": PACKAGE})
        assert self.process.stdout
        self.child = int(self.process.stdout.readline())

    def kill(self) -> None:
        """End the runner by force, not its task."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """Return a batch's folder, its first task started."""
    folder = tmp_path / "0001"
    folder.mkdir()
    for name in ("owner", "output.1", "output.x", "names.txt"):
        (folder / name).write_text("x")
    return folder


@pytest.fixture
def runner(batch: Path) -> Iterator[Runner]:
    """Start a runner of the batch; whatever is left of it is ended."""
    made = Runner(batch)
    yield made
    kill(made.child, signal.SIGKILL)
    made.kill()


def test_alive_with_its_runner(batch: Path, runner: Runner) -> None:
    """While its runner lives any task of a batch may run."""
    assert local.read_queue([BatchRef(batch)]).alive == {"0001": None}


def test_alive_without_its_runner(batch: Path, runner: Runner) -> None:
    """After kill -9 of the runner only what it had started may still run; after the last one nothing."""
    runner.kill()
    assert local.read_queue([BatchRef(batch)]).alive == {"0001": frozenset({1})}
    assert claims.take_lock(batch / local.LOCK, inherit=False) is None
    kill(runner.child, signal.SIGKILL)
    wait_for(lambda: not local.read_queue([BatchRef(batch)]).alive, "the lock to fall")


def test_lock_not_inherited(batch: Path) -> None:
    """A lock that is not for children falls with the process that took it."""
    runner = Runner(batch, inherit=False)
    runner.kill()
    try:
        assert local.read_queue([BatchRef(batch)]).alive == {}
    finally:
        kill(runner.child, signal.SIGKILL)


def test_one_at_a_time(batch: Path, runner: Runner) -> None:
    """A second runner does not get the lock."""
    assert claims.take_lock(batch / local.LOCK, inherit=True) is None


def test_never_run(tmp_path: Path) -> None:
    """A batch without a lock file, one whose lock nobody holds, and one that is gone are not alive."""
    for name in ("0001", "0002"):
        (tmp_path / name).mkdir()
    (tmp_path / "0002" / local.LOCK).touch()
    assert local.read_queue([BatchRef(tmp_path / name) for name in ("0001", "0002", "0003")]).alive == {}


def test_asking_disturbs_nobody(batch: Path) -> None:
    """While one scan asks, another that asks does not take the batch for alive."""
    import fcntl

    (batch / local.LOCK).touch()
    with open(batch / local.LOCK) as other:
        fcntl.flock(other, fcntl.LOCK_SH)
        assert not claims.is_held(batch / local.LOCK)


def test_taken_while_somebody_asks(batch: Path) -> None:
    """A runner waits out a scan that is asking just then."""
    import fcntl
    import threading

    (batch / local.LOCK).touch()
    other = open(batch / local.LOCK)  # noqa: SIM115
    fcntl.flock(other, fcntl.LOCK_SH)
    threading.Timer(0.1, other.close).start()
    lock = claims.take_lock(batch / local.LOCK, inherit=False)
    assert lock is not None
    os.close(lock)


def begin_of(pid: int) -> str:
    """Return when a process began, in clock ticks since the boot."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19]


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that is called as a task is, with a name that looks like fields of /proc/PID/stat."""
    folder = tmp_path / ") Z 1 2"
    folder.mkdir()
    (folder / "run_task.sh").write_text("read -r _\n")
    bash = folder / ") Z 1 2 bash"
    bash.symlink_to("/bin/bash")
    with subprocess.Popen([str(bash), str(folder / "run_task.sh")], stdin=subprocess.PIPE) as process:
        wait_for(lambda: b"run_task.sh" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the script to start")
        yield process


def test_running_by_hand(by_hand: subprocess.Popen[bytes]) -> None:
    """A task run by hand is known by its process: on this machine, living, begun when the log says."""
    here, pid, began = socket.gethostname(), by_hand.pid, begin_of(by_hand.pid)
    assert local.is_running_here(here, pid, began)
    assert not local.is_running_here("elsewhere", pid, began)
    by_hand.communicate()
    assert not local.is_running_here(here, pid, began)


def test_number_of_an_older_process(by_hand: subprocess.Popen[bytes]) -> None:
    """A later process with the same number is not the task, though it runs a task itself."""
    assert not local.is_running_here(socket.gethostname(), by_hand.pid, str(int(begin_of(by_hand.pid)) - 1))


def test_log_without_a_beginning(by_hand: subprocess.Popen[bytes]) -> None:
    """A log of an older version does not say when its process began: a bash that runs run_task.sh counts."""
    assert local.is_running_here(socket.gethostname(), by_hand.pid)
    by_hand.communicate()
    assert not local.is_running_here(socket.gethostname(), by_hand.pid)


def test_ended_but_not_waited_for() -> None:
    """A process that has ended, of which its parent did not hear yet, does not run."""
    with subprocess.Popen(["sleep", "60"]) as process:
        began = begin_of(process.pid)
        process.kill()
        wait_for(lambda: b") Z" in Path(f"/proc/{process.pid}/stat").read_bytes(), "the process to end")
        assert not local.is_running_here(socket.gethostname(), process.pid, began)


@pytest.mark.parametrize("argv", [["tail", "-f"], ["bash", "-c", "sleep 60; :", "x"]], ids=["shown", "named"])
def test_a_look_at_the_script(tmp_path: Path, argv: list[str]) -> None:
    """A program in whose arguments run_task.sh stands, as a pager, is no task."""
    script = tmp_path / "run_task.sh"
    script.touch()
    with subprocess.Popen([*argv, str(script)], process_group=0) as process:
        wait_for(lambda: b"run_task.sh" in Path(f"/proc/{process.pid}/cmdline").read_bytes(), "the program to start")
        try:
            assert not local.is_running_here(socket.gethostname(), process.pid)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize("began", ["", "1", "no number", "\udce9"])
def test_process_of_another_user(began: str) -> None:
    """A number that now belongs to another user's process is no task."""
    child = os.fork()
    if child == 0:
        if os.getuid() == 0:
            os.setuid(4242)
        os._exit(local.is_running_here(socket.gethostname(), 1, began))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_hidden_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system hides the processes of other users, one that lives may be the task."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert not local.is_running_here(socket.gethostname(), os.getpid(), "1")
    monkeypatch.setattr(os, "kill", refuse)
    assert local.is_running_here(socket.gethostname(), os.getpid(), "1")


@pytest.mark.parametrize("began", ["", "7"])
@pytest.mark.parametrize("pid", [0, -1, os.getpid(), 2**22 + 1, 2**70], ids=["zero", "negative", "own", "none", "huge"])
def test_not_a_task(pid: int, began: str) -> None:
    """A number that no process has, or another program, is no task."""
    assert not local.is_running_here(socket.gethostname(), pid, began)


def test_block() -> None:
    """A job script is told its batch and how many tasks it has."""
    assert local.array_directives(Array("0007", 12, "flies.track.0007", Path("/lab/workspace"))) == [
        "batch=0007",
        "tasks=12",
    ]
