"""The reference pages say what the code does: their tables are made from it, their examples are read by it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from remote_tracker import checks
from remote_tracker.config import cluster, each, load_cluster, load_project, load_tracker, project, stage, tracker
from remote_tracker.parameters import known_keys
from remote_tracker.render import compile_stage
from remote_tracker.render.command import COMMAND_WORDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/reference"
PROJECT = "{{cookiecutter.project_slug}}"


def page(name: str) -> str:
    """Return the text of a page."""
    return (PAGES / name).read_text(encoding="utf-8")


def examples(name: str) -> list[str]:
    """Return the YAML examples of a page."""
    return re.findall(r"```yaml\n(.*?)```", page(name), re.DOTALL)


def test_the_tables_are_those_of_the_code() -> None:
    """Each page is what docs/make_reference.py makes of it now."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs/make_reference.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_a_page_that_is_not_as_the_code_is_named(tmp_path: Path) -> None:
    """A table that somebody edited by hand is found."""
    copy = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", copy)
    (tmp_path / "{{cookiecutter.project_slug}}").symlink_to(ROOT / "{{cookiecutter.project_slug}}")
    edited = copy / "reference/project-yml.md"
    edited.write_text(edited.read_text(encoding="utf-8").replace("`attempts`", "`tries`"), encoding="utf-8")
    done = subprocess.run([sys.executable, copy / "make_reference.py", "--check"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"project-yml.md" in done.stdout


def test_the_schemas_are_those_of_the_code() -> None:
    """The schemas that are shipped are what docs/make_schemas.py makes of the code's tables now."""
    done = subprocess.run(
        [sys.executable, ROOT / "docs/make_schemas.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_a_schema_that_is_not_as_the_code_is_named(tmp_path: Path) -> None:
    """A schema that somebody edited by hand is found, and made anew."""
    shutil.copytree(ROOT / PROJECT / "remote_tracker", tmp_path / PROJECT / "remote_tracker")
    (tmp_path / "docs").mkdir()
    program = shutil.copy(ROOT / "docs/make_schemas.py", tmp_path / "docs")
    edited = tmp_path / PROJECT / "remote_tracker/yaml_schemas/project.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace('"attempts"', '"tries"'), encoding="utf-8")
    codes = [subprocess.run([sys.executable, program, *word]).returncode for word in (["--check"], [], ["--check"])]
    assert codes == [1, 0, 0]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("tracker-yml.md", [*tracker.KEYS, *tracker.PARAM_KEYS, *stage.KEYS, *stage.INPUT_KEYS, *each.EACH_KEYS]),
        ("tracker-yml.md", [*stage.RESOURCE_KEYS, *stage.WORKS, *COMMAND_WORDS, *checks.KINDS]),
        ("tracker-yml.md", [option.name for kind in checks.KINDS.values() for option in kind.options]),
        ("tracker-yml.md", [*checks.INPUT_KINDS, *(o.name for k in checks.INPUT_KINDS.values() for o in k.options)]),
        ("project-yml.md", list(project.KEYS)),
        ("cluster-yml.md", list(cluster.KEYS)),
    ],
)
def test_every_word_is_on_its_page(name: str, known: list[str]) -> None:
    """No key, check, option or word that the code knows is left out."""
    missing = [word for word in known if f"`{word}`" not in page(name) and f"`{word}:`" not in page(name)]
    assert not missing


def test_a_command_has_the_words_of_the_page(tmp_path: Path) -> None:
    """The words that the page lists are those that a command is given, no more and no less."""
    from remote_tracker.render.command import _context
    from remote_tracker.render.files import Names

    path = tmp_path / "own/tracker.yml"
    path.parent.mkdir()
    path.write_text(examples("tracker-yml.md")[0], encoding="utf-8")
    read = load_tracker(path)
    assert set(_context(Names(read.stages[0], read))) == set(COMMAND_WORDS)


def test_the_whole_tracker_is_one(tmp_path: Path) -> None:
    """The first example is a whole tracker in 20 lines, and a project can use it as it stands."""
    text = examples("tracker-yml.md")[0]
    assert len(text.splitlines()) <= 20
    path = tmp_path / "site/trackers/larvae/tracker.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "project.yml").write_text("tracker: larvae\n", encoding="utf-8")
    made = load_project(tmp_path)
    assert "count_larvae.py" in compile_stage(made, made.tracker.stages[0]).command.text


@pytest.mark.parametrize("text", examples("tracker-yml.md")[1:])
def test_a_part_of_a_stage_is_right(tmp_path: Path, text: str) -> None:
    """The other examples are keys of a tracker or of a stage as they stand."""
    top = text if text.partition(":")[0] in tracker.KEYS else ""
    inner = "".join(f"    {line}\n" for line in text.splitlines() if not top)
    rest = "" if text.startswith("input:") else '    input: {v: "RawVideos/{subdir}/{name}.avi"}\n'
    rest += "" if "\ncommand:" in text else "    command: x\n"
    path = tmp_path / "tracker.yml"
    path.write_text(f"description: x\n{top}stages:\n  - name: a\n{inner}{rest}", encoding="utf-8")
    assert load_tracker(path).stages


def test_the_rules_of_a_parameter_file_are_right(tmp_path: Path) -> None:
    """The example of known keys can be taken as it stands, and each word of rules is on the page."""
    path = tmp_path / "known.yml"
    path.write_text(re.findall(r"```yml\n(.*?)```", page("tracker-yml.md"), re.DOTALL)[0], encoding="utf-8")
    assert set(known_keys.load_known_keys(path).rules) == {"speed", "ground", "animals"}
    assert all(f"`{word}`" in page("tracker-yml.md") for word in [*known_keys.KEY_WORDS, *known_keys.FILE_WORDS])


def test_the_examples_of_projects_and_clusters_are_right(tmp_path: Path) -> None:
    """project.yml and a cluster's file can be taken from their pages."""
    (tmp_path / "project.yml").write_text(examples("project-yml.md")[0], encoding="utf-8")
    assert load_project(tmp_path).tracker.name == "opencv"
    path = tmp_path / "third_floor.yml"
    path.write_text(examples("cluster-yml.md")[0], encoding="utf-8")
    assert load_cluster(path).max_tasks == 1000
