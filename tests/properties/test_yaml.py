"""What stands in a YAML file, whatever it is: it is read, or refused in a line that names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from lab import REPOSITORY, TEMPLATE
from remote_tracker.checks import KINDS
from remote_tracker.config import (
    cluster,
    each,
    load_cluster,
    load_project,
    load_tracker,
    project,
    signatures,
    stage,
    tracker,
)
from remote_tracker.errors import ConfigError

PACKAGE = TEMPLATE / "remote_tracker"
PROJECT = """\
# One of each key.
name: lab
tracker: opencv
cluster: slurm
email: ann@example.org
videos: /data/videos
attempts: 3
params:
  parameters: AuxiliaryFiles/opencv.yml
"""


class Document(NamedTuple):
    """A right YAML file: its text, where it lies below a project, and what loads it."""

    text: str
    place: str
    load: Callable[[Path, Path], object]


def _documents() -> Iterator[tuple[str, Document]]:
    yield "project", Document(PROJECT, "project.yml", lambda root, _: load_project(root))
    text = (PACKAGE / "signatures.yml").read_text()
    yield "signatures", Document(text, "site/signatures.yml", lambda root, _: signatures.load_signatures(root))
    for path in sorted((PACKAGE / "clusters").glob("*.yml")):
        place = f"site/clusters/{path.name}"
        yield f"cluster {path.stem}", Document(path.read_text(), place, lambda _, path: load_cluster(path))
    drafts = (REPOSITORY / "tests/trackers/drafts/trackers").glob("*/tracker.yml")
    for path in [PACKAGE / "trackers/opencv/tracker.yml", *sorted(drafts)]:
        place = f"site/trackers/{path.parent.name}/tracker.yml"
        yield f"tracker {path.parent.name}", Document(path.read_text(), place, lambda _, path: load_tracker(path))


DOCUMENTS = dict(_documents())
NAMES = st.sampled_from(sorted(DOCUMENTS))


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty project; each example writes the one file that it is about."""
    return tmp_path_factory.mktemp("yaml")


def load(root: Path, document: Document, raw: bytes) -> str:
    """Load a document that holds these bytes; returns "" or the refusal, which must name the file and a line of it."""
    path = root / document.place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    try:
        document.load(root, path)
    except ConfigError as error:
        said = str(error)
        assert said.isprintable()
        found = re.match(re.escape(str(path)) + r" line (\d+): (.+)", said)
        assert found, said
        lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", raw.decode("utf-8", "replace"))
        assert 1 <= int(found[1]) <= len(lines) + 1
        return said
    finally:
        path.unlink()
    return ""


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_as_they_are(root: Path, name: str) -> None:
    """The files that are spoilt below are right."""
    assert load(root, DOCUMENTS[name], DOCUMENTS[name].text.encode()) == ""


# Texts that were cut, shifted and typed over

WORDS = [
    *("yes", "no", "~", "010", "0x1F", "1_000", "-1", "1e999", ".inf", ".nan", "4:00:00", "1:99", "on", "=", "<<", "-"),
    *("2026-01-01", "2026-99-99", "2026-01-01 25:00:00", "2026-02-30T00:00:00Z", "9" * 5000, "", "''", '"', "'", "|"),
    *("[a]", "[", "]", "{a: b}", "{", "}", "[[[]]]", "{a: {a: {a: 1}}}", "&a [*a]", "*a", "*nope", "&a", "> x", "|2-"),
    *("!!int a", "!!int ''", "!!bool a", "!!timestamp a", "!!float a", "!!null a", "!!binary aGk=", "!!binary ü"),
    *("!!set {a}", "!!omap [a: b]", "!!pairs 3", "!!map a", "!!str [a]", "!!merge a", "!!python/object:os.system x"),
    *(
        '"\\ud800"',
        '"a\\nb"',
        '"\\0"',
        '"\\e[31m"',
        '"\\u200b"',
        "a: b",
        "a # b",
        "#",
        "%",
        "@a",
        "`a`",
        "{{ 7 }}",
        "{{",
    ),
    *(
        "{{ params.nope }}",
        "{% for x in y %}",
        "{{ params }}",
        "{{ 1/0 }}",
        "{name}",
        "{name,(}",
        "{",
        "R/{name}.{name}",
    ),
    *("any", "fresh", "true", "True", "[true]", "[0, x]", "lambda: 1", "\u00a0", "a\u2028b", "\ufeff", "\x85", "\t"),
]
LINES = [
    "\tx: 1",
    "- x",
    "x",
    "x: 1",
    "? [a]\n: b",
    "<<: *a",
    "<<: {name: x}",
    "<<: 3",
    "---",
    "...",
    "%YAML 9.9",
    "&a",
]
LINES += [
    "  x: &a {b: *a}",
    "x: [",
    "x: {a: 1, a: 2}",
    "1: a",
    "~: a",
    "yes: a",
    "!!int a: b",
    '"a\\nb": 1',
    "\x00",
    "# x",
]
scalar = re.compile(r"(?<=: )\S.*$|(?<=- )\S.*$")
key = re.compile(r"[\w.-]+(?=:( |$))")


