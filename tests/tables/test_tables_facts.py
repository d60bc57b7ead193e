"""What results and headers of videos say of frames and animals: told as it stands there, else nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from checks.test_claimed_frames import box, movie
from lab import TEMPLATE
from remote_tracker.checks.claimed_frames import NO_CLAIM, Claim, read_claim
from remote_tracker.config.document import read_document
from remote_tracker.config.tells import read_tells
from remote_tracker.config.tracker import load_tracker
from remote_tracker.errors import ConfigError
from remote_tracker.model import Output, Stage, Tell
from remote_tracker.model.pattern import read_pattern
from remote_tracker.tables.told_before import ToldBefore, digest_results
from remote_tracker.tables.told_facts import Facts, load_claim, load_facts, with_header

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"
FRAMES = [("instance_id_start", "<u8"), ("instance_id_end", "<u8")]


def stage_of(**tells: Tell) -> Stage:
    """Return a step that tells these facts."""
    return Stage("track", "", "workspace", (), (), "", tells=tells)


def tracker_stage(name: str, step: str) -> Stage:
    """Return a step of a built-in tracker."""
    found = load_tracker(TRACKERS / name / "tracker.yml").stage(step)
    assert found
    return found


@pytest.mark.parametrize(
    ("value", "fps", "frames"),
    [
        (29.97, 29.97, None),
        (30, 30.0, 30),
        (0, None, 0),
        (-1, None, None),
        (True, None, None),
        ("30", None, None),
        (None, None, None),
        (float("nan"), None, None),
        (float("inf"), None, None),
        ([30], None, None),
    ],
)
def test_values(tmp_path: Path, value: Any, fps: float | None, frames: int | None) -> None:
    """A rate is a number above 0, a count a whole number; anything else counts as not said."""
    (tmp_path / "a.json").write_text(json.dumps({"k": value}))
    tell = Tell("json", "info", {"key": "k"})
    found = load_facts(stage_of(fps=tell, frames=tell), {"info": [str(tmp_path / "a.json")]})
    assert found == Facts(fps, frames)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"other": 1}', b"\xff"])
def test_what_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    """A result that cannot be read, or lacks the key, says nothing; so does one that is not there."""
    (tmp_path / "a.json").write_bytes(content)
    stage = stage_of(frames=Tell("json", "info", {"key": "k"}))
    assert load_facts(stage, {"info": [str(tmp_path / "a.json")]}) == Facts()
    assert load_facts(stage, {"info": [str(tmp_path / "b.json")]}) == load_facts(stage, {}) == Facts()


def test_sleap(tmp_path: Path) -> None:
    """Of a .slp the rate is the backend's, frames with an animal are tracked; two untracked animals stay two."""
    path = tmp_path / "a.slp"
    with h5py.File(path, "w") as file:
        file["videos_json"] = [b'{"backend": {"fps": 29.97}}']
        file["frames"] = np.array([(0, 2), (2, 2), (2, 3)], FRAMES)
    assert load_facts(tracker_stage("sleap", "infer"), {"poses": [str(path)]}) == Facts(29.97, None, 2, 2)


@pytest.mark.parametrize(("units", "fps"), [("seconds", 25.0), ("frames", None)])
def test_tierpsy(tmp_path: Path, units: str, fps: float | None) -> None:
    """Of Tierpsy's features the rate counts where it is one: without expected_fps it writes 1 and calls it frames."""
    features, masked = tmp_path / "a_featuresN.hdf5", tmp_path / "a.hdf5"
    with h5py.File(features, "w") as file:
        file["trajectories_data"] = np.array(
            [(1, 3), (2, 3), (1, 4)], [("worm_index_joined", "i4"), ("frame_number", "i4")]
        )
        file["trajectories_data"].attrs.update({"fps": 25.0 if fps else 1, "time_units": units})
    with h5py.File(masked, "w") as file:
        file["mean_intensity"] = np.zeros(300)
    results = {"features": [str(features)], "masked": [str(masked)]}
    assert load_facts(tracker_stage("tierpsy", "track"), results) == Facts(fps, 300, 2, None)


def test_antrax(tmp_path: Path) -> None:
    """Of anTraX's tracks each dataset is an ant; what MATLAB keeps in a group is none."""
    path = tmp_path / "xy_1_1.mat"
    with h5py.File(path, "w") as file:
        for name in ("BB", "BG", "WW"):
            file[name] = np.zeros((4, 5))
        file.create_group("#refs#")["a"] = 1
    assert load_facts(tracker_stage("antrax", "solve3"), {"tracks": [str(path)]}) == Facts(animals=3)


