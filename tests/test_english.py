"""Docstrings and comments are plain English: they name the task, the video or the file that they speak about."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache

import pytest
from lab import TEMPLATE

PACKAGE = TEMPLATE / "remote_tracker"

# Each stands in place of a name: a reader must look back to learn what it stands for.
VAGUE = re.compile(
    "|".join(
        (
            r"\bof (?:what|which)\b",
            r"\b(?:that|those) of\b",
            r"\bwhat is to be\b",
            r"\bof (?:it|them)\b(?= (?:is|are|was|were|has|have)\b)",
            r"\b[Tt]hese\b(?=[.,;:)]|$)",
            r"\b[Tt]hese\b(?= (?:is|are|was|were|has|have|had|may|must|can|cannot|do|did|lie|stand|hold|made|make)\b)",
            r"\b[Tt]hese\b(?= (?:that|by|in|on|to|for|from|as|at|and|or)\b)",
            r"\b(?:[Tt]h(?:e|is|at)|[Ee]ach|[Ee]very|[Aa]nother|[Nn]o|[Ww]hich) ones?\b",
            r"\b(?:[Aa]n? \w+|[Oo]ther|[Ff]irst|[Ll]ast|own|new|old|large|small) ones?\b",
            r"\b[Oo]nes?\b(?=[.,;:)]| (?:that|who|whose|which|is|was|has|had)\b)",
            r"\b[Oo]nes?\b(?= (?:may|must|can|cannot|lies|stands|holds|made)\b)",
            r"\b[Tt]hose\b(?=[.,;:)]| (?:that|who|which|where|in|it|they|are|were)\b)",
        )
    )
)
Prose = Iterator[tuple[int, str]]  # (line on which it begins, a docstring or a comment)


@cache
def find_files() -> list[str]:
    """Return the Python and bash files whose English is held, as paths below the package."""
    files = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sh")])
    return [path.relative_to(PACKAGE).as_posix() for path in files]


def is_help(node: ast.AST, text: str) -> bool:
    """Return whether people read a docstring as a program's or a verb's help: other tests hold what they read."""
    if isinstance(node, ast.Module):
        return "__doc__" in text
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return any(re.search(r"_verb\b|\.(?:command|group)\(", ast.unparse(decorator)) for decorator in decorators)


def read_python(text: str) -> Prose:
    """Yield the docstrings and comments of a Python file, without the docstrings that are help."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) or is_help(node, text):
            continue
        if docstring := ast.get_docstring(node, clean=False):
            yield node.body[0].lineno, docstring
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def read_bash(text: str) -> Prose:
    """Yield the comments of a bash file, without the comment at its head where the file prints it as its help."""
    lines = text.splitlines()
    help_ends = 1
    if "sed -n '2," in text:
        help_ends = next((n for n, line in enumerate(lines[1:], 1) if not line.startswith("#")), len(lines))
    for number, line in enumerate(lines[help_ends:], help_ends + 1):
        if comment := re.search(r"(?:^|\s)#\s.*", line):
            yield number, comment[0]


def find_vague(prose: Prose, name: str) -> list[str]:
    """Return a complaint for each word in place of a name, with the line on which it stands."""
    found = []
    for start, text in prose:
        words = [(start + n, word) for n, line in enumerate(text.split("\n")) for word in line.split()]
        joined = " ".join(word for _, word in words)
        for match in VAGUE.finditer(joined):
            line = words[joined.count(" ", 0, match.start())][0]
            found.append(f"{name}:{line}: says '{match[0]}': name the thing")
    return found


@pytest.mark.parametrize("room", sorted({path.partition("/")[0] for path in find_files()}))
def test_docstrings_and_comments_name_the_thing(room: str) -> None:
    """No docstring and no comment says "one", "those" or "that of" where a name belongs."""
    vague = []
    for path in find_files():
        if path.partition("/")[0] == room:
            text = (PACKAGE / path).read_text(encoding="utf-8")
            vague += find_vague(read_python(text) if path.endswith(".py") else read_bash(text), path)
    assert not vague, "\n".join(vague)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Return the tasks of what a batch holds.", "of what"),
        ("Return the videos, of which some failed.", "of which"),
        ("Its walltime is that of the job.", "that of"),
        ("Its days are those of the project.", "those of"),
        ("List what is to be done.", "what is to be"),
        ("A batch, of them are two left.", "of them"),
        ("Return the lines of these.", "these"),
        ("A batch waits until these have ended.", "these"),
        ("Return the values of these that differ.", "these"),
        ("Return another one of its videos.", "another one"),
        ("Keep the first one and its log.", "first one"),
        ("Raises Fault for one that is cut.", "one"),
        ("Where a log stands, one must end.", "one"),
        ("Return the videos, without those that wait.", "those"),
    ],
)
def test_a_word_in_place_of_a_name_is_found(sentence: str, said: str) -> None:
    """Each of the words is found, also across the end of a line, and told with the line on which it stands."""
    first, _, rest = sentence.partition(" ")
    text = f'"""{first}\n    {rest}\n    Here all is well.\n    """\n'
    assert find_vague(read_python(text), "a.py") == [f"a.py:2: says '{said}': name the thing"]


def test_comments_are_read_and_help_is_not() -> None:
    """Comments of Python and bash count; texts that a program prints as its help do not."""
    comment = "# the one that waits"
    assert len(find_vague(read_python(f"VALUE = 1  {comment}\n"), "a.py")) == 1
    assert len(find_vague(read_bash(f"#!/bin/bash\n{comment}\nwait {comment}\n"), "a.sh")) == 2
    assert not find_vague(read_python('"""The one that waits."""\nprint(__doc__)\n'), "a.py")
    assert not find_vague(read_bash(f"#!/bin/bash\n{comment}\nsed -n '2,2p' \"$0\"\n"), "a.sh")
