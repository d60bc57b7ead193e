"""frames: a result has as many frames as its video really has."""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from remote_tracker.checks import Files, count_frames, validate, verify
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Check


def put_program(folder: Path, name: str, text: str) -> None:
    """Write a program of bash into the folder that is the PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/bash\n{text}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the one folder in which programs are found; there are none yet."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


@pytest.fixture
def opencv(programs: Path) -> Any:
    """Return OpenCV, with a `python` on the PATH that has it; skip where it is not installed."""
    module = pytest.importorskip("cv2", reason="no OpenCV here: videos cannot be made or read")
    put_program(programs, "python", f'exec "{sys.executable}" "$@"')
    return module


def write_video(opencv: Any, path: Path, count: int = 30) -> None:
    """Write a small MJPG video, each frame of another grey."""
    import numpy as np

    writer = opencv.VideoWriter(str(path), opencv.VideoWriter_fourcc(*"MJPG"), 25, (160, 120))
    noise = np.random.default_rng(1)
    for _ in range(count):
        writer.write(noise.integers(0, 255, (120, 160, 3), dtype=np.uint8))
    writer.release()


def ask(root: Path, video: str = "a.avi", result: str = "info.json", **options: Any) -> str:
    """Return the reason of a frames clause about one video and one result."""
    files = Files(root, {"video": (video,)}, {"result": (result,)})
    return verify([Check("frames", "video", {"output": "result", **options})], files)


def write_results(root: Path, count: Any) -> None:
    """Write results of each kind that claim ``count`` frames."""
    (root / "info.json").write_text(json.dumps({"frames": count}))
    rows = "".join(f"{frame},{animal}\n" for frame in range(int(count)) for animal in "ab")
    (root / "tidy.csv").write_text("frame,animal\n" + rows)
    (root / "wide.csv").write_text("x\n" + "1\n" * int(count))
    h5py = pytest.importorskip("h5py")
    with h5py.File(root / "a.h5", "w") as file:
        file["frames"] = list(range(int(count)))


WAYS: list[tuple[str, dict[str, Any], str]] = [
    ("info.json", {"key": "frames"}, "frames"),
    ("tidy.csv", {"column": "frame"}, "the number of values of frame"),
    ("wide.csv", {"rows": True}, "the number of rows"),
    ("a.h5", {"dataset": "frames"}, "the number of rows of frames"),
]


@pytest.mark.parametrize(("result", "options", "place"), WAYS)
def test_frames_of_a_real_video(opencv: Any, tmp_path: Path, result: str, options: dict[str, Any], place: str) -> None:
    """A result of all frames holds; one of fewer is told with both numbers, up to the tolerance."""
    write_video(opencv, tmp_path / "a.avi", 30)
    write_results(tmp_path, 30)
    assert ask(tmp_path, result=result, **options) == ""
    write_results(tmp_path, 29)
    assert ask(tmp_path, result=result, **options) != ""
    write_results(tmp_path, 28)
    told = ask(tmp_path, result=result, **options)
    assert told == f"{result}: {place} is 28, expected 30: the frames that can be read from a.avi"
    assert ask(tmp_path, result=result, tolerance=1, **options) == told
    assert ask(tmp_path, result=result, tolerance=2, **options) == ""


@pytest.mark.parametrize(("result", "options", "place"), WAYS)
def test_at_most_the_frames_of_the_video(
    opencv: Any, tmp_path: Path, result: str, options: dict[str, Any], place: str
) -> None:
    """A result that may have fewer frames holds with few; of more than the video has it is told."""
    write_video(opencv, tmp_path / "a.avi", 30)
    for count in (12, 30):
        write_results(tmp_path, count)
        assert ask(tmp_path, result=result, at_most=True, **options) == ""
    write_results(tmp_path, 31)
    told = ask(tmp_path, result=result, at_most=True, **options)
    assert told == f"{result}: {place} is 31, expected at most 30: the frames that can be read from a.avi"
    assert ask(tmp_path, result=result, at_most=True, tolerance=1, **options) == ""


ABSENT = [
    ("info.json", {"key": "other"}, 'info.json: has no key "other"'),
    ("tidy.csv", {"column": "other"}, 'tidy.csv: has no column "other"'),
    ("a.h5", {"dataset": "other/table"}, "a.h5: has no dataset other/table"),
    ("out/", {"file": "none.json", "key": "frames"}, "none.json: is missing"),
]


@pytest.mark.parametrize(("result", "options", "reason"), ABSENT)
def test_an_optional_number(programs: Path, tmp_path: Path, result: str, options: dict[str, Any], reason: str) -> None:
    """Where a result says no number nothing is wrong if it is optional, and no video is read; else it is told."""
    write_results(tmp_path, 30)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/info.json").write_text("{}")
    assert ask(tmp_path, result=result, **options) == reason
    assert ask(tmp_path, result=result, optional=True, **options) == ""


def test_an_optional_number_is_compared_where_it_is_said(opencv: Any, tmp_path: Path) -> None:
    """Optional asks for no less: a wrong number, a cut file and a missing video are told all the same."""
    write_results(tmp_path, 29)
    assert ask(tmp_path, key="frames", optional=True) == "a.avi: is missing"
    write_video(opencv, tmp_path / "a.avi", 30)
    assert ask(tmp_path, key="frames", optional=True).startswith("info.json: frames is 29, expected 30")
    (tmp_path / "info.json").write_text('{"frames": 3')
    assert "is not whole JSON" in ask(tmp_path, key="frames", optional=True)
    whole = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").write_bytes(whole[: len(whole) // 2])
    assert ask(tmp_path, result="a.h5", dataset="other", optional=True).startswith("a.h5: ")


def test_several_clauses_read_the_video_once(programs: Path, tmp_path: Path) -> None:
    """The frames of one video are counted once for all clauses, and anew when the video changed."""
    (tmp_path / "a.avi").write_text("video")
    write_results(tmp_path, 17)
    put_program(programs, "ffprobe", f"echo . >>{tmp_path}/counted; echo 17")
    files = Files(tmp_path, {"video": ("a.avi",)}, {"result": ("info.json",)})
    asked = [Check("frames", "video", {"output": "result", "key": "frames", "at_most": most}) for most in (False, True)]
    assert verify(asked, files) == ""
    assert (tmp_path / "counted").read_text() == ".\n"
    os.utime(tmp_path / "a.avi", ns=(1, 1))
    assert verify(asked, files) == ""
    assert (tmp_path / "counted").read_text() == ".\n.\n"


def test_a_cut_video_is_counted_not_believed(opencv: Any, tmp_path: Path) -> None:
    """A cut AVI still claims all its frames: what it claims is bad, what can be read is good."""
    write_video(opencv, tmp_path / "a.avi", 60)
    raw = (tmp_path / "a.avi").read_bytes()
    (tmp_path / "a.avi").write_bytes(raw[: len(raw) // 2])
    write_results(tmp_path, 60)
    told = ask(tmp_path, key="frames")
    assert told.startswith("info.json: frames is 60, expected ")
    readable = int(told.split("expected ")[1].split(":")[0])
    assert 0 < readable < 60
    write_results(tmp_path, readable)
    assert ask(tmp_path, key="frames") == ""


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "a.avi: is a video that cannot be opened"), (b"junk" * 999, "a.avi: is a video that")]
)
def test_a_video_of_junk_is_a_reason(opencv: Any, tmp_path: Path, content: bytes, reason: str) -> None:
    """An empty video, and one of junk, cannot be opened: the video is named."""
    (tmp_path / "a.avi").write_bytes(content)
    write_results(tmp_path, 3)
    assert ask(tmp_path, key="frames").startswith(reason)


def test_a_missing_video_or_result_is_a_reason(programs: Path, tmp_path: Path) -> None:
    """What is not there is named, before anything is counted."""
    assert ask(tmp_path, key="frames") == "info.json: is missing"
    write_results(tmp_path, 3)
    assert ask(tmp_path, key="frames") == "a.avi: is missing"
    assert verify([Check("frames", "other", {"output": "x", "key": "a"})], Files(tmp_path)).startswith("other: ")


@pytest.mark.parametrize("claimed", ["30", None, True, float("nan"), float("inf"), [30]])
def test_a_claim_that_is_no_number_is_a_reason(programs: Path, tmp_path: Path, claimed: Any) -> None:
    """Text, null, true, NaN and lists are no number of frames."""
    (tmp_path / "info.json").write_text(json.dumps({"frames": claimed}))
    assert "expected a number of frames" in ask(tmp_path, key="frames")


@pytest.mark.parametrize(
    "python", ["exit 3", "echo no cv2 >&2; exit 1", "", "echo '  File x, SyntaxError' >&2; exit 1"]
)
def test_ffprobe_counts_where_python_cannot(programs: Path, tmp_path: Path, python: str) -> None:
    """Without a reader in the tracker's Python, or without a Python, ffprobe counts; hostile names arrive whole."""
    name = "-a 'b' $(x).avi"
    (tmp_path / name).write_text("video")
    write_results(tmp_path, 17)
    if python:
        put_program(programs, "python", python)
    put_program(programs, "ffprobe", f'[[ "${{@: -1}}" == {str(tmp_path)!r}/* && -e "${{@: -1}}" ]] && echo 17')
    assert ask(tmp_path, video=name, key="frames") == ""


