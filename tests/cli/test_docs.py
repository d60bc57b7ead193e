"""./rt docs: the pages lie in the project, and every page that is named anywhere can be opened by its name."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab import REPOSITORY, TEMPLATE, Lab
from remote_tracker.cli.docs import docs
from remote_tracker.update.pages import find_pages, list_pages, name_page, read_page, read_title

PAGES = {name_page(str(page)): REPOSITORY / "docs" / page for page in find_pages(REPOSITORY / "docs")}


@pytest.fixture
def project(baked: Path, tmp_path: Path) -> Lab:
    """A project that cookiecutter made, and that a test must not change."""
    return Lab(baked, tmp_path)


def test_the_pages_for_users_are_there(project: Lab) -> None:
    """A project has each page for users, and neither pictures nor programs nor pages for those who have no project."""
    folder = project.root / "remote_tracker" / "docs"
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    wanted = {str(path.relative_to(REPOSITORY / "docs")) for path in PAGES.values()}
    assert set(found) == wanted
    assert {"finished.md", "clusters/slurm.md", "trackers/opencv.md", "reference/verbs.md"} <= wanted
    assert not [name for name in wanted if name.startswith(("decisions", "figures")) or not name.endswith(".md")]
    assert sum(path.stat().st_size for path in found.values()) < 400_000
    assert all(path.read_bytes() == (REPOSITORY / "docs" / name).read_bytes() for name, path in found.items())


def test_no_two_pages_have_one_name() -> None:
    """A name means one page."""
    assert len(PAGES) == len(list(find_pages(REPOSITORY / "docs")))


def test_the_list_names_each_page(project: Lab) -> None:
    """Without a name each page stands on a line with its title."""
    shown = project.rt("docs")
    assert shown.code == 0
    for name, path in PAGES.items():
        title = read_title(path.read_text(encoding="utf-8"))
        assert title
        assert re.search(rf"^  {re.escape(name)} +{re.escape(title)}$", shown.out, re.MULTILINE), name
    assert not [line for line in shown.out.splitlines() if len(line) > 100]


@pytest.mark.parametrize("name", ["slurm", "SLURM", "slurm.md", "clusters/slurm", "docs/clusters/slurm.md"])
def test_a_page_is_opened_by_its_name_or_path(project: Lab, name: str) -> None:
    """A page is known by its name, and by its path as it stands in the template; piped it is plain text."""
    shown = project.rt("docs", name)
    assert shown.code == 0
    assert shown.out.startswith("# Slurm, from a folder of videos to a joined table\n")
    assert "\x1b" not in shown.out
    assert "<!--" not in shown.out


def test_the_page_of_a_file_is_known_by_the_file(project: Lab) -> None:
    """What can stand in project.yml is asked for as project.yml."""
    assert project.rt("docs", "project.yml").out == project.rt("docs", "project-yml").out


def test_a_page_that_there_is_not(project: Lab) -> None:
    """An unknown name is wrong use, and is answered with the nearest one and all there are."""
    shown = project.rt("docs", "slrum")
    assert shown.code == 2
    assert shown.err.startswith('unknown page "slrum". Did you mean slurm? Known: ')


def test_the_pages_need_no_project_that_can_be_read(baked: Path, tmp_path: Path) -> None:
    """A page is opened where project.yml cannot be read: it says how to mend it."""
    root = tmp_path / "project"
    subprocess.run(["cp", "-a", baked, root], check=True)
    (root / "project.yml").write_text("a: [", encoding="utf-8")
    assert Lab(root, tmp_path).rt("docs", "project-yml").code == 0


def test_pages_that_did_not_come_are_read_from_the_template(lab: Lab, tmp_path: Path) -> None:
    """Without pages of its own, as after an update by an older version, a project reads its template's, or says how."""
    shown = lab.rt("docs")
    assert (shown.code, shown.out) == (1, "")
    assert shown.err.endswith("remote_tracker/docs: the pages are not there. Type: ./rt update\n")
    (lab.root / ".remote-tracker.yml").write_text(f"template: {REPOSITORY}\n", encoding="utf-8")
    assert lab.rt("docs", "slurm").code == 0