def test_deeplabcut(tmp_path: Path) -> None:
    """Of DeepLabCut's folder the frames are those that were looked at, the animals those that its table names."""
    (tmp_path / "analyzed.json").write_text('{"frames": 40}')
    head = "scorer,n,n,n,n\nindividuals,a,a,b,b\nbodyparts,nose,nose,nose,nose\ncoords,x,y,x,y\n"
    (tmp_path / "aDLC.csv").write_text(head + "5,1,1,2,2\n")
    found = load_facts(tracker_stage("deeplabcut", "analyze"), {"poses": [str(tmp_path)]})
    assert found == Facts(None, 40, None, 2)
    (tmp_path / "aDLC.csv").write_text("scorer,n\nbodyparts,nose\ncoords,x\n5,1\n")
    assert load_facts(tracker_stage("deeplabcut", "analyze"), {"poses": [str(tmp_path)]}).animals is None


def test_idtrackerai(tmp_path: Path) -> None:
    """Of idtracker.ai's session all three stand in session.json."""
    said = {
        "frames_per_second": 29.97,
        "number_of_frames": 300,
        "number_of_animals": 10,
        "area_ths": [60.0, float("inf")],
    }
    (tmp_path / "session.json").write_text(json.dumps(said))
    found = load_facts(tracker_stage("idtrackerai", "track"), {"session": [str(tmp_path)]})
    assert found == Facts(29.97, 300, None, 10)


def clock(ticks: int, runs: list[tuple[int, int]], wide: bool = False) -> bytes:
    """Return the media of a track of pictures whose frames last so many ticks."""
    header = bytes([wide, 0, 0, 0]) + bytes(16 if wide else 8) + ticks.to_bytes(4, "big") + bytes(16)
    entries = b"".join(count.to_bytes(4, "big") + length.to_bytes(4, "big") for count, length in runs)
    frames = sum(count for count, _ in runs)
    sizes = box(b"stsz", bytes(8) + frames.to_bytes(4, "big"))
    tables = box(b"stbl", box(b"stts", bytes(4) + len(runs).to_bytes(4, "big") + entries), sizes)
    media = box(b"mdia", box(b"mdhd", header), box(b"hdlr", bytes(8), b"vide", bytes(12)), box(b"minf", tables))
    return box(b"trak", media)


@pytest.mark.parametrize(
    ("ticks", "runs", "fps"),
    [
        (30000, [(40, 1001)], 30000 / 1001),
        (30, [(39, 1), (1, 3)], 30.0),
        (30, [(20, 1), (20, 2)], 0.0),
        (30, [(20, 1), (1, 3), (19, 1)], 0.0),
        (0, [(40, 1)], 0.0),
        (30, [(40, 0)], 0.0),
        (30, [], 0.0),
    ],
)
@pytest.mark.parametrize("wide", [False, True])
def test_the_rate_in_an_mp4(tmp_path: Path, ticks: int, runs: list[tuple[int, int]], fps: float, wide: bool) -> None:
    """Frames of one length give the exact rate; a film with holes, or without a clock, has none."""
    path = tmp_path / "a.mp4"
    path.write_bytes(movie(clock(ticks, runs, wide)))
    assert read_claim(str(path), path.stat().st_size).fps == fps


def test_the_header_says_what_the_result_leaves_open(tmp_path: Path) -> None:
    """The result goes before the header; a result that says only the frames gets the rate of the header."""
    video, info = tmp_path / "a.mp4", tmp_path / "a.json"
    video.write_bytes(movie(clock(30000, [(40, 1001)])))
    info.write_text('{"n": 38}')
    stage = stage_of(frames=Tell("json", "info", {"key": "n"}))
    told = load_facts(stage, {"info": [str(info)]})
    claim = load_claim(str(video))
    assert with_header(told, claim) == Facts(30000 / 1001, 38)
    assert with_header(Facts(), claim) == Facts(30000 / 1001, 40)
    assert with_header(Facts(fps=25.0), claim) == Facts(25.0, 40)
    assert load_claim(str(tmp_path / "gone.mp4")) is None
    assert with_header(Facts(), None) == Facts()


def test_what_was_told_before(tmp_path: Path) -> None:
    """A result is read once, until it or what is asked of it changes; one that went is forgotten."""
    info, reads = tmp_path / "a.json", []
    info.write_text("{}")

    def ask(stage: Stage, *paths: Path) -> list[Facts]:
        before = ToldBefore(tmp_path / "told", stage)

        def load() -> Facts:
            reads.append(len(reads))
            return Facts(29.97, len(reads))

        found = [before.facts(digest_results([path.stat()]), load) for path in paths]
        before.write()
        return found

    stage = replace(
        stage_of(frames=Tell("json", "info", {"key": "n"})),
        outputs=(Output("info", read_pattern("Results/{name}.json")),),
    )
    assert ask(stage, info) == ask(stage, info) == [Facts(29.97, 1)]
    info.write_text("{ }")
    assert ask(stage, info) == [Facts(29.97, 2)]
    other = replace(stage, tells={"frames": Tell("json", "info", {"key": "m"})})
    assert ask(other, info) == [Facts(29.97, 3)]
    assert ask(other) == []
    assert ask(other, info) == [Facts(29.97, 4)]
    (tmp_path / "told").write_text("[]")
    assert ask(other, info) == [Facts(29.97, 5)]


