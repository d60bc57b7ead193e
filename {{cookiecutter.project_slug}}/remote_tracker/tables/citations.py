"""Read which works a paper cites that used a tracker, and write them as BibTeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path

from ..config.document import Section, load_document
from ..named_tuple import NamedTuple

CITATIONS = "citations.yml"  # beside a tracker's tracker.yml
KEYS = {
    "name": "what a paper calls the tracker",
    "program": "the program whose version the tasks note, where that is another",
    "works": "the works that a paper cites",
}
WORK_KEYS = {
    "key": "the entry's key in BibTeX",
    "type": "article, or another type of entry of BibTeX",
    "authors": 'a list of authors, each as "Family, Given"',
    "title": "its title",
    "journal": "where it appeared",
    "year": "when it appeared",
    "volume": "the volume",
    "number": "the issue",
    "pages": "the pages, or the article's number",
    "doi": "its DOI, without the address before it",
    "url": "its address, where it has no DOI",
    "since": "the first version of the program that it is about",
    "before": "the first version of the program that it is no longer about",
    "animals": "in how many animals a video it is cited for, at least",
}
_FIELDS = ("journal", "year", "volume", "number", "pages", "doi", "url")
# What LaTeX writes before a letter for a mark that Unicode puts behind it.
_MARKS = {"\u0301": "'", "\u0300": "`", "\u0302": "^", "\u0308": '"', "\u0303": "~", "\u0327": "c", "\u0307": "."}
_MARKS |= {"\u030c": "v", "\u030a": "r"}
_MEANT = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "\\": r"\textbackslash{}",
}


class Work(NamedTuple):
    """A work to cite."""

    key: str
    type: str
    authors: tuple[str, ...]
    title: str
    fields: tuple[tuple[str, str], ...]  # the other fields of BibTeX
    since: str = ""
    before: str = ""
    animals: int = 0

    @property
    def year(self) -> str:
        """Return the year, "" where none is said."""
        return dict(self.fields).get("year", "")


_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_+/-]*")  # with any other character an entry could not be read


class Citations(NamedTuple):
    """What a paper says of a tracker."""

    name: str
    program: str  # whose version the tasks note
    works: tuple[Work, ...]  # empty: none is known


def load_citations(folder: Path, name: str) -> Citations:
    """Return what the citations.yml in a tracker's ``folder`` says; where there is none, only the tracker's ``name``.

    Raises ConfigError, which names the file and the line, for a file that cannot be read.
    """
    path = folder / CITATIONS
    if not path.exists():
        return Citations(name, name, ())
    top = load_document(path).only(KEYS)
    called = top.text("name", name)
    return Citations(called, top.text("program", called), tuple(map(_read_work, top.sections("works"))))


def _read_work(section: Section) -> Work:
    section.only(WORK_KEYS)
    for key, example in (("key", "Pereira2022"), ("type", "article")):
        if not _WORD.fullmatch(section.text(key, example)):
            section.fail(key, f'"{key}" must be a word of letters, digits and . : _ + / -, as {example}.')
    fields = tuple((name, section.text(name)) for name in _FIELDS if name in section.data)
    return Work(
        section.text("key"),
        section.text("type", "article"),
        section.texts("authors"),
        section.text("title"),
        fields,
        section.text("since", ""),
        section.text("before", ""),
        section.number("animals", 0),
    )


def choose_works(works: Sequence[Work], versions: Collection[str], animals: int) -> tuple[Work, ...]:
    """Return the works about these versions of the program ("": not known), and so many animals in a video."""
    return tuple(one for one in works if one.animals <= animals and _is_about(one, versions))


def _is_about(work: Work, versions: Collection[str]) -> bool:
    if not (work.since or work.before):
        return True
    numbers = [found for version in versions if (found := _numbers(version))]
    since, before = _numbers(work.since), _numbers(work.before)
    is_meant = any(since <= number and (not before or number < before) for number in numbers)
    return is_meant or len(numbers) < len(versions)  # a version that is not known may be meant


def _numbers(version: str) -> tuple[int, ...]:
    found = re.search(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def in_text(work: Work) -> str:
    """Return how a text cites a work, as "Pereira et al., 2022"."""
    names = [author.partition(",")[0].replace("{", "").replace("}", "") for author in work.authors]
    who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return ", ".join(filter(None, (who, work.year)))


def to_bibtex(work: Work) -> str:
    """Return the entry of a work in BibTeX, in ASCII."""
    pairs = [("author", " and ".join(to_latex(author, braces=True) for author in work.authors))]
    pairs += [("title", f"{{{to_latex(work.title)}}}")]
    pairs += [(name, text if name in ("doi", "url") else to_latex(text)) for name, text in work.fields]
    told = ",\n".join(f"  {name} = {{{_ranged(name, text)}}}" for name, text in pairs if text)
    return f"@{work.type}{{{work.key},\n{told}\n}}\n"


def _ranged(name: str, text: str) -> str:
    return re.sub(r"^(\w+)-(\w+)$", r"\1--\2", text) if name == "pages" else text


def to_latex(text: str, braces: bool = False) -> str:
    """Return a text as LaTeX writes it in ASCII; with ``braces`` its braces stand for LaTeX's own."""
    meant = _MEANT if braces else {**_MEANT, "{": r"\{", "}": r"\}"}
    return "".join(meant.get(letter) or _letter(letter) for letter in unicodedata.normalize("NFC", text))


def _letter(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    if letter.isascii() or len(parts) != 2 or parts[1] not in _MARKS:
        return letter
    return f"{{\\{_MARKS[parts[1]]}{{{parts[0]}}}}}"
