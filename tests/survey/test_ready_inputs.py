"""The input gate of a scan: what is refused, what is remembered, and what a list holds instead."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker import checks
from remote_tracker.batches import prepare
from remote_tracker.batches.prepare import look_twice
from remote_tracker.disk import derived
from remote_tracker.errors import NotWritten, RemoteTrackerError
from remote_tracker.model import Check, Project, Stage, State
from remote_tracker.report.scan import scan_text
from remote_tracker.scan import Tree
from remote_tracker.survey import InputGate, ScanOptions, Survey, examine_stage, survey_stage
from scan.trees import make_project, make_stage, put

GOOD, CUT = "RIFF\4\0\0\0AVI ", "RIFF\x7f\0\0\0AVI "
REASON = "is cut short: it has 12 bytes, its header promises 135; copied only in part? Copy it again"
READY = (Check("video", "video"),)


def project_of(root: Path, stage: Stage, **keys: Any) -> Project:
    """Return a project whose cluster takes ``max_tasks`` at once."""
    made = make_project(root, stage)
    (root / "site/trackers/own").mkdir(parents=True, exist_ok=True)
    return Project(root, "lab", made.tracker, made.cluster._replace(**keys))


def states(project: Project) -> dict[str, State]:
    """Return what each video is, as status sees it."""
    stage = project.tracker.stages[0]
    return {s.unit.key: s.decision.state for s in examine_stage(project, stage, Survey(stage))}


def listed(project: Project, **keys: Any) -> list[str]:
    """Scan; return what is listed."""
    return [s.unit.key for s in prepare.prepare(project, [project.tracker.stages[0]], ScanOptions(**keys)).listed]


class Asked:
    """Notes the inputs that were really looked at."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def look(self, clauses: Any, files: checks.Files, python: str = "", all_frames: bool = False) -> str:
        """Look, and note what at."""
        self.names += [os.path.basename(path) for paths in files.inputs.values() for path in paths]
        return real(clauses, files, python, all_frames)


real = checks.judge_inputs


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What was looked at."""
    noted = Asked()
    monkeypatch.setattr(checks, "judge_inputs", noted.look)
    return noted


def test_what_is_cut_is_invalid_and_not_listed(tmp_path: Path) -> None:
    """The scan, the status after it, and the slow way agree: invalid, with the reason, its name not said twice."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/c.avi", content=GOOD)
    put(tmp_path, "RawVideos/d/b.avi", content=CUT)
    prepared = prepare.prepare(project, [project.tracker.stages[0]])
    assert [s.unit.key for s in prepared.listed] == ["d/a.avi", "d/c.avi"]
    assert [(s.unit.key, s.decision.reason) for s in prepared.survey.odd] == [("d/b.avi", REASON)]
    text = scan_text(project, prepared)
    assert f"\nInvalid: d/b.avi: {REASON}.\n" in text
    assert "\n1\tInvalid source files.\n" in text
    assert "\n2\tTotal files to be processed.\n" in text
    assert states(project) == {"d/a.avi": State.UNPROCESSED, "d/b.avi": State.INVALID, "d/c.avi": State.UNPROCESSED}


def test_without_clauses_nothing_is_looked_at(tmp_path: Path, asked: Asked) -> None:
    """A tracker that asks nothing of its inputs costs no look, and leaves no file."""
    project = project_of(tmp_path, make_stage())
    put(tmp_path, "RawVideos/a.avi", content=CUT)
    assert listed(project) == ["a.avi"]
    assert asked.names == []
    assert not [*(tmp_path / "workspace/batches").glob("re*")]