def test_a_name_that_looks_like_an_option(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a relative root too, a reader is given the whole path: a leading dash is no option."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-a.avi").write_text("video")
    write_results(tmp_path, 17)
    put_program(programs, "ffprobe", '[[ "${@: -1}" == /*/-a.avi ]] && echo 17')
    assert ask(Path(), video="-a.avi", key="frames") == ""


def test_a_video_that_only_one_reader_can_open_is_counted_by_it(programs: Path, tmp_path: Path) -> None:
    """OpenCV without a codec is no proof against a video that ffprobe reads; refused by all, it is bad."""
    (tmp_path / "a.avi").write_text("video")
    write_results(tmp_path, 17)
    put_program(programs, "python", "echo so it is >&2; exit 4")
    assert ask(tmp_path, key="frames") == "a.avi: is a video that cannot be opened"
    put_program(programs, "ffprobe", "echo 17")
    assert ask(tmp_path, key="frames") == ""


def test_without_any_reader_nothing_is_judged(programs: Path, tmp_path: Path) -> None:
    """No reader is an error that says what to install, never a bad result."""
    (tmp_path / "a.avi").write_text("video")
    write_results(tmp_path, 17)
    with pytest.raises(RemoteTrackerError, match=r"Nothing here can count .* Install opencv"):
        ask(tmp_path, key="frames")


