"""The fast way of a scan finds what the slow one finds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from examples import one_in
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker import survey
from remote_tracker.model import Project, Stage, State
from remote_tracker.model.scheduling import Queue
from remote_tracker.survey import Examined, ScanOptions, Survey, examine_stage, parallel, survey_stage
from scan.trees import end_line, make_project, make_stage, put, start_line, with_queue

FOLDERS = ["", "a/", "a/b/", "a b/", "c\nd/", ".hidden/"]
NAMES = ["x", "y", "z z", "ü", "n\nl", "x_tracks", "%s", ".dot", "l\u2028s"]
ENDS = [".avi", ".mp4", ".txt"]
INPUTS = ["video", "video", "video", "empty", "dangling", "folder", "locked"]
OUTPUTS = ["none", "none", "part", "whole", "whole", "empty"]
PAST = ["", "", "", "failed", "finished", "vanished", "flying"]
STAGES = {
    "plain": make_stage(outputs={"t": "Results/{subdir}/{name}.{ext}.csv"}),
    "one short": make_stage(outputs={"t": "Results/{subdir}/{name}.csv"}),
    "two": make_stage(outputs={"t": "Results/{subdir}/{name}.csv", "m": "MaskedVideos/{subdir}/{name}.{ext}"}),
    "two short": make_stage(outputs={"t": "Results/{subdir}/{name}.csv", "m": "MaskedVideos/{subdir}/all.{ext}"}),
}
video = st.tuples(
    st.sampled_from(FOLDERS),
    st.sampled_from(NAMES),
    st.sampled_from(ENDS),
    st.sampled_from(INPUTS),
    st.sampled_from(OUTPUTS),
    st.sampled_from(PAST),
    st.booleans(),
)
trees = st.lists(video, min_size=1, max_size=9, unique_by=lambda v: v[:3])
Video = tuple[str, str, str, str, str, str, bool]


@contextmanager
def project_of(stage: Stage, *others: Stage) -> Iterator[Project]:
    """Make a project for one example; everything is removed behind it."""
    root = Path(tempfile.mkdtemp(prefix="rt-sieve-"))
    try:
        yield make_project(root, *others, stage)
    finally:
        shutil.rmtree(root)


def put_input(root: Path, path: str, kind: str) -> None:
    """Put one input on disk, of some kind."""
    place = root / path
    if kind == "folder":
        place.mkdir(parents=True)
    elif kind == "dangling":
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to("nowhere")
    else:
        put(root, path, content="" if kind == "empty" else "video")
        place.chmod(0 if kind == "locked" else 0o644)


def put_outputs(root: Path, stage: Stage, values: dict[str, str], kind: str) -> None:
    """Put none, some or all of one video's results on disk."""
    paths = [output.pattern.fill(values) for output in stage.outputs]
    for path in {"none": [], "part": paths[:1]}.get(kind, paths):
        put(root, path, content="" if kind == "empty" else "result")


def put_past(batches: Path, task: int, key: str, what: str) -> None:
    """Write the log that one attempt left, in a batch of its own."""
    batch = batches / f"{task:04d}"
    batch.mkdir(parents=True)
    (batch / "batch.yml").write_text("stage: track\n")
    (batch / "names.txt").write_text(f"{key}\n")
    end = {"failed": end_line("failed", 1, "it broke"), "finished": end_line()}.get(what, "")
    if what != "flying":
        (batch / "output.1").write_text(start_line(key, size=5) + end)