def test_nothing_is_looked_at_twice(tmp_path: Path, asked: Asked) -> None:
    """Good or refused, a second scan believes what the first one saw; one that changed since is asked again."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", content=GOOD)
    put(tmp_path, "RawVideos/b.avi", content=CUT)
    assert listed(project) == ["a.avi"]
    assert sorted(asked.names) == ["a.avi", "b.avi"]
    asked.names.clear()
    assert listed(project) == ["a.avi"]
    assert asked.names == []
    put(tmp_path, "RawVideos/b.avi", content=GOOD)
    put(tmp_path, "RawVideos/a.avi", content=CUT, age=1)
    assert listed(project) == ["b.avi"]
    assert sorted(asked.names) == ["a.avi", "b.avi"]
    assert "b.avi" not in (tmp_path / "workspace/batches/refused.track").read_text()
    asked.names.clear()
    assert states(project) == {"a.avi": State.INVALID, "b.avi": State.UNPROCESSED}
    assert asked.names == []


def test_a_good_copy_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    """What was refused is asked again also where cp -p set back the times of the copy."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", content=CUT)
    assert listed(project) == []
    before = (tmp_path / "RawVideos/a.avi").stat()
    while (tmp_path / "RawVideos/a.avi").stat().st_ctime_ns == before.st_ctime_ns:  # its clock ticks every few ms
        put(tmp_path, "RawVideos/a.avi", content=GOOD)
    after = (tmp_path / "RawVideos/a.avi").stat()
    assert (after.st_size, after.st_mtime_ns, after.st_ino) == (before.st_size, before.st_mtime_ns, before.st_ino)
    assert listed(project) == ["a.avi"]


@pytest.mark.parametrize("name", ["ready.track", "refused.track"])
@pytest.mark.parametrize("damage", ["gone", "junk", "folder", "other rules"])
def test_what_is_remembered_may_be_lost(tmp_path: Path, name: str, damage: str) -> None:
    """The derived files may be deleted or spoilt at any time: the scan looks again, and finds the same."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", content=GOOD)
    put(tmp_path, "RawVideos/b.avi", content=CUT)
    assert listed(project) == ["a.avi"]
    path = tmp_path / "workspace/batches" / name
    content = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "gone":
        path.write_bytes(b"\xff\n[1" if damage == "junk" else b"other" + content)
    assert listed(project) == ["a.avi"]
    assert listed(project) == ["a.avi"]


def test_other_clauses_ask_again(tmp_path: Path, asked: Asked) -> None:
    """What was remembered for other clauses is not believed."""
    put(tmp_path, "RawVideos/a.avi", content=GOOD)
    assert listed(project_of(tmp_path, make_stage(ready=READY))) == ["a.avi"]
    assert listed(project_of(tmp_path, make_stage(ready=(Check("video", "video", {"tolerance": 2}),)))) == ["a.avi"]
    assert asked.names == ["a.avi", "a.avi"]


def test_only_what_is_to_be_listed_is_asked(tmp_path: Path, asked: Asked) -> None:
    """Neither what is finished nor what is over the most that one list may hold costs a look."""
    project = project_of(tmp_path, make_stage(ready=READY), max_tasks=2)
    put(tmp_path, *(f"RawVideos/{i}.avi" for i in range(6)), content=GOOD)
    put(tmp_path, "Results/0_tracks.csv")
    assert listed(project) == ["1.avi", "2.avi"]
    assert asked.names == ["1.avi", "2.avi"]


@pytest.mark.parametrize("bad", [2, 3, 5])
def test_what_is_refused_makes_room(tmp_path: Path, bad: int) -> None:
    """However many of the first are refused, one scan lists as many good ones as a list may hold."""
    project = project_of(tmp_path, make_stage(ready=READY), max_tasks=2)
    put(tmp_path, *(f"RawVideos/{i}.avi" for i in range(bad)), content=CUT)
    put(tmp_path, "RawVideos/x.avi", "RawVideos/y.avi", "RawVideos/z.avi", content=GOOD)
    prepared = prepare.prepare(project, [project.tracker.stages[0]])
    assert [s.unit.key for s in prepared.listed] == ["x.avi", "y.avi"]
    assert prepared.survey.counts[State.INVALID] == bad
    assert prepared.left_over == 1


def test_bad_ones_are_named_in_the_same_order_by_each_scan(tmp_path: Path) -> None:
    """What the gate refuses stands where the next scan meets it: among what the scan itself refuses, by folder."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, *(f"RawVideos/{name}" for name in ("b.avi", "d1/a.avi", "d1/c.avi", "d2/x/b.avi")), content=CUT)
    put(tmp_path, "RawVideos/c.avi", "RawVideos/d1/b.avi", "RawVideos/d2/a.avi", content="")
    put(tmp_path, "RawVideos/d1/d.avi", content=GOOD)

    def named() -> list[str]:
        survey = prepare.prepare(project, [project.tracker.stages[0]]).survey
        return [seen.unit.key for seen in survey.odd]

    first = named()
    assert first == ["b.avi", "c.avi", "d1/a.avi", "d1/b.avi", "d1/c.avi", "d2/a.avi", "d2/x/b.avi"]
    assert named() == first


