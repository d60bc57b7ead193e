"""A sentence with a count: about a single thing it has the words of one, about several the words of several."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from remote_tracker.model import Cause, Project, Stage
from remote_tracker.report.words import REMARKS, REMARKS_OF_ONE, absent_lines, remark_lines, verb_of
from remote_tracker.survey import ARCHIVED, FREED, VANISHED, Survey
from remote_tracker.text.counted import number_of
from scan.trees import make_project, make_stage

SEVERAL = re.compile(r"\b(are|have|were|they|them|their)\b")


@pytest.fixture
def stage() -> Stage:
    """Return a step that works on videos."""
    return make_stage()


@pytest.fixture
def project(tmp_path: Path, stage: Stage) -> Project:
    """Return a project of this step."""
    return make_project(tmp_path, stage)


@pytest.mark.parametrize("remark", [*REMARKS], ids=lambda cause: cause.name)
def test_a_remark_on_one(project: Project, stage: Stage, remark: Cause) -> None:
    """A remark on a single finished video does not speak of several; a remark on two does."""
    (one,) = remark_lines(project, stage, {remark: 1}, 6)
    (two,) = remark_lines(project, stage, {remark: 2}, 6)
    assert one.startswith("1 of 6 finished ")
    assert not SEVERAL.search(one.partition(";")[0])
    assert SEVERAL.search(two)


def test_each_remark_has_words_for_one() -> None:
    """No remark lacks the words for a single video, and both ask for the same commands."""
    assert REMARKS.keys() == REMARKS_OF_ONE.keys()
    for remark, words in REMARKS.items():
        assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", REMARKS_OF_ONE[remark]))


@pytest.mark.parametrize("kind", [ARCHIVED, FREED, VANISHED])
def test_a_video_that_is_gone(stage: Stage, kind: str) -> None:
    """A line on a single video that is gone speaks of its results and its video, of two of theirs."""
    (one,), (two,) = (list(absent_lines(Survey(stage, absent=Counter({kind: count})))) for count in (1, 2))
    assert " its video" in one
    assert " their " not in one
    assert " their videos" in two


def test_the_verb_and_the_noun() -> None:
    """The verb goes with the count, or with a total of one; the noun with the count."""
    assert [verb_of(1, "need"), verb_of(2, "need"), verb_of(0, "need", 1), verb_of(0, "need", 3)] == [
        "needs",
        "need",
        "needs",
        "need",
    ]
    assert [number_of(count, "rows") for count in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
