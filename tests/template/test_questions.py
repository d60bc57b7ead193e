"""The questions: an answer that cannot be is asked for again at once, and what needs no answer is not asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from programs import load_program

from .conftest import run_cookiecutter
from .terminal import answer

LOCAL, SLURM = "1", "2"  # the numbers of the choices where no scheduler is in reach


QUESTIONS = load_program("hooks/questions.py")


@pytest.fixture
def no_scheduler(tmp_path: Path) -> str:
    """Return a PATH without a scheduler: links to what hooks and job scripts need."""
    folder = tmp_path / "programs"
    folder.mkdir()
    left_out = {"sbatch", "qsub", "bsub", "scontrol", "squeue"}
    for place in ("/usr/bin", "/bin"):
        for program in Path(place).iterdir():
            if program.name not in left_out and not (folder / program.name).is_symlink():
                (folder / program.name).symlink_to(program)
    return str(folder)


def ask(template: Path, out: Path, path: str, *answers: str, options: tuple[str, ...] = ()) -> tuple[int, str]:
    """Make a project on a terminal with these answers."""
    command = (sys.executable, "-m", "cookiecutter", str(template), *options)
    return answer(out, command, answers, PATH=path)


def test_spaces_are_asked_about_at_once(template: Path, tmp_path: Path, no_scheduler: str) -> None:
    """A name with spaces is asked for again before the next question, and Enter takes the name with _."""
    out = tmp_path / "out"
    code, shown = ask(template, out, no_scheduler, "my red flies", "", "", LOCAL, "")
    assert code == 0, shown
    asked = [line for line in shown.splitlines() if "A short name" in line or "cannot name" in line]
    assert len(asked) == 3
    assert '"my red flies" cannot name a folder and a job: use letters' in asked[1]
    assert "(my_red_flies):" in asked[2]
    assert shown.index(asked[2]) < shown.index("Which tracker")
    settings = yaml.safe_load((out / "opencv_my_red_flies" / "project.yml").read_text(encoding="utf-8"))
    assert settings["name"] == "my_red_flies"


def test_local_is_asked_for_no_email(template: Path, tmp_path: Path, no_scheduler: str) -> None:
    """Where no scheduler sends messages nobody is asked for an address."""
    code, shown = ask(template, tmp_path / "out", no_scheduler, "flies", "", LOCAL, "")
    assert code == 0, shown
    assert "e-mail" not in shown


def test_a_cluster_is_asked_for_an_email_until_it_is_one(template: Path, tmp_path: Path, no_scheduler: str) -> None:
    """What is no address is asked for again with the reason."""
    out = tmp_path / "out"
    code, shown = ask(template, out, no_scheduler, "flies", "", SLURM, "", "me at home", "me@lab.org")
    assert code == 0, shown
    assert 'email "me at home" is no e-mail address' in shown
    assert "me@lab.org" in (out / "opencv_flies" / "project.yml").read_text(encoding="utf-8")


def test_a_folder_that_exists_is_asked_about_at_once(template: Path, tmp_path: Path, no_scheduler: str) -> None:
    """A folder that is taken is asked for again, here and where -o says, and not where -f says that it is meant."""
    for out, options in ((tmp_path / "out", ()), (tmp_path / "other", ("-o", str(tmp_path / "other")))):
        (out / "opencv_flies").mkdir(parents=True)
        code, shown = ask(template, out, no_scheduler, "flies", "", LOCAL, "", "", options=options)
        assert code == 0, shown
        assert "opencv_flies exists already" in shown
        assert (out / "opencv_flies_2" / "project.yml").is_file()
    code, shown = ask(template, tmp_path / "out", no_scheduler, "flies", "", LOCAL, "", options=("-f",))
    assert code == 0, shown
    assert "exists already" not in shown


def test_answers_from_a_pipe_are_asked_for_once(template: Path, tmp_path: Path, no_scheduler: str) -> None:
    """Without a terminal nobody can be asked again: the name is refused in one line, and no project is made."""
    shown = run_cookiecutter(template, tmp_path / "out", input="my flies\n\n1\n\n", path=no_scheduler)
    assert shown.returncode == 1
    assert shown.stdout.count("A short name") == 1
    assert shown.stderr.strip().startswith('project_name "my flies" cannot')
    assert "Traceback" not in shown.stdout + shown.stderr
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("tracker=opncv", 'tracker "opncv" is no choice; choose one of: opencv, tierpsy,'),
        ("cluster=$(id)", 'cluster "$(id)" is no choice; choose one of: local, slurm,'),
        ("cluster=", 'cluster "" is no choice'),
        ("trakcer=opencv", "trakcer: there is no such question; there are: project_name, tracker,"),
    ],
)
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.drawn(3)
def test_a_wrong_choice_is_one_line(template: Path, tmp_path: Path, typed: str, told: str, asked: bool) -> None:
    """An answer typed with the command that is no choice, or for no question, is refused with the right ones."""
    shown = run_cookiecutter(template, tmp_path / "out", typed, **({"input": "\n"} if asked else {}))
    assert shown.returncode == 1
    assert shown.stderr.startswith(told)
    assert shown.stderr.count("\n") == 1
    assert "Traceback" not in shown.stdout
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["T", "a=1", "b=x=y"], [("a", "1"), ("b", "x=y")]),
        (["--no-input", "T=1", "a=1"], [("a", "1")]),
        (["-o", "p=q", "T", "a=1", "-f", "-s"], [("a", "1")]),
        (["--output-dir=p=q", "T", "a=1"], [("a", "1")]),
        ([], []),
    ],
)
def test_answers_are_told_from_options(words: list[str], found: list[tuple[str, str]]) -> None:
    """What an option takes, and the template itself, are no answers, whatever they hold."""
    assert QUESTIONS.read_typed(words) == found


@pytest.mark.parametrize(
    ("bad", "offered"),
    [
        ("my flies", "my_flies"),
        ("  a  b ", "a_b"),
        ("flüge 2024", "fluge_2024"),
        ("../x", "x"),
        ("x" * 300, "x" * 64),
        ("日本", ""),
        ("", ""),
        ("$(rm -rf ~)", "rm_-rf"),
    ],
)
def test_a_name_that_can_be_is_offered(bad: str, offered: str) -> None:
    """The nearest name that can be is offered, none where nothing of it can be; what is offered is never refused."""
    assert QUESTIONS.suggest("project_name", bad) == offered
    assert not offered or not QUESTIONS.find_problem("project_name", offered)


def test_another_cookiecutter_asks_as_it_does(template: Path, tmp_path: Path) -> None:
    """Where cookiecutter has no such functions to ask with, the extension changes nothing."""
    code = "import jinja2, questions, cookiecutter.prompt as p; del p.read_user_choice; before = p.read_user_variable; "
    code += "jinja2.Environment(extensions=[questions.AskAgain]); assert p.read_user_variable is before"
    ran = subprocess.run([sys.executable, "-c", code], cwd=template / "hooks", capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