def test_incomplete_ones_are_asked_too(tmp_path: Path) -> None:
    """What is done again goes through the gate like what was never touched."""
    stage = make_stage(outputs={"a": "Results/{subdir}/{name}.a", "b": "Results/{subdir}/{name}.b"}, ready=READY)
    project = project_of(tmp_path, stage, max_tasks=1)
    put(tmp_path, "RawVideos/a.avi", content=GOOD)
    put(tmp_path, "RawVideos/b.avi", content=CUT)
    put(tmp_path, "Results/b.a")
    assert listed(project) == ["a.avi"]
    assert states(project)["b.avi"] is State.INVALID


def test_of_many_incomplete_ones_as_many_as_a_list_holds_are_asked(tmp_path: Path, asked: Asked) -> None:
    """The gate goes on until enough have passed, and no further."""
    stage = make_stage(outputs={"a": "Results/{subdir}/{name}.a", "b": "Results/{subdir}/{name}.b"}, ready=READY)
    project = project_of(tmp_path, stage, max_tasks=2)
    put(tmp_path, *(f"RawVideos/{i}.avi" for i in range(2)), content=CUT)
    put(tmp_path, *(f"RawVideos/{i}.avi" for i in range(2, 9)), content=GOOD)
    put(tmp_path, *(f"Results/{i}.a" for i in range(9)))
    assert listed(project) == ["2.avi", "3.avi"]
    assert asked.names == ["0.avi", "1.avi", "2.avi", "3.avi"]


def test_a_finished_one_stays_finished(tmp_path: Path) -> None:
    """A result that is there and whole counts, whatever the gate said of its video."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", content=CUT)
    assert listed(project) == []
    put(tmp_path, "Results/a_tracks.csv")
    assert states(project) == {"a.avi": State.FINISHED}


def test_only_what_is_chosen_is_asked(tmp_path: Path, asked: Asked) -> None:
    """A scan for some of the videos looks at these only."""
    project = project_of(tmp_path, make_stage(ready=READY), max_tasks=1)
    put(tmp_path, *(f"RawVideos/{i}.avi" for i in range(6)), content=GOOD)
    assert listed(project, only=lambda seen: seen.unit.key == "4.avi") == ["4.avi"]
    assert asked.names == ["4.avi"]


def test_what_changed_just_now_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cut video that was written within the minute is not ready, and nothing is remembered against it."""
    monkeypatch.setattr(prepare, "PAUSE_S", 0)
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", content=CUT)
    os.utime(tmp_path / "RawVideos/a.avi")
    prepared = prepare.prepare(project, [project.tracker.stages[0]])
    (seen,) = prepared.survey.odd
    assert seen.decision.state is State.NOT_READY
    assert seen.decision.reason == f"{REASON} (it changed just now: look again in 2 min)"
    assert states(project) == {"a.avi": State.UNPROCESSED}
    put(tmp_path, "RawVideos/a.avi", content=CUT)
    assert listed(project) == []
    assert states(project) == {"a.avi": State.INVALID}


