"""Renew the screens in README.md and docs/ from a real run: python docs/renew_screens.py [--check]

A screen stands in a fence between <!-- screen: STEP... --> and <!-- end -->; the steps are those of STEPS, run in
this order in a new project on drawn videos (make demo draws longer ones). What differs from run to run is not compared:
the host is called labpc, seconds and bytes may differ. --check changes nothing, and fails where a screen is old.

A screen called typed holds its commands itself, each behind a prompt: `$ ` or `laptop$ `. It needs a cluster or another
machine, so a test types them (tests/cluster/test_tours.py, tests/real/test_tours_real.py), and writes what it saw into
the page where RT_RENEW_SCREENS is set. A line `...` stands for lines that are left out.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

try:
    import cookiecutter  # noqa: F401  # each run of it is a program of its own
    import cv2  # noqa: F401
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "{{cookiecutter.project_slug}}"
LONG_AGO = 1_700_000_000
FRAMES = 120  # of each video: with the 300 of the demo the run takes 10 s of CPU more
TYPED = "typed"
_PROMPT = re.compile(r"^(\w*)\$ (.*)\n", re.MULTILINE)
_WAIT = r"<!-- wait: (\w+) -->"
_SCREEN = re.compile(r"(<!-- screen: ([\w ]+) -->\n```text\n)(.*?)(```\n<!-- end -->)", re.DOTALL)


class Step(NamedTuple):
    """One command of the run: its name, where it is typed, what is typed."""

    name: str
    folder: str
    command: str


STEPS = (
    Step("scan", "workspace", "bash get_files2process.sh"),
    Step("process", "workspace", "bash process_all.sh"),
    Step("scan_again", "workspace", "bash get_files2process.sh"),
    Step("scan_days", "summarizer", "bash get_cmd2process.sh"),
    Step("process_days", "summarizer", "bash process_all.sh"),
    Step("join", "summarizer", "./rt join"),
    Step("table", "", "cut -d, -f1-7 Results/joined/animals.csv | head -n 4"),
    Step("status", "", "./rt status"),
    Step("break", "RawVideos/20260102", "head -c 500000 plate1.avi > plate4.avi && truncate -r plate1.avi plate4.avi"),
    Step("scan_broken", "workspace", "bash get_files2process.sh"),
    Step("process_broken", "workspace", "bash process_all.sh"),
    Step("status_broken", "", "./rt status"),
    Step("why_broken", "", "./rt why plate4.avi"),
    Step("logs_broken", "", "./rt logs plate4.avi"),
)


def make_project(place: Path) -> Path:
    """Return a new project with the drawn videos, as `cookiecutter --no-input` makes it."""
    template = place / "template"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in ("hooks", TEMPLATE):
        shutil.copytree(ROOT / name, template / name, ignore=ignored)
    shutil.copy(ROOT / "cookiecutter.json", template)
    make = [sys.executable, "-m", "cookiecutter", "--no-input", str(template), "tracker=opencv", "cluster=local"]
    project = place / "opencv_myproject"
    draw = [sys.executable, str(ROOT / "demo" / "draw_videos.py"), str(project / "RawVideos"), "--frames", str(FRAMES)]
    for argv in (make, draw):
        subprocess.run(argv, cwd=place, check=True, capture_output=True)
    for truth in (project / "RawVideos").rglob("*.gt.csv"):  # readers have no such files beside their videos
        truth.unlink()
    let_age(project)
    return project


def let_age(project: Path) -> None:
    """Make new videos look as if they were copied long ago: a scan waits for those that may still grow."""
    for video in (project / "RawVideos").glob("*/*"):
        if video.stat().st_mtime != LONG_AGO:  # a video that was touched again would be compared by its content
            os.utime(video, (LONG_AGO, LONG_AGO))


def make_screens(place: Path) -> dict[str, str]:
    """Return what each step prints, its command above it."""
    project = make_project(place)
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    environment = {"PATH": path, "HOME": str(place), "REMOTE_TRACKER_PYTHON": sys.executable}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # starts of numpy would spin in threads, a third of the whole run
    screens = {}
    for step in STEPS:
        argv = ["bash", "-c", f"{step.command} 2>&1"]
        ran = subprocess.run(argv, cwd=project / step.folder, env=environment, capture_output=True)
        screens[step.name] = f"$ {step.command}\n{shown(ran.stdout.decode('utf-8'), project)}"
        let_age(project)
    return screens


def shown(text: str, project: Path) -> str:
    """Return a screen as the pages show it: no name of this machine, no lines that depend on its speed."""
    text = text.replace(str(project), f"/data/{project.name}").replace(socket.gethostname(), "labpc")
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not (done := re.match(r"(\d+) of (\d+) done", line)) or done[1] == done[2])


def compared(text: str) -> str:
    """Return a screen without what differs from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4}", "TIME", text)
    text = re.sub(r"\b(pid|job|size|mtime|seconds|params|token|began|activate|host)=\S+", r"\1=N", text)
    text = re.sub(r"\b\d+\[\](?:\.pbs1)?|\b([Jj]ob) \d+", r"\1 N", text)
    text = re.sub(r"\b\d+\.\d{3,}\b", "N.N", text)  # what was measured in videos that another encoder wrote
    text = re.sub(r"\bcore-(minute|hour)s?\b", "core-time", text)
    return re.sub(r"\b[\d,.]+ (s\b|[kMGT]?B\b|bytes|core-time|could be read)", r"N \1", text)