def on_terminal(root: Path, pager: str, path: str) -> str:
    """Return what ./rt docs finished writes on a terminal, with this pager and PATH."""
    env = {"PATH": path, "PAGER": pager, "TERM": "xterm", "REMOTE_TRACKER_PYTHON": sys.executable, "LANG": "C.UTF-8"}
    process, terminal = pty.fork()
    if not process:
        os.execve(root / "rt", ["rt", "docs", "finished"], env)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        shown += piece
    os.waitpid(process, 0)
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_the_page_set_in_the_pager(baked: Path, tmp_path: Path) -> None:
    """On a terminal the page is set (no marks of Markdown) and handed to the person's own pager."""
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho 'in the pager'\ncat\n", encoding="utf-8")
    pager.chmod(0o755)
    shown = on_terminal(baked, str(pager), os.environ["PATH"])
    assert shown.startswith("in the pager\n")
    assert 'What "finished" means' in shown
    assert "\x1b[" in shown
    assert "**" not in shown


def test_a_terminal_without_a_pager_gets_the_page(baked: Path, tmp_path: Path) -> None:
    """Where there is no pager the page is set without colours, which would stand there as signs."""
    for name in ("bash", "env", "readlink", "cat", "grep", "mv"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    shown = on_terminal(baked, "", str(tmp_path))
    assert 'What "finished" means' in shown
    assert "\x1b" not in shown
    assert "\\x1b" not in shown


def find_texts() -> list[Path]:
    """Return every file that people read: of a project, of the hooks, and the pages."""
    tops = [TEMPLATE, REPOSITORY / "hooks", REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *PAGES.values()]
    files = [path for top in tops for path in (top.rglob("*") if top.is_dir() else [top]) if path.is_file()]
    return [path for path in files if "cache" not in str(path.relative_to(REPOSITORY))]


def test_every_page_that_is_named_can_be_opened() -> None:
    """Whatever says ./rt docs NAME names a page, and no message sends people to a path that no project has."""
    named = []
    for path in find_texts():
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"\./rt docs +([a-z][\w.-]*\w)", text)
        named += [(path.name, name) for name in found]
        if TEMPLATE in path.parents:
            paths = re.findall(r"docs/(?!decisions/)[\w/-]+\.md", text)
            assert not paths or path.name == "pages.py", path
    assert len(named) >= 4
    assert not [(file, name) for file, name in named if name_page(name) not in PAGES]


def test_every_tracker_and_cluster_that_is_offered_has_a_page() -> None:
    """A project's README names the pages of its tracker and its cluster: there are such pages."""
    package = TEMPLATE / "remote_tracker"
    names = [path.parent.name for path in package.glob("trackers/**/tracker.yml")]
    names += [path.stem for path in package.glob("clusters/*.yml")]
    assert not [name for name in names if name_page(name) not in PAGES]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_links_between_pages_can_be_followed(name: str) -> None:
    """No page shows a link that leads nowhere in a project: a link to a page says how it is opened."""
    shown = read_page(PAGES[name].read_text(encoding="utf-8"), PAGES)
    assert not re.findall(
        r"\]\((?!https?:)[^)]*\.md[^)]*\)", re.sub(r"```.*?```|`[^`\n]*`", "", shown, flags=re.DOTALL)
    )
    assert not [page for page in re.findall(r"`\./rt docs ([\w-]+)`", shown) if page not in PAGES]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see [the page](clusters/slurm.md#x) now", "see the page (`./rt docs slurm`) now"),
        ("see [clusters/slurm.md](clusters/slurm.md)", "see `./rt docs slurm`"),
        ("[`work`](../trackers/opencv.md)", "`work` (`./rt docs opencv`)"),
        ("[why](decisions/0001.md) and [x](https://a.org/slurm.md)", "why and [x](https://a.org/slurm.md)"),
        ("![tracks](images/tracks.png)\n", "\n"),
        ("```bash\n[a](slurm.md)\n```\n`[a](slurm.md)`", "```bash\n[a](slurm.md)\n```\n`[a](slurm.md)`"),
        ("<!-- table: x -->\n\n| a |\n", "| a |\n"),
    ],
)
def test_what_becomes_of_links(text: str, shown: str) -> None:
    """Links to pages say how the page is opened, others to files keep their words, code stays as it is."""
    assert read_page(text, {"slurm", "opencv"}) == shown


def test_the_verb_is_told_apart_from_its_list() -> None:
    """The list begins with what to type, and has a group a folder."""
    shown = list_pages({Path("a.md"): "A", Path("clusters/b-c.md"): "B"})
    assert shown == "One of these pages:  ./rt docs NAME\n\n  a    A\n\nclusters\n  b-c  B"
    assert docs.help
