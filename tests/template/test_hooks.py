"""The hooks: what a machine is told to have, and what is refused before a project exists."""

from __future__ import annotations

import ast
import json
import os
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment

from .conftest import REPOSITORY, run_cookiecutter

HOOKS = REPOSITORY / "hooks"
GOOD = {"project_name": "flies", "project_slug": "opencv_flies", "email": "", "tracker": "opencv", "cluster": "local"}
BAD_NAMES = [
    "../x",
    "/etc/x",
    "a/b/c",
    "a b",
    "",
    ".",
    "..",
    ".hidden",
    "-rf",
    "$HOME",
    "$(touch pwned)",
    "`touch pwned`",
    "a'b",
    'a"b',
    "a\\b",
    "a;b",
    "a\nb",
    "a\n",
    "flüge",
    "x" * 300,
    "\x1b[2J",
    """'''+str(__import__("os").mkdir("pwned"))+r'''""",
    "{% raw %}",
]
BAD_EMAILS = [
    "me",
    "me@",
    "@lab.org",
    "me@lab",
    "a b@lab.org",
    "a@b@lab.org",
    "me@lab..org",
    "me.@lab.org",
    "-m@lab.org",
    'me"@lab.org',
    "me@lab.org,you@lab.org",
    "me@lab.org\n",
    "$(id)@lab.org",
    "x" * 300 + "@lab.org",
]


def run_pre_gen(tmp_path: Path, python: str = sys.executable, version: str = "", **answers: str) -> tuple[int, str]:
    """Render pre_gen_project.py as cookiecutter does and run it in an empty folder."""
    source = (HOOKS / "pre_gen_project.py").read_text(encoding="utf-8")
    script = tmp_path / "hook.py"
    script.write_text(
        Environment().from_string(source).render(cookiecutter={**GOOD, "_repo_dir": str(REPOSITORY), **answers}),
        encoding="utf-8",
    )
    place = tmp_path / "place"
    place.mkdir()
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    if version:
        (tmp_path / "cookiecutter").mkdir()
        (tmp_path / "cookiecutter" / "__init__.py").write_text(f"__version__ = {version!r}\n", encoding="utf-8")
    ran = subprocess.run([python, script], cwd=place, env=environment, capture_output=True, text=True, timeout=60)
    assert not list(place.iterdir())
    return ran.returncode, ran.stderr


@pytest.mark.parametrize("key", ["project_name", "project_slug"])
@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.drawn(12)
def test_bad_names_are_refused_in_one_line(tmp_path: Path, key: str, name: str) -> None:
    """A name that cannot be a folder and a job is refused by one printable line, and never becomes code."""
    code, shown = run_pre_gen(tmp_path, **{key: name})
    assert code == 1
    assert shown.count("\n") == 1
    assert shown.strip().isprintable()
    assert shown.startswith(key)
    assert "Nothing was made." in shown


@pytest.mark.parametrize("name", ["a", "9", "Fly_2024-05.v2", "x" * 64])
def test_good_names_are_taken(tmp_path: Path, name: str) -> None:
    """Letters, digits, . _ and - make a name, up to 64 of them."""
    assert run_pre_gen(tmp_path, project_name=name, project_slug=f"opencv_{name}") == (0, "")


@pytest.mark.parametrize("email", BAD_EMAILS)
def test_bad_emails_are_refused_in_one_line(tmp_path: Path, email: str) -> None:
    """What is no e-mail address is refused by one printable line."""
    code, shown = run_pre_gen(tmp_path, email=email)
    assert code == 1
    assert shown.count("\n") == 1
    assert shown.startswith("email")


@pytest.mark.parametrize("email", ["", "me@lab.org", "A.b+c_d%e@x-y.ic.ac.uk"])
def test_good_emails_are_taken(tmp_path: Path, email: str) -> None:
    """An address, or none, is fine."""
    assert run_pre_gen(tmp_path, email=email) == (0, "")