def build(project: Project, videos: list[Video]) -> Queue:
    """Put all of an example on disk, prove what is asked for; returns what is in flight."""
    stage, batches = project.tracker.stages[-1], project.root / "workspace" / "batches"
    batches.mkdir()
    for folder, name, end, _, outputs, _, proven in videos:
        if proven:
            put(project.root, f"RawVideos/{folder}{name}{end}", content="video")
            put_outputs(project.root, stage, {"subdir": folder[:-1], "name": name, "ext": end[1:]}, outputs)
    list(examine_stage(project, stage, Survey(stage)))
    for folder, name, end, kind, outputs, _, proven in videos:
        path = f"RawVideos/{folder}{name}{end}"
        if not proven:
            put_input(project.root, path, kind)
            put_outputs(project.root, stage, {"subdir": folder[:-1], "name": name, "ext": end[1:]}, outputs)
        elif kind == "locked":
            (project.root / path).chmod(0)
    pasts = [(v[0] + v[1] + v[2], v[5]) for v in videos if v[5] and "\n" not in v[0] + v[1]]
    for task, (key, what) in enumerate(pasts, 1):
        put_past(batches, task, key, what)
    return Queue({f"{i:04d}": None for i, (_, what) in enumerate(pasts, 1) if what == "flying"})


def by_hand(project: Project, stage: Stage, again: bool) -> tuple[dict[str, int], list[Examined], list[Examined]]:
    """Return counts, what is incomplete and what is untouched, as a look at every video says."""
    counts: dict[str, int] = {}
    kept: dict[State, list[Examined]] = {State.INCOMPLETE: [], State.UNPROCESSED: []}
    for seen in examine_stage(project, stage, Survey(stage), ScanOptions(include_set_aside=again)):
        counts[seen.decision.state.value] = counts.get(seen.decision.state.value, 0) + 1
        kept.get(seen.decision.state, []).append(seen)
    return counts, kept[State.INCOMPLETE], kept[State.UNPROCESSED]


def assert_same(name: str, videos: list[Video], most: int, again: bool) -> None:
    """Compare the two ways on one tree."""
    stage = STAGES[name]
    with project_of(stage) as project:
        queue = build(project, videos)
        asked = with_queue(project, queue)
        fast = survey_stage(asked, stage, ScanOptions(include_set_aside=again), most)
        counts, incomplete, untouched = by_hand(asked, stage, again)
    assert {state.value: n for state, n in fast.counts.items() if n} == counts
    assert fast.incomplete == incomplete
    assert fast.to_do[:most] == [*incomplete, *untouched][:most]


@pytest.mark.parametrize("name", sorted(STAGES))
@one_in(1)
@given(videos=trees, most=st.integers(1, 4), again=st.booleans())
def test_same_as_without(name: str, videos: list[Video], most: int, again: bool) -> None:
    """A scan that lists the first N counts the same, and lists the same N, as a look at every video."""
    assert_same(name, videos, most, again)


@pytest.mark.parametrize("name", ["one short", "two"])
@one_in(5)  # two processes an example
@given(videos=trees, most=st.integers(1, 3))
def test_same_side_by_side(name: str, videos: list[Video], most: int) -> None:
    """Folders that are sifted by several processes at once give what one look after the other gives."""
    with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda: 2):
        assert_same(name, videos, most, again=False)


def test_results_of_one_name_in_a_new_folder() -> None:
    """Two videos whose results share a name are invalid, also where their folder is sifted beside others."""
    alone: list[Video] = [(folder, "x", ".avi", "video", "none", "", False) for folder in ("", "a/", "a b/")]
    with patch.multiple(parallel, MANY=2, FOLDERS_SIDE_BY_SIDE=2, processes=lambda: 2):
        assert_same("two", [*alone, ("a/", "x", ".mp4", "video", "whole", "", False)], 1, again=False)


def project_with(root: Path, stage: Stage, *others: Stage) -> Project:
    """Return a project with ten videos that nobody touched."""
    put(root, *(f"RawVideos/d/v{i}.avi" for i in range(10)))
    return make_project(root, *others, stage)


def test_counts_beyond_the_first(tmp_path: Path) -> None:
    """Of what nobody touched only the first N of a folder's worth are listed, all are counted."""
    stage = STAGES["plain"]
    project = project_with(tmp_path, stage)
    put(tmp_path, *(f"RawVideos/e/v{i}.avi" for i in range(10)))
    seen = survey_stage(project, stage, most=3)
    assert +seen.counts == {State.UNPROCESSED: 20}
    assert [s.unit.key for s in seen.to_do] == ["d/v0.avi", "d/v1.avi", "d/v2.avi"]


