"""One stand-in for a test: up in a folder of its own, with a home and a folder to submit from."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab import SMALL_PATH, Ran, wait_for

from pbs.settings import write_settings

HERE = Path(__file__).parent
ADMIN = "pbsadmin"


class Stand:
    """A stand-in and what a user does with it."""

    def __init__(self, top: Path, home: Path | None = None) -> None:
        self.folder, self.home = top / "pbs", home or top / "home"
        self.work = self.home / "t"
        self.work.mkdir(parents=True)
        self.folder.mkdir()
        self.settings(kill_delay=0.5, exiting=0.01)

    def settings(self, **changed: Any) -> None:
        """Change settings, switch faults on and off."""
        write_settings(str(self.folder), **changed)

    def sh(self, action: str) -> Ran:
        """Call pbs.sh."""
        argv = ["bash", str(HERE / "pbs.sh"), action, str(self.folder)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        return Ran(done.returncode, done.stdout, done.stderr)

    def up(self, first: int = 0) -> Stand:
        """Bring it up; the first job's number may be another than 0."""
        if first:
            (self.folder / "serverdb").write_bytes(pickle.dumps(({}, first)))
        came_up = self.sh("up")
        assert came_up.code == 0, came_up
        return self

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a user's shell has."""
        conf, path = str(self.folder / "pbs.conf"), f"{HERE / 'bin'}:{SMALL_PATH}"
        # As they were when the transcripts were made.
        user = {"PBS_STANDIN_USER": "pbsuser", "LOGNAME": "pbsuser", "MAIL": "/var/mail/pbsuser"}
        return {"PATH": path, "HOME": str(self.home), "SHELL": "/bin/bash", "PBS_CONF_FILE": conf, **user, **more}

    def run(self, *argv: str, **more: str) -> Ran:
        """Run a program in the folder to submit from."""
        done = subprocess.run(
            argv, cwd=self.work, env=self.environment(**more), stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
        return Ran(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    def bash(self, command: str, **more: str) -> Ran:
        """Run a line of bash there."""
        return self.run("bash", "-c", command, **more)

    def script(self, name: str, text: str) -> Path:
        """Write a job script."""
        path = self.work / name
        path.write_bytes(os.fsencode(text))
        return path

    def qsub(self, *words: str, **more: str) -> str:
        """Submit; returns the id."""
        ran = self.run("qsub", *words, **more)
        assert ran.code == 0, ran
        return ran.out.strip()

    def jobs(self, job: str = "", *words: str) -> dict[str, dict[str, Any]]:
        """Return the attributes of a job, its subjobs and history included; of all jobs without an id."""
        ran = self.run("qstat", "-x", "-t", "-f", "-F", "json", *words, *([job] if job else []))
        found: dict[str, dict[str, Any]] = json.loads(ran.out).get("Jobs", {})
        return found

    def states(self, job: str) -> dict[str, str]:
        """Return the states of an array and its subjobs, or of a job."""
        return {name: str(found["job_state"]) for name, found in self.jobs(job).items()}

    def wait(self, true: Callable[[], Any], what: str) -> Any:
        """Wait until something is true; the server's log is shown where it never is."""
        try:
            return wait_for(true, what, 15, pause=0.1)  # most looks are starts of qstat
        except AssertionError as error:
            log = (self.folder / "log").read_text()
            raise AssertionError(f"{error}; the server said: {log[-2000:]}") from None

    def finish(self, job: str) -> dict[str, dict[str, Any]]:
        """Wait for the end of a job or array; returns its attributes and its subjobs'."""
        self.wait(lambda: self.states(job).get(job) == "F", f"the end of {job}")
        return self.jobs(job)

    def text(self, name: str) -> str:
        """Return the text of a file in the folder to submit from."""
        return (self.work / name).read_text(errors="replace")
