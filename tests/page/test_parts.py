"""Parts of the page's data: thumbnails, features, what needs a person, and what lacks."""

from __future__ import annotations

import json
import pickle
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.measures.distributions import Feature, Features
from remote_tracker.measures.spread import Distribution
from remote_tracker.page import gather as gathering
from remote_tracker.page.gather import gather
from remote_tracker.page.look import Seen
from remote_tracker.page.needs import failures_of, find_groups, find_needs
from remote_tracker.page.thumbnails import describe_unmade, sprites_of
from remote_tracker.pictures.places import Sprite
from remote_tracker.tables.video_row import VideoRow

NOW = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


def data_of(lab: Lab) -> dict[str, Any]:
    """Return the page's data of a project."""
    return gather(Seen(load_project(lab.root)), NOW)


def test_a_thumbnail_is_found_by_its_row() -> None:
    """The cells of a day's sprite are told by the rows of the table; a day without thumbnails is left out."""
    rows = [VideoRow("d1", "d1/a.avi", "finished"), VideoRow("d1", "d1/b.avi", "to do"), VideoRow("", "c.avi", "to do")]
    seen: Any = SimpleNamespace(rows=rows, days={"d1": [0, 1], "(no day)": [2]})
    sprites = {"d1": Sprite("report/d1.thumbs.png", 144, 108, 10, {"d1/a.avi": 3, "d1/gone.avi": 4})}
    head = {"file": "report/d1.thumbs.png", "width": 144, "height": 108, "columns": 10}
    assert sprites_of(seen, sprites) == {"d1": {**head, "cells": {"0": 3}}}


