"""The status screen counts most videos without a look at each of them, and says the same."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from lab import LIST_DAY, Lab
from remote_tracker.config import load_project
from remote_tracker.model import Cause, Project, Stage
from remote_tracker.report.situation import examine_all, examine_odd, situation_of, stand_of
from remote_tracker.report.standing import Did
from remote_tracker.report.status import status_text
from remote_tracker.survey import Survey, examine_judged, parallel
from remote_tracker.survey.options import Examined
from rewinding import rewound

FOUND = list[tuple[Survey, list[Examined]]]
EMPTY = {"check": [{"csv": "copy", "header": ["a"], "no_rows": "no animal was found"}]}


@rewound
def many(plain_lab: Lab) -> None:
    """A project of many folders with videos in all states, of which some were moved, and some hold nothing."""
    bad = "grep -q bad {{ input.video }} && exit 3; cp {{ input.video }} {{ output.copy }}"
    plain_lab.tracker(LIST_DAY, command=bad, **EMPTY)
    plain_lab.video("top.avi", "a\n1\n")
    for day in range(1, 9):
        plain_lab.video(f"d{day}/v.avi", f"a\n{day}\n")
        plain_lab.video(f"d{day}/deep/v.avi", f"a\n1{day}\n")
        plain_lab.video(f"d{day}/none{'-' * (day % 3)}/v.avi", "a\n")
    plain_lab.video("d3/bad.avi", "bad")
    plain_lab.go()
    for day in range(3, 12):
        plain_lab.video(f"d{day}/new.avi", f"a\n2{day}\n")
        plain_lab.video(f"d{day}/newer.avi", f"a\n3{day}\n")
    videos = plain_lab.root / "RawVideos"
    os.rename(videos / "d1/v.avi", videos / "d9/was v.avi")
    os.remove(videos / "d2/v.avi")
    os.remove(plain_lab.root / "Results/d4/v.txt")


@pytest.fixture
def project(many: Lab) -> Project:
    """That project, read."""
    return load_project(many.root)


def screens(project: Project, found: FOUND) -> list[object]:
    """Return all that the status screen says, with each day and folded, and how each stage stands."""
    stands = [stand_of(*one) for one in found]
    now = situation_of(project, Did.LOOKED, "workspace", stands)
    return [stands, *(status_text(project, found, now, (), all_days) for all_days in (True, False))]


@pytest.mark.parametrize("side_by_side", [False, True])
def test_the_same_screen(project: Project, side_by_side: bool) -> None:
    """The screen is the same byte for byte, whether folders are sifted one after the other or side by side."""
    every = examine_all(project)  # looks into the results; the next look knows them
    with patch.object(parallel, "MANY", 1 if side_by_side else 64), patch.object(parallel, "processes", lambda: 3):
        few = examine_odd(project)
    assert screens(project, few) == screens(project, every)
    assert len(few[0][1]) < len(every[0][1]) / 2
    assert len(few[0][0].empty) == 8


def test_each_is_told_with_its_remark(many: Lab) -> None:
    """Whoever holds each unit, as the page does, is told whose result is empty, or was made with other parameters."""
    many.tracker(LIST_DAY, command="tr a-z A-Z <{{ input.video }} >{{ output.copy }}", **EMPTY)
    project = load_project(many.root)

    def examine(project: Project, stage: Stage, survey: Survey) -> list[Examined]:
        survey.holds_all = True
        return examine_judged(project, stage, survey)

    every = [
        seen for _, seen in examine_all(project, examine_judged)
    ]  # looks into the results; the next look knows them
    assert [seen for _, seen in examine_all(project, examine)] == every == [s for _, s in examine_all(project, examine)]
    assert sum(one.decision.is_empty for one in every[0]) == 8
    assert sum(one.decision.cause is Cause.OTHER_PARAMETERS for one in every[0]) == 22


def test_days_are_named(project: Project) -> None:
    """A stage whose units are days is looked at day by day."""
    assert [seen.unit.key for seen in examine_odd(project)[1][1]] == [
        seen.unit.key for seen in examine_all(project)[1][1]
    ]
