"""The house has levels: who may import whom, who may start programs, how long a module may be."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lab import REPOSITORY, TEMPLATE

PACKAGE = TEMPLATE / "remote_tracker"

CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
# From the bottom up: a module or package imports only from lines above its own, or from its own package.
LEVELS = re.findall(r"<!-- levels -->\n```text\n(.*?)```", CONTRIBUTING, re.DOTALL)[0].splitlines()
LEVEL = {name: number for number, names in enumerate(["__init__", *LEVELS]) for name in names.split()}

LONGEST_MODULE = 250
LONGEST_USER_FILE = 300  # what a tracker brings for people to edit is one file, so that it can be read in one go
LONGEST_FUNCTION = 40

STARTING = {"system", "popen", "fork", "forkpty", "startfile"}
STARTING_FAMILIES = ("exec", "spawn", "posix_spawn")
PROCESS_LIBRARIES = {"subprocess", "multiprocessing", "pty", "pexpect", "concurrent"}


def is_ours(path: Path) -> bool:
    """Tell whether a file belongs to the levels: a tracker's own programs, and day_tables, run in other Pythons."""
    return path.relative_to(PACKAGE).parts[0] not in ("trackers", "day_tables", "task")


FILES = sorted(PACKAGE.rglob("*.py"))
OURS = [path for path in FILES if is_ours(path)]


def name_of(path: Path) -> str:
    """Return the first name below the package: a module's, or the package's that it belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def by_room(files: list[Path]) -> dict[str, list[Path]]:
    """Return files by the room that they lie in: a case for each file would take longer than to look at it."""
    rooms: dict[str, list[Path]] = {}
    for path in files:
        rooms.setdefault(name_of(path), []).append(path)
    return rooms


@cache
def looked_at(path: Path) -> list[ast.AST]:
    """Return the nodes of a module's syntax tree that a test asks about, from one walk over all of them."""
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.Attribute)
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def imported(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, dotted name below remote_tracker) of each import of ours, those inside functions too."""
    package = ["remote_tracker", *path.relative_to(PACKAGE).parts[:-1]]
    for node in looked_at(path):
        if isinstance(node, ast.Import):
            found = [alias.name.split(".") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = start + (node.module.split(".") if node.module else [])
            found = [[*base, alias.name] for alias in node.names]
        else:
            continue
        yield from ((node.lineno, names[1:]) for names in found if names[0] == "remote_tracker")


def named(names: list[str]) -> str:
    """Return whom an import means; what is no module (the version) is the package's own file."""
    first = names[0] if names else "__init__"
    return first if is_module(first) else "__init__"


@cache
def is_module(name: str) -> bool:
    """Tell whether the package holds a module or a package of that name."""
    return (PACKAGE / f"{name}.py").is_file() or (PACKAGE / name).is_dir()


def relative(path: Path) -> str:
    """Return a path below the package, as tests are named."""
    return str(path.relative_to(PACKAGE))


def test_every_module_has_a_level() -> None:
    """A new module is given its place in LEVELS, and what is gone is taken out."""
    assert {name_of(path) for path in OURS} == set(LEVEL)


ROOMS = by_room(OURS)


