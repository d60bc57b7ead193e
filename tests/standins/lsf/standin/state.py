"""What the stand-in knows: a JSON file a job, written by its runner alone."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SETTINGS = {
    "down": False,
    "slots": 4,
    "minute_s": 60.0,  # how long a minute of -W lasts
    "interval_s": 1.0,  # between the signals of a kill (JOB_TERMINATE_INTERVAL)
    "array": 1000,  # MAX_JOB_ARRAY_SIZE
    "pending": "-",  # MAX_PEND_JOBS
    "secure": 0,  # SECURE_JOB_INFO_LEVEL
}


class State:
    """The stand-in's folder."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        path = self.folder / "settings.json"
        self.settings: dict[str, Any] = {**SETTINGS, **(json.loads(path.read_text()) if path.exists() else {})}

    def jobs(self) -> list[str]:
        """Return the ids of all jobs, oldest first."""
        return sorted((path.stem for path in (self.folder / "jobs").glob("*.json")), key=int)

    def load(self, job: str) -> dict[str, Any] | None:
        """Return what is known of a job, None where there is none."""
        path = self.folder / "jobs" / f"{job}.json"
        found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return found

    def write(self, told: dict[str, Any]) -> None:
        """Write down a job, whole."""
        path = self.folder / "jobs" / f"{told['id']}.json"
        near = path.with_suffix(f".{os.getpid()}")
        near.write_text(json.dumps(told))
        near.rename(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the one lock: ids are given, slots are taken under it."""
        with open(self.folder / "lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def running(self) -> int:
        """Return how many elements run."""
        told = [self.load(job) for job in self.jobs()]
        return sum(one["stat"] == "RUN" for job in told if job for one in job["elements"].values())

    def has_ended(self, job: str) -> bool:
        """Return whether all elements of a job have ended."""
        told = self.load(job)
        return told is not None and all(e["stat"] in ("DONE", "EXIT") for e in told["elements"].values())

    def wait_for_runner(self, job: str) -> None:
        """Wait until a job's runner is gone."""
        told = self.load(job)
        while told and os.path.exists(f"/proc/{told.get('runner', 0)}/stat"):
            time.sleep(0.02)
