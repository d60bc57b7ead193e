"""A real reader of BibTeX reads the works that each tracker is cited with, and finds them as they were written."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from lab import TEMPLATE
from remote_tracker.tables.citations import load_citations, to_bibtex

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"
NAMES = sorted(path.parent.name for path in TRACKERS.glob("*/citations.yml"))
READ = """
import json, sys
from pybtex.database import parse_string
from pybtex.plugin import find_plugin
read = parse_string(sys.stdin.read(), "bibtex")
style, text = find_plugin("pybtex.style.formatting", "plain")(), find_plugin("pybtex.backends", "text")()
shown = {entry.key: entry.text.render(text) for entry in style.format_bibliography(read)}
told = {key: {"last": [" ".join([*p.prelast_names, *p.last_names]) for p in entry.persons["author"]],
              "fields": dict(entry.fields.items()), "shown": shown[key]} for key, entry in read.entries.items()}
print(json.dumps(told))
"""


def read(pybtex: Path, text: str) -> dict[str, Any]:
    """Return what the reader finds in BibTeX, by the entry's key."""
    argv = [str(pybtex / "python"), "-c", READ]
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=True, timeout=120)
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("name", NAMES)
def test_each_work_is_read_as_it_was_written(pybtex: Path, name: str) -> None:
    """Authors are as many as were written, with their letters, the title and the DOI are whole."""
    works = load_citations(TRACKERS / name, name).works
    found = read(pybtex, "\n".join(map(to_bibtex, works)))
    assert list(found) == [work.key for work in works]
    for work in works:
        entry = found[work.key]
        assert len(entry["last"]) == len(work.authors)
        for author in work.authors:
            family = author.partition(",")[0].replace("{", "").replace("}", "")
            assert family in unicodedata.normalize("NFC", entry["shown"]), author
        assert work.title in entry["shown"]
        assert entry["fields"].get("doi") == dict(work.fields).get("doi")
