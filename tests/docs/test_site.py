"""The site of the pages: its navigation is docs/README.md, and nothing in it asks another server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from lab import REPOSITORY
from programs import load_program


@pytest.fixture(scope="module")
def site() -> ModuleType:
    """docs/make_site.py, as a module."""
    return load_program("docs/make_site.py")


def pages_of(nav: Any) -> Iterator[str]:
    """Yield each page of a navigation, in its order."""
    for entry in nav:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else pages_of(value)


def test_a_page_that_is_not_there(site: ModuleType) -> None:
    """A link of docs/README.md to a page that is not there is named in one line, without a traceback."""
    with pytest.raises(SystemExit, match=r"^docs/README.md leads to docs/nowhere.md, which is not there: "):
        site.read_nav("## Begin\n\n[a page](nowhere.md)\n")


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["-h"], 0), ([], 2), (["-x"], 2), (["a", "b"], 2)])
def test_help_makes_no_folder(
    site: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    """What is no folder, as --help, shows what to type; nothing is laid out, and no folder is called so."""
    monkeypatch.chdir(tmp_path)
    assert site.main(words) == code
    assert not [*tmp_path.iterdir()]


def test_the_navigation_is_the_index(site: ModuleType) -> None:
    """Each page is in the navigation once, in the order of docs/README.md, below its heading there."""
    index = (REPOSITORY / "docs" / "README.md").read_text(encoding="utf-8")
    nav = site.read_nav(index)
    found = list(pages_of(nav))
    there = {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "docs").rglob("*.md")}
    assert sorted(found) == sorted(there | {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"})
    assert [name for entry in nav for name in entry] == ["Home", *re.findall(r"^## (.*)$", index, re.MULTILINE)]


def test_titles_are_short(site: ModuleType) -> None:
    """A page of a tracker, a cluster or a file is called by its name, another by its heading."""
    assert site.title_of("docs/clusters/slurm.md") == "Slurm"
    assert site.title_of("docs/trackers/opencv.md") == "opencv"
    assert site.title_of("docs/reference/cluster-yml.md") == "clusters/&lt;name&gt;.yml"
    assert site.title_of("docs/tours/krypton.md") == "Worms on Krypton"
    assert site.title_of("docs/finished.md") == 'What "finished" means'


def test_what_is_laid_out_is_as_it_lies_here(site: ModuleType, tmp_path: Path) -> None:
    """Pages, pictures and what they link to are laid out unchanged in their folders; what lay there before is gone."""
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "old.md").write_text("gone")
    site.lay_out(pages)
    found = {str(path.relative_to(pages)) for path in pages.rglob("*") if path.is_file()}
    assert {"README.md", "LICENSE", "docs/README.md", "docs/images/tracks.png", "docs/clusters/slurm.md"} <= found
    assert not [name for name in found if name.endswith(".py") or name == "old.md"]
    for name in found:
        old, new = (REPOSITORY / name).read_bytes(), (pages / name).read_bytes()
        assert new == (site.as_built(old.decode(), name).encode() if name.endswith(".md") else old), name


@pytest.mark.parametrize("page", sorted((REPOSITORY / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_a_list_begins_behind_an_empty_line(page: Path) -> None:
    """MkDocs, other than a git host, takes a list that follows a paragraph at once for a part of that."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    before = ""
    for line in text.splitlines():
        if re.match(r"(?:[-*]|\d+\.) ", line) and before.strip():
            assert re.match(r"(?:[-*]|\d+\.) | +", before), line
        before = line


def test_code_in_a_table_has_no_escapes(site: ModuleType) -> None:
    """A | in the code of a table is shown without the backslash that a git host wants; other text stays."""
    assert site.as_built("| `a\\|b` | c\\|d |\n`e\\|f`\n", "README.md") == "| `a|b` | c\\|d |\n`e\\|f`\n"


def test_nothing_is_asked_of_another_server() -> None:
    """The site's settings take no font, script or style from elsewhere, and fail at each link that leads nowhere."""
    text = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    assert not re.findall(r"https?://", text)
    assert re.search(r"^  font: false", text, re.MULTILINE)
    for rule in ("anchors: warn", "not_found: warn", "omitted_files: warn", "unrecognized_links: warn"):
        assert rule in text
    for path in (REPOSITORY / "docs" / "offline").iterdir():
        assert not re.search(r"fetch\(|@import|src=.?http", path.read_text(encoding="utf-8")), path
    shim = re.search(r"polyfills: \[(\S+iframe-worker\S+)\]", text)
    assert shim
    assert (REPOSITORY / shim[1]).is_file()


def test_ci_runs_what_proves_a_clone() -> None:
    """The workflow runs .ci/run, which builds the site, and takes actions by a version."""
    told = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    steps = told["jobs"]["all"]["steps"]
    assert [step["run"] for step in steps if step.get("run") == ".ci/run"]
    uses = [step["uses"] for step in steps if "uses" in step]
    assert uses
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+(\.\d+)*", name) for name in uses)
    assert "\nmake site\n" in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")


def test_a_link_is_called_by_its_page(site: ModuleType) -> None:
    """A link whose words are a page's path has that page's heading for words; other links and code stay."""
    built = site.as_built("see [docs/limits.md](docs/limits.md), [how](docs/limits.md)", "README.md")
    assert built == "see [Limits](docs/limits.md), [how](docs/limits.md)"
    assert site.as_built("[../limits.md](../limits.md)", "docs/clusters/slurm.md") == "[Limits](../limits.md)"