def test_a_header_is_read_once(tmp_path: Path) -> None:
    """What a header said is kept by the video's name, size and time; what could not be looked at is asked for again."""
    stage, reads = stage_of(), list[str]()

    def ask(video: str, answer: Claim | None) -> Claim | None:
        before = ToldBefore(tmp_path / "told", stage)
        found = before.claim(video, lambda: reads.append(video) or answer)  # type: ignore[func-returns-value]
        before.write()
        return found

    told = Claim(40, 29.97, 640, 480)
    assert ask("12 34 a.avi", told) == ask("12 34 a.avi", None) == told
    assert ask("12 35 a.avi", None) is ask("12 35 a.avi", None) is None
    assert ask("1 2 b.avi", NO_CLAIM) == ask("1 2 b.avi", told) == NO_CLAIM
    assert reads == ["12 34 a.avi", "12 35 a.avi", "12 35 a.avi", "1 2 b.avi"]


@pytest.mark.parametrize(
    "headers", ["5", "[]", '{"v": 5}', '{"v": [1, 2]}', '{"v": [1, 2, "3", 4]}', '{"v": [NaN, 1, 2, 3]}']
)
def test_headers_that_another_program_wrote(tmp_path: Path, headers: str) -> None:
    """What is no list of numbers of ours was never told."""
    (tmp_path / "told").write_text(f'{{"tells": "x", "facts": {{}}, "headers": {headers}}}')
    assert ToldBefore(tmp_path / "told", stage_of()).claim("v", lambda: Claim(7)) == Claim(7)


def test_the_size_is_the_headers(tmp_path: Path) -> None:
    """A result that says all else leaves the size of the picture to the header."""
    assert with_header(Facts(25.0, 38), Claim(40, 30.0, 640, 480)) == Facts(25.0, 38, width=640, height=480)


def test_what_was_said_before(tmp_path: Path) -> None:
    """How a result says that it was made is read once, too; a file from before it was asked for does no harm."""
    info, reads = tmp_path / "a.json", []
    info.write_text("{}")
    outputs = (Output("info", read_pattern("Results/{name}.json")),)
    stage = replace(stage_of(), outputs=outputs, made_by={"device": Tell("json", "info", {"key": "device"})})

    def ask(stage: Stage) -> Mapping[str, str]:
        before = ToldBefore(tmp_path / "told", stage)

        def load() -> Mapping[str, str]:
            reads.append(len(reads))
            return {"device": f"cpu{len(reads)}"}

        found = before.says(digest_results([info.stat()]), load)
        before.write()
        return found

    assert ask(stage) == ask(stage) == {"device": "cpu1"}
    info.write_text("{ }")
    assert ask(stage) == {"device": "cpu2"}
    told = json.loads((tmp_path / "told").read_text())
    (tmp_path / "told").write_text(json.dumps({"tells": told["tells"], "facts": {}}))
    assert ask(stage) == {"device": "cpu3"}
    assert ask(replace(stage, made_by={"device": Tell("json", "info", {"key": "d"})})) == {"device": "cpu4"}


def test_a_folder_is_read_each_time(tmp_path: Path) -> None:
    """A file in a result that is a folder may change while the folder's own times stay."""
    stage = replace(
        stage_of(frames=Tell("json", "info", {"file": "a.json", "key": "n"})),
        outputs=(Output("info", read_pattern("Results/{name}/")),),
    )
    numbers = iter((1, 2))
    before = ToldBefore(tmp_path / "told", stage)
    found = [
        before.facts(digest_results([tmp_path.stat()]), lambda: Facts(frames=next(numbers))).frames for _ in range(2)
    ]
    assert found == [1, 2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("speed: {json: info, key: a}", 'unknown key "speed"'),
        ("fps: {json: info}", 'beside "json" key must say where the fact stands'),
        ("fps: {json: inof, key: a}", '"inof"'),
        ("fps: {key: a}", "each fact needs exactly one of: json, hdf5, csv"),
        ("fps: {json: info, key: a, dataset: b}", '"dataset"'),
        ("fps: {csv: info, count: rows, keys: a}", 'unknown key "keys"'),
    ],
)
def test_slips_in_tells(text: str, said: str) -> None:
    """A slip in a tracker.yml is refused with the words that there are."""
    outputs = (Output("info", read_pattern("Results/{name}.json")),)
    with pytest.raises(ConfigError) as refused:
        read_tells(read_document(f"tells:\n  {text}\n", Path("tracker.yml")).section("tells"), outputs, {})
    assert said in str(refused.value)


def test_a_fact_that_is_told_under_a_condition() -> None:
    """Where its ``when`` is false, nothing is told, and an output that is not made need not be there."""
    section = read_document("tells:\n  fps: {hdf5: no, attribute: a, when: params.x}\n", Path("t.yml")).section("tells")
    assert read_tells(section, (), {"x": False}) == {}
