"""Style is a program's judgement: ruff, mypy and ShellCheck, each run as a person runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker import __version__

LEFT_OUT = {".git", "__pycache__", ".venv", "build", "dist"}
PACKAGE = TEMPLATE / "remote_tracker"
TRACKERS = PACKAGE / "trackers"
DAY_TABLES = PACKAGE / "day_tables"
APART = [*sorted({path.parent for path in TRACKERS.glob("*/*.py")}), DAY_TABLES]  # they import as scripts do
BASH = re.compile(rb"#!(/usr)?/bin/(env )?(ba)?sh\b|# shellcheck shell=(ba)?sh\b")
PYTHON = re.compile(rb"#!.*\bpython")


def find_files(top: Path) -> list[Path]:
    """Return the files below a folder, what tools left behind left out."""
    found = []
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(f for f in folders if f not in LEFT_OUT and not re.fullmatch(r"\..*_cache|\.hypothesis", f))
        found += [path for name in sorted(files) if not (path := Path(folder, name)).is_symlink()]
    return found


def first_line(path: Path) -> bytes:
    """Return how a file begins."""
    with open(path, "rb") as file:
        return file.readline(200)


def find_bash(top: Path) -> list[Path]:
    """Return every bash file below a folder, by its first line."""
    return [path for path in find_files(top) if path.suffix != ".j2" and BASH.match(first_line(path))]


def find_commands() -> list[str]:
    """Return the Python programs without .py in their names (the benchmarks)."""
    return [str(p) for p in find_files(REPOSITORY) if not p.suffix and PYTHON.match(first_line(p))]


def holds(*argv: str, **more: str) -> None:
    """Fail with what the program printed where it is not content."""
    environment = {**os.environ, **more}
    done = subprocess.run(argv, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}{done.stderr}"


def test_ruff_has_no_complaint() -> None:
    """Every Python file, the benchmarks included, passes ruff's rules."""
    holds(sys.executable, "-m", "ruff", "check", "--no-cache", ".", *find_commands())


def test_files_are_formatted() -> None:
    """Every Python file looks as `ruff format` writes it."""
    holds(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", ".", *find_commands())


def mypy(name: str) -> list[str]:
    """Return the command mypy; what a run found out of Python, its libraries and our files the next one need not."""
    return [sys.executable, "-m", "mypy", "--cache-dir", os.path.expanduser(f"~/.cache/remote-tracker/mypy/{name}")]


def test_the_package_is_typed() -> None:
    """The package passes mypy --strict."""
    apart = [word for name in ("trackers", "day_tables") for word in ("--exclude", f"remote_tracker/{name}/")]
    holds(*mypy("package"), *apart, "-p", "remote_tracker")


@pytest.mark.parametrize("folder", APART, ids=lambda folder: folder.name)
def test_trackers_and_the_demo_are_typed(folder: Path) -> None:
    """What trackers bring, the day tables, and the demo, which import each other as scripts do, pass mypy --strict."""
    programs = [*folder.glob("*.py"), *((REPOSITORY / "demo").glob("*.py") if folder.name == "opencv" else ())]
    places = os.pathsep.join(map(str, (folder, DAY_TABLES, REPOSITORY / "demo", REPOSITORY / "tests" / "trackers")))
    holds(*mypy(folder.name), *map(str, programs), MYPYPATH=places)


def test_what_makes_the_docs_is_typed() -> None:
    """The programs in docs/ pass mypy --strict."""
    places = os.pathsep.join(str(REPOSITORY / name) for name in ("docs", "demo", "tests"))
    programs = map(str, sorted((REPOSITORY / "docs").glob("*.py")))
    holds(*mypy("docs"), "--follow-imports", "silent", *programs, MYPYPATH=places)


def find_shellcheck() -> str:
    """Return ShellCheck's path: beside this Python, or on the PATH."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    found = shutil.which("shellcheck", path=os.pathsep.join(places))
    assert found, "ShellCheck is not installed; tests/requirements.txt brings it"
    return found


def test_bash_is_clean() -> None:
    """Every bash file of the repository passes ShellCheck."""
    files = find_bash(REPOSITORY)
    assert {"rt", "run", "run.sh", "run_task.sh", "get_files2process.sh"} <= {path.name for path in files}
    holds(find_shellcheck(), "--external-sources", *map(str, files))


def test_bash_of_a_project_is_clean(baked: Path) -> None:
    """The bash that making a project writes (job scripts, activate.sh) passes ShellCheck too."""
    files = find_bash(baked)
    assert {"process_all.sh", "activate.sh"} <= {path.name for path in files}
    holds(find_shellcheck(), "--external-sources", *map(str, files))


@pytest.mark.parametrize("apart", [("cluster", "real"), ("real", "demo", "trackers")])
def test_files_of_tests_have_names_of_their_own(apart: tuple[str, ...]) -> None:
    """No two test files outside packages that run together share a name: pytest collects one of two such files."""
    rooms = [path for path in (REPOSITORY / "tests").iterdir() if path.is_dir() and path.name not in apart]
    flat = [path for room in rooms for path in room.rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    names = sorted(path.name for path in flat)
    assert names == sorted(set(names))


def test_citation_is_whole() -> None:
    """CITATION.cff is YAML with what the format asks for, of this version."""
    said = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= said.keys()
    assert said["version"] == __version__
    assert f"[{__version__}]" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


# Put together here, so that this file holds none of them. /home/lab stands for anybody's home in examples.
NOT_HERE = {
    "an address of a package registry": "py" + r"pi\.org|python" + r"hosted|anaconda" + r"\.org|/sim" + r"ple/",
    "somebody's home": r"(?<![\w.$}/-])/(" + r"root/|Users/(?!lab\b)\w|home/(?!lab\b)\w)",
}


@pytest.mark.parametrize("what", NOT_HERE)
def test_nothing_of_one_machine_is_told(what: str) -> None:
    """No file names a package registry or the home of somebody."""
    told = []
    for path in find_files(REPOSITORY):
        text = path.read_bytes().decode("utf-8", "replace")
        lines = (text.count("\n", 0, found.start()) + 1 for found in re.finditer(NOT_HERE[what], text))
        told += [f"{path.relative_to(REPOSITORY)} line {line}" for line in lines if path.suffix != ".png"]
    assert not told, f"{what}: {', '.join(told)}"