@pytest.mark.parametrize(
    "answer",
    [
        "project_name=../x",
        "project_name=" + "x" * 300,
        "project_slug=a/b/c",
        "project_slug=" + "x" * 300,
        "project_slug=../x",
        "project_slug=",
        "project_slug=..",
        "email=nobody",
    ],
)
@pytest.mark.drawn(3)
def test_refusal_as_a_person_sees_it(template: Path, tmp_path: Path, answer: str) -> None:
    """Under cookiecutter itself a refusal is one line, without a traceback, and leaves nothing behind."""
    shown = run_cookiecutter(template, tmp_path / "out", answer)
    assert shown.returncode == 1
    assert [line for line in shown.stderr.splitlines() if line and line != "Aborted!"] == [shown.stderr.splitlines()[0]]
    assert shown.stderr.startswith(answer.split("=")[0])
    assert "Traceback" not in shown.stdout
    assert not list((tmp_path / "out").iterdir())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "out", "template"]


def test_refusal_spares_what_was_there(template: Path, tmp_path: Path) -> None:
    """With --overwrite-if-exists a refused e-mail address costs an existing project nothing."""
    mine = tmp_path / "out" / "opencv_myproject" / "project.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", encoding="utf-8")
    shown = run_cookiecutter(template, tmp_path / "out", "--overwrite-if-exists", "email=nobody")
    assert shown.returncode == 1
    assert "email" in shown.stderr
    assert mine.read_text(encoding="utf-8") == "mine"
    assert len(list(mine.parent.iterdir())) == 1


@pytest.mark.parametrize("hook", ["pre_gen_project.py", "pre_prompt.py"])
def test_hooks_parse_on_python_3_6(hook: str) -> None:
    """The hooks that may meet an old Python are written in its grammar."""
    ast.parse((HOOKS / hook).read_text(encoding="utf-8"), feature_version=(3, 6))


def find_python(version: str) -> str:
    """Return a Python of this version that runs: one of pyenv's, or one on PATH; or nothing."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*/bin/python")
    for python in (*map(str, pyenv), shutil.which(f"python{version}")):
        if python and not subprocess.run([python, "-c", ""], capture_output=True).returncode:
            return python
    return ""


@pytest.mark.parametrize("old", ["3.6", "3.7", "3.8", "3.9"])
def test_old_python_is_told_what_to_install(tmp_path: Path, old: str) -> None:
    """A real old Python with cookiecutter 1.7 prints the one line that installs what is needed."""
    python = find_python(old)
    if not python:
        pytest.skip(f"Python {old} is not installed")
    code, shown = run_pre_gen(tmp_path, python=python, version="1.7.3")
    assert code == 1
    assert shown.count("\n") == 1
    assert shown.strip().endswith(" -c conda-forge python=3.12 cookiecutter h5py opencv scipy")


@pytest.mark.parametrize(("version", "code"), [("1.7.3", 1), ("2.3.1", 1), ("2.4.0", 0), ("2.10.0", 0), ("3.0", 0)])
def test_old_cookiecutter_is_told_what_to_install(tmp_path: Path, version: str, code: int) -> None:
    """Cookiecutter before 2.4, which asks nothing properly, is refused."""
    assert run_pre_gen(tmp_path, version=version)[0] == code


def test_cookiecutter_1_7_is_asked_nothing_strange() -> None:
    """No private key is a mapping: cookiecutter 1.7 makes a question of one, and its user never gets further."""
    questions = json.loads((REPOSITORY / "cookiecutter.json").read_text(encoding="utf-8"))
    assert not [key for key, value in questions.items() if isinstance(value, dict)]


@pytest.mark.parametrize(
    ("managed", "venv", "way"), [(True, False, "pipx"), (True, True, "-m pip"), (False, False, "-m pip")]
)
def test_the_systems_python_is_not_told_to_use_pip(tmp_path: Path, managed: bool, venv: bool, way: str) -> None:
    """Where pip refuses to change the system's Python, what the tracker needs comes by pipx, elsewhere by pip."""
    source = ast.parse((HOOKS / "post_gen_project.py").read_text(encoding="utf-8"))
    wanted = [
        n for n in source.body if getattr(n, "name", "") == "find_install" or ast.unparse(n).startswith("BY_PIPX")
    ]
    if managed:
        (tmp_path / "EXTERNALLY-MANAGED").touch()
    python = SimpleNamespace(prefix="/venv" if venv else "/usr", base_prefix="/usr", executable="/usr/bin/python3")
    known = {
        "Path": Path,
        "shlex": shlex,
        "sys": python,
        "sysconfig": SimpleNamespace(get_path=lambda _: str(tmp_path)),
    }
    exec(compile(ast.Module(wanted, []), "hook", "exec"), known)
    assert way in known["find_install"]()  # type: ignore[operator]


