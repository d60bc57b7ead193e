"""Making a project: what is in it, and that it is the user's own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from baking import bake_once
from remote_tracker.config import load_cluster, load_tracker

from .conftest import FOLDER, REPOSITORY, copy_template, run_cookiecutter

QUESTIONS = json.loads((REPOSITORY / "cookiecutter.json").read_text(encoding="utf-8"))
PACKAGE = REPOSITORY / FOLDER / "remote_tracker"
SIX = ("RawVideos", "MaskedVideos", "Results", "AuxiliaryFiles", "workspace", "summarizer")
ALWAYS = {
    ".gitignore",
    ".remote-tracker.yml",
    "README.md",
    "project.yml",
    "rt",
    "site/README.md",
    *(f"{folder}/.gitkeep" for folder in SIX),
    "workspace/activate.sh",
    "workspace/get_files2process.sh",
    "workspace/process_all.sh",
    "workspace/run_task.sh",
    "workspace/rt",
    "summarizer/get_cmd2process.sh",
    "summarizer/process_all.sh",
    "summarizer/run_task.sh",
    "summarizer/rt",
}
SUMMARIES = "summarizer/calculate_feat_summaries.py"
OF_TRACKER = {
    "opencv": {"AuxiliaryFiles/opencv.yml", SUMMARIES},
    "tierpsy": {"AuxiliaryFiles/hydra_96wp.json", SUMMARIES},
    "sleap": {"AuxiliaryFiles/models/.gitkeep", SUMMARIES},
    "deeplabcut": {SUMMARIES},
    "idtrackerai": {"AuxiliaryFiles/idtrackerai.toml", SUMMARIES},
    "tramway": {"AuxiliaryFiles/my_inference.py", SUMMARIES},
    "trex": {"AuxiliaryFiles/trex.settings", SUMMARIES},
    "antrax": {SUMMARIES},
    "snakemake": {"AuxiliaryFiles/Snakefile"},
    "dynvision": set(),
    "custom": {f"site/trackers/custom/{name}" for name in ("tracker.yml", "columns.yml", "measure.py", "summarize.py")},
}
ANTRAX = ("train", "track", "link", "classify", "solve1", "solve2", "solve3")
SCRIPTS = {
    "sleap": ("process_1_train", "process_2_infer"),
    "tramway": ("process_1_tessellate", "process_2_infer"),
    "antrax": tuple(f"process_{number}_{step}" for number, step in enumerate(ANTRAX, 1)),
}  # in workspace/, of trackers with several stages there


def always(tracker: str) -> set[str]:
    """Return the files of every project, with the job scripts of a tracker's stages."""
    scripts = {f"workspace/{name}.sh" for name in SCRIPTS.get(tracker, ("process_all",))}
    without = set() if tracker not in QUESTIONS["_without_tables"] else {"summarizer/process_all.sh"}
    return ALWAYS - {"workspace/process_all.sh"} - without | scripts


def list_files(folder: Path) -> set[str]:
    """Return every file below the folder but caches, relative to it."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)) for path in files}


def outside(files: set[str]) -> set[str]:
    """Return the files that are not in remote_tracker/."""
    return {name for name in files if not name.startswith("remote_tracker/")}


@pytest.mark.parametrize("tracker", QUESTIONS["tracker"])
def test_exact_files_by_tracker(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> None:
    """A project holds exactly the files that its tracker's users are told of."""
    assert outside(list_files(bake_once(tmp_path_factory, tracker))) == always(tracker) | OF_TRACKER[tracker]


@pytest.mark.parametrize("tracker", QUESTIONS["tracker"])
def test_readme_speaks_of_tables(tmp_path_factory: pytest.TempPathFactory, tracker: str) -> None:
    """A project's README says how to summarize where its tracker has a step for that, and only there."""
    text = (bake_once(tmp_path_factory, tracker) / "README.md").read_text(encoding="utf-8")
    stages = load_tracker(PACKAGE / "trackers" / tracker / "tracker.yml").stages if tracker != "custom" else ()
    has_tables = tracker == "custom" or any(stage.folder == "summarizer" for stage in stages)
    assert ("bash get_cmd2process.sh" in text) == has_tables
    assert "{%" not in text