def drop(lines: list[str], at: int, _: Any) -> None:
    """Take a line away."""
    del lines[at]


def double(lines: list[str], at: int, _: Any) -> None:
    """Write a line twice."""
    lines.insert(at, lines[at])


def shift(lines: list[str], at: int, by: int) -> None:
    """Indent a line more, or less, or with a tab."""
    text = lines[at].lstrip(" ")
    lines[at] = f"\t{text}" if by == 0 else " " * max(0, len(lines[at]) - len(text) + by) + text


def insert(lines: list[str], at: int, text: str) -> None:
    """Write a line between two others, indented as the next one."""
    lines.insert(at, " " * (len(lines[at]) - len(lines[at].lstrip(" "))) + text)


def retype(lines: list[str], at: int, text: str) -> None:
    """Write another value."""
    lines[at] = scalar.sub(lambda _: text, lines[at], count=1)


def rename(lines: list[str], at: int, text: str) -> None:
    """Write another key."""
    lines[at] = key.sub(lambda _: text, lines[at], count=1)


def type_over(lines: list[str], at: int, told: tuple[int, str]) -> None:
    """Write over a character, or between two."""
    place = told[0] % (len(lines[at]) + 1)
    lines[at] = lines[at][:place] + told[1] + lines[at][place + told[0] % 2 :]


def cut(lines: list[str], at: int, place: int) -> None:
    """Leave out all that stands behind a character."""
    lines[at:] = [lines[at][: place % (len(lines[at]) + 1)]]


odd = st.characters(exclude_categories=["Cs"])
nested = st.builds(
    lambda opening, n: opening * n, st.sampled_from(["[", "{a: ", "- ", "? ", "a: [", "[{"]), st.integers(2, 3000)
)
changes = st.one_of(
    st.tuples(st.just(drop), st.none()),
    st.tuples(st.just(double), st.none()),
    st.tuples(st.just(shift), st.integers(-4, 4)),
    st.tuples(st.just(insert), st.sampled_from(LINES)),
    st.tuples(
        st.just(retype), st.one_of(st.sampled_from(WORDS), st.sampled_from(WORDS), nested, st.text(odd, max_size=9))
    ),
    st.tuples(st.just(rename), st.one_of(st.sampled_from(WORDS), st.text(odd, max_size=5))),
    st.tuples(
        st.just(type_over),
        st.tuples(st.integers(0, 200), st.one_of(st.sampled_from(list(":-#[]{}&*!|>'\"%@`\t ")), odd)),
    ),
    st.tuples(st.just(cut), st.integers(0, 99)),
)
ENCODINGS = {
    "as it is": lambda text: text.encode("utf-8", "surrogateescape"),
    "marked": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "of an old Mac": lambda text: text.replace("\n", "\r").encode(),
    "Latin": lambda text: f"{text}# ü\n".encode("latin-1", "replace"),
    "wide": lambda text: text.encode("utf-16"),
}


def typed(line: int, text: str) -> tuple[Any, int]:
    """Return an edit that writes another value in a line."""
    return (retype, text), line


edits_of = st.lists(st.tuples(changes, st.integers(0, 400)), min_size=1, max_size=4)


@given(name=NAMES, edits=edits_of, encoding=st.sampled_from(["as it is"] * 5 + sorted(ENCODINGS)))
@example(name="project", edits=[((insert, "\x00"), 3)], encoding="as it is")
@example(name="project", edits=[typed(6, "!!bool a")], encoding="as it is")
@example(name="project", edits=[typed(6, "!!timestamp a")], encoding="as it is")
@example(name="project", edits=[typed(6, "!!int ''")], encoding="as it is")
@example(name="project", edits=[typed(4, "2026-02-30")], encoding="as it is")
@example(name="project", edits=[typed(2, '"a\\nb\\e[31m"')], encoding="as it is")
@example(name="project", edits=[], encoding="Latin")
def test_spoilt(root: Path, name: str, edits: list[Any], encoding: str) -> None:
    """However a file was spoilt, it is read, or refused in one line that names the file and the line."""
    lines = DOCUMENTS[name].text.split("\n")
    for (change, how), at in edits:
        if lines:
            change(lines, at % len(lines), how)
    load(root, DOCUMENTS[name], ENCODINGS[encoding]("\n".join(lines)))


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_encodings(root: Path, name: str, encoding: str) -> None:
    """Line ends of any system and a byte order mark change nothing; what is no UTF-8 is refused at its line."""
    said = load(root, DOCUMENTS[name], ENCODINGS[encoding](DOCUMENTS[name].text))
    assert bool(said) == (encoding in ("Latin", "wide") and said != "")
    assert (encoding == "Latin") <= ("it is not UTF-8 text" in said)


@pytest.mark.parametrize(
    "text",
    [
        *("name: " + "[" * 100_000, "name: " + "[" * 90_000 + "]" * 90_000, "- " * 90_000 + "a", "? " * 90_000),
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    ],
)
def test_huge(root: Path, text: str) -> None:
    """Brackets without end, and anchors that unfold without end, are refused; they take neither memory nor Python."""
    assert load(root, DOCUMENTS["project"], text.encode())