def make_program(folder: Path, name: str, script: str) -> None:
    """Put a program into the folder that does what ``script`` says."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


PBS = {"qsub": "echo pbs_version = 23.06.06"}
TORQUE = {"qsub": "echo Version: 6.1.2"}
GRID_ENGINE = {"qsub": "echo 'Unknown option --version' >&2; exit 1", "qstat": "echo SGE 8.1.9"}


@pytest.mark.parametrize(
    ("programs", "first"),
    [
        ({}, "local"),
        ({"sbatch": ""}, "slurm"),
        ({"bsub": ""}, "lsf"),
        (PBS, "pbs"),
        (TORQUE, "pbs"),
        (GRID_ENGINE, "sge"),
        ({**PBS, "sbatch": ""}, "slurm"),
    ],
)
def test_detected_scheduler_comes_first(template: Path, tmp_path: Path, programs: dict[str, str], first: str) -> None:
    """The cluster of the scheduler that this machine has leads the choices; PBS and GridEngine are told apart."""
    path = template / "cookiecutter.json"
    questions = json.loads(path.read_text(encoding="utf-8"))
    questions["cluster"] = ["local", "lsf", "pbs", "sge", "slurm"]
    path.write_text(json.dumps(questions), encoding="utf-8")
    for name, script in programs.items():
        make_program(tmp_path / "bin", name, script)
    run_pre_prompt(template, f"{tmp_path}/bin")
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["cluster"] == [first, *(c for c in questions["cluster"] if c != first)]
    assert found["__prompts__"]["email"]


def run_pre_prompt(template: Path, path: str) -> str:
    """Run pre_prompt.py in the template with this PATH and return what it prints."""
    ran = subprocess.run(
        [sys.executable, "hooks/pre_prompt.py"],
        cwd=template,
        env={"PATH": path, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ran.stdout


def test_scheduler_without_a_choice_changes_nothing(template: Path, tmp_path: Path) -> None:
    """A scheduler that the template does not offer yet leaves the choices as they are."""
    make_program(tmp_path / "bin", "sbatch", "")
    path = template / "cookiecutter.json"
    questions = json.loads(path.read_text(encoding="utf-8"))
    questions["cluster"] = ["local", "pbs"]
    path.write_text(json.dumps(questions), encoding="utf-8")
    run_pre_prompt(template, f"{tmp_path}/bin")
    assert json.loads(path.read_text(encoding="utf-8"))["cluster"] == ["local", "pbs"]


def test_machine_is_described_in_one_aligned_list(template: Path, tmp_path: Path) -> None:
    """Before the questions each program stands on its line, found or not, the findings one below the other."""
    for name, script in GRID_ENGINE.items():
        make_program(tmp_path / "bin", name, script)
    lines = run_pre_prompt(template, f"{tmp_path}/bin").strip().splitlines()
    names = ["cookiecutter", "Python", "h5py", "rsync", "ssh", "sbatch", "qsub", "bsub", "ffmpeg"]
    assert lines[0] == "This machine has"
    assert [line.split()[0] for line in lines[1:]] == names
    assert {len(line) - len(line[15:].lstrip()) for line in lines[1:]} == {16}
    assert f"  qsub          {tmp_path}/bin/qsub (GridEngine)" in lines
    assert "  sbatch        not found" in lines


def test_program_that_hangs_or_fails_does_not_stop_the_making(template: Path, tmp_path: Path) -> None:
    """A qsub that only fails is taken for PBS's, and the questions still come."""
    make_program(tmp_path / "bin", "qsub", "exit 3")
    assert f"{tmp_path}/bin/qsub (PBS)" in run_pre_prompt(template, f"{tmp_path}/bin")
