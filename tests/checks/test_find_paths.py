"""Patterns into paths: globs, and names that only look like globs."""

from __future__ import annotations

import re
from glob import escape
from pathlib import Path

import pytest
from remote_tracker.checks import find_paths


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a small tree with names that look like globs."""
    for name in ("d/a_1.csv", "d/a_2.csv", "d/.a_3.csv", "e/a_1.csv", "d/[x]_1.csv", "d/w*d_1.csv", "d/wild_1.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "d/folder_1").mkdir()
    (tmp_path / "d/link_1.csv").symlink_to("gone")
    return tmp_path


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("d/a_1.csv", ("d/a_1.csv",)),
        ("d/a_?.csv", ("d/a_1.csv", "d/a_2.csv")),
        ("?/a_1.csv", ("d/a_1.csv", "e/a_1.csv")),
        ("*/a_*.csv", ("d/a_1.csv", "d/a_2.csv", "e/a_1.csv")),
        ("d/.a*", ("d/.a_3.csv",)),
        ("d/*a_3.csv", ("d/*a_3.csv",)),
        ("d/[x]_*.csv", ("d/[x]_1.csv",)),
        ("d/w*d_1.csv", ("d/w*d_1.csv",)),
        ("d/w[*]d_*.csv", ("d/w*d_1.csv",)),
        ("d/link*", ("d/link_1.csv",)),
        ("d/*_1/", ("d/folder_1/",)),
        ("d/none_*.csv", ("d/none_*.csv",)),
        ("none/none.csv", ("none/none.csv",)),
        ("d/a_1.csv/*", ("d/a_1.csv/*",)),
    ],
)
def test_finds(tree: Path, pattern: str, found: tuple[str, ...]) -> None:
    """Globs are expanded below the root, sorted; what stands there as written is meant itself."""
    assert find_paths(tree, pattern) == found
    assert find_paths(tree, str(tree / pattern) + ("/" if pattern.endswith("/") else "")) == tuple(
        f"{tree}/{path}" for path in found
    )


@pytest.mark.parametrize("name", ["w*d", "[*]", "?", "a[b]c", "[?", "plain", "**", "a\\b"])
def test_an_escaped_name_is_found_as_it_is(tmp_path: Path, name: str) -> None:
    """A video's own * and ? never match another video's results."""
    (tmp_path / f"{name}_1.csv").write_text("x")
    (tmp_path / "wild_1.csv").write_text("x")
    (tmp_path / "x_1.csv").write_text("x")
    assert find_paths(tmp_path, f"{escape(name)}_*.csv") == (f"{name}_1.csv",)
    for_bash = re.sub(r"([*?\[\]\\])", r"\\\1", name)
    assert find_paths(tmp_path, f"{for_bash}_*.csv") == (f"{name}_1.csv",)
