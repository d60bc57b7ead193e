"""./rt preview shows what other parameters would find in a few frames, and changes nothing of the project."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import yaml

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
import cv2
import numpy as np
from baking import bake_once
from lab import Lab, copy_tree
from remote_tracker.config import load_project
from remote_tracker.errors import RemoteTrackerError, WrongUse
from remote_tracker.pictures.clip import write_clip
from remote_tracker.pictures.tried import change_file, read_tried
from remote_tracker.tables.read_videos import result_stage
from rewinding import rewound

from pictures.drawn_lab import TRACKS, write_video

# Finds as many animals as its settings say, 100 px below each other with "wide", in the frames that it is told.
PROGRAM = """
video=$1 settings=$2 table=$3 first=0 last=4 gap=20
[[ -s $video && $PWD != "$project" && -n $LAB_NAME ]] || { echo "no video, or not where a task starts" >&2; exit 3; }
if [[ ${4-} == --frames ]]; then first=${5%-*} last=${5#*-}; fi
animals=$(sed -n 's/^animals: *//p' "$settings")
if [[ $animals == 13 ]]; then echo "thirteen is no good number" >&2; exit 1; fi
{
  echo frame,animal,x,y
  for ((f = first; f <= last; f++)); do
    for ((a = 0; a < animals; a++)); do echo "$f,$a,$((20 + f)),$((20 + gap * a))"; done
  done
} >"$table"
"""
KNOWN = "animals: {type: whole, minimum: 1, maximum: 50}\nmode: {type: text, choices: [dark, light]}\n"
NAMES = ["d1/a.avi", "d1/b $(x) 'ü'.avi", "d1/-c.avi"]


@rewound
def tuned(lab: Lab) -> None:
    """A project whose tracker finds what its parameter file says, with three videos of 300 frames."""
    output = {"table": "Results/{subdir}/{name}.csv"}
    command = "KIND={{ params.kind }} bash {{ tracker }}/track.sh {{ input.video }} {{ project }}/{{ params.settings }}"
    params = {
        "settings": {"default": "AuxiliaryFiles/tiny.yml", "file": True, "keys": "known.yml", "help": "settings"},
        "speed": {"default": 1, "affects_results": False, "help": "how fast"},
        "kind": {"default": "fly", "choices": ["fly", "worm"], "help": "which animal"},
    }
    told = {
        "output": output,
        "command": f"{command} {{{{ output.table }}}}",
        "tracks": TRACKS,
        "on_frames": "--frames {first}-{last}",
    }
    lab.tracker(params=params, **told)
    folder = lab.root / "site/trackers/tiny"
    (folder / "track.sh").write_text(PROGRAM)
    (folder / "known.yml").write_text(KNOWN)
    (lab.root / "AuxiliaryFiles/tiny.yml").write_text("# mine\nanimals: 2\n")
    lab.activate("export LAB_NAME=lab\n")
    for name in NAMES:
        path = lab.root / "RawVideos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_video(path, [np.full((120, 160), 60 + n % 90, np.uint8) for n in range(300)])


def everything(root: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of each file in a project, but for previews and what Python keeps of programs."""
    files = [path for path in root.rglob("*") if not path.is_dir() and "__pycache__" not in path.parts]
    found = {path.relative_to(root).as_posix(): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in files}
    return {name: told for name, told in found.items() if not name.startswith("Results/report/previews/")}


@pytest.mark.parametrize("name", NAMES)
def test_both_are_shown_and_nothing_changes(tuned: Lab, name: str) -> None:
    """What is found now and with the tried value is told and drawn; no file of the project is another one."""
    before = everything(tuned.root)
    ran = tuned.rt("preview", "--set", "animals=3", "--", name)
    assert (ran.code, ran.err) == (0, ""), ran
    assert ran.out.splitlines()[1:] == [
        f"Results/report/previews/{name}.png shows frames 0 to 199.",
        "  as it is now: 2 animals, found 400 times in 200 frames",
        "  animals 2 -> 3: 3 animals, found 600 times in 200 frames",
        "Nothing was changed. To take it: write it into AuxiliaryFiles/tiny.yml.",
    ]
    assert everything(tuned.root) == before
    image = cv2.imread(str(tuned.root / f"Results/report/previews/{name}.png"))
    assert image is not None
    assert image.shape[1] > 1300


def test_without_a_tried_parameter(tuned: Lab) -> None:
    """Without --set what is found now is shown alone, in the frames that are asked for, where it is asked for."""
    ran = tuned.rt("preview", "d1/a", "--frames", "250-259", "--into", str(tuned.home / "x.png"))
    assert ran.code == 0, ran
    assert ran.out.splitlines()[1:] == [
        f"{tuned.home}/x.png shows frames 250 to 259.",
        "  as it is now: 2 animals, found 20 times in 10 frames",
    ]
    assert (tuned.home / "x.png").read_bytes()[:4] == b"\x89PNG"
    assert not (tuned.root / "Results/report").exists()


@pytest.mark.parametrize("on_frames", [True, False])
def test_a_video_that_is_shorter(tuned: Lab, on_frames: bool) -> None:
    """Of a video with fewer frames those that it has are shown and told; where it has none of them, that is said."""
    if not on_frames:
        told = tuned.root / "site/trackers/tiny/tracker.yml"
        told.write_text(told.read_text().replace("on_frames: --frames {first}-{last}", ""))
    write_video(tuned.root / "RawVideos/d1/short.avi", [np.full((120, 160), 90, np.uint8)] * 150)
    assert "short.avi.png shows frames 0 to 149.\n" in tuned.rt("preview", "short").out
    assert "short.avi.png shows frames 140 to 149.\n" in tuned.rt("preview", "short", "--frames", "140-160").out
    beyond = tuned.rt("preview", "short", "--frames", "150-160")
    assert (beyond.code, beyond.out) == (1, "")
    assert "no frame from 150 on can be read" in beyond.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--set", "animal=3"), 2, 'unknown parameter "animal". Did you mean animals? Known: animals, kind, mode.'),
        (("--set", "animals"), 2, "--set animals: write it as NAME=VALUE, as --set area_min=90."),
        (("--set", "animals=3.5"), 2, "animals: 3.5 cannot be; it is a whole number from 1 to 50."),
        (("--set", "animals=[3"), 2, "the value cannot be read: write it as in YAML."),
        (("--set", "mode=Dark"), 2, "mode: Dark cannot be (write dark)."),
        (("--set", "animals=3", "--set", "animals=4"), 2, "--set animals=4: animals has another value already."),
        (("--set", "kind=bird"), 2, 'unknown value "bird". Known: fly, worm.'),
        (("--set", "animals=13"), 1, "copy ended with 1: thirteen is no good number"),
        (("--frames", "9-3"), 2, "write the first and the last frame, as 0-199."),
        (("--frames", "x"), 2, "write the first and the last frame, as 0-199."),
    ],
)
def test_what_is_wrong_is_said_in_a_line(tuned: Lab, words: tuple[str, ...], code: int, told: str) -> None:
    """A wrong name lists the valid ones, a wrong value says what it may be, a program that fails says why."""
    before = everything(tuned.root)
    ran = tuned.rt("preview", "d1/a.avi", *words)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1
    assert everything(tuned.root) == before


