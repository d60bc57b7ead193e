"""A lab's project on a cluster of the tests: submitted to as a person does it, waited for by what the queue shows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
import yaml
from lab import Lab, Ran, wait_for

GATE = "until [ -e go ]; do sleep 0.1; done"
WORK = """set -eu
cd -- "${0%%/*}"
unit=${1##*/}
mkdir -p ledger
entry=ledger/$unit.$BASHPID
printf begun >"$entry"
%s
cp -- "$1" "$2"
printf ' done' >>"$entry"
"""
FILL = """case $unit in v1.avi) python3 -c "
import time
filled = b'x' * (170 << 20)
time.sleep(3)
";; esac"""
PENDING, RUNNING = "pending", "running"


class Task(NamedTuple):
    """One task of an array in the queue: its job's id, its index, its state (pending, running ...), node and folder."""

    job: str
    index: str
    state: str
    node: str
    folder: str


class ClusterLab(Lab, ABC):
    """One project that is submitted to a scheduler; others may use the same one at the same time.

    ``SUBMIT`` is what people type before the script's name, ``SUBMITS`` what ./rt submit runs; ``AFTER`` is the option
    of a job that waits for the job JOB. ``UNREACHABLE`` is a pattern of what the scheduler's programs say where it does
    not answer, ``EXAMPLE_JOB`` one of a job's id. ``ODD_NAME`` and ``OTHER_NAME``: a job's name that tells no number,
    and one that tells another batch's. ``SHORT`` is a walltime that a test can wait for, ``TWICE_SHORT`` what a retry
    then asks for and ``ASKS_TWICE`` how. ``LESS`` is what a tracker's script asks for, and what the clips need.
    """

    SCHEDULER: ClassVar[str]
    SUBMIT: ClassVar[str]
    SUBMITS: ClassVar[str]
    AFTER: ClassVar[str]
    UNREACHABLE: ClassVar[str]
    EXAMPLE_JOB: ClassVar[str] = r"\d+"
    ODD_NAME: ClassVar[str] = "a.1"
    OTHER_NAME: ClassVar[str] = "rt0002.copy.tiny"
    SHORT: ClassVar[str] = "0:01:00"
    TWICE_SHORT: ClassVar[str]
    ASKS_TWICE: ClassVar[str]
    LESS: ClassVar[tuple[str, str]]

    @property
    def script(self) -> str:
        """The name of the job script of one stage."""
        return f"process_all.{self.SCHEDULER}"

    @abstractmethod
    def twin(self, root: Path) -> ClusterLab:
        """Return the project in another folder, on the same cluster."""

    @abstractmethod
    def submit_argv(self, hold: bool, at_once: int, name: str, node: str) -> list[str]:
        """Return the command that prints the id of the job it submits, without the script's name."""

    @abstractmethod
    def queue(self, *states: str) -> list[Task]:
        """Return this project's tasks in the queue, those in these states where any are named."""

    @abstractmethod
    def cancel(self, job: str, *tasks: int) -> None:
        """Cancel a job, or some of its tasks, with the scheduler's own command."""

    @abstractmethod
    def release(self, job: str, at_once: int = 0) -> None:
        """Let a job go that is held; so many of its tasks at once."""

    def requeue(self, job: str, task: int) -> None:
        """Put a running task back into the queue."""
        raise NotImplementedError

    def hurry(self) -> None:
        """Let walltimes pass faster, where time can be made to."""

    @abstractmethod
    def find_codes(self, job: str) -> Mapping[str, object]:
        """Return the exit codes of a job's tasks that have ended; for one that ended oddly, how."""

    @abstractmethod
    def asked_of(self, job: str) -> Mapping[str, str]:
        """Return what a job asks for: its partition and walltime, as the scheduler shows them."""

    @abstractmethod
    def deaf(self) -> dict[str, str]:
        """Return the variables with which the scheduler cannot be asked."""

    @abstractmethod
    def limit_arrays(self, tasks: int) -> tuple[int, str]:
        """Limit the tasks of an array to about so many; returns how many, and who says so."""

    def limit_user(self, more: int) -> str:
        """Let this user submit so many jobs more, till the end of the test; returns what the limit is of."""
        raise NotImplementedError

    def settings(self, **keys: object) -> None:
        """Write project.yml, for this scheduler where no other cluster is named."""
        super().settings(**{"cluster": self.SCHEDULER, **keys})

    def own_cluster(self, name: str, **keys: object) -> None:
        """Describe a cluster of the site's own, and work on that."""
        folder = self.root / "site" / "clusters"
        folder.mkdir(parents=True, exist_ok=True)
        told = {"description": "x", "scheduler": self.SCHEDULER, **keys}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(told, sort_keys=False))
        self.settings(cluster=name)

    def rename(self, name: str) -> None:
        """Give the project's folder another name."""
        self.root = self.root.rename(self.root.with_name(name))
        self.workspace = self.root / "workspace"

    def work(self, middle: str = ":", **keys: Any) -> None:
        """Declare a tracker that notes each execution in ledger/<video>.<process>, does ``middle`` and copies."""
        (self.root / "work.sh").write_text(WORK % middle)
        self.tracker(**{"command": "bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}", **keys})

    def open_gate(self) -> None:
        """Open the gate that the work waits at."""
        (self.root / "go").touch()

    def ledger(self) -> dict[str, list[str]]:
        """Return, for each video, what its executions wrote of themselves: begun, or begun and done."""
        found: dict[str, list[str]] = {}
        for path in sorted((self.root / "ledger").glob("*")):
            found.setdefault(path.name.rpartition(".")[0], []).append(path.read_text())
        return found

    def once(self) -> dict[str, list[str]]:
        """Return the ledger of a project each of whose videos was processed once, to the end."""
        top = self.root / "RawVideos"
        return {path.name: ["begun done"] for path in top.rglob("*") if path.is_file()}

    def made(self) -> list[Path]:
        """Return the results in the days' folders; what is being made comes and goes beside them."""
        return [*(self.root / "Results").glob("[!.]*/*")]

    def submit(
        self,
        *,
        hold: bool = False,
        at_once: int = 0,
        name: str = "",
        node: str = "",
        folder: str = "workspace",
        script: str = "",
        more: tuple[str, ...] = (),
    ) -> str:
        """Submit the job script as a person does; returns the job's id."""
        ran = self.run(*self.submit_argv(hold, at_once, name, node), *more, script or self.script, folder=folder)
        assert ran.code == 0, ran
        return self.read_id(ran.out)

    def read_id(self, answer: str) -> str:
        """Return the job's id from what the submission printed."""
        return answer.strip()

    def submitted(self, *words: str) -> list[str]:
        """Return the ids of the jobs that ./rt submit, or retry, says it made."""
        ran = self.rt(*words)
        assert ran.code == 0, ran
        return [line.rpartition(" ")[2].rstrip(".") for line in ran.out.splitlines() if line.startswith("Submitted ")]

    def command(self, *argv: str, **more: str) -> str:
        """Return what one of the scheduler's own commands prints; it must work."""
        ran = self.run(*argv, folder="", **more)
        assert ran.code == 0, ran
        return ran.out

    def wait_until_empty(self, seconds: float = 240) -> None:
        """Wait until none of this project's tasks is in the queue."""
        wait_for(lambda: not self.queue(), f"an empty queue, and not {self.queue()[:3]}", seconds)

    def wait_for_running(self, number: int = 1, seconds: float = 120) -> list[Task]:
        """Wait until so many tasks run and have begun their work; returns those that run."""
        wait_for(lambda: len(self.queue(RUNNING)) >= number, f"{number} running tasks", seconds)
        wait_for(lambda: len(list((self.root / "ledger").glob("*"))) >= number, f"{number} begun", seconds)
        return self.queue(RUNNING)

    def process_and_wait(self, **how: Any) -> str:
        """Submit what is listed and wait until it has left the queue; returns the job's id."""
        job = self.submit(**how)
        self.wait_until_empty()
        return job

    def wait_for_codes(self, job: str, tasks: int, seconds: float = 60) -> dict[str, object]:
        """Return each task's exit code as the scheduler tells it, which may lag: asked until it knows all ended."""

        def ended() -> dict[str, object]:
            codes = self.find_codes(job)
            return dict(codes) if len(codes) >= tasks else {}

        found: dict[str, object] = wait_for(ended, f"the ends of {tasks} tasks of job {job}", seconds)
        return found

    def edit_script(self, old: str, new: str, script: str = "") -> None:
        """Change the job script, as its owner may."""
        text = (path := self.workspace / (script or self.script)).read_text()
        assert old in text, text
        path.write_text(text.replace(old, new))

    def ask_for(self, *lines: str) -> int:
        """Write lines of options before those that a scan fills in; returns the first one's number."""
        path = self.workspace / self.script
        text = path.read_text().split("\n")
        mark = next(number for number, line in enumerate(text) if line.startswith("# >>>"))
        path.write_text("\n".join([*text[:mark], *lines, *text[mark:]]))
        return mark + 1

    def host_of(self, batch: int, task: int) -> str:
        """Return the host that a task says it runs on."""
        return self.log(batch, task).partition(" host=")[2].split(" ")[0]

    def clear(self) -> None:
        """Cancel what the test left in the queue, then end what it left running."""
        for job in sorted({task.job for task in self.queue()}):
            self.cancel(job)
        self.wait_until_empty()
        super().clear()


def on(*names: str) -> pytest.MarkDecorator:
    """Run a test on these schedulers alone: what it is about the others do not have."""
    return pytest.mark.parametrize("cluster", names, indirect=True)


def told(ran: Ran) -> str:
    """Return all that a command printed, as one line."""
    return " ".join((ran.out + ran.err).split())
