"""What a YAML file held is kept by its text: the next start reads no YAML, and reads the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker.config import document, kept_documents
from remote_tracker.config.document import Section, load_document
from remote_tracker.errors import ConfigError

TEXT = "name: x\nparams:\n  steps: [1, 2.5, yes, null]\n  inner: {a: b}\n"


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Path]:
    """Keep documents in a folder of the test's own, as a process that writes compiled modules does."""
    compiled = tmp_path / "__pycache__/kept_documents.pyc"
    with patch.object(kept_documents, "__cached__", str(compiled)), patch("sys.dont_write_bytecode", False):
        kept_documents._load.cache_clear()
        yield compiled.parent
    kept_documents._load.cache_clear()


def refuse(*_: Any) -> Any:
    """Stand for a parser that must not be asked."""
    raise AssertionError("YAML was parsed")


def load(root: Path, text: str = TEXT, again: bool = False) -> Section:
    """Load a document in a new process, as it were; ``again``: no parser may be asked."""
    (root / "x.yml").write_text(text)
    kept_documents._load.cache_clear()
    with patch.object(document, "make_loader", refuse if again else document.make_loader):
        return load_document(root / "x.yml", is_kept=True)


def test_read_once(tmp_path: Path, kept: Path) -> None:
    """The second start finds the data and the lines of the keys, and parses nothing."""
    first, second = load(tmp_path), load(tmp_path, again=True)
    assert (first.data, first.lines) == (second.data, second.lines)
    with pytest.raises(ConfigError, match="line 4: wrong"):
        second.section("params").fail("inner", "wrong")


def test_another_text_is_parsed(tmp_path: Path, kept: Path) -> None:
    """A file that says something else, if only in a letter, is parsed."""
    load(tmp_path)
    assert load(tmp_path, TEXT.replace("name: x", "name: y")).data["name"] == "y"


def test_what_a_reader_changes_is_not_kept(tmp_path: Path, kept: Path) -> None:
    """A section whose old word was renamed is kept as it was written, and each load is a value of its own."""
    load(tmp_path).data["params"].clear()
    load(tmp_path, again=True).data.clear()
    assert load(tmp_path, again=True).data["params"]["inner"] == {"a": "b"}


@pytest.mark.parametrize("spoilt", [b"", b"no documents", b"\0\0\0\0", b"\0" * 40])
def test_a_spoilt_file_counts_for_nothing(tmp_path: Path, kept: Path, spoilt: bytes) -> None:
    """A file of documents that was cut or overwritten is made anew."""
    load(tmp_path)
    [file] = kept.iterdir()
    file.write_bytes(spoilt)
    assert load(tmp_path).data["name"] == "x"
    assert load(tmp_path, again=True).data["name"] == "x"


def test_a_date_is_parsed_each_time(tmp_path: Path, kept: Path) -> None:
    """A document with a value that cannot be kept is read all the same, each time."""
    for _ in range(2):
        assert load(tmp_path, "day: 2026-01-31\n").data["day"].year == 2026
    assert not kept.exists()


def test_refused_each_time(tmp_path: Path, kept: Path) -> None:
    """What is no YAML is refused by each start."""
    for _ in range(2):
        with pytest.raises(ConfigError, match="not YAML"):
            load(tmp_path, "name: [\n")


@pytest.mark.parametrize("how", ["no code is written", "no folder of compiled modules", "a locked folder"])
def test_where_nothing_can_be_kept(tmp_path: Path, kept: Path, how: str) -> None:
    """Where Python is to write no code, or cannot, documents are read and nothing is kept."""
    cached = None if how.startswith("no folder") else str(kept / "kept_documents.pyc")
    if how == "a locked folder":
        kept.write_text("no folder")
    never = patch("sys.dont_write_bytecode", how == "no code is written")
    with never, patch.object(kept_documents, "__cached__", cached):
        assert load(tmp_path).data["name"] == "x"
    assert not kept.is_dir()


def test_kept_documents_are_few(tmp_path: Path, kept: Path) -> None:
    """Where many documents were kept, keeping begins anew: the file does not grow for ever."""
    with patch.object(kept_documents, "MOST", 3):
        for number in range(5):
            load(tmp_path, f"name: {number}\n")
        kept_documents._load.cache_clear()
        assert len(kept_documents._load()) == 2