# Data of other kinds at any place

anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.just(date(2026, 1, 1)),
        st.binary(max_size=3),
        st.sampled_from(WORDS),
        st.text(odd, max_size=6),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(odd, max_size=4), st.integers(), st.none()), inner, max_size=3),
    ),
    max_leaves=5,
)


def places_in(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each (mapping or list, key or index) of a document."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for where, value in [*pairs]:
        yield data, where
        yield from places_in(value)


@given(name=NAMES, values=st.lists(st.tuples(st.integers(0, 400), anything), min_size=1, max_size=3))
def test_retyped(root: Path, name: str, values: list[tuple[int, Any]]) -> None:
    """Whatever kind of value stands at a key, it is taken, or refused in one line that names the file and the line."""
    data = yaml.safe_load(DOCUMENTS[name].text)
    for at, value in values:
        places = [*places_in(data)]
        held, where = places[at % len(places)]
        held[where] = value
    load(root, DOCUMENTS[name], yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode("utf-8", "replace"))


# Keys that are nearly right


class Key(NamedTuple):
    """A key of a document whose valid ones are known: where it stands, and the lines of its mapping."""

    start: int
    end: int
    word: str
    line: int
    known: frozenset[str]


def keys_of(node: yaml.Node, where: tuple[str, ...], name: str) -> Iterator[Key]:
    """Yield the keys of a document that are fixed by its kind."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from keys_of(item, (*where, "-"), name)
    if isinstance(node, yaml.MappingNode):
        known = known_at(name.split(" ")[0], where, {key.value for key, _ in node.value})
        for key, value in node.value:
            word, mark = key.value, key.start_mark
            if known and word in known:
                yield Key(mark.index, key.end_mark.index, word, mark.line + 1, frozenset(known))
            if not ("-" in where and any(other.value == "when" for other, _ in node.value)):
                yield from keys_of(value, (*where, word), name)  # a stage that is not there is not read


def known_at(kind: str, where: tuple[str, ...], there: set[str]) -> set[str]:
    """Return the keys that a mapping of a document may have, none where they are people's own."""
    fixed: dict[tuple[str, ...], Any] = {
        ("project",): project.KEYS,
        ("cluster",): cluster.KEYS,
        ("cluster", "resources"): cluster.FOLDERS,
        ("signatures",): ["signatures"],
        ("signatures", "signatures", "-"): signatures.KEYS,
        ("tracker",): tracker.KEYS,
        ("tracker", "stages", "-"): stage.KEYS,
        ("tracker", "stages", "-", "resources"): stage.RESOURCE_KEYS,
    }
    place = (kind, *where)
    if place[:2] == ("cluster", "resources") and len(place) == 3:
        return set(stage.RESOURCE_KEYS)
    if place[:2] == ("tracker", "params") and len(place) == 3:
        return set(tracker.PARAM_KEYS)
    if place[:4] == ("tracker", "stages", "-", "input") and len(place) == 5:
        return set(stage.INPUT_KEYS)
    if place[:4] == ("tracker", "stages", "-", "each") and len(place) == 5:
        return set(each.EACH_KEYS)
    if place == ("tracker", "stages", "-", "check", "-"):
        (told,) = there & set(KINDS)
        return {told, *(option.name for option in KINDS[told].options)}
    return set(fixed.get(place, ()))


KEYS_OF = {name: [*keys_of(yaml.compose(d.text, yaml.SafeLoader), (), name)] for name, d in DOCUMENTS.items()}


def nearly(word: str, how: int, letter: str) -> str:
    """Return a word with one letter more, less or other."""
    at = how % len(word)
    return [word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]][how % 3]


@given(name=NAMES, which=st.integers(0, 400), how=st.integers(0, 99), letter=st.sampled_from("abqzXÜ_7"))
@example(name="tracker targets_alone", which=18, how=0, letter="a")  # an option in a line below that of its check
def test_misspelt(root: Path, name: str, which: int, how: int, letter: str) -> None:
    """A key that is nearly right is named with its line and with the valid ones."""
    text, told = DOCUMENTS[name].text, KEYS_OF[name][which % len(KEYS_OF[name])]
    wrong = nearly(told.word, how, letter)
    if wrong in told.known or not wrong or wrong.isdigit() or wrong in KINDS:
        return
    said = load(root, DOCUMENTS[name], (text[: told.start] + wrong + text[told.end :]).encode())
    assert said.startswith(f"{root / DOCUMENTS[name].place} line {told.line}: ")
    assert f'"{wrong}"' in said or "exactly one of" in said
    listed = re.search(r"(?:Known|exactly one of): ([^.;]+)[.;]", said)
    assert listed, said
    assert told.word in listed[1].split(", ")


def test_all_kinds_of_keys_are_tried() -> None:
    """The keys that are misspelt above are of each kind of mapping."""
    words = {key.word for keys in KEYS_OF.values() for key in keys}
    assert words >= {"attempts", "signatures", "retry", "workspace", "cpus", "default", "command", "pattern", "json"}
    assert {len(KEYS_OF[name]) > 2 for name in KEYS_OF} == {True}
