"""Paths with wildcards: what a pattern matches, and what it makes of values."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.model.pattern import PatternError, feeds, read_pattern

VIDEO = "RawVideos/{subdir}/{name}.{ext,avi|mp4}"
DAY = "Results/{day}/{subdir}/{name}_tracks.csv"


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("R/{name}.avi", "R/a b.avi", {"name": "a b"}),
        ("R/{name}.avi", "R/.avi", None),
        ("R/{name}.avi", "R/d/a.avi", None),
        ("R/{name}.avi", "R/a.avi.txt", None),
        ("R/{name}.avi", "R/aXavi", None),
        ("R/{a}_{b}.csv", "R/1_2_3.csv", {"a": "1_2", "b": "3"}),
        ("R/{name}.{ext,avi|mp4}", "R/a.b.mp4", {"name": "a.b", "ext": "mp4"}),
        ("R/{name}.{ext,avi|mp4}", "R/a.mov", None),
        (r"R/{name}_{n,\d{3}}.tif", "R/a_012.tif", {"name": "a", "n": "012"}),
        (r"R/{name}_{n,\d{3}}.tif", "R/a_12.tif", None),
        ("R/{name}[1]+(x).avi", "R/a[1]+(x).avi", {"name": "a"}),
        ("{name}.avi", "a.avi", {"name": "a"}),
        (VIDEO, "RawVideos/a.avi", {"subdir": "", "name": "a", "ext": "avi"}),
        (VIDEO, "RawVideos/d/a.avi", {"subdir": "d", "name": "a", "ext": "avi"}),
        (VIDEO, "RawVideos/d/e/f/a.avi", {"subdir": "d/e/f", "name": "a", "ext": "avi"}),
        (VIDEO, "RawVideos//a.avi", None),
        (VIDEO, "RawVideosa.avi", None),
        (DAY, "Results/a_tracks.csv", {"day": "", "subdir": "", "name": "a"}),
        (DAY, "Results/d/a_tracks.csv", {"day": "d", "subdir": "", "name": "a"}),
        (DAY, "Results/d/e/f/a_tracks.csv", {"day": "d", "subdir": "e/f", "name": "a"}),
        ("R/{day}/x.csv", "R/d/e/x.csv", None),
        ("R/{subdir}", "R/d/e", {"subdir": "d/e"}),
    ],
)
def test_match(pattern: str, path: str, values: dict[str, str] | None) -> None:
    """A path matches as a whole, and says its wildcards; folders' wildcards may be none or (subdir) many."""
    assert read_pattern(pattern).match(path) == values


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("R/{n}/{n}.csv", "R/a/a.csv", {"n": "a"}),
        ("R/{n}/{n}.csv", "R/a/b.csv", None),
        ("R/{day}/{n}_{day}.csv", "R/d/n_d.csv", {"day": "d", "n": "n"}),
        ("R/{subdir}/{n}/{subdir}/x", "R/d/e/n/d/e/x", {"subdir": "d/e", "n": "n"}),
        ("R/{subdir}/{n}/{subdir}/x", "R/n/x", {"subdir": "", "n": "n"}),
        ("R/{subdir}/{n}/{subdir}/x", "R/d/n/e/x", None),
    ],
)
def test_repeated(pattern: str, path: str, values: dict[str, str] | None) -> None:
    """A wildcard that stands twice has one value, folders that are none at all included."""
    assert read_pattern(pattern).match(path) == values


@pytest.mark.parametrize("pattern", [VIDEO, "RawVideos/{subdir}/{name,.+}.{ext,avi}", "RawVideos/{day}/{subdir}/{n}"])
def test_line_breaks_match(pattern: str) -> None:
    """A name or folder with a line break is found, so that it can be refused by name."""
    assert read_pattern(pattern).match("RawVideos/a\nb/c\nd.avi") is not None


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("R/{n}/*.csv", "R/a/b.csv", True),
        ("R/{n}/*.csv", "R/a/.csv", True),
        ("R/{n}/*.csv", "R/a/b/c.csv", False),
        ("R/{n}/f?.csv", "R/a/f1.csv", True),
        ("R/{n}/f?.csv", "R/a/f10.csv", False),
    ],
)
def test_globs(pattern: str, path: str, matches: bool) -> None:
    """A star is any piece of a name, a question mark one character, neither a slash."""
    read = read_pattern(pattern)
    assert read.is_glob
    assert (read.match(path) is not None) == matches


@pytest.mark.parametrize(
    ("text", "folder", "glob", "root"),
    [
        ("Results/{n}/", True, False, "Results"),
        ("Results/{n}", False, False, "Results"),
        ("Results/{n,a*b?}", False, False, "Results"),
        ("R/S/*", False, True, "R"),
        ("{n}/x", False, False, ""),
        ("x{n}.avi", False, False, ""),
    ],
)
def test_kinds(text: str, folder: bool, glob: bool, root: str) -> None:
    """A pattern knows whether it is a folder, a glob (in its text, not in a rule), and where it begins."""
    read = read_pattern(text)
    assert (read.is_folder, read.is_glob, read.root) == (folder, glob, root)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("R/{name", "brace"),
        ("R/name}", "brace"),
        ("R/{}.avi", "brace"),
        ("R/{1name}.avi", "brace"),
        ("R/{na me}.avi", "brace"),
        ("R/{ext,a(b}", "no regular expression"),
        ("R/{ext,a)(b}", "no regular expression"),
        ("R/{ext,(?i)avi|mp4}", "no regular expression"),
        ("R/{ext,(avi|mp4)}", "(?:"),
        ("R/{ext,(?P<x>avi)}", "(?:"),
        ("/abs/{name}", "project's folder"),
        ("~/{name}", "project's folder"),
        ("R/../{name}", "project's folder"),
        ("", "project's folder"),
    ],
)
def test_refused(text: str, says: str) -> None:
    """What cannot be a pattern is refused in one line that quotes it."""
    with pytest.raises(PatternError) as error:
        read_pattern(text)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text", ["R/..{name}", "R/a..b/{name}", "R/{ext,(?:avi|mp4)}", "R/{n,(?!x).+}", "R/{n,(?i:AVI)}"]
)
def test_accepted(text: str) -> None:
    """Two dots in a name, groups that keep nothing and looking ahead are fine."""
    assert read_pattern(text).regex