@pytest.mark.parametrize("cluster", [c for c in QUESTIONS["cluster"] if c != "local"])
@pytest.mark.drawn(3)
def test_exact_files_by_cluster(cookies: Any, template: Path, cluster: str) -> None:
    """On a cluster a project's job scripts are those of its scheduler, and nothing else differs."""
    result = cookies.bake(template=str(template), extra_context={"cluster": cluster})
    assert result.exception is None
    extension = load_cluster(PACKAGE / "clusters" / f"{cluster}.yml").scheduler.script.extension
    scripts = {f"{folder}/process_all.{extension}" for folder in ("workspace", "summarizer")}
    others = {name for name in ALWAYS if not name.endswith("process_all.sh")}
    assert outside(list_files(result.project_path)) == others | scripts | OF_TRACKER["opencv"]


def test_package_is_copied_as_it_is(made: Path) -> None:
    """remote_tracker/ in a project is byte for byte the template's: nothing in it is rendered."""
    copied = made / "remote_tracker"
    original = made.parents[1] / "template" / FOLDER / "remote_tracker"
    assert list_files(copied) == list_files(original)
    for name in list_files(original):
        assert (copied / name).read_bytes() == (original / name).read_bytes(), name
    assert not list(made.rglob("__pycache__"))


def test_caches_in_the_template_do_not_come_along(cookies: Any, template: Path) -> None:
    """What Python and its checkers left in the template is not in a project."""
    for place in (".mypy_cache/x", "remote_tracker/__pycache__/x.pyc", "remote_tracker/trackers/__pycache__/x.pyc"):
        path = template / FOLDER / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    project = cookies.bake(template=str(template)).project_path
    assert not [path for path in project.rglob("*cache*") if path.is_dir()]


def test_braces_in_code_survive_in_nested_folders(cookies: Any, template: Path) -> None:
    """Neither {{ }} nor {# in code, scripts and the site's guide is taken for cookiecutter's."""
    hostile = "a={{ nothing }} {% nothing %} ${#a}\n"
    places = ("remote_tracker/deep/er/code.txt", "workspace/more.sh", "site/trackers/x/tracker.yml", "rt")
    (template / FOLDER / "rt").unlink()
    for place in places:
        path = template / FOLDER / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/true\n" + hostile, encoding="utf-8")
    result = cookies.bake(template=str(template))
    for place in places:
        assert (result.project_path / place).read_text(encoding="utf-8").endswith(hostile)


def test_nothing_is_left_unrendered(made: Path) -> None:
    """No prose or data of a project still shows cookiecutter's words."""
    for name in outside(list_files(made)) - {"rt"}:
        text = (made / name).read_text(encoding="utf-8")
        assert not [mark for mark in ("cookiecutter.", "{%") if mark in text], name
    assert "{{ input.video }}" in (made / "site" / "README.md").read_text(encoding="utf-8")


def test_choices_are_what_there_is() -> None:
    """The offered trackers and clusters are those that the package holds, each with a line of help."""
    help_texts = QUESTIONS["__prompts__"][0]
    assert sorted(QUESTIONS["tracker"]) == sorted(path.parent.name for path in PACKAGE.glob("trackers/**/tracker.yml"))
    assert sorted(QUESTIONS["cluster"]) == sorted(path.stem for path in PACKAGE.glob("clusters/*.yml"))
    for question in ("tracker", "cluster"):
        assert set(help_texts[question]) == {"__prompt__", *QUESTIONS[question]}
    assert {"project_name", "email", "project_slug"} < set(help_texts)