@pytest.mark.parametrize("how", ["a file", "after"])
def test_waits_beyond_the_first(tmp_path: Path, how: str) -> None:
    """What waits for an earlier stage is never counted as to do, however few are listed."""
    first = make_stage(name="first", outputs={"mask": "MaskedVideos/{subdir}/{name}.{ext}"})
    stage = STAGES["plain"]
    if how == "a file":
        stage = make_stage("MaskedVideos/{subdir}/{name}.{ext,avi}", {"t": "Results/{subdir}/{name}.csv"})
    else:
        stage = replace(stage, after=("first",))
    project = project_with(tmp_path, stage, first)
    put(tmp_path, *(f"MaskedVideos/d/v{i}.avi" for i in range(9)), content="")
    with patch.object(survey.prove, "verify_deep", lambda *_: "masked is empty"):
        slow = [seen.decision.state for seen in examine_stage(project, stage, Survey(stage))]
        fast = survey_stage(project, stage, most=1).counts
    assert set(slow) == {State.WAITING}
    assert fast[State.WAITING] == 10


@pytest.mark.parametrize("kind", ["empty", "dangling", "locked", "name", "not utf-8"])
def test_invalid_beyond_the_first(tmp_path: Path, kind: str) -> None:
    """What cannot be processed is never counted as to do, however few are listed."""
    stage = STAGES["plain"]
    project = project_with(tmp_path, stage)
    names = {"name": "z\nz", "not utf-8": "z\udcff"}
    put_input(tmp_path, f"RawVideos/d/{names.get(kind, 'zz')}.avi", kind)
    counts = survey_stage(project, stage, most=1).counts
    assert (counts[State.INVALID], counts[State.UNPROCESSED]) == (1, 10)


def test_folder_that_is_no_video(tmp_path: Path) -> None:
    """A folder called as a video is none, beyond the first N too."""
    stage = STAGES["plain"]
    project = project_with(tmp_path, stage)
    (tmp_path / "RawVideos/d/zzz.avi").mkdir()
    assert survey_stage(project, stage, most=1).found == 10


def test_name_without_root_folder(tmp_path: Path) -> None:
    """Where the videos' first folder is a wildcard, one that failed is known by its name all the same."""
    stage = make_stage("{lab}/{name}.avi", {"t": "Results/{lab}/{name}.csv"})
    put(tmp_path, *(f"labs/v{i}.avi" for i in range(5)), content="video")
    project = make_project(tmp_path, stage)
    put_past(tmp_path / "workspace/batches", 1, "labs/v4.avi", "failed")
    assert survey_stage(project, stage, most=1).counts[State.INCOMPLETE] == 1


@pytest.mark.parametrize("name", sorted(STAGES))
@one_in(1)
@given(videos=trees, again=st.booleans())
def test_same_where_each_is_held(name: str, videos: list[Video], again: bool) -> None:
    """Whoever holds each unit is told the same of it, in the same order, and nothing is counted instead."""
    stage, options = STAGES[name], ScanOptions(include_set_aside=again)
    with project_of(stage) as project:
        asked = with_queue(project, build(project, videos))
        known = {path: path.read_bytes() for path in remembered(project)}
        slow, held = Survey(stage), Survey(stage, holds_all=True)
        found = [*examine_stage(asked, stage, slow, options)]
        for path in remembered(project):
            path.unlink()
        for path, content in known.items():
            path.write_bytes(content)
        assert [*examine_stage(asked, stage, held, options)] == found
    assert not held.counts
    assert (held.absent, held.unread, held.excluded) == (slow.absent, slow.unread, slow.excluded)


def remembered(project: Project) -> list[Path]:
    """Return the files in which looks remember what they found."""
    return [path for path in (project.root / "workspace" / "batches").iterdir() if path.is_file()]