PATTERNS = [
    VIDEO,
    DAY,
    "R/{subdir}/{name}/{subdir}/{name}.csv",
    "R/{day}/{day}_{name}.csv",
    "R/{subdir}{name}.csv",
    "R/{day}{subdir}/{name}/",
    "{subdir}/{name}",
    "R/{name}-{ext,avi|mp4}/*.csv",
    "R/{subdir}",
]
piece = st.text(min_size=1, max_size=6).filter(lambda t: "/" not in t and "\0" not in t)
folders = st.lists(piece, min_size=0, max_size=3).map("/".join)
everything = st.fixed_dictionaries(
    {"subdir": folders, "day": st.one_of(st.just(""), piece), "name": piece, "ext": st.sampled_from(["avi", "mp4"])}
)


def allows(pattern: str, values: dict[str, str]) -> bool:
    """Return whether folders that are none, or values that could be cut otherwise, are not in the way."""
    bare = [name for name in ("day", "subdir") if f"{{{name}}}" in re.sub(r"\{(day|subdir)\}/", "", pattern)]
    return all(values[name] for name in bare)


@pytest.mark.parametrize("text", PATTERNS)
@given(values=everything)
def test_fill_matches(text: str, values: dict[str, str]) -> None:
    """What a pattern makes of values that fit, it matches; and filled again the path is the same."""
    pattern = read_pattern(text)
    if not allows(text, values):
        return
    path = pattern.fill(values)
    found = pattern.match(path)
    assert found is not None
    assert pattern.fill(found) == path


@given(values=everything)
def test_match_is_inverse(values: dict[str, str]) -> None:
    """Values that can be cut in one way only come back from a path as they were."""
    pattern = read_pattern("R/{day}/{name}.{ext,avi|mp4}/{subdir}/x")
    assert pattern.match(pattern.fill(values)) == values


@pytest.mark.parametrize("text", PATTERNS)
@given(values=everything)
def test_filler_is_fill(text: str, values: dict[str, str]) -> None:
    """Filled by the thousand, paths are the same as filled one by one, whatever the order of values."""
    pattern = read_pattern(text)
    order = sorted(values)
    assert pattern.filler(order)([values[name] for name in order]) == pattern.fill(values)


def test_fill_wants_all() -> None:
    """A wildcard without a value is an error, never an empty text."""
    with pytest.raises(KeyError):
        read_pattern(VIDEO).fill({"subdir": "", "name": "a"})


@pytest.mark.parametrize(
    ("made", "wanted", "yes"),
    [
        ("Results/{subdir}/{name}_tracks.csv", DAY, True),
        (DAY, "Results/{subdir}/{name}_tracks.csv", True),
        ("Results/{subdir}/{name}_tracks.csv", "Results/{subdir}/{name}_skeletons.csv", False),
        ("Masked/{name}.avi", "Results/{name}.avi", False),
        ("Results/{name}.avi", "Results/{name}.{ext,avi|mp4}", True),
        ("Results/{name}.{ext}", "Results/{name}.{ext,avi|mp4}", True),
        ("Results/{n}/{n}.csv", "Results/{a}/{b}.csv", True),
        ("Results/{a}/{b}", "Results/{n}/{n}", True),
        ("Results/{subdir}/a.csv", "Results/{day}/a.csv", False),
    ],
)
def test_feeds(made: str, wanted: str, yes: bool) -> None:
    """One stage feeds another where what it makes can have the wanted shape, rules of wildcards aside."""
    assert feeds(read_pattern(made), read_pattern(wanted)) == yes


@pytest.mark.parametrize(
    ("pattern", "path", "values"),
    [
        ("R/{name}.mp4", "R/GOPRO.MP4", {"name": "GOPRO"}),
        (VIDEO, "RawVideos/d/a.b.Mp4", {"subdir": "d", "name": "a.b", "ext": "Mp4"}),
        ("R/{name}_x.{ext,avi}", "R/a_X.avi", None),
        ("r/{name}.avi", "R/a.avi", None),
        ("R.a/{name,[a-z]+}", "R.a/B", None),
        ("R/{name}.{ext,(?-i:tif)}", "R/a.TIF", None),
        ("R/{name}.{n}.{n}", "R/a.x.x", {"name": "a", "n": "x"}),
    ],
)
def test_endings_in_any_case(pattern: str, path: str, values: dict[str, str] | None) -> None:
    """What stands behind the last dot of a name may be in upper or lower case; all before it is exact."""
    assert replace(read_pattern(pattern), any_case=True).match(path) == values
    assert read_pattern(pattern).match(path) in (None, values)