def renewed(text: str, screens: Mapping[str, str]) -> str:
    """Return a page with each screen that is old replaced."""

    def new(found: re.Match[str]) -> str:
        if found[2] == TYPED:
            return found[0]
        fresh = "\n".join(screens[name] for name in found[2].split())
        return f"{found[1]}{found[3] if compared(fresh) == compared(found[3]) else fresh}{found[4]}"

    return _SCREEN.sub(new, text)


def retyped(text: str, type_command: Callable[[str, str], str], wait: Callable[[str], None]) -> str:
    """Return a page after all commands of its typed screens were typed again, in order; old output is replaced.

    ``type_command`` gets what stands before the $ and the command, and returns what was printed; ``wait`` gets the word
    of each <!-- wait: WORD --> between the screens.
    """

    def type_screen(screen: str) -> str:
        before, *rest = _PROMPT.split(screen)
        for where, command, told in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            fresh = type_command(where, command)
            gap = "\n" if told.endswith("\n\n") or told == "\n" else ""
            before += f"{where}$ {command}\n{told if is_as_told(fresh, told) else fresh + gap}"
        return before

    def new(found: re.Match[str]) -> str:
        if found[1]:
            wait(found[1])
            return found[0]
        return found[2] + type_screen(found[4]) + found[5] if found[3] == TYPED else found[0]

    return re.sub(f"{_WAIT}|{_SCREEN.pattern}", new, text, flags=re.DOTALL)


def count_commands(text: str) -> int:
    """Return how many commands the typed screens of a page hold."""
    return sum(len(_PROMPT.findall(found[3])) for found in _SCREEN.finditer(text) if found[2] == TYPED)


def is_as_told(fresh: str, told: str) -> bool:
    """Return whether a page still tells what was printed; a line of three dots stands for any lines."""
    lines = compared(told.rstrip("\n")).split("\n")
    form = "".join("(?:.*\n)*" if line == "..." else re.escape(f"{line}\n") for line in lines)
    return re.fullmatch(form if told.strip() else "", compared(fresh)) is not None


def find_pages() -> Iterator[Path]:
    """Yield the pages that may hold screens."""
    yield ROOT / "README.md"
    yield from sorted((ROOT / "docs").rglob("*.md"))


def main(argv: list[str]) -> int:
    """Write the pages whose screens are old, or show how they differ."""
    with tempfile.TemporaryDirectory() as place:
        screens = make_screens(Path(place))
    stale = 0
    for path in find_pages():
        old = path.read_text(encoding="utf-8")
        if (new := renewed(old, screens)) == old:
            continue
        stale += 1
        name = str(path.relative_to(ROOT))
        if "--check" in argv:
            sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), name, "a real run"))
        else:
            path.write_text(new, encoding="utf-8")
            print(f"{name}: screens renewed")
    return int(bool(stale) and "--check" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