def test_what_cannot_be_remembered_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written beside the batches, the answer is the same."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/b.avi", content=CUT)
    monkeypatch.setattr(derived, "_lost", {})
    with patch("remote_tracker.disk.derived.write_file", side_effect=NotWritten("it is full")):
        assert listed(project) == []
    assert derived.describe_lost() == "it is full"
    assert states(project) == {"b.avi": State.UNPROCESSED}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read frame by frame; b.avi has too few."""
    read: list[str] = []

    def read_all(check: Any, files: checks.Files, python: str) -> str:
        (path,) = files.inputs["video"]
        name = os.path.basename(path)
        read.append(name)
        if name == "nobody.avi":
            raise RemoteTrackerError("Nothing here can count the frames of a video. Install something.")
        return f"{name}: claims 9 frames, 3 can be read" if name == "b.avi" else ""

    kind = checks.INPUT_KINDS["video"]._replace(read_all=read_all)
    monkeypatch.setattr(checks, "INPUT_KINDS", {**checks.INPUT_KINDS, "video": kind})
    return read


def test_deep_reads_what_is_to_be_listed(tmp_path: Path, counted: list[str]) -> None:
    """--deep reads each once, says how far it is, and what it found out is believed by every later scan."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/a.avi", "RawVideos/b.avi", "RawVideos/c.avi", content=GOOD)
    assert listed(project) == ["a.avi", "b.avi", "c.avi"]
    assert counted == []
    told: list[tuple[int, int]] = []
    assert listed(project, deep=True, tell=lambda done, total: told.append((done, total))) == ["a.avi", "c.avi"]
    assert counted == ["a.avi", "b.avi", "c.avi"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert listed(project, deep=True, tell=lambda done, total: None) == listed(project) == ["a.avi", "c.avi"]
    assert counted == ["a.avi", "b.avi", "c.avi"]
    assert states(project)["b.avi"] is State.INVALID


def test_what_other_clauses_refused_is_not_believed(tmp_path: Path, counted: list[str]) -> None:
    """What was refused is forgotten with the clauses that refused it."""
    put(tmp_path, "RawVideos/b.avi", content=GOOD)
    assert listed(project_of(tmp_path, make_stage(ready=READY)), deep=True, tell=lambda done, total: None) == []
    assert listed(project_of(tmp_path, make_stage(ready=READY))) == []
    assert listed(project_of(tmp_path, make_stage(ready=(Check("video", "video", {"tolerance": 9}),)))) == ["b.avi"]


def test_deep_without_a_reader(tmp_path: Path, counted: list[str]) -> None:
    """Where nothing can read videos, that is said once, with what to do; nothing is refused, and no other is tried."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, "RawVideos/nobody.avi", "RawVideos/d/x.avi", content=GOOD)
    prepared = prepare.prepare(
        project, [project.tracker.stages[0]], ScanOptions(deep=True, tell=lambda done, total: None)
    )
    assert [s.unit.key for s in prepared.listed] == ["nobody.avi", "d/x.avi"]
    assert counted == ["nobody.avi"]
    said = "Whether all frames can be read was not looked at: Nothing here can count the frames of a video. Install"
    assert scan_text(project, prepared).count(said) == 1
    assert not (tmp_path / "workspace/batches/frames.track").exists()


def test_a_group_names_its_file(tmp_path: Path) -> None:
    """Of a piece of work with several files, the reason says which one it is."""
    stage = make_stage("RawVideos/{day}/{name}.avi", {"t": "Results/{day}/t.csv"}, per=("day",), ready=READY)
    project = project_of(tmp_path, stage)
    put(tmp_path, "RawVideos/d/a.avi", content=GOOD)
    put(tmp_path, "RawVideos/d/b.avi", content=CUT)
    prepared = prepare.prepare(project, [stage])
    assert [s.decision.reason for s in prepared.survey.odd] == [f"b.avi: {REASON}"]


def test_later_stages_do_not_wait_for_what_was_refused(tmp_path: Path) -> None:
    """A day's table goes without a video that is refused, as without one that is empty."""
    first = make_stage(ready=READY)
    day = make_stage(
        {"t": "Results/{day}/{subdir}/{name}_tracks.csv"},
        {"s": "Results/{day}/s.csv"},
        name="days",
        folder="summarizer",
        per=("day",),
    )
    project = make_project(tmp_path, first, day)
    put(tmp_path, "RawVideos/d/a.avi", content=GOOD)
    put(tmp_path, "RawVideos/d/b.avi", content=CUT)
    (tmp_path / "site/trackers/own").mkdir(parents=True)
    assert listed(project) == ["d/a.avi"]
    put(tmp_path, "Results/d/a_tracks.csv")
    (seen,) = examine_stage(project, day, Survey(day))
    assert (seen.decision.state, seen.unit.left_out) == (State.UNPROCESSED, "d/b.avi (track: invalid)")


STORE = "RawVideos/{subdir}/{store}/metadata.yaml"
METADATA = "__store:\n  class: VideoImgStore\n  format: mjpeg/avi\n  extension: .avi\n"


def test_a_store_is_remembered_with_all_that_is_in_it(tmp_path: Path, asked: Asked) -> None:
    """A chunk that is copied later is seen, although metadata.yaml, the input, is the same."""
    stage = make_stage({"store": STORE}, {"t": "Results/{subdir}/{store}.csv"}, ready=(Check("imgstore", "store"),))
    project = project_of(tmp_path, stage)
    put(tmp_path, "RawVideos/s/metadata.yaml", content=METADATA)
    assert listed(project) == []
    put(tmp_path, "RawVideos/s/000000.avi", content=GOOD)
    put(tmp_path, "RawVideos/s/000000.yaml", content="frame_number: [0, 1]\n")
    assert listed(project) == ["s/metadata.yaml"]
    assert len(asked.names) == 2
    assert listed(project) == ["s/metadata.yaml"]
    assert len(asked.names) == 2
    (tmp_path / "RawVideos/s/000000.yaml").unlink()
    assert listed(project) == []


@pytest.mark.parametrize("change", ["copied", "grows", "rests"])
def test_a_folder_is_looked_into_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """An experiment's folder is not ready while files in it, at any depth, come or grow."""
    stage = make_stage({"experiment": "RawVideos/{subdir}/{exp}/"}, {"t": "Results/{exp}.csv"})
    project = project_of(tmp_path, stage)
    put(tmp_path, "RawVideos/e/video/1.avi")
    os.utime(tmp_path / "RawVideos/e/video/1.avi")
    os.utime(tmp_path / "RawVideos/e", (1_700_000_000, 1_700_000_000))

    def wait(seconds: float) -> None:
        if change == "grows":
            put(tmp_path, "RawVideos/e/video/1.avi", content="longer")

    monkeypatch.setattr(prepare.time, "sleep", wait)
    if change == "copied":
        put(tmp_path, "RawVideos/e/video/.2.avi.RZxPvV")
        os.utime(tmp_path / "RawVideos/e/video/.2.avi.RZxPvV")
    survey = survey_stage(project, stage)
    look_twice(project, survey)
    reasons = {s.unit.key: s.decision.reason for s in survey.odd if s.decision.state is State.NOT_READY}
    assert (
        reasons.get("e", "")
        == {
            "copied": "being copied: video/.2.avi.RZxPvV",
            "grows": "still being copied (look again in 2 min)",
            "rests": "",
        }[change]
    )


def test_the_gate_of_many(tmp_path: Path) -> None:
    """A list is asked once, whatever its length; what is refused is set apart in one go."""
    project = project_of(tmp_path, make_stage(ready=READY))
    put(tmp_path, *(f"RawVideos/{i:04d}.avi" for i in range(300)), content=CUT)
    stage = project.tracker.stages[0]
    survey = survey_stage(project, stage)
    refused = InputGate(project, stage).ask([s.unit for s in survey.to_do], Tree(tmp_path))
    survey.set_apart(refused)
    assert (survey.waiting_list, survey.counts[State.INVALID], len(survey.odd), survey.found) == (0, 300, 300, 300)
