"""What strangers read first is true: its commands, its screens, its new tracker, its tree, its links."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from lab import LONG_AGO, REPOSITORY, Lab
from programs import load_program
from remote_tracker.cli.main import EVERY_DAY, NOW_AND_THEN, rt
from remote_tracker.update.links import LINKS
from remote_tracker.update.release import find_files

README = REPOSITORY / "README.md"
FIRST_HOUR, FIGURES, NEW_TRACKER = (
    REPOSITORY / "docs" / name for name in ("first-hour.md", "figures.md", "new-tracker.md")
)
LEFT_OUT = {".git", ".venv", "build", "node_modules", ".hypothesis"}
TEMPLATE_README = REPOSITORY / "{{cookiecutter.project_slug}}" / "README.md"


def find_pages() -> Iterator[Path]:
    """Yield every page of the repository."""
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = sorted(f for f in folders if f not in LEFT_OUT and not f.endswith("_cache"))
        yield from (Path(folder, name) for name in sorted(files) if name.endswith(".md"))


PAGES = list(find_pages())
FOR_USERS = [
    README,
    *(REPOSITORY / "docs").glob("*.md"),
    *(REPOSITORY / "docs" / "trackers").glob("*.md"),
    *(REPOSITORY / "docs" / "clusters").glob("*.md"),
    *(REPOSITORY / "docs" / "tours").glob("*.md"),
    REPOSITORY / "docs" / "reference" / "verbs.md",
]


def relative(path: Path) -> str:
    """Return a page's path, as tests are named."""
    return str(path.relative_to(REPOSITORY))


def ran(*argv: str) -> subprocess.CompletedProcess[str]:
    """Run one of the programs in docs/ to its end."""
    command = [sys.executable, *argv]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300)