@pytest.mark.parametrize("name", ["no", "null", "0123", "1e3", "2024-05-04", "y", "a.b_c-d"])
@pytest.mark.drawn(2)
def test_names_that_yaml_would_misread(cookies: Any, template: Path, name: str) -> None:
    """A name that YAML takes for a number, a date or a truth is still the project's name."""
    result = cookies.bake(
        template=str(template), extra_context={"project_name": name, "email": "me@lab.org", "cluster": "local"}
    )
    settings = yaml.safe_load((result.project_path / "project.yml").read_text(encoding="utf-8"))
    assert settings == {"name": name, "tracker": "opencv", "cluster": "local", "email": "me@lab.org", "params": {}}


def test_every_option_stands_in_project_yml(made: Path) -> None:
    """project.yml shows each key that it may have, set or as a commented line."""
    from remote_tracker.config.project import KEYS

    lines = (made / "project.yml").read_text(encoding="utf-8").splitlines()
    for key in KEYS:
        assert any(line.startswith((f"{key}:", f"# {key}:")) for line in lines), key


def test_readme_names_only_verbs_that_there_are(made: Path) -> None:
    """Each ./rt verb in a project's README is one that its ./rt knows."""
    verbs = set(re.findall(r"\./rt ([a-z]+)", (made / "README.md").read_text(encoding="utf-8"))) - {"shows"}
    known = subprocess.run([made / "rt", "--all"], capture_output=True, text=True, check=True).stdout
    assert verbs
    assert not [verb for verb in verbs if not re.search(rf"^ +{verb} ", known, re.MULTILINE)]


def test_works_after_being_moved(made: Path, tmp_path: Path) -> None:
    """The links of the launcher and of run_task.sh hold in a project that was moved or copied."""
    shutil.copytree(made, tmp_path / "a copy", symlinks=True)
    by_hand = tmp_path / "a copy" / "summarizer/run_task.sh"
    assert by_hand.is_symlink()
    assert by_hand.resolve() == tmp_path / "a copy" / "workspace/run_task.sh"
    asked = subprocess.run(["bash", by_hand, "7", "1"], capture_output=True, text=True)
    assert asked.stderr == f"There is no batch 0007 in {tmp_path}/a copy/summarizer/batches.\n"
    for folder in ("workspace", "summarizer"):
        link = tmp_path / "a copy" / folder / "rt"
        assert link.is_symlink()
        assert link.resolve() == tmp_path / "a copy" / "rt"


