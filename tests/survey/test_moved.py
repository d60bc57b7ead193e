"""Videos that were renamed or moved are recognised by what they hold, and no other video is taken for one of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
from lab import Lab
from remote_tracker.batches.prepare import prepare
from remote_tracker.config import load_project
from remote_tracker.model import Project, State
from remote_tracker.survey import ARCHIVED, ScanOptions, Survey, examine_stage, survey_stage
from remote_tracker.survey import moved as recognising
from remote_tracker.survey.moved import pair

ONE, TWO = (1, "one"), (1, "two")


@pytest.mark.parametrize(
    ("now", "before", "found"),
    [
        ({"d2/b": ONE}, {"d1/a": ONE}, {"d2/b": "d1/a"}),
        ({"d2/b": TWO}, {"d1/a": ONE}, {}),
        ({"d2/b": (2, "one")}, {"d1/a": ONE}, {}),
        ({"d2/x": ONE, "d2/b": ONE}, {"d1/a": ONE, "d1/b": ONE}, {"d2/b": "d1/b", "d2/x": "d1/a"}),
        ({"d2/x": ONE, "d2/y": ONE}, {"d1/a": ONE}, {"d2/x": "d1/a"}),
        ({"d2/x": ONE}, {"d1/b": ONE, "d1/a": ONE}, {"d2/x": "d1/a"}),
        ({"d2/a": ONE, "d3/a": ONE}, {"d1/a": ONE, "d0/a": ONE}, {"d2/a": "d0/a", "d3/a": "d1/a"}),
        ({"a": ONE}, {"d1/a": ONE}, {"a": "d1/a"}),
    ],
)
def test_pairs(now: dict[str, tuple[int, str]], before: dict[str, tuple[int, str]], found: dict[str, str]) -> None:
    """The same content is the same video: with the same file name first, and each old name once."""
    assert pair(now, before) == found


def finish(lab: Lab, number: int) -> Project:
    """Return a project whose videos are finished, each of another content of the same size."""
    lab.videos(number)
    assert lab.go().code == 0
    return load_project(lab.root)


def survey(project: Project, most: int = 0, as_new: bool = False) -> Survey:
    """Scan in this process."""
    return survey_stage(project, project.tracker.stages[0], ScanOptions(as_new=as_new), most)


def states(found: Survey) -> dict[str, int]:
    """Return the counts that are not 0."""
    return {state.value: n for state, n in found.counts.items() if n}


def raw(lab: Lab, name: str) -> Path:
    """Return where a video lies."""
    return lab.root / "RawVideos/d1" / name


def test_renamed(lab: Lab) -> None:
    """A renamed video is moved, with its old name; it is not counted among those whose videos are gone."""
    project = finish(lab, 3)
    raw(lab, "v1.avi").rename(raw(lab, "new.avi"))
    raw(lab, "v2.avi").unlink()
    found = survey(project)
    assert states(found) == {"finished": 1, "moved": 1}
    assert [(seen.unit.key, seen.decision.detail) for seen in found.odd] == [("d1/new.avi", "d1/v1.avi")]
    assert found.absent[ARCHIVED] == 1
    assert states(survey(project, as_new=True)) == {"finished": 1, "unprocessed": 1}
    stage = project.tracker.stages[0]
    seen = list(examine_stage(project, stage, Survey(stage)))
    assert [one.decision.state for one in seen] == [State.MOVED, State.FINISHED]  # in the order of a scan


@pytest.mark.parametrize(
    "how", ["swap", "copy", "other content", "no result", "touched content", "empty", "over another"]
)
def test_not_moved(lab: Lab, how: str) -> None:
    """Videos that are not the only ones of their content, and others of the same size, are not taken for moved."""
    project = finish(lab, 2)
    one, two, new = (raw(lab, name) for name in ("v1.avi", "v2.avi", "new.avi"))
    if how == "swap":
        one.rename(new)
        two.rename(one)
        new.rename(two)
    elif how == "copy":
        shutil.copy2(one, new)
    elif how == "other content":
        one.unlink()
        new.write_text("video 9")
        os.utime(new, (1_700_000_000, 1_700_000_000))
    elif how == "no result":
        one.rename(new)
        lab.result("d1/v1.txt").unlink()
    elif how == "over another":
        two.rename(one)
        lab.result("d1/v1.txt").unlink()
    elif how == "touched content":
        one.rename(new)
        with new.open("a") as file:
            file.write("!")
    else:
        one.unlink()
        new.touch()
    assert "moved" not in states(survey(project))


def test_more_than_a_list_holds(lab: Lab) -> None:
    """All moved videos are counted, also beyond the most that a list may hold; new ones fill their places."""
    project = finish(lab, 5)
    for i in range(1, 6):
        raw(lab, f"v{i}.avi").rename(raw(lab, f"a{i}.avi"))
    for i in range(5):
        lab.video(f"d1/b{i}.avi", f"a new one, {i}")
    found = survey(project, most=2)
    assert states(found) == {"moved": 5, "unprocessed": 5}
    assert [seen.unit.key for seen in found.unprocessed] == ["d1/b0.avi", "d1/b1.avi"]
    assert states(survey(project)) == {"moved": 5, "unprocessed": 5}


def test_many_of_one_content(lab: Lab) -> None:
    """Of many videos with the same content, as many are moved as are gone, those of the same name first."""
    for i in range(1, 5):
        lab.video(f"d1/v{i}.avi", "all the same")
    assert lab.go().code == 0
    (lab.root / "RawVideos/d2").mkdir()
    for i in (2, 3):
        raw(lab, f"v{i}.avi").rename(lab.root / f"RawVideos/d2/v{i}.avi")
    lab.video("d2/a.avi", "all the same")
    found = survey(load_project(lab.root))
    assert states(found) == {"finished": 2, "moved": 2, "unprocessed": 1}
    assert {s.unit.key: s.decision.detail for s in found.odd} == {"d2/v2.avi": "d1/v2.avi", "d2/v3.avi": "d1/v3.avi"}
    assert [seen.unit.key for seen in found.unprocessed] == ["d2/a.avi"]


@pytest.mark.parametrize("what", ["nothing is gone", "nothing is untouched", "other sizes"])
def test_nothing_is_read(lab: Lab, what: str) -> None:
    """No sample is read where no video is gone, none is untouched, or the sizes differ."""
    project = finish(lab, 2)
    if what != "nothing is gone":
        raw(lab, "v1.avi").unlink()
    if what != "nothing is untouched":
        lab.video("d1/new.avi", "another size" if what == "other sizes" else "video 7")
    with patch.object(recognising, "sample_of", side_effect=AssertionError("a sample was read")):
        assert "moved" not in states(survey(project))


def test_a_list_holds_no_moved_video(lab: Lab) -> None:
    """A scan lists new videos beside moved ones, and not the moved ones."""
    project = finish(lab, 2)
    raw(lab, "v1.avi").rename(raw(lab, "a.avi"))
    lab.video("d1/z.avi", "new")
    prepared = prepare(project, [*project.tracker.stages])
    assert [seen.unit.key for seen in prepared.listed] == ["d1/z.avi"]


def test_one_that_failed_before(lab: Lab) -> None:
    """A video whose task failed under its new name is no moved one: it ran."""
    project = finish(lab, 1)
    raw(lab, "v1.avi").rename(raw(lab, "a.avi"))
    lab.tracker(command="exit 3")
    lab.scan("--as-new")
    lab.process()
    assert states(survey(project)) == {"incomplete": 1}
