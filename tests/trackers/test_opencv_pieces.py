"""The opencv tracker on pieces of a video: found apart, linked once, the same to the byte as in one run."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

import cv2
import numpy as np
import yaml
from baking import bake_once
from lab import Lab, copy_tree
from sprites import TRACKER, Place, Way, draw, straight

sys.path.insert(0, str(TRACKER))
from errors import TrackError
from link_pieces import link_pieces
from parameters import load_parameters
from read_video import Span
from track_video import Job, track

FRAMES = 90
SPANS = {"000000-000039": Span(0, 39), "000040-000079": Span(40, 79), "000080-000089": Span(80, 89)}


def circling(phase: float) -> Way:
    """Return the way of an animal that goes in a circle, and meets the others on it at times."""

    def way(frame: int) -> Place | None:
        if 36 <= frame < 44 and phase:  # away where one piece ends and the next begins
            return None
        turn = phase + frame / (9 + phase)
        return 80 + 40 * math.cos(turn), 60 + 40 * math.sin(turn)

    return way


@pytest.fixture(scope="module", params=["MJPG", "mp4v"])
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of four animals that touch, vanish and come back; each frame stands alone in one format only."""
    name = {"MJPG": "four.avi", "mp4v": "four.mp4"}[request.param]
    ways = [circling(0.0), circling(1.5), circling(3.0), straight(10, 20, 1.6, 0.9)]
    return draw(tmp_path_factory.mktemp("raw") / name, ways, frames=FRAMES, code=request.param)


