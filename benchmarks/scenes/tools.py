"""The tools that play the scenes, each used with care: what is run, and what it takes for finished."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .program import Program, find_session

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TEMPLATE = REPOSITORY / "{{cookiecutter.project_slug}}"
OPENCV = TEMPLATE / "remote_tracker/trackers/opencv"
SUMMARIZE = "calculate_feat_summaries.py"
PATIENCE_S = 60.0


class Setup(NamedTuple):
    """What a scene's project is like."""

    videos: tuple[str, ...] = ("d1/a", "d1/b", "d2/c")
    made: str = "pair"  # table: one result; pair: a table and a JSON file; folder; glob: found by a star; opencv
    checks: bool = True  # those that a careful author writes; else only that it is there
    work: str = "fresh"
    before: str = ""  # bash that everything starts with, as an environment file does
    cluster: str = "local"
    parameter: str = ""  # a value that the command gets as its fourth word


class Tool:
    """A tool with a project in a folder of its own."""

    name = ""

    def __init__(self, root: Path, setup: Setup, program: Program) -> None:
        self.root, self.setup, self.program = root, setup, program
        self.more: dict[str, str] = {}  # environment of all that is started

    def make(self) -> None:
        """Make the folder, without its videos."""
        for name in self.setup.videos:
            for top in ("RawVideos", "Results", "MaskedVideos"):
                (self.root / top / name[:2]).mkdir(parents=True, exist_ok=True)
        self.set_environment(self.setup.before)
        if not (self.root / "remote_tracker").exists():  # the built-in tracker's programs, for all tools
            (self.root / "remote_tracker").symlink_to(TEMPLATE / "remote_tracker")
            (self.root / "summarizer").mkdir()
            shutil.copy(OPENCV / SUMMARIZE, self.root / "summarizer")
        self.prepare()

    def set_environment(self, text: str) -> None:
        """Write the file of bash that everything starts with."""
        value = f"parameter={shlex.quote(self.setup.parameter)}\n"
        (self.root / "environment.sh").write_text(f"{value}{text}\n")

    def prepare(self) -> None:
        """Write what the tool needs besides."""

    def moved(self, root: Path) -> Tool:
        """Return the tool for a copy of its project."""
        copied = type(self)(root, self.setup, self.program)
        copied.more = self.more
        return copied

    def video(self, name: str) -> Path:
        """Return where a video lies."""
        return self.root / f"RawVideos/{name}.avi"

    def results(self, name: str) -> list[Path]:
        """Return where its results lie."""
        at = self.root / "Results"
        if self.setup.made == "opencv":
            masked = self.root / f"MaskedVideos/{name}.avi"
            return [at / f"{name}_tracks.csv", at / f"{name}_tracks.json", masked]
        if self.setup.made == "folder":
            return [at / f"{name}_out"]
        table = at / f"{name}_tracks.csv"
        return [table, at / f"{name}_info.json"] if self.setup.made == "pair" else [table]

    def command(self, name: str, new: str = "") -> str:
        """Return the command of a video, with ``new`` before the names of its results."""
        results = [path.with_name(f"{new}{path.name}") for path in self.results(name)]
        if self.setup.made == "opencv":
            opencv = self.root / "remote_tracker/trackers/opencv"
            parameters = opencv / "AuxiliaryFiles/opencv.yml"
            words = [sys.executable, opencv / "track.py", self.video(name), "--parameters", parameters]
            words += ["--masked", results[2], "--tracks", results[0], "--info", results[1]]
        else:
            words = ["bash", self.program.path, self.video(name), *results]
        return f". {shlex.quote(str(self.root))}/environment.sh; {shlex.join(map(str, words))}"

    def environment(self) -> dict[str, str]:
        """Return what the tool's programs see."""
        return {**os.environ, "PATH": f"{self.program.control}/bin:{os.environ['PATH']}", **self.more}

    def ask(self, *argv: str, folder: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of the tool's to its end; its exit code is judged by who asked."""
        return subprocess.run(
            argv,
            cwd=self.root / folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )

    def start(self, *argv: str, folder: str = "") -> subprocess.Popen[bytes]:
        """Start a command of the tool's in a session of its own."""
        return subprocess.Popen(
            argv, cwd=self.root / folder, env=self.environment(), stdin=-3, stdout=-3, stderr=-3, start_new_session=True
        )

    def list(self) -> str:
        """List what is to be done, where the tool has a list; returns why it refuses."""
        return ""

    def process(self) -> None:
        """Do what is listed, or to be done."""
        if self.setup.cluster == "slurm":
            self.wait_for(self.submit())
        else:
            self.ask(*self.runner())

    def wait_for(self, job: str) -> None:
        """Return when the job is in Slurm's queue no more."""
        wait_until(lambda: not self.ask("squeue", "--noheader", f"--jobs={job}").stdout, 180)

    def runner(self) -> Sequence[str]:
        """Return the command that does what is to be done, run in the folder."""
        raise NotImplementedError

    def begin(self) -> subprocess.Popen[bytes]:
        """Start doing what is to be done."""
        self.list()
        return self.start(*self.runner())

    def begin_late(self) -> subprocess.Popen[bytes]:
        """Start it such that its task is out of reach later, as on a node that the network has lost."""
        return self.begin()

    def lose(self, late: subprocess.Popen[bytes]) -> None:
        """Take away who looks after a late task; the task itself lives on."""
        os.kill(late.pid, signal.SIGKILL)
        late.wait()
        self.recover()

    def kill(self, begun: subprocess.Popen[bytes]) -> None:
        """Kill all of what was started, at once."""
        for pid in find_session(begun.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        begun.wait()
        self.recover()

    def recover(self) -> None:
        """Do what its manual asks for after a crash."""

    def again_by_hand(self, name: str) -> None:
        """Run the command of a video that was done before once more, by hand."""
        self.ask("bash", "-c", self.command(name))

    def submit(self) -> str:
        """Submit what is to be done to Slurm; returns the job's number."""
        self.list()
        line = f"cd {shlex.quote(str(self.root))}; {shlex.join(self.runner())}"
        how = ["--parsable", "--requeue", "--mem=400M", "--output=/dev/null"]
        return self.ask("sbatch", *how, "--wrap", line).stdout.partition(";")[0].strip()

    def at_once(self) -> subprocess.Popen[bytes]:
        """Start the same work once more while it runs, as a second terminal would."""
        return self.begin()

    def redo(self, name: str) -> None:
        """Ask for a video's result to be made anew."""
        for path in self.results(name):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def redo_killed(self, names: Sequence[str]) -> bool:
        """Ask for results to be made anew, and be killed half way; returns whether that came about."""
        for name in names[: len(names) // 2]:
            self.redo(name)
        return True

    def finished(self) -> set[str]:
        """Return the videos that it takes for finished now."""
        raise NotImplementedError

    def examine(self) -> None:
        """Look again, whole, at what is finished, where the tool can."""

    def join(self) -> tuple[int, bool]:
        """Join the days' tables of features; returns the rows, and whether it said that something is missing."""
        tables = sorted((self.root / "Results").glob("*/features_summary.csv"))
        return sum(len(path.read_text().splitlines()) - 1 for path in tables), False

    def summarize(self) -> None:
        """Make the days' tables of features."""
        for day in sorted({name[:2] for name in self.setup.videos}):
            at = self.root / "Results"
            words = [sys.executable, self.root / "summarizer" / SUMMARIZE, day, "--results", at]
            words += [
                "--filenames",
                at / day / "filenames_summary.csv",
                "--features",
                at / day / "features_summary.csv",
            ]
            self.ask(*map(str, words))


def wait_until(true: object, seconds: float = PATIENCE_S) -> bool:
    """Return whether it came true in time."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
