"""The server's process: ``python -S -E .../pbs/server FOLDER`` answers clients and runs jobs until SIGTERM."""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

sys.path[0] = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

from pbs.server import changes, status  # noqa: E402
from pbs.server.ends import requeue  # noqa: E402
from pbs.server.execution import reap, watch  # noqa: E402
from pbs.server.jobs import Hall  # noqa: E402
from pbs.server.schedule import schedule  # noqa: E402
from pbs.server.session import end_strays, find_sessions  # noqa: E402
from pbs.server.submit import RefusedError, submit  # noqa: E402
from pbs.settings import load_settings  # noqa: E402
from pbs.wire import Reply, receive, send  # noqa: E402

TICK = 0.05


def ask_exit(hall: Hall, request: Reply) -> Reply:
    """Tell qsub -W block=true whether its job is over."""
    job = next((job for job in hall.jobs.values() if str(job.id) == request["id"]), None)
    return {"state": job.state if job else "gone", "exit": job.exit_status if job else 0}


HANDLERS: dict[str, Callable[[Hall, Reply], Reply]] = {
    "submit": submit,
    "status": status.status,
    "select": status.select,
    "queues": status.queues,
    "server": status.server,
    "delete": changes.delete,
    "hold": changes.hold,
    "release": changes.release,
    "rerun": changes.rerun,
    "signal": changes.send_signal,
    "alter": changes.alter,
    "exit": ask_exit,
    "ping": lambda hall, _: {"jobs": len(hall.jobs)},
}


def handle(hall: Hall, request: Reply) -> Reply:
    """Return the answer to one request."""
    try:
        return {"answered": True, **HANDLERS[request["operation"]](hall, request)}
    except status.NotShownError as error:
        return {"error": error.code, "text": error.text, "id": error.name, "finished": error.finished}
    except RefusedError as error:
        return {"error": error.code, "text": error.text}


def serve(hall: Hall, listener: socket.socket) -> None:
    """Answer one client; one that goes away or says nothing sensible is left."""
    speaker, _ = listener.accept()
    with speaker, suppress(OSError, ValueError):
        speaker.settimeout(10)
        if request := receive(speaker):
            hall.settings = load_settings(hall.folder)
            send(speaker, handle(hall, request))


def load(folder: str) -> Hall:
    """Return what the server before this one knew; what ran then waits again."""
    hall = Hall(folder, load_settings(folder))
    with suppress(FileNotFoundError), open(os.path.join(folder, "serverdb"), "rb") as file:
        hall.jobs, hall.next = pickle.load(file)
    end_strays(folder)
    for job in hall.jobs.values():
        for task in list(job.live.values()):
            requeue(job, task)
    return hall


def save(hall: Hall) -> None:
    """Keep what the server knows."""
    path = os.path.join(hall.folder, "serverdb")
    with open(f"{path}.new", "wb") as file:
        pickle.dump((hall.jobs, hall.next), file)
    os.replace(f"{path}.new", path)


def listen(folder: str) -> socket.socket:
    """Return the socket on which clients are heard."""
    os.chdir(folder)
    with suppress(FileNotFoundError):
        os.unlink("socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket")
    listener.listen(128)
    return listener


def work(hall: Hall, looked: float) -> float:
    """Do what time and processes ask for; returns when limits were looked at last."""
    if time.monotonic() > looked + hall.settings["sample"]:
        looked = time.monotonic()
        if hall.tasks("R"):
            watch(hall, find_sessions())
    reap(hall)
    schedule(hall)
    return looked


def run(folder: str) -> None:
    """Serve until SIGTERM; then end every job's processes and keep the rest for the next time."""
    hall = load(folder)
    listener = listen(folder)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    looked = 0.0
    while not stopped:
        ready = select.select([listener.fileno(), reader], [], [], TICK)[0]
        if reader in ready:
            os.read(reader, 4096)
        try:
            hall.settings = load_settings(folder)
            if listener.fileno() in ready:
                serve(hall, listener)
            looked = work(hall, looked)
        except Exception:
            traceback.print_exc()
    listener.close()
    os.unlink("socket")
    end_strays(folder)
    save(hall)


if __name__ == "__main__":
    run(sys.argv[1])
