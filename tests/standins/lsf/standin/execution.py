"""The runner of one array: it starts its elements, ends those that are over a limit, and writes LSF's report."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from state import State

TICK_S = 0.05
ENDINGS = {
    "memory": "TERM_MEMLIMIT: job killed after reaching LSF memory usage limit.\n",
    "time": "TERM_RUNLIMIT: job killed after reaching LSF run time limit.\n",
    "owner": "TERM_OWNER: job killed by owner.\n",
}
LINE = "-" * 60


class Element:
    """One element that runs: its process, its output, why it is being ended and which signal comes next."""

    def __init__(self, state: State, told: dict[str, Any], index: str) -> None:
        self.state, self.told, self.index = state, told, index
        self.output = state.folder / "spool" / f"{told['id']}.{index}.out"
        more = {"LSB_JOBID": str(told["id"]), "LSB_JOBINDEX": index, "LSB_HOSTS": os.uname().nodename}
        with open(self.output, "w") as out:
            self.process = subprocess.Popen(
                [str(state.folder / "spool" / str(told["id"]))],
                cwd=told["cwd"],
                env={**os.environ, **more},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.began, self.most_kib, self.ending, self.next_at = time.time(), 0, "", 0.0
        self.signals: list[int] = []

    def look(self) -> None:
        """Measure it; begin to end it where it is over a limit or was killed."""
        self.most_kib = max(self.most_kib, sum(memory for _, memory in processes_of(self.process.pid)))
        limit_s = self.told["minutes"] * self.state.settings["minute_s"]
        if self.told["memory_kib"] and self.most_kib > self.told["memory_kib"]:
            self.end("memory", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        elif limit_s and time.time() - self.began > limit_s:
            self.end("time", [signal.SIGUSR2, signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        if self.signals and time.time() >= self.next_at:
            number = self.signals.pop(0)
            self.next_at = time.time() + self.state.settings["interval_s"]
            for pid, _ in processes_of(self.process.pid):
                kill(pid, number)

    def end(self, why: str, signals: list[int]) -> None:
        """End it for this reason, unless it is ending already."""
        if not self.ending:
            self.ending, self.signals = why, signals

    def over(self) -> dict[str, Any] | None:
        """Return what is known of it once it is over, its report written; None while it runs."""
        code = self.process.poll()
        if code is None:
            return None
        for pid, _ in processes_of(self.process.pid):
            kill(pid, signal.SIGKILL)
        code = code if code >= 0 else 128 - code
        run_s = time.time() - self.began
        self.report(code, run_s)
        return {"stat": "EXIT" if code else "DONE", "run_s": run_s, "kib": self.most_kib, "reason": ""}

    def report(self, code: int, run_s: float) -> None:
        """Append the report, then what it printed itself, to the file of -o."""
        if not self.told["output"]:
            return
        path = Path(self.told["cwd"], self.told["output"].replace("%I", self.index).replace("%J", str(self.told["id"])))
        name, host = f"{self.told['name']}[{self.index}]", os.uname().nodename
        script = (self.state.folder / "spool" / str(self.told["id"])).read_text()
        ended = "Done" if code == 0 else "Exited"
        how = "Successfully completed.\n" if code == 0 else f"Exited with exit code {code}.\n"
        with open(path, "a") as log:
            log.write(
                f"Sender: LSF System <lsfadmin@{host}>\n"
                f"Subject: Job {self.told['id']}[{self.index}]: <{name}> in cluster <standin> {ended}\n\n"
                f"Job <{name}> was submitted from host <{host}> by user <{self.told['user']}>.\n"
                f"<{self.told['cwd']}> was used as the working directory.\n\nYour job looked like:\n\n"
                f"{LINE}\n# LSBATCH: User input\n{script}\n{LINE}\n\n{ENDINGS.get(self.ending, '')}{how}\n"
                f"Resource usage summary:\n\n    Max Memory : {self.most_kib // 1024} MB\n"
                f"    Run time : {run_s:.0f} sec.\n\nThe output (if any) follows:\n\n{self.output.read_text()}\n"
            )


def processes_of(session: int) -> list[tuple[int, int]]:
    """Return each living process of a session with the KiB that it holds."""
    found = []
    for pid in (int(name) for name in os.listdir("/proc") if name.isdecimal()):
        try:
            if os.getsid(pid) != session:  # asked of all processes at each tick: the files of the others stay unread
                continue
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            found.append((pid, int(fields[21]) * os.sysconf("SC_PAGESIZE") // 1024))
    return found


def kill(pid: int, number: int) -> None:
    """Send a signal to what may be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def run_array(state: State, job: str) -> int:
    """Run an array to its end."""
    told = state.load(job)
    assert told is not None
    told["runner"] = os.getpid()
    state.write(told)
    running: dict[str, Element] = {}
    while any(one["stat"] in ("PEND", "RUN") for one in told["elements"].values()):
        state = State(str(state.folder))  # its settings may have been changed
        _obey_kills(state, told, running)
        for index, element in list(running.items()):
            element.look()
            if (ended := element.over()) is not None:
                told["elements"][index] = ended
                del running[index]
        for element in running.values():
            told["elements"][element.index] |= {"kib": element.most_kib, "run_s": time.time() - element.began}
        with state.locked():
            state.write(told)
            _start_more(state, told, running)
            state.write(told)
        time.sleep(TICK_S)
    return 0


def _obey_kills(state: State, told: dict[str, Any], running: dict[str, Element]) -> None:
    for path in (state.folder / "jobs").glob(f"{told['id']}.kill.*"):
        index = path.name.rpartition(".")[2]
        if index in running:
            running[index].end("owner", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
        elif told["elements"][index]["stat"] == "PEND":
            told["elements"][index] = {"stat": "EXIT", "reason": ""}
        path.unlink()


def _start_more(state: State, told: dict[str, Any], running: dict[str, Element]) -> None:
    waits = not all(state.has_ended(other) for other in told["after"])
    free = state.settings["slots"] - state.running()
    for index, one in told["elements"].items():
        if one["stat"] != "PEND":
            continue
        if waits:
            one["reason"] = "Job dependency condition not satisfied;"
        elif told["throttle"] and len(running) >= told["throttle"]:
            one["reason"] = "The job array has reached its job slot limit;"
        elif free <= 0:
            one["reason"] = "Not enough job slot(s);"
        else:
            running[index] = Element(state, told, index)
            told["elements"][index] = {"stat": "RUN", "reason": "", "kib": 0, "run_s": 0.0}
            free -= 1
