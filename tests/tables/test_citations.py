"""The works that a paper cites: read from a tracker's citations.yml, chosen by version, written as BibTeX."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker.errors import ConfigError
from remote_tracker.tables.citations import Work, choose_works, in_text, load_citations, to_bibtex, to_latex
from remote_tracker.tables.methods import OWN_AUTHOR, OWN_TITLE

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"
NAMES = sorted(path.parent.name for path in TRACKERS.glob("*/tracker.yml"))


def work(**more: str | int) -> Work:
    """Return a work of this name."""
    told = {"key": "k", "type": "article", "authors": ("A, B.",), "title": "T", "fields": (("year", "2020"),), **more}
    return Work(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_the_works_of_each_tracker(name: str) -> None:
    """Each built-in tracker names works with authors, a title, a place, a year, and says where that was found."""
    citations = load_citations(TRACKERS / name, name)
    assert citations.works
    assert "Source" in (TRACKERS / name / "citations.yml").read_text(encoding="utf-8").partition("\nname:")[0]
    for one in citations.works:
        fields = dict(one.fields)
        assert all((one.authors, one.title, fields["journal"]))
        assert re.fullmatch(r"(19|20)\d\d", fields["year"])
        assert "doi" not in fields or re.fullmatch(r"10\.\d{4,5}/\S+", fields["doi"])
    keys = [one.key for one in citations.works]
    assert len(set(keys)) == len(keys)


def test_a_tracker_without_the_file(tmp_path: Path) -> None:
    """Nothing is made up: the tracker's name, and no work."""
    assert load_citations(tmp_path, "mine") == ("mine", "mine", ())


def test_a_slip_is_named_with_its_line(tmp_path: Path) -> None:
    """An unknown key in the file is refused with the keys that there are."""
    (tmp_path / "citations.yml").write_text("name: X\nworks:\n  - {key: a, titel: b}\n")
    with pytest.raises(ConfigError, match=r'citations.yml line 3: unknown key "titel". Did you mean title\?'):
        load_citations(tmp_path, "x")


@pytest.mark.parametrize("slip", ['key: "A,b}"', "key: A b", 'type: "@misc"'])
def test_a_word_that_bibtex_cannot_read(tmp_path: Path, slip: str) -> None:
    """A key or a type that would break the entry is refused with its line."""
    name = slip.partition(":")[0]
    rest = "key: A" if name == "type" else "type: book"
    (tmp_path / "citations.yml").write_text(f"works:\n  - title: x\n    authors: [y]\n    {rest}\n    {slip}\n")
    with pytest.raises(ConfigError, match=rf'citations.yml line 5: "{name}" must be a word of letters'):
        load_citations(tmp_path, "x")


@pytest.mark.parametrize(
    ("versions", "animals", "chosen"),
    [
        ({"6.0.14"}, 1, ["new", "any"]),
        ({"idtracker.ai 5.2.12"}, 1, ["old", "any"]),
        ({"5.2", "6.0"}, 1, ["new", "old", "any"]),
        ({""}, 1, ["new", "old", "any"]),
        ({"6.0", ""}, 1, ["new", "old", "any"]),
        ({"10.1"}, 2, ["new", "any", "many"]),
    ],
)
def test_by_version_and_animals(versions: set[str], animals: int, chosen: list[str]) -> None:
    """A work is cited for the versions that it is about, both where the version is not known; some for many animals."""
    works = [work(key="new", since="6"), work(key="old", before="6"), work(key="any"), work(key="many", animals=2)]
    assert [one.key for one in choose_works(works, versions, animals)] == chosen


@pytest.mark.parametrize(
    ("authors", "cited"),
    [
        (("Walter, Tristan",), "Walter, 2020"),
        (("Walter, Tristan", "Couzin, Iain D."), "Walter and Couzin, 2020"),
        (("{van der Walt}, Stéfan", "B, C", "D, E"), "van der Walt et al., 2020"),
        (("{SciPy 1.0 Contributors}",), "SciPy 1.0 Contributors, 2020"),
    ],
)
def test_in_a_text(authors: tuple[str, ...], cited: str) -> None:
    """A text cites one author, two, or the first of many."""
    assert in_text(work(authors=authors)) == cited


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("Mölder & Ch'ng", r"M{\"{o}}lder \& Ch'ng"),
        ("Céline, İlhan, Antônio", r"C{\'{e}}line, {\.{I}}lhan, Ant{\^{o}}nio"),
        ("a_b {c} 5% #1 $x ~ \\", r"a\_b \{c\} 5\% \#1 \$x \textasciitilde{} \textbackslash{}"),
    ],
)
def test_as_latex(text: str, latex: str) -> None:
    """Letters with marks, and what means something to LaTeX, are written so that LaTeX prints them as they are."""
    assert to_latex(text) == latex


def test_an_entry() -> None:
    """An entry has its authors, its title in braces of its own, pages with a dash between, and the DOI as it is."""
    fields = (("journal", "J"), ("year", "2020"), ("pages", "1-9"), ("doi", "10.1/a_b"))
    assert to_bibtex(work(authors=("{van der Walt}, S.", "B, C"), title="SLEAP: a system", fields=fields)) == (
        "@article{k,\n  author = {{van der Walt}, S. and B, C},\n  title = {{SLEAP: a system}},\n  journal = {J},\n"
        "  year = {2020},\n  pages = {1--9},\n  doi = {10.1/a_b}\n}\n"
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_is_ascii_with_braces_that_close(name: str) -> None:
    """What is shipped is BibTeX that an old LaTeX reads."""
    for one in load_citations(TRACKERS / name, name).works:
        text = to_bibtex(one)
        assert text.isascii()
        plain = re.sub(r"\\[{}]", "", text)
        assert plain.count("{") == plain.count("}")


def test_our_own_title() -> None:
    """remote-tracker is called there as its CITATION.cff calls it."""
    told = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert (told["title"], told["authors"]) == (OWN_TITLE, [{"name": OWN_AUTHOR}])
