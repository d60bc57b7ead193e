"""Units are told one after another, with what a scan would say of their inputs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.survey import Examined, Survey, each_judged, examine_judged, parallel
from remote_tracker.survey.states import word_of

WHOLE = "RIFF\4\0\0\0AVI "


def told(seen: Sequence[Examined]) -> list[tuple[str, str]]:
    """Return the names of units, each with the word for its state."""
    return [(unit.key, word_of(decision)) for unit, decision in seen]


def test_finished_units_are_told_before_all_were_looked_at(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds a list of all: a video that goes away while the units before it are told is not told."""
    monkeypatch.setattr(parallel, "UNITS_AT_ONCE", 1)
    for day in range(3):
        lab.video(f"d{day}/a.avi", WHOLE)
    lab.go()
    project = load_project(lab.root)
    each = each_judged(project, project.tracker.stages[0], Survey(project.tracker.stages[0]))
    assert told([next(each)]) == [("d0/a.avi", "finished")]
    (lab.root / "RawVideos/d2/a.avi").unlink()
    assert told([*each]) == [("d1/a.avi", "finished")]


def test_a_unit_to_do_is_judged_and_keeps_its_place(lab: Lab) -> None:
    """From the first unit that is to do on they are held until its input was judged: the order stays."""
    lab.tracker(ready=[{"video": "video"}])
    for name in ("d0/a.avi", "d2/a.avi"):
        lab.video(name, WHOLE)
    lab.go()
    lab.video("d1/bad.avi", "RIFF\xff\0\0\0AVI ")
    lab.video("d1/new.avi", WHOLE)
    project = load_project(lab.root)
    stage = project.tracker.stages[0]
    found = [("d0/a.avi", "finished"), ("d1/bad.avi", "invalid"), ("d1/new.avi", "to do"), ("d2/a.avi", "finished")]
    assert told([*each_judged(project, stage, Survey(stage))]) == found
    assert told(examine_judged(project, stage, Survey(stage))) == found