def test_a_name_must_mean_one_video(tuned: Lab) -> None:
    """A day is refused with the names of its videos, of which one is asked for; so is a name of nothing."""
    ran = tuned.rt("preview", "d1")
    assert ran.code == 2
    assert ran.err == f'"d1" means 3: {", ".join(sorted(NAMES))}. Name one of them.\n'
    assert tuned.rt("preview", "nothing").code == 2


def test_a_parameter_of_the_tracker(tuned: Lab) -> None:
    """A parameter of project.yml is tried in its place, and that is where to write it."""
    ran = tuned.rt("preview", "d1/a.avi", "--set", "kind=worm", "--frames", "0-9")
    assert ran.out.splitlines()[-2:] == [
        "  kind fly -> worm: 2 animals, found 20 times in 10 frames",
        "Nothing was changed. To take it: write it into project.yml, below params.",
    ]


def test_a_video_elsewhere(tuned: Lab) -> None:
    """Where project.yml says another place for the videos, they are found there."""
    shutil.move(tuned.root / "RawVideos", tuned.home / "videos of ours")
    tuned.settings(videos=str(tuned.home / "videos of ours"))
    assert "200 frames" in tuned.rt("preview", "d1/a.avi").out


def test_a_program_that_reads_whole_videos_alone_gets_a_clip(tuned: Lab) -> None:
    """Without on_frames in tracker.yml the program is given a video of these frames alone."""
    told = tuned.root / "site/trackers/tiny/tracker.yml"
    told.write_text(told.read_text().replace("on_frames: --frames {first}-{last}", ""))
    program = tuned.root / "site/trackers/tiny/track.sh"
    program.write_text(program.read_text() + 'cp "$video" "$LAB_SEEN"\n')
    tuned.activate(f"export LAB_NAME=lab LAB_SEEN='{tuned.home}/seen.avi'\n")
    ran = tuned.rt("preview", "d1/a.avi", "--frames", "100-149")
    assert ran.code == 0, ran
    levels = levels_of(tuned.home / "seen.avi")
    assert len(levels) == 50
    assert abs(levels[0] - (60 + 100 % 90)) < 3


def levels_of(path: Path) -> list[int]:
    """Return how bright each frame of a video is."""
    reader, levels = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), []
    while (read := reader.read())[0]:
        levels.append(int(np.median(read[1])))
    return levels


