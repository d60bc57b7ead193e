"""A lab's project in a test: a small tracker of plain bash, its own scripts called as a person calls them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from locales import environment_of
from starting import FORKS, read_call

REPOSITORY = Path(__file__).parents[1]
TEMPLATE = REPOSITORY / "{{cookiecutter.project_slug}}"
LONG_AGO = 1_700_000_000
SMALL_PATH = "/usr/bin:/bin"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # else each start of numpy spins in threads, half of what the start takes
LOCALE = os.environ.get("RT_LOCALE", "")  # make test-locales: the one that projects are used in

COPY: dict[str, Any] = {
    "name": "copy",
    "help": "copy the video",
    "input": {"video": "RawVideos/{subdir}/{name}.{ext,avi|mp4}"},
    "output": {"copy": "Results/{subdir}/{name}.txt"},
    "command": "cp {{ input.video }} {{ output.copy }}",
}
LIST_DAY: dict[str, Any] = {
    "name": "listing",
    "help": "list a day",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"copy": "Results/{day}/{subdir}/{name}.txt"},
    "output": {"list": "Results/{day}/list_summary.csv"},
    "command": "wc -c {{ input.copy }} > {{ output.list }}",
}


class Ran(NamedTuple):
    """How a program ended and what it printed."""

    code: int
    out: str
    err: str


def wait_for(true: Callable[[], Any], what: str, seconds: float = 20.0, pause: float = 0.02) -> Any:
    """Return what ``true`` returns once it is not false; fails the test where that takes too long.

    A look that starts a program takes more CPU than all that is waited for, unless its pauses are longer.
    """
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"waited {seconds:g} s in vain: {what}"
        time.sleep(pause)
    return found


class Lab:
    """One project; its scripts run as under ``env -i`` with a small PATH."""

    forks = not LOCALE  # whether a call of a script may be a fork (starting.py), not a start of Python

    def __init__(self, root: Path, home: Path) -> None:
        self.root, self.home = root, home
        self.workspace = root / "workspace"
        self.started: list[subprocess.Popen[bytes]] = []

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing."""
        return {
            "PATH": SMALL_PATH,
            "HOME": str(self.home),
            "REMOTE_TRACKER_PYTHON": sys.executable,
            "REMOTE_TRACKER_TEST": str(self.root),
            **ONE_THREAD,
            **(environment_of(LOCALE) if LOCALE else {}),
            **more,
        }

    def run(self, *argv: str, folder: str = "workspace", seconds: float = 60, **more: str) -> Ran:
        """Run a command in one of the project's folders, to its end; as a fork where that is as good as a start."""
        environment = self.environment(**more)
        call = read_call(self.root, folder, argv, environment) if self.forks else None
        if call and (forked := FORKS.run(call, seconds)):
            return Ran(forked[0], forked[1].decode("utf-8", "replace"), forked[2].decode("utf-8", "replace"))
        done = subprocess.run(
            argv,
            cwd=self.root / folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def start(self, *argv: str, folder: str = "workspace", **more: Any) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own, as a terminal does."""
        process = subprocess.Popen(
            argv,
            cwd=self.root / folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **more,
        )
        self.started.append(process)
        return process

    def scan(self, *words: str, **more: str) -> Ran:
        """Scan the workspace and show what it says where it fails."""
        ran = self.run("bash", "get_files2process.sh", *words, **more)
        assert "Traceback" not in ran.out + ran.err, ran.err
        return ran

    def look(self, *words: str) -> dict[str, Any]:
        """Scan the workspace for programs; the scan must be fine."""
        ran = self.scan("--json", *words)
        assert ran.code == 0, ran
        found: dict[str, Any] = json.loads(ran.out)
        assert sum(found["counts"].values()) == found["found"]
        return found

    def counts(self, *words: str) -> dict[str, int]:
        """Scan; return what is not 0."""
        return {word: n for word, n in self.look(*words)["counts"].items() if n}

    def process(self, *words: str, **more: str) -> Ran:
        """Run what was listed last."""
        ran = self.run("bash", "process_all.sh", *words, **more)
        assert "Traceback" not in ran.out + ran.err, ran.err
        return ran

    def go(self) -> Ran:
        """Scan, then run what was listed."""
        self.scan()
        return self.process()

    def rt(self, *words: str, **more: str) -> Ran:
        """Run one of the project's verbs."""
        ran = self.run("./rt", *words, folder="", **more)
        assert "Traceback" not in ran.out + ran.err, ran.err
        assert not ran.err.endswith("Type: ./rt report\n"), ran.err  # a fault in the page, which breaks no run
        return ran

    def task(self, batch: int | str, number: int, **more: str) -> Ran:
        """Run one task by hand."""
        return self.run("bash", "run_task.sh", str(batch), str(number), **more)

    def video(self, name: str | bytes, content: str = "a video", age: int = 0) -> Path:
        """Put a video into RawVideos, as old as a test wants it (0: long ago)."""
        path = Path(os.fsdecode(os.path.join(os.fsencode(self.root / "RawVideos"), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (LONG_AGO + age, LONG_AGO + age))
        return path

    def videos(self, number: int) -> None:
        """Put some videos into RawVideos: d1/v1.avi, d1/v2.avi ..."""
        for i in range(1, number + 1):
            self.video(f"d1/v{i}.avi", f"video {i}")

    def tracker(
        self,
        *others: dict[str, Any],
        params: dict[str, Any] | None = None,
        version: str = "",
        needs: list[dict[str, Any]] | None = None,
        **keys: Any,
    ) -> None:
        """Declare the tracker: the stage that copies with other keys, and further stages."""
        stage = {name: value for name, value in {**COPY, **keys}.items() if value is not None}
        told: dict[str, Any] = {
            "description": "copies",
            "url": "https://example.org",
            "version": version,
            "params": params or {},
        }
        told["needs"] = needs or []
        folder = self.root / "site" / "trackers" / "tiny"
        folder.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({**told, "stages": [stage, *others]}, sort_keys=False, allow_unicode=True)
        (folder / "tracker.yml").write_text(text)

    def settings(self, **keys: Any) -> None:
        """Write project.yml."""
        text = yaml.safe_dump({"name": "tiny", "tracker": "tiny", "cluster": "local", **keys}, sort_keys=False)
        (self.root / "project.yml").write_text(text)

    def activate(self, text: str) -> None:
        """Write workspace/activate.sh."""
        (self.workspace / "activate.sh").write_text(text)

    def batch(self, number: int | str) -> Path:
        """Return a batch's folder."""
        return self.workspace / "batches" / f"{int(number):04d}"

    def shared(self, batch: int | str) -> str:
        """Return the settings that all tasks of a batch share."""
        _, settings, _ = split_settings((self.batch(batch) / "run_task.sh").read_text())
        return settings

    def share(self, batch: int | str, settings: str) -> None:
        """Let all tasks of a batch share these settings."""
        script = self.batch(batch) / "run_task.sh"
        before, _, behind = split_settings(script.read_text())
        script.write_text(f"{before}{shlex.quote(settings)}{behind}")

    def batches(self) -> list[str]:
        """Return the numbers of the whole batches."""
        return sorted(path.parent.name for path in self.workspace.glob("batches/*/batch.yml"))

    def log(self, batch: int | str, task: int) -> str:
        """Return what a task's log holds, empty where there is none."""
        try:
            return (self.batch(batch) / f"output.{task}").read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def said(self, batch: int | str, task: int) -> list[str]:
        """Return the lines of a task's log without its notes on what its files hold."""
        return [line for line in self.log(batch, task).splitlines() if not line.startswith("# content ")]

    def started_tasks(self, batch: int | str) -> int:
        """Return how many tasks' logs hold a start."""
        return sum("# start" in path.read_text("utf-8", "replace") for path in self.batch(batch).glob("output.*"))

    def result(self, name: str) -> Path:
        """Return where a result lies."""
        return self.root / "Results" / name

    def results(self) -> list[str]:
        """Return the results there are; work folders, what was moved aside and the project's page are left out."""
        top = self.root / "Results"
        files = (path.relative_to(top) for path in top.rglob("*") if path.is_file())
        named = (path for path in files if path.parts[0] not in ("report", "report.html"))
        return sorted(str(path) for path in named if not any(part.startswith(".") for part in path.parts))

    def clear(self) -> None:
        """End what the test started and did not wait for, and what that left behind."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for pid in self.living():
            kill(pid, signal.SIGKILL)

    def living(self, *words: str) -> list[int]:
        """Return the living processes that were started in this project, whose command line holds ``words``."""
        return [pid for pid, command in self._processes() if all(word in " ".join(command) for word in words)]

    def running(self, program: str) -> list[int]:
        """Return the living processes of this project that are ``program``, not a shell that will start it."""
        return [pid for pid, command in self._processes() if Path(command[0]).name == program]

    def _processes(self) -> list[tuple[int, list[str]]]:
        """Return the process number and the arguments of each living process that was started in this project."""
        mark = f"REMOTE_TRACKER_TEST={self.root}".encode()
        found = []
        for pid in filter(str.isdecimal, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    if mark not in file.read().split(b"\0"):
                        continue
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read().decode("utf-8", "replace").split("\0")
            except OSError:
                continue
            if any(command):
                found.append((int(pid), command))
        return sorted(found)


def kill(pid: int, number: signal.Signals) -> None:
    """Send a signal to one process, one that is gone already included."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def split_settings(script: str) -> tuple[str, str, str]:
    """Return what stands in a batch's run_task.sh before the settings that its tasks share, these, and the rest."""
    before, word, rest = script.rpartition("\nsettings=")
    quoted, end, behind = rest.partition("\nread_batch ")
    (settings,) = shlex.split(quoted)
    return before + word, settings, end + behind


def copy_project(target: Path) -> Path:
    """Copy the template's folder as it is, without cookiecutter."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".gitkeep")
    shutil.copytree(TEMPLATE, target, ignore=ignored)
    return target


def copy_tree(source: Path, target: Path) -> Path:
    """Copy a project that a test made as it is, times and links included; its package's rooms are links to the other's.

    To make the 1,300 files of a package takes longer than most tests, and to remove them twice as long. A test that
    changes the package, or looks at it as at files: see ``own_package``.
    """
    package = source / "remote_tracker"
    _note_package(package)
    target.mkdir(parents=True)
    others = [path for path in source.iterdir() if path != package]
    subprocess.run(["cp", "-a", "--", *others, target], check=True)
    _link_rooms(package.resolve(), target / "remote_tracker")
    shutil.copystat(source, target)
    FORKS.packages.note_copy(source, target)
    return target


def _link_rooms(package: Path, target: Path) -> None:
    """Make a package of the same rooms; the files that lie beside them are the same ones, too."""
    target.mkdir()
    with os.scandir(package) as entries:
        for entry in entries:
            if entry.is_dir():
                room = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                os.symlink(room, target / entry.name)
            else:
                os.link(entry.path, target / entry.name, follow_symlinks=False)
    shutil.copystat(package, target)


def own_package(root: Path) -> Path:
    """Give a copied project files of its own for its package, so that a test may change them; return its folder."""
    package, shared = root / "remote_tracker", root / "remote_tracker.shared"
    package.rename(shared)
    # Another test's start may replace what it keeps beside the compiled modules, and a file that cp has seen is gone.
    wait_for(lambda: subprocess.run(["cp", "-a", "-L", "-T", "--", shared, package]).returncode == 0, "a whole copy")
    shutil.rmtree(shared)
    return package


_packages: dict[tuple[int, int], tuple[Path, dict[str, tuple[int, ...]]]] = {}


def _note_package(package: Path) -> None:
    first = (package / "__init__.py").stat()
    if (first.st_dev, first.st_ino) not in _packages:
        _packages[first.st_dev, first.st_ino] = (package, _look(package))


def _look(package: Path) -> dict[str, tuple[int, ...]]:
    seen = {str(path): path.lstat() for path in package.rglob("*") if not path.is_dir() and path.suffix != ".pyc"}
    return {name: (at.st_size, at.st_mtime_ns, at.st_mode, at.st_uid) for name, at in seen.items()}


def find_changed_packages() -> list[str]:
    """Return the files that copies of a project share and that a test changed, added or removed."""
    known = [(_look(package), seen) for package, seen in _packages.values() if package.is_dir()]
    return [name for now, seen in known for name in now.keys() | seen.keys() if now.get(name) != seen.get(name)]


def numbers_of(text: str, words: Sequence[str]) -> dict[str, int]:
    """Return the numbers that stand, in a scan's text, before lines that start with these words."""
    lines = dict(reversed(line.split("\t", 1)) for line in text.splitlines() if "\t" in line)  # type: ignore[arg-type]
    return {word: int(number) for word in words for line, number in lines.items() if str(line).startswith(word)}