def shown_files() -> dict[str, str]:
    """Return the files that docs/new-tracker.md shows whole, by their paths in a project."""
    text = NEW_TRACKER.read_text(encoding="utf-8")
    found = re.finditer(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", text, re.DOTALL)
    return {match[1]: match[2] for match in found}


def test_the_screens_are_those_of_a_real_run() -> None:
    """Every screen in README.md and docs/ is what the program prints today."""
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    pytest.importorskip("scipy", reason="scipy is not installed")
    done = ran("docs/renew_screens.py", "--check")
    assert done.returncode == 0, f"python docs/renew_screens.py renews this:\n{done.stdout}{done.stderr}"


def test_an_old_screen_is_replaced() -> None:
    """A screen that says something else than a run is replaced, one that differs in seconds and bytes is not."""
    program = load_program("docs/renew_screens.py")
    page = "x\n<!-- screen: a b -->\n```text\n$ a\nin 4 s, 5,000 bytes\n\n$ b\n3 done\n```\n<!-- end -->\ny\n"
    same = {"a": "$ a\nin 11 s, 6 bytes\n", "b": "$ b\n3 done\n"}
    assert program.renewed(page, same) == page
    other = program.renewed(page, {**same, "b": "$ b\n4 done\n"})
    assert "4 done" in other
    assert "3 done" not in other
    assert other.startswith("x\n<!-- screen: a b -->\n```text\n$ a\nin 11 s")
    assert other.endswith("```\n<!-- end -->\ny\n")


def test_readme_is_short() -> None:
    """README.md is read in two minutes: at most 150 lines."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", [README, FIRST_HOUR], ids=relative)
def test_the_three_lines_are_shown(page: Path) -> None:
    """README.md and docs/first-hour.md show the ancestor's three lines with their output, and the second scan's 0."""
    text = page.read_text(encoding="utf-8")
    lines = ["$ bash get_files2process.sh", "$ bash process_all.sh", "$ bash get_files2process.sh"]
    places = [text.index(lines[0]), text.index(lines[1]), text.index(lines[2], text.index(lines[1]))]
    assert places == sorted(places)
    assert "\n0\tTotal files to be processed." in text


def test_the_new_tracker_works(baked: Path, tmp_path: Path) -> None:
    """The tracker in docs/new-tracker.md is whole: put into a project it processes videos, and the next scan says 0."""
    cv2 = pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    numpy = pytest.importorskip("numpy")
    project = tmp_path / "opencv_myproject"
    shutil.copytree(baked, project, symlinks=True)
    for name, text in shown_files().items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    settings = (project / "project.yml").read_text(encoding="utf-8")
    assert "\ntracker: opencv\n" in settings
    (project / "project.yml").write_text(settings.replace("\ntracker: opencv\n", "\ntracker: brightness\n"))
    for number in (1, 2):
        video = project / "RawVideos" / "day 1" / f"plate {number}.avi"
        video.parent.mkdir(exist_ok=True)
        writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
        for _ in range(10):
            writer.write(numpy.full((48, 64, 3), 50 * number, numpy.uint8))
        writer.release()
        os.utime(video, (LONG_AGO, LONG_AGO))
    lab = Lab(project, tmp_path)
    assert "2\tTotal files to be processed." in lab.scan().out
    assert lab.process().code == 0
    assert "\n0\tTotal files to be processed." in lab.scan().out
    rows = (project / "Results" / "day 1" / "plate 2_brightness.csv").read_text().splitlines()
    assert rows[0] == "frame,grey"
    assert len(rows) == 11
    assert abs(float(rows[1].split(",")[1]) - 100) < 3


def test_the_new_tracker_is_short() -> None:
    """A tracker takes 20 lines, its program included."""
    assert sum(len(text.splitlines()) for text in shown_files().values()) <= 20


def shown_tree() -> dict[str, str]:
    """Return each path of the annotated tree in docs/first-hour.md with its mark: OURS, YOURS, made or nothing."""
    found = re.search(r"<!-- tree -->\n```text\n(.*?)```", FIRST_HOUR.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    folders: list[str] = []
    marks = {}
    for line in found[1].splitlines()[1:]:
        parts = re.fullmatch(r"([│ ]*)[├└]── (\S+) *(OURS|YOURS|made)?.*", line)
        assert parts, line
        del folders[len(parts[1]) // 4 :]
        marks["/".join([*folders, parts[2].rstrip("/")])] = parts[3] or ""
        folders.append(parts[2].rstrip("/"))
    return marks


def test_the_tree_is_that_of_a_project(baked: Path) -> None:
    """Every path of the tree is in a new project (but for what scans make), and every one of a project in the tree."""
    marks = shown_tree()
    missing = [path for path, mark in marks.items() if not (baked / path).exists() and mark != "made"]
    assert not missing
    folders = [".", "workspace", "summarizer", "AuxiliaryFiles"]
    there = {os.path.normpath(f"{folder}/{name}") for folder in folders for name in os.listdir(baked / folder)}
    told = {path for path in there if not Path(path).name.startswith(".") and Path(path).name != "rt"}
    assert told <= marks.keys()


def test_yours_and_ours_are_as_an_update_has_them(baked: Path) -> None:
    """What the tree calls OURS is what an update swaps, and nothing that it calls YOURS is."""
    swapped = {*LINKS, *(str(path) for path in find_files(REPOSITORY / "{{cookiecutter.project_slug}}"))}
    for path, mark in shown_tree().items():
        ours = path in swapped or any(name.startswith(f"{path}/") for name in swapped)
        if mark in ("OURS", "YOURS"):
            assert ours == (mark == "OURS"), path


@pytest.mark.parametrize("page", [README, FIRST_HOUR], ids=relative)
def test_the_two_commands_are_there(page: Path) -> None:
    """The Makefile has the targets that README.md and docs/first-hour.md name, and both name at least two."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^    make (\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert targets[:2] == ["demo", "test"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def rows_of_figures() -> list[str]:
    """Return the rows of the table in docs/figures.md."""
    rows = [line for line in FIGURES.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    assert rows
    return rows


def test_figures_are_quoted_with_their_command() -> None:
    """Each row of the table of measured figures names a command that is there and can be run."""
    for row in rows_of_figures():
        command = re.search(r"`(benchmarks/\w+)|python -m pytest (tests/[\w/]+\.py)`", row)
        assert command, row
        assert (REPOSITORY / (command[2] or "")).exists(), row
        assert command[2] or os.access(REPOSITORY / command[1], os.X_OK), row


def test_readme_compares_by_figures_that_were_measured() -> None:
    """Each number in README.md's comparison stands in docs/figures.md, in a row of the benchmark that it names."""
    rows = re.findall(r"^\| (.*\(`(\w+)`\)) \|(.*)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 4
    for what, command, cells in rows:
        told = " ".join(row for row in rows_of_figures() if f"`benchmarks/{command}`" in row)
        numbers = re.findall(r"[\d,.]*\d", f"{what.partition('(')[0]} {cells.replace('**1**', '')}")
        known = set(re.findall(r"[\d,.]*\d", told.replace("about a second", "about 1 s")))
        assert numbers, what
        assert not [number for number in numbers if number not in known], what


def test_the_picture_is_small() -> None:
    """The picture can be loaded over a slow line."""
    picture = REPOSITORY / "docs" / "images" / "tracks.png"
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture.stat().st_size < 300_000


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file leads to one that is there, each link into a page to one of its headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f"{relative(page)}: {target}"
        assert not anchor or anchor in anchors_of(place), f"{relative(page)}: {target}"


def anchors_of(page: Path) -> set[str]:
    """Return the names of a page's headings, as a git host makes them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_page_is_in_the_index() -> None:
    """docs/README.md leads to every page below docs/, to CONTRIBUTING.md and to CHANGELOG.md."""
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [str(p.relative_to(REPOSITORY / "docs")) for p in (REPOSITORY / "docs").rglob("*.md")]
    pages += ["../CONTRIBUTING.md", "../CHANGELOG.md"]
    assert not [page for page in pages if page != "README.md" and f"({page})" not in index]


def test_the_page_of_verbs_is_current() -> None:
    """docs/reference/verbs.md is what docs/make_verbs.py writes now."""
    done = ran("docs/make_verbs.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [*EVERY_DAY, *NOW_AND_THEN])
def test_every_verb_has_help_and_is_on_the_page(name: str) -> None:
    """Each verb, and each option that people may type, says what it does, and stands on the page."""
    page = (REPOSITORY / "docs" / "reference" / "verbs.md").read_text(encoding="utf-8")
    verb = rt.commands[name]
    assert verb.help
    assert f"### ./rt {name}\n" in page
    part = page.split(f"### ./rt {name}\n")[1].split("\n##")[0]
    for option in verb.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts}"
            assert all(word in part for word in option.opts), f"{name} {option.opts}"


@pytest.mark.parametrize("page", [*FOR_USERS, REPOSITORY / "CONTRIBUTING.md", TEMPLATE_README], ids=relative)
def test_verbs_that_pages_name_are_there(page: Path) -> None:
    """A page names no verb and no option that ./rt does not have."""
    for line in page.read_text(encoding="utf-8").splitlines():
        for words in re.findall(r"\./rt (?!shows)([a-z][^`#]*)", line):
            verb = words.split()[0].strip(".,:;)")
            assert verb in rt.commands, f"{relative(page)}: ./rt {words}"
            command = rt.commands[verb]
            form = (words.split()[1:2] or [""])[0].strip(".,:;)")
            if isinstance(command, click.Group):
                command = command.commands.get(form, command)
            elif verb == "remote":  # it types any verb there
                command = rt.commands.get(form, command)
            known = {word for option in command.params for word in option.opts}
            for option in re.findall(r"(?<!\S)\[?(--[a-z-]+)", words.split("   ")[0]):
                assert option in known, f"{relative(page)}: ./rt {words}"


@pytest.mark.parametrize("page", [*FOR_USERS, TEMPLATE_README], ids=relative)
def test_pages_use_the_words_of_people(page: Path) -> None:
    """No page for users speaks of units, verdicts or contracts; code may hold a key that is called so."""
    said = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(r"\b(?:units?|verdicts?|contracts?)\b", said)
    assert not found