@pytest.mark.parametrize("ending", ["avi", "mkv", "mp4"])
def test_a_clip(tmp_path: Path, ending: str) -> None:
    """A clip has the frames that are asked for, as far as the video has them."""
    write_video(tmp_path / "a.avi", [np.full((48, 64), 10 * n, np.uint8) for n in range(20)])
    write_clip(tmp_path / "a.avi", tmp_path / f"clip.{ending}", 5, 8)
    assert [abs(level - 10 * n) < 6 for n, level in enumerate(levels_of(tmp_path / f"clip.{ending}"), 5)] == [True] * 4
    write_clip(tmp_path / "a.avi", tmp_path / f"end.{ending}", 15, 99)
    assert len(levels_of(tmp_path / f"end.{ending}")) == 5
    with pytest.raises(RemoteTrackerError, match="no frame from 20 on can be read"):
        write_clip(tmp_path / "a.avi", tmp_path / f"none.{ending}", 20, 30)


@pytest.mark.parametrize("ending", ["avi", "mkv", "mp4"])
@pytest.mark.parametrize("fps", [1000 / 3, 3000.0])
def test_a_clip_of_a_high_speed_camera(tmp_path: Path, ending: str, fps: float) -> None:
    """A clip has each frame, and the video's rate, whatever the rate is."""
    video = tmp_path / ("a.avi" if fps < 1000 else "a.mp4")
    code = cv2.VideoWriter.fourcc(*("MJPG" if fps < 1000 else "mp4v"))
    writer = cv2.VideoWriter(str(video), cv2.CAP_FFMPEG, code, fps, (64, 48))
    for n in range(20):
        writer.write(np.full((48, 64, 3), 10 * n, np.uint8))
    writer.release()
    write_clip(video, tmp_path / f"clip.{ending}", 2, 17)
    assert len(levels_of(tmp_path / f"clip.{ending}")) == 16
    reader = cv2.VideoCapture(str(tmp_path / f"clip.{ending}"), cv2.CAP_FFMPEG)
    assert reader.get(cv2.CAP_PROP_FPS) == pytest.approx(fps, rel=1e-3)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".json", '{"a": 1, "b": [1, 2]}'),
        (".yml", "a: 1   # one\nb: [1, 2]\n"),
        (".yml", ""),
        (".settings", "# TRex\na = 1\nb = [1,2]\n"),
        (".toml", "a = 1\n[table]\nx = 2\n"),
    ],
)
def test_a_parameter_file_with_other_values(tmp_path: Path, suffix: str, text: str) -> None:
    """Of a file of any form the tried keys have their new values, each once, and the others stay."""
    from remote_tracker.parameters.read_values import load_pairs

    path = tmp_path / f"p{suffix}"
    path.write_text(text)
    before = dict(load_pairs(path)) if text else {}
    path.write_text(change_file(text, suffix, {"a": 2.5, "name": 'ü "x"'}))
    assert dict(load_pairs(path)) == {**before, "a": 2.5, "name": 'ü "x"'}


def test_real_opencv(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """With the built-in tracker a larger least area finds fewer animals, and its own known keys are listed."""
    lab = Lab(copy_tree(bake_once(tmp_path_factory, "opencv"), tmp_path / "project"), tmp_path)
    lab.activate(f"export PATH={Path(os.sys.executable).parent}:$PATH\n")  # type: ignore[attr-defined]
    frames = [np.full((120, 160), 220, np.uint8) for _ in range(60)]
    for number, frame in enumerate(frames):
        cv2.circle(frame, (20 + 2 * number, 30), 4, 60, -1)
        cv2.circle(frame, (20 + 2 * number, 80), 9, 60, -1)
    (lab.root / "RawVideos/d1").mkdir()
    write_video(lab.root / "RawVideos/d1/a.avi", frames)
    before = everything(lab.root)
    ran = lab.rt("preview", "a", "--set", "area_min=120", "--frames", "0-49")
    assert ran.code == 0, ran
    assert ran.out.splitlines()[2:4] == [
        "  as it is now: 2 animals, found 100 times in 50 frames",
        "  area_min 30 -> 120: 1 animal, found 50 times in 50 frames",
    ]
    assert everything(lab.root) == before
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**told, "params": {"pieces": 3}}))
    cut = lab.rt("preview", "a", "--set", "area_min=120", "--frames", "0-49")  # a video in pieces: no other picture
    assert cut.out.splitlines()[2:4] == ran.out.splitlines()[2:4], cut
    assert "Did you mean area_min?" in lab.rt("preview", "a", "--set", "area_mim=1").err


def test_names_of_several_files(tuned: Lab) -> None:
    """What can be tried is what the step names, and only what changes its results."""
    project = load_project(tuned.root)
    with pytest.raises(WrongUse, match="Known: animals, kind, mode"):
        read_tried(project, result_stage(project), ["speed=2"])
    assert [one.told for one in read_tried(project, result_stage(project), ["mode=light", "animals=4"])] == [
        "mode default -> light",
        "animals 2 -> 4",
    ]