@pytest.mark.parametrize("mine", ROOMS)
def test_imports_go_down(mine: str) -> None:
    """A module imports from lower levels or its own package, never sideways or up."""
    wrong = [
        f"{relative(path)} line {line} ({mine}, level {LEVEL[mine]}) imports {other} (level {LEVEL.get(other)})"
        for path in ROOMS[mine]
        for line, names in imported(path)
        if (other := named(names)) != mine and LEVEL.get(other, 99) >= LEVEL[mine]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_circle_inside_a_package() -> None:
    """Within a package, too, no two modules need each other."""
    needs = {path: {p for _, names in imported(path) if (p := file_of(names)) and p != path} for path in OURS}
    done: set[Path] = set()
    while free := [path for path in needs if path not in done and needs[path] <= done]:
        done.update(free)
    assert not [relative(path) for path in needs if path not in done]


def file_of(names: list[str]) -> Path | None:
    """Return the file that an import reads: a module's, or its package's where a plain name is meant."""
    for length in range(len(names), -1, -1):
        place = PACKAGE.joinpath(*names[:length])
        if length and place.with_suffix(".py").is_file():
            return place.with_suffix(".py")
        if (place / "__init__.py").is_file():
            return place / "__init__.py"
    return None


def late_imports(path: Path) -> set[int]:
    """Return the lines of the imports that stand inside a function."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in looked_at(path) if isinstance(node, kinds)]
    return {
        n.lineno for function in functions for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)
    }


@pytest.mark.parametrize("room", ROOMS)
def test_an_import_inside_a_function_says_what_it_saves(room: str) -> None:
    """Imports stand at the top; one that waits until it is needed says on its line how many ms that saves, and whom."""
    silent = []
    for path in ROOMS[room]:
        lines = path.read_text(encoding="utf-8").splitlines()
        late = [lines[n - 1].strip() for n in late_imports(path) if not re.search(r"# .*\d ms", lines[n - 1])]
        silent += [f"{relative(path)}: put it at the top, or say what it saves: {line}" for line in late]
    assert not silent, "\n".join(silent)


def started(path: Path) -> Iterator[str]:
    """Yield each line in which a module could start a program."""
    for node in looked_at(path):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [(node.module or "").split(".")[0]]
            if names == ["os"]:
                names = [f"os.{alias.name}" for alias in node.names if is_starting(alias.name)]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            names = [f"os.{node.attr}"] if is_starting(node.attr) else []
        else:
            continue
        yield from (
            f"{relative(path)} line {node.lineno}: {n}" for n in names if n in PROCESS_LIBRARIES or n[:3] == "os."
        )


def is_starting(name: str) -> bool:
    """Tell whether a function of the module os starts a program."""
    return name in STARTING or name.startswith(STARTING_FAMILIES)


def test_only_shell_starts_programs() -> None:
    """shell/ alone starts processes; every other module asks it to."""
    assert list(started(PACKAGE / "shell/__init__.py")), "this test no longer sees how shell/ starts programs"
    found = [line for path in OURS if name_of(path) != "shell" for line in started(path)]
    assert not found, "\n".join(found)


def test_a_node_runs_only_what_lies_in_task() -> None:
    """Bash stands in task/, which each batch copies, but for looks, the other side, jobs of rules, a tracker's own."""
    ours = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.sh")}
    assert ours == {"task", "machine", "snakemake", "remote", "rules", "trackers"}  # rules: forwards, up to 0.2


def test_cookiecutter_renders_prose_and_data_only() -> None:
    """Of what cookiecutter renders, README.md and project.yml alone hold its marks; code is copied as it is."""
    settings = json.loads((REPOSITORY / "cookiecutter.json").read_text(encoding="utf-8"))
    copied = settings["_copy_without_render"]
    files = {path.relative_to(TEMPLATE): path for path in TEMPLATE.rglob("*") if path.is_file()}
    rendered = [name for name in files if not any(name.match(g) or name.parts[0] == g for g in copied)]
    assert {name.as_posix() for name in rendered if b"cookiecutter." in marks(files[name])} == {
        "README.md",
        "project.yml",
    }
    assert not [str(name) for name in rendered if name.suffix in (".py", ".sh", ".j2") or name.name == "rt"]


def marks(path: Path) -> bytes:
    """Return what stands between Jinja2's braces in a file."""
    parts = path.read_bytes().replace(b"{%", b"{{").replace(b"%}", b"}}").split(b"{{")[1:]
    return b" ".join(part.split(b"}}")[0] for part in parts)


@pytest.mark.parametrize("room", by_room(FILES))
def test_modules_and_functions_are_small(room: str) -> None:
    """A module fits in one's head, a function on a screen."""
    long = [line for path in by_room(FILES)[room] for line in find_long(path)]
    assert not long, "\n".join(long)


def find_long(path: Path) -> Iterator[str]:
    """Yield what is longer than it may be: a module, and each of its functions."""
    is_user_file = path.parent.parent.name == "trackers" and path.name == "calculate_feat_summaries.py"
    limit = LONGEST_USER_FILE if is_user_file else LONGEST_MODULE
    length = len(path.read_text(encoding="utf-8").splitlines())
    if length > limit:
        yield f"{relative(path)} has {length} lines; at most {limit}: make it two"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in looked_at(path):
        if isinstance(node, kinds) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
            yield f"{relative(path)} line {node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
