"""The lines that install remote-tracker: the same wherever they are printed, and none that Debian refuses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lab import REPOSITORY, TEMPLATE

CONDA = "conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py opencv scipy"
PIPX = "pipx install cookiecutter && pipx inject cookiecutter h5py opencv-python-headless scipy"
VENV = "pip install cookiecutter h5py opencv-python-headless scipy"  # behind python3 -m venv
PLACES = ("README.md", "docs", "hooks", "demo", TEMPLATE.name)
PRINTED = {
    "README.md": {CONDA},  # with a link to the page that has both
    "docs/first-hour.md": {CONDA, PIPX, VENV},
    "hooks/pre_prompt.py": {CONDA},  # a Python that is too old: pipx has no other
    "hooks/pre_gen_project.py": {CONDA, PIPX},
    "hooks/post_gen_project.py": {PIPX},
    f"{TEMPLATE.name}/README.md": {CONDA, PIPX},
    f"{TEMPLATE.name}/rt": {CONDA, PIPX},
    f"{TEMPLATE.name}/remote_tracker/__main__.py": {CONDA, PIPX},
    f"{TEMPLATE.name}/remote_tracker/remote/other_side.py": {CONDA},  # of a cluster
}
_LINE = re.compile(r"(?:conda create -n remote-tracker|pipx (?:install|inject)|pip install cookiecutter)[^\n\"'`)]*")


def find_lines() -> dict[str, set[str]]:
    """Return what each file of PLACES prints to install remote-tracker."""
    found = {}
    for place in PLACES:
        top = REPOSITORY / place
        for path in [top] if top.is_file() else sorted(p for p in top.rglob("*") if p.is_file()):
            if "cache" not in str(path.relative_to(REPOSITORY)) and path.suffix != ".png":
                lines = {line.strip() for line in _LINE.findall(path.read_text(encoding="utf-8"))}
                found[str(path.relative_to(REPOSITORY))] = lines
    return {name: lines for name, lines in found.items() if lines}


def test_the_lines_are_the_same_everywhere() -> None:
    """README, pages, hooks, ./rt and a project's README print the same lines; the first hour has one for a venv."""
    assert find_lines() == PRINTED


def test_all_bring_the_same() -> None:
    """Each line brings what ./rt, HDF5 results and the built-in tracker need."""
    by_conda = CONDA.split("python=3.12 ")[1].split()
    by_pipx = PIPX.replace("pipx install ", "").replace("&& pipx inject cookiecutter ", "").split()
    assert by_conda == [name.removesuffix("-python-headless") for name in by_pipx]
    assert VENV.replace("pip install ", "").split() == by_pipx


def start_without_memory(tmp_path: Path, *programs: Path) -> subprocess.CompletedProcess[str]:
    """Start ./rt of a copied project that remembers no Python, with these programs and bare tools in its PATH."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("readlink", "cat", "grep", "mv", "bash", "env"):
        (tools / name).symlink_to(str(shutil.which(name)))
    for program in programs:
        (tools / program.name).symlink_to(program)
    project = tmp_path / "project"
    shutil.copytree(TEMPLATE, project, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    env = {"PATH": str(tools), "HOME": str(tmp_path)}
    return subprocess.run([project / "rt", "--version"], env=env, capture_output=True, text=True)


def test_a_python_that_pipx_hides_is_found(tmp_path: Path) -> None:
    """After pipx, which puts cookiecutter alone into the PATH, ./rt takes cookiecutter's Python, and remembers it."""
    command = tmp_path / "cookiecutter"
    command.write_text(f"#!{sys.executable}\nimport sys\n", encoding="utf-8")
    ran = start_without_memory(tmp_path, command)
    assert ran.returncode == 0, ran.stderr
    assert os.path.dirname(sys.executable) in (tmp_path / "project/.remote-tracker.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("first", ["#!/bin/sh", "#!/usr/bin/env python3", "", "\0\1\2"])
def test_without_any_python_both_lines_are_told(tmp_path: Path, first: str) -> None:
    """Where no Python fits, a cookiecutter that names none included, ./rt prints both lines and runs nothing else."""
    command = tmp_path / "cookiecutter"
    command.write_text(f"{first}\n", encoding="utf-8")
    ran = start_without_memory(tmp_path, command)
    assert ran.returncode == 1
    told = [line.strip() for line in ran.stderr.splitlines()]
    assert told[1:3] == [CONDA, PIPX]
    assert len(told) == 4
