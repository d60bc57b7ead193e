"""A day's files have a name that every disk and address takes, and what is damaged counts as not there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.pictures.day_name import name_day
from remote_tracker.pictures.places import index_path, load_sprites

TOLD = {"file": "report/d1.thumbs.png", "width": 1, "height": 1, "columns": 1, "cells": {"d1/a": 0}}
HOSTILE = ["", ".", "..", "a/b", "a_b", "a b", "A", "a", "ä", "a\u0308", "con", "NUL.html", "x" * 255, "x" * 254 + "y"]
HOSTILE += ["<script>", "%2e", "a?b#c", "-rf", "a\n", "\udcff"]


def test_each_day_has_a_name_of_its_own() -> None:
    """Names differ even on a disk that does not tell A from a, and hold nothing that a URL or Windows minds."""
    names = [name_day(day) for day in HOSTILE]
    assert len({name.lower() for name in names}) == len(HOSTILE)
    assert all(re.fullmatch(r"[a-z0-9_~-]{1,80}", name) for name in names), names
    assert not {"con", "nul"} & {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("day", ["20260101", "day_1", "mouse-3"])
def test_a_plain_day_is_called_as_it_is(day: str) -> None:
    """A day of small letters, digits, _ and - keeps its name."""
    assert name_day(day) == day


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1]",
        b'{"sprites": 3}',
        b'{"sprites": {"d1": {"file": 1}}}',
        json.dumps({"sprites": {"d1": {**TOLD, "cells": 3}}}).encode(),
        b"\xff" * 100,
    ],
)
def test_a_damaged_index_is_none(lab: Lab, content: bytes) -> None:
    """Where the derived file is damaged there are no thumbnails, and nothing is raised."""
    project = load_project(lab.root)
    path = index_path(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert load_sprites(project) == {}


def test_thumbnails_whose_file_is_gone(lab: Lab, tmp_path: Path) -> None:
    """A day is told only while its file is there."""
    project = load_project(lab.root)
    index_path(project).parent.mkdir(parents=True, exist_ok=True)
    index_path(project).write_text(json.dumps({"sprites": {"d1": TOLD}}))
    assert load_sprites(project) == {}
    lab.result("report").mkdir()
    lab.result("report/d1.thumbs.png").touch()
    assert load_sprites(project)["d1"].cells == {"d1/a": 0}
