"""A release says the same everywhere: one version, one date, and nothing that is not known."""

from __future__ import annotations

import re

import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker import __version__

CITATION = (REPOSITORY / "CITATION.cff").read_text(encoding="utf-8")
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_stands_in_one_place() -> None:
    """The package says its version; CITATION.cff and the newest heading of CHANGELOG.md with a number follow it."""
    numbered = re.findall(r"^## \[(\d[\d.]*)\] - (\S+)$", CHANGELOG, re.MULTILINE)
    assert numbered[0][0] == __version__ == yaml.safe_load(CITATION)["version"]


def test_the_date_is_that_of_the_release() -> None:
    """CITATION.cff says the day on which CHANGELOG.md says that this version was released."""
    dated = dict(re.findall(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", CHANGELOG, re.MULTILINE))
    assert yaml.safe_load(CITATION)["date-released"] == dated[__version__]


def test_no_other_file_says_the_version() -> None:
    """What people read, and what makes a project, names no version of remote-tracker, but for screens of real runs."""
    said = re.compile(rf"remote-tracker[- ]v?{re.escape(__version__)}|^__version__ *= *[\"']", re.MULTILINE)
    tops = [REPOSITORY / name for name in ("README.md", "cookiecutter.json", "mkdocs.yml", "docs", "hooks", "demo")]
    files = [path for top in [*tops, TEMPLATE] for path in ([top] if top.is_file() else top.rglob("*"))]
    ends = (".md", ".yml", ".json", ".py", ".sh")
    texts = {str(path): path.read_text(encoding="utf-8") for path in files if path.is_file() and path.suffix in ends}
    found = [name for name, text in texts.items() if said.search(re.sub(r"```.*?```", "", text, flags=re.DOTALL))]
    assert found == [str(TEMPLATE / "remote_tracker" / "__init__.py")]


def test_what_is_not_known_is_not_made_up() -> None:
    """CITATION.cff names no address and no DOI, and says that neither is known; pages say so too."""
    assert not {"doi", "identifiers", "url", "repository-code", "repository"} & yaml.safe_load(CITATION).keys()
    assert "no public address and it has no DOI yet" in re.sub(r"\s*\n# ", " ", CITATION)
    assert "has no DOI yet" in (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert "`PLACE`" in (REPOSITORY / "docs" / "faq.md").read_text(encoding="utf-8")


def test_the_notes_say_when_all_figures_were_measured() -> None:
    """The notes of a release say when `make figures` ran last as a whole, or that it did not."""
    notes = CHANGELOG.split(f"## [{__version__}]")[1].split("\n## ")[0].split("\n### ")[0]
    told = re.sub(r"\s+", " ", notes)
    assert re.search(r"`make figures`.*(was not yet run as a whole|ran last as a whole on \d{4}-\d\d-\d\d)", told)