def test_the_counting_script_is_python_3_7(tmp_path: Path) -> None:
    """The script runs in the tracker's Python, which may be as old as 3.7: its syntax must be."""
    source = Path(count_frames.__file__).read_text()
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize("installed", ["cv2", "av", "imageio", ""])
def test_the_script_takes_the_reader_that_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], installed: str
) -> None:
    """OpenCV, PyAV and imageio are tried in this order; a broken installation counts as none."""

    def import_module(name: str) -> object:
        if name != installed:
            raise OSError("libGL.so.1 is missing")
        return object()

    def refuse(path: str, hidden: bool) -> tuple[int, int]:
        raise count_frames.CannotOpen

    monkeypatch.setattr(count_frames, "import_module", import_module)
    readers = tuple((name, lambda *_, n=number: (n, 9)) for number, (name, _) in enumerate(count_frames.READERS))
    monkeypatch.setattr(count_frames, "READERS", readers)
    assert count_frames.main("a.avi") == (0 if installed else 3)
    expected = {"cv2": "0 9", "av": "1 9", "imageio": "2 9", "": ""}[installed]
    assert capsys.readouterr().out.strip() == expected
    monkeypatch.setattr(count_frames, "READERS", (("none", refuse), (installed, refuse)))
    assert count_frames.main("a.avi") == count_frames.CANNOT_OPEN


def test_av_counts_up_to_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A video cut in the middle has the frames before the cut; one without any cannot be opened."""

    class Container:
        def __init__(self, count: int) -> None:
            self.count = count
            self.streams = SimpleNamespace(video=[SimpleNamespace(frames=40)])

        def __enter__(self) -> Container:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def decode(self, video: int) -> Any:
            yield from range(self.count)
            raise RuntimeError("cut")

    class Av:
        @staticmethod
        def open(path: str, options: dict[str, str]) -> Container:
            return Container(int(path))

    monkeypatch.setattr(count_frames, "import_module", lambda name: Av)
    assert count_frames.count_with_av("17") == (17, 40)
    with pytest.raises(count_frames.CannotOpen):
        count_frames.count_with_av("0")


def test_the_real_clip(opencv: Any, real: Callable[[str], Path], tmp_path: Path) -> None:
    """The real clip of two flies has 1500 frames, and the proofread labels have a row for each."""
    pytest.importorskip("h5py")
    clip, labels = real("videos/sleap_tracks_clip.mp4"), real("videos/sleap_tracks_clip.gt.slp")
    assert ask(tmp_path, str(clip), str(labels), dataset="frames") == ""


@pytest.mark.parametrize(
    ("version", "is_fine"),
    [("0.3.1", True), ("0.3.2", False), ("0.3.2rc1", False), ("0.10.0", False), ("v1", False), ("", False), (3, False)],
)
def test_since_a_version(opencv: Any, tmp_path: Path, version: object, is_fine: bool) -> None:
    """Frames are counted where the result names no earlier version than the clause's, and where it names none."""
    h5py = pytest.importorskip("h5py")
    write_video(opencv, tmp_path / "a.avi", 5)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["frames"] = [0, 1, 2]
        file["about"] = json.dumps({"version": version})
    said = {"dataset": "frames", "since": ["about", "version", "0.3.2"]}
    assert validate("frames", "video", {"output": "result", **said}) == ""
    assert (ask(tmp_path, result="a.h5", **said) == "") is is_fine
    assert ask(tmp_path, result="a.h5", **{**said, "since": ["gone", "version", "0.3.2"]}) != ""
    (tmp_path / "a.h5").write_bytes((tmp_path / "a.h5").read_bytes()[:900])
    assert "is cut" in ask(tmp_path, result="a.h5", **said)


@pytest.mark.parametrize("since", [["about", "version"], ["about", "version", "new"], ["a", "b", "1", "2"]])
def test_since_what_is_refused(since: list[str]) -> None:
    """A clause whose ``since`` is not a dataset, a key and a version is refused when tracker.yml is read."""
    said = validate("frames", "video", {"output": "result", "dataset": "frames", "since": since})
    assert '"since" needs "dataset", and is [dataset, key, version]' in said