def test_features_are_those_of_the_joined_table(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each feature is told by day and by the lab's columns; the others are named."""
    lab.videos(1)
    told = Feature("speed", "px/s", "how fast", {"day": (Distribution("d1", 3, 1.0, 1.5, 2.0, 2.5, 3.0),)})
    monkeypatch.setattr(gathering, "read_distributions", lambda *_: Features((told,), ("other",)))
    data = data_of(lab)
    spread = {"group": "d1", "n": 3, "low": 1, "q1": 1.5, "median": 2, "q3": 2.5, "high": 3}
    assert data["features"] == [{"name": "speed", "unit": "px/s", "meaning": "how fast", "by": {"day": [spread]}}]
    assert data["features_left"] == ["other"]


def test_tracks_are_told_beside_the_other_parts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many videos another process tells what the tracks come to: the page's data is the same."""
    tracks = {"of": "copy", "form": "tidy", "frame": "frame", "individual": "animal", "x": "x", "y": "y"}
    lab.tracker(output={"copy": "Results/{subdir}/{name}.csv"}, tracks=tracks)
    for number in range(3):
        lab.video(f"d1/v{number}.avi", "frame,animal,x,y\n0,1,2,3\n1,1,3,4\n")
    lab.go()
    alone = data_of(lab)
    assert [heat["videos"] for heat in alone["heat"]] == [3]
    monkeypatch.setattr(gathering, "MANY", 1)
    monkeypatch.setattr(gathering, "begin_copy", lambda work, part: pickle_of(work(part)))
    beside = data_of(lab)
    assert beside == alone


def pickle_of(told: Any) -> Any:
    """Return what gives back what another process would send."""
    return lambda: pickle.loads(pickle.dumps(told))


def test_a_table_that_cannot_be_read_is_a_note(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one part cannot read stands among the notes, and the page is made of the others."""

    def fail(*_: object) -> Features:
        raise RemoteTrackerError("Results/joined/animals.csv: its last line is cut off. Join again:  ./rt join")

    lab.videos(1)
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / "AuxiliaryFiles/videos.csv").write_text("name,dose\n")
    (lab.root / "AuxiliaryFiles/reviewed.csv").write_text("video,word\nd1/v1.avi,perfect\n")
    monkeypatch.setattr(gathering, "read_distributions", fail)
    notes = data_of(lab)["notes"]
    assert [note.partition(":")[0] for note in notes] == [
        "No words of the lab on results",
        "No columns of the lab's own table",
        "No numbers from tracks",
        "No features",
    ]


def test_a_changed_result_needs_a_person(lab: Lab) -> None:
    """A result that changed since it was made stands among the needs, with the line that accepts it."""
    lab.videos(2)
    lab.go()
    lab.result("d1/v2.txt").write_text("other")
    seen = Seen(load_project(lab.root))
    text = "1 result changed since it was made; its checks hold"
    assert {"text": text, "command": "./rt accept --changed"} in find_needs(seen, find_groups(seen))


@pytest.mark.parametrize(("empty", "again"), [(1, "it"), (2, "them")])
def test_a_bad_video_needs_another_copy(lab: Lab, empty: int, again: str) -> None:
    """What only another copy can help says so before the scan that is typed then."""
    lab.video("d1/v0.avi")
    for number in range(1, empty + 1):
        lab.video(f"d1/v{number}.avi", "")
    lab.scan()
    seen = Seen(load_project(lab.root))
    texts = {need["text"]: need["command"] for need in find_needs(seen, find_groups(seen))}
    text = next(text for text in texts if f"Copy {again} again, then:" in text)
    assert texts[text] == "bash workspace/get_files2process.sh"
    (failure,) = failures_of(seen.project, find_groups(seen))
    assert [line.split(" ")[0] for line in failure["first"]] == ["./rt", "rsync"]
    assert not [line for line in failure["advice"].splitlines() if line.startswith(("./rt", "rsync"))]


def test_a_video_without_a_day(lab: Lab) -> None:
    """A video that lies in no day's folder is in the table, in a bar and in files of its own."""
    lab.video("v.avi")
    data = data_of(lab)
    assert [day["day"] for day in data["days"]] == ["(no day)"]
    assert data["day_files"] == {"(no day)": data["days"][0]["file"].removesuffix(".html")}
    assert lab.rt("report").code == 0
    assert (lab.root / "Results" / data["days"][0]["file"]).exists()


def test_an_empty_project(lab: Lab) -> None:
    """A project without a video has a page that says what to do."""
    data = data_of(lab)
    assert (data["days"], data["needs"]) == ([], [])
    assert data["next"] == ["copy videos into RawVideos, then scan again"]
    assert lab.rt("report").out.splitlines() == [
        "Results/report.html shows it: 0 videos, 0 need a person.",
        "Next:  copy videos into RawVideos, then scan again",
    ]


def test_a_report_of_what_is_finished_says_how_to_open_it(lab: Lab) -> None:
    """Where nothing is left to do, what is typed next is to open the page; else it is what a status says."""
    lab.video("d1/v.avi")
    assert lab.rt("report").out.splitlines()[-1] == "Next:  bash workspace/get_files2process.sh"
    lab.go()
    assert lab.rt("report").out.splitlines()[-1] == "Next:  open Results/report.html in a browser"


def test_videos_without_a_picture_are_told(lab: Lab) -> None:
    """Where pictures could be made and were not, the page says how many videos have none, and what makes them."""
    tracks = {"of": "copy", "form": "tidy", "frame": "frame", "individual": "animal", "x": "x", "y": "y"}
    lab.tracker(output={"copy": "Results/{subdir}/{name}.csv"}, tracks=tracks)
    lab.videos(2)
    lab.go()
    seen = Seen(load_project(lab.root))
    assert describe_unmade(seen, {}) == ["No picture yet of 2 videos: ./rt report makes them."]
    drawn = {"d1": Sprite("report/d1.thumbs.png", 144, 108, 10, {"d1/v1.avi": 0, "d1/v2.avi": 1})}
    assert describe_unmade(seen, drawn) == []


def test_the_other_side_is_named(lab: Lab) -> None:
    """In a project whose videos are processed elsewhere the page shows what is here, and says what was seen there."""
    lab.settings(remote={"login": "swc", "folder": "flies"})
    lab.video("d1/v1.avi")
    notes = json.loads(lab.rt("report", "--json").out)["notes"]
    assert "What swc has was not seen yet. To look:  ./rt remote status" in notes