def test_folders_survive_git(made: Path, tmp_path: Path) -> None:
    """A clone of a project has the six folders; videos, results and lists did not go in."""
    project = tmp_path / "project"
    shutil.copytree(made, project, symlinks=True)
    for name in ("RawVideos/d/a.avi", "Results/d/a.csv", "MaskedVideos/a.avi", "workspace/batches/0001/batch.yml"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x", encoding="utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.org"]
    for command in ([*git, "init", "-q"], [*git, "add", "."], [*git, "commit", "-qm", "x"]):
        subprocess.run(command, cwd=project, check=True)
    subprocess.run([*git, "clone", "-q", str(project), str(tmp_path / "clone")], check=True)
    files = outside(list_files(tmp_path / "clone"))
    assert all((tmp_path / "clone" / folder).is_dir() for folder in SIX)
    assert {name for name in files if not name.startswith(".git/")} == outside(list_files(made)) - {
        ".remote-tracker.yml"
    }


def test_two_projects_side_by_side(template: Path, tmp_path: Path) -> None:
    """Two projects of one template live in one folder; making one again is refused and harms nothing."""
    for name in ("one", "two"):
        assert run_cookiecutter(template, tmp_path / "out", f"project_name={name}").returncode == 0
    mine = tmp_path / "out" / "opencv_one" / "project.yml"
    mine.write_text("mine", encoding="utf-8")
    again = run_cookiecutter(template, tmp_path / "out", "project_name=one")
    assert again.returncode == 1
    assert "already exists" in again.stdout
    assert mine.read_text(encoding="utf-8") == "mine"


MINE = ("AuxiliaryFiles/opencv.yml", "workspace/activate.sh", f"{SUMMARIES}", "workspace/process_all.sh")


@pytest.fixture
def mine(made: Path, tmp_path: Path) -> Path:
    """A copy of that project, where cookiecutter would make it again."""
    return shutil.copytree(made, tmp_path / "out" / made.name, symlinks=True)


def test_making_it_again_keeps_what_is_there(template: Path, tmp_path: Path, mine: Path) -> None:
    """With -f -s every file of YOURS that is there stays and is named, and what is missing comes back."""
    project = mine
    for name in (*MINE, "project.yml"):
        with open(project / name, "a", encoding="utf-8") as file:
            file.write("# mine\n")
    again = run_cookiecutter(template, tmp_path / "out", "-f", "-s")
    assert again.returncode == 0, again.stderr
    for name in (*MINE, "project.yml"):
        assert (project / name).read_text(encoding="utf-8").endswith("# mine\n"), name
    told = next(line for line in again.stdout.splitlines() if line.startswith("Kept as it was there: "))
    assert set(told.partition(": ")[2].split(", ")) == set(MINE[:3])
    (project / MINE[0]).unlink()
    assert run_cookiecutter(template, tmp_path / "out", "-f", "-s").returncode == 0
    assert (project / MINE[0]).is_file()


@pytest.mark.parametrize("skip", [["-s"], []])
def test_another_tracker_in_the_same_folder(template: Path, tmp_path: Path, mine: Path, skip: list[str]) -> None:
    """The summarizer that lies in a folder is that of the tracker in project.yml, kept or made anew."""
    asked = ("project_slug=opencv_myproject", "tracker=trex", "-f", *skip)
    assert run_cookiecutter(template, tmp_path / "out", *asked).returncode == 0
    project = mine
    tracker = yaml.safe_load((project / "project.yml").read_text(encoding="utf-8"))["tracker"]
    assert tracker == ("opencv" if skip else "trex")
    shipped = PACKAGE / "trackers" / tracker / Path(SUMMARIES).name
    assert (project / SUMMARIES).read_bytes() == shipped.read_bytes()


def test_activate_brings_the_python_that_made_the_project(made: Path) -> None:
    """For the embedded tracker activate.sh puts the directory of cookiecutter's own Python first."""
    shown = subprocess.run(
        ["bash", "-c", 'set -eu; source "$1"; type -P python', "-", made / "workspace" / "activate.sh"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == os.path.join(os.path.dirname(sys.executable), "python")


def test_activate_loads_the_modules_of_the_cluster(cookies: Any, template: Path) -> None:
    """What the cluster's file names under modules is loaded in activate.sh, quoted for bash."""
    with open(template / FOLDER / "remote_tracker" / "clusters" / "local.yml", "a", encoding="utf-8") as file:
        file.write("modules: [Anaconda3, 'a b/$(c)']\n")
    result = cookies.bake(template=str(template), extra_context={"cluster": "local"})
    lines = (result.project_path / "workspace" / "activate.sh").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("module")] == [
        "module load Anaconda3",
        "module load 'a b/$(c)'",
    ]


def test_bash_files_are_clean(made: Path) -> None:
    """ShellCheck finds nothing in what a project holds for bash."""
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    files = [made / "rt", *sorted(made.glob("workspace/*.sh")), *sorted(made.glob("summarizer/*.sh"))]
    result = subprocess.run(["shellcheck", "-x", *files], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_origin_is_recorded(made: Path) -> None:
    """A project knows its template, by its whole path, its version and the Python that made it."""
    from remote_tracker import __version__

    origin = yaml.safe_load((made / ".remote-tracker.yml").read_text(encoding="utf-8"))
    template = str(made.parents[1] / "template")
    assert origin == {"template": template, "version": __version__, "python": sys.executable}


def test_origin_given_from_here_is_kept_whole(template: Path, tmp_path: Path) -> None:
    """A template given as ../template is remembered by its whole path: the project may move."""
    assert run_cookiecutter(Path("../template"), tmp_path / "out").returncode == 0
    origin = yaml.safe_load((tmp_path / "out/opencv_myproject/.remote-tracker.yml").read_text(encoding="utf-8"))
    assert origin["template"] == str(template)


def test_programs_can_be_run_though_a_zip_lost_their_modes(cookies: Any, template: Path) -> None:
    """Whatever begins with #! may be run in a project, even if the template's files may not."""
    for path in template.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    project = cookies.bake(template=str(template)).project_path
    assert os.access(project / "rt", os.X_OK)
    assert os.access(project / "workspace" / "get_files2process.sh", os.X_OK)
    assert not os.access(project / "project.yml", os.X_OK) or os.stat(project / "project.yml").st_mode & 0o111 == 0


def test_next_step_is_what_to_type(template: Path, tmp_path: Path) -> None:
    """Making a project ends with the lines to type next, as seen from where the person is."""
    shown = run_cookiecutter(template, tmp_path / "out").stdout
    assert "Made opencv_myproject (tracker opencv, cluster " in shown
    assert "  cd opencv_myproject/workspace\n  bash get_files2process.sh" in shown
    assert "lies inside the template" not in shown


def test_a_project_is_made_though_nobody_can_be_told(template: Path, tmp_path: Path) -> None:
    """Where standard output is full the project is made all the same."""
    call = [sys.executable, "-m", "cookiecutter", str(template), "--no-input"]
    with open("/dev/full", "w", encoding="utf-8") as full:
        subprocess.run(call, cwd=tmp_path, stdout=full, stderr=subprocess.DEVNULL, timeout=120)
    assert (tmp_path / "opencv_myproject" / "project.yml").is_file()


def test_project_inside_the_template_is_warned_of(template: Path) -> None:
    """A project made in the template's own folder is told to move: cookiecutter copies that folder whole."""
    shown = run_cookiecutter(template, template)
    assert shown.returncode == 0
    assert "lies inside the template's own folder" in shown.stdout


def test_project_whose_scripts_fail_is_not_made(template: Path, tmp_path: Path) -> None:
    """Where ./rt scripts fails, its reason is shown and no half project stays."""
    (template / FOLDER / "rt").write_text("#!/usr/bin/env bash\necho 'no such cluster' >&2\nexit 1\n", encoding="utf-8")
    shown = run_cookiecutter(template, tmp_path / "out")
    assert shown.returncode == 1
    assert "The project was not made: no such cluster" in shown.stderr
    assert not list((tmp_path / "out").iterdir())


def test_questions_come_with_help(template: Path, tmp_path: Path) -> None:
    """Asked by hand, each question shows its help, and Enter takes the default."""
    shown = run_cookiecutter(template, tmp_path / "out", input="flies\n\n2\n\nme@lab.org\n")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    for text in (
        "A short name for the project",
        "Which tracker processes",
        "1 - opencv: animals",
        " - local: this machine",
    ):
        assert text in shown.stdout
    assert (tmp_path / "out" / "opencv_flies" / "project.yml").is_file()


def test_zip_of_the_template_makes_the_same_project(template: Path, tmp_path: Path, made: Path) -> None:
    """A project made from a zip, as on a machine without network, holds the same files and knows the zip."""
    copy_template(tmp_path / "zipped" / "remote-tracker-main")
    archive = shutil.make_archive(str(tmp_path / "main"), "zip", tmp_path / "zipped", "remote-tracker-main")
    shown = run_cookiecutter(Path(archive), tmp_path / "out")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    project = tmp_path / "out" / "opencv_myproject"
    assert list_files(project) == list_files(made)
    assert yaml.safe_load((project / ".remote-tracker.yml").read_text(encoding="utf-8"))["template"] == archive