@pytest.fixture(scope="module")
def parameters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The parameters of all runs."""
    path = tmp_path_factory.mktemp("parameters") / "opencv.yml"
    path.write_text("max_jump: 12\nlost_frames: 10\n")
    return path


def find_pieces(video: Path, parameters: Path, folder: Path, spans: dict[str, Span]) -> list[Path]:
    """Find the spots of each span; returns the pieces."""
    folder.mkdir()
    for name, span in spans.items():
        places = folder / f"{name}.part.avi", folder / f"{name}.spots", folder / f"{name}.spots.json"
        track(Job(video, *places, span, only_spots=True), load_parameters(parameters))
    return [folder / f"{name}.spots" for name in spans]


def whole_job(video: Path, folder: Path) -> Job:
    """Return the job of a whole video, whose results lie in a folder."""
    folder.mkdir()
    return Job(video, folder / "masked.avi", folder / "tracks.csv", folder / "info.json")


def test_the_same_as_in_one_run(video: Path, parameters: Path, tmp_path: Path) -> None:
    """Table and masked video are equal to the byte, and the JSON file but for the time that it took."""
    one, three = whole_job(video, tmp_path / "one"), whole_job(video, tmp_path / "three")
    track(one, load_parameters(parameters))
    pieces = find_pieces(video, parameters, tmp_path / "pieces", SPANS)
    assert link_pieces(three, pieces, load_parameters(parameters)).startswith(f"{video.name}: {FRAMES} frames, ")
    assert one.tracks.read_text().count("\n") > 2 * FRAMES
    assert three.tracks.read_bytes() == one.tracks.read_bytes()
    assert three.masked.read_bytes() == one.masked.read_bytes()
    told, joined = (json.loads(job.info.read_text()) for job in (one, three))
    assert joined.pop("pieces") == 3
    for facts in (told, joined):
        facts.pop("seconds")
    assert joined == told


def test_a_project_in_pieces(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """A whole project whose video is cut is finished: the joined results pass their checks, and all is verified."""
    lab = Lab(copy_tree(bake_once(tmp_path_factory, "opencv"), tmp_path / "project"), tmp_path)
    lab.activate(f"export PATH={Path(sys.executable).parent}:$PATH\n")
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**told, "params": {"pieces": 3}}))
    (lab.root / "RawVideos/d1").mkdir()
    draw(lab.root / "RawVideos/d1/two.avi", [straight(10, 20, 1.6, 0.9), straight(80, 90, -1.2, 0.3)], frames=30)
    ran = lab.rt("run")
    assert ran.code == 0, ran
    assert "find: 3 of 3 pieces have whole results" in lab.rt("verify").out
    assert [lab.counts(stage) for stage in ("find", "track")] == [{"finished": 3}, {"finished": 1}]


def test_a_whole_video_is_a_piece(video: Path, parameters: Path, tmp_path: Path) -> None:
    """A video whose number of frames is not known is one piece, up to its end."""
    one, all_of_it = whole_job(video, tmp_path / "one"), whole_job(video, tmp_path / "all")
    track(one, load_parameters(parameters))
    link_pieces(all_of_it, find_pieces(video, parameters, tmp_path / "p", {"all": Span()}), load_parameters(parameters))
    assert all_of_it.tracks.read_bytes() == one.tracks.read_bytes()


def test_some_frames_alone(video: Path, parameters: Path, tmp_path: Path) -> None:
    """--frames tracks a range; its rows keep the numbers and times that they have in the whole video."""
    masked, tracks, info = (tmp_path / name for name in ("masked.avi", "tracks.csv", "info.json"))
    argv = [sys.executable, str(TRACKER / "track.py"), str(video), "--frames", "50-69", "--parameters", str(parameters)]
    places = ["--masked", str(masked), "--tracks", str(tracks), "--info", str(info)]
    done = subprocess.run([*argv, *places], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    _, *rows = tracks.read_text().splitlines()
    frames = [int(row.split(",")[0]) for row in rows]
    assert (min(frames), max(frames), len(set(frames))) == (50, 69, 20)
    assert {row.split(",")[1] for row in rows if row.startswith("60,")} == {"2.4000"}
    told = json.loads(info.read_text())
    assert (told["frames"], told["frames_read"], told["masked"]["frames"]) == ([50, 69], 20, 20)


@pytest.mark.parametrize("text", ["9", "5-4", "-5", "a-b", "1-2-3", ""])
def test_what_is_no_range(text: str, tmp_path: Path) -> None:
    """A range of frames is two numbers, or one and a hyphen; anything else is wrong use."""
    places = [
        word for name in ("parameters", "masked", "tracks", "info") for word in (f"--{name}", str(tmp_path / name))
    ]
    argv = [sys.executable, str(TRACKER / "track.py"), "v.avi", f"--frames={text}", *places]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "is no range of frames" in done.stderr


def test_frames_that_are_not_there(video: Path, parameters: Path, tmp_path: Path) -> None:
    """A piece behind the end of a video is refused, and leaves nothing but the reason."""
    with pytest.raises(TrackError, match=f"has no frame {FRAMES}"):
        find_pieces(video, parameters, tmp_path / "p", {"x": Span(FRAMES, FRAMES + 9)})
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["x.spots.json"]


@pytest.fixture
def pieces(video: Path, parameters: Path, tmp_path: Path) -> list[Path]:
    """The pieces of the video, all of them fine."""
    return find_pieces(video, parameters, tmp_path / "pieces", SPANS)


def refuse(video: Path, parameters: Path, pieces: list[Path], folder: Path) -> str:
    """Return why pieces are not joined; nothing is left then but that reason."""
    job = whole_job(video, folder)
    with pytest.raises(TrackError) as refused:
        link_pieces(job, pieces, load_parameters(parameters))
    assert [path.name for path in folder.iterdir()] == ["info.json"]
    assert json.loads(job.info.read_text())["finished"] is False
    return str(refused.value)


def test_every_frame_once(video: Path, parameters: Path, pieces: list[Path], tmp_path: Path) -> None:
    """A piece that lacks, or is there twice, is named; so is one at the end, where the header promises more."""
    first, second, third = pieces
    said = refuse(video, parameters, [first, third], tmp_path / "a")
    assert "000080-000089.spots: begins with frame 80, the frames before it end with 39" in said
    said = refuse(video, parameters, [first, second, second, third], tmp_path / "b")
    assert "000040-000079.spots: begins with frame 40, the frames before it end with 79" in said
    said = refuse(video, parameters, [first, second], tmp_path / "c")
    assert "80 could be read" in said


def test_pieces_that_do_not_belong_together(video: Path, parameters: Path, pieces: list[Path], tmp_path: Path) -> None:
    """Pieces of another video, of other parameters or with another background are refused, by name."""
    beside = pieces[1].with_name(pieces[1].name + ".json")
    told = json.loads(beside.read_text())
    for key, value, why in (
        ("source", {**told["source"], "size": 1}, "is a piece of another file"),
        ("background_sha256", "0", "its background_sha256 is not that of the first piece"),
        ("parameters", {**told["parameters"], "area_min": 1}, "was made with other parameters"),
        ("finished", False, "does not say that this piece is finished"),
    ):
        beside.write_text(json.dumps({**told, key: value}))
        assert why in refuse(video, parameters, pieces, tmp_path / key)
    beside.write_text(json.dumps({**told, "parameters": {**told["parameters"], "max_jump": 3}}))  # linking alone
    link_pieces(whole_job(video, tmp_path / "fine"), pieces, load_parameters(parameters))


@pytest.mark.parametrize("keep", [0, 1, 0.5, 0.99])
def test_a_piece_that_was_cut_short(
    video: Path, parameters: Path, pieces: list[Path], tmp_path: Path, keep: float
) -> None:
    """A file of spots that ends too early is seen, wherever that is."""
    data = pieces[1].read_bytes()
    pieces[1].write_bytes(data[: int(len(data) * keep) if keep < 1 else 1])
    assert "is no whole file of spots" in refuse(video, parameters, pieces, tmp_path / "a")


def test_a_masked_video_that_lacks_a_frame(video: Path, parameters: Path, pieces: list[Path], tmp_path: Path) -> None:
    """The masked video of a piece must have a picture for each of its frames."""
    masked = pieces[1].with_name("000040-000079.part.avi")
    writer = cv2.VideoWriter(str(masked), cv2.VideoWriter.fourcc(*"MJPG"), 25, (160, 120))
    for _ in range(39):
        writer.write(np.zeros((120, 160, 3), np.uint8))
    writer.release()
    assert "40 frames with spots, 39 in 000040-000079.part.avi" in refuse(video, parameters, pieces, tmp_path / "a")
