"""./rt labels: the frames that are worth labelling, over all finished videos of a project."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from lab import Lab
from rewinding import rewound

from exports.tidy_lab import TRACKS, configure, put

DEEPLABCUT = """
import json, sys, types
calls = []
made = types.ModuleType("deeplabcut")
made.extract_outlier_frames = lambda config, videos, **told: calls.append([config, videos, told])
for name in ("deeplabcut.utils", "deeplabcut.utils.auxiliaryfunctions"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["deeplabcut.utils.auxiliaryfunctions"].read_config = lambda config: {"numframes2pick": 2}
sys.modules["deeplabcut"] = made
exec(open(sys.argv[1]).read(), {"__name__": "__main__"})
print(json.dumps(calls))
"""


def walk(frames: int = 100, jumps: tuple[int, ...] = ()) -> list[str]:
    """Return the rows of an animal that walks 2 px a frame and is elsewhere in the frames ``jumps``."""
    return [f"{frame},0,{2 * frame},{500 if frame in jumps else 40}" for frame in range(frames)]


@rewound
def walks(lab: Lab) -> None:
    """A project of three finished videos on two days: an animal jumps in two of them."""
    configure(lab)
    put(lab, "d1/calm.avi", walk())
    put(lab, "d1/jumps.avi", walk(jumps=(20, 60)))
    put(lab, "d2/deep/jumps.avi", walk(jumps=(0, 45)))
    lab.go()


def chosen(lab: Lab) -> list[tuple[str, ...]]:
    """Return day, video, frame, animal and why of each row of the table."""
    with (lab.root / "Results/joined/labels/frames.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [tuple(row[key] for key in ("day", "video", "frame", "animal", "why")) for row in rows]


def test_the_frames_of_all_videos_stand_in_a_table(walks: Lab) -> None:
    """Each frame has its day, video, animal and reason; a video in which all is well has none."""
    ran = walks.rt("labels")
    assert ran.code == 0, ran
    both = "jump; far from its neighbours"
    assert chosen(walks) == [
        ("d1", "d1/jumps.avi", "20", "0", both),
        ("d1", "d1/jumps.avi", "60", "0", both),
        ("d2", "d2/deep/jumps.avi", "1", "0", both),
        ("d2", "d2/deep/jumps.avi", "45", "0", both),
    ]
    table = "Results/joined/labels/frames.csv"
    assert f"4 frames of 2 videos are most worth labelling (3 looked at): {table}\n  4 jump\n" in ran.out
    assert "Fewer than 200: nothing speaks for any other frame.\n" in ran.out
    assert "Label them" not in ran.out


def test_the_number_is_kept_and_a_choice_is_made_again_alike(walks: Lab) -> None:
    """Of more frames the asked number is chosen, spread over the videos; twice the same."""
    assert walks.rt("labels", "--frames", "2").code == 0
    first = chosen(walks)
    assert [row[1] for row in first] == ["d1/jumps.avi", "d2/deep/jumps.avi"]
    assert walks.rt("labels", "--frames", "2").code == 0
    assert chosen(walks) == first


def test_the_time_of_a_frame_is_told_where_it_is_known(lab: Lab) -> None:
    """Uneven times are those of the table, not frames by a rate."""
    configure(lab, tracks={**TRACKS, "time": "seconds"})
    rows = [f"{row},{(0.5 if n < 50 else 1.5) + n / 10}" for n, row in enumerate(walk(jumps=(60,)))]
    lab.video("d1/a.avi", "\n".join(["frame,animal,x,y,seconds", *rows]) + "\n")
    lab.go()
    ran = lab.rt("labels", "--into", "mine here")
    assert ran.code == 0, ran
    with (lab.root / "mine here/frames.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["frame"], row["time_s"]) for row in csv.DictReader(file)] == [("60", "7.500")]


def test_a_day_is_what_project_yml_says(walks: Lab) -> None:
    """The choice spreads over the days of the project, however many folders they have."""
    walks.settings(day="{a}/{b}")
    walks.rt("labels")
    assert {row[0] for row in chosen(walks)} == {"", "d2/deep"}


def test_a_result_that_cannot_be_read_is_named(walks: Lab) -> None:
    """A finished video whose result cannot be read for it is named with the reason; the others are chosen from."""
    lines = walk()
    put(walks, "d1/odd.avi", [*lines[:5], lines[3], *lines[5:]])
    walks.go()
    ran = walks.rt("labels")
    assert ran.code == 1
    assert "Not looked at: d1/odd.avi: Results/d1/odd.csv has the animal 0 twice in frame 3" in ran.out
    assert "(3 looked at)" in ran.out
    assert len(chosen(walks)) == 4


@pytest.mark.parametrize(("calm", "said"), [(True, "No frame of 1 video stands out."), (False, "None of the videos")])
def test_nothing_to_label_is_said(lab: Lab, calm: bool, said: str) -> None:
    """Where no video is finished, or in none a frame stands out, that is said; the second is fine."""
    configure(lab)
    put(lab, "d1/calm.avi", walk())
    if calm:
        lab.go()
    ran = lab.rt("labels")
    assert ran.code == (0 if calm else 1)
    assert said in ran.out
    assert "Label them" not in ran.out


def test_a_tracker_that_does_not_say_where_animals_are_is_told_so(lab: Lab) -> None:
    """The line names tracker.yml and the key."""
    lab.videos(1)
    lab.go()
    ran = lab.rt("labels")
    assert ran.code == 1
    assert 'does not say where animals were. Write "tracks" into it' in ran.err


def test_the_program_for_deeplabcut_gives_it_every_frame(walks: Lab) -> None:
    """DeepLabCut takes so many frames a call as its config.yaml says, and never the first; none is lost."""
    put(walks, "d1/it's.avi", walk(jumps=(0, 20, 40, 60, 80)))
    walks.go()
    ran = walks.rt("labels", "--form", "deeplabcut")
    assert ran.code == 0, ran
    program = "Results/joined/labels/extract_frames.py"
    assert ran.out.endswith(f"Label them:  python {program}   (in the Python of DeepLabCut)\n")
    done = subprocess.run(
        [sys.executable, "-c", DEEPLABCUT, walks.root / program], capture_output=True, text=True, check=True
    )
    given: dict[str, list[int]] = {}
    for config, (video,), told in json.loads(done.stdout):
        assert config == f"{walks.root}/config.yaml"
        assert len(told["frames2use"]) <= 2
        assert told["outlieralgorithm"] == "list"
        assert told["automatic"] is True
        given.setdefault(str(Path(video).relative_to(walks.root / "RawVideos")), []).extend(told["frames2use"])
    named: dict[str, list[int]] = {}
    for _, video, frame, *_ in chosen(walks):
        named.setdefault(video, []).append(int(frame))
    assert given == named
    assert named["d1/it's.avi"] == [1, 20, 40, 60, 80]
    assert not any(0 in frames for frames in given.values())


def test_sleap_io_is_asked_for_by_name(walks: Lab) -> None:
    """Without sleap-io the line that installs it is printed, and nothing is written."""
    ran = walks.rt("labels", "--form", "slp", PYTHONPATH="")
    assert ran.code == 1
    assert "labels needs sleap-io" in ran.err
    assert "-m pip install sleap-io" in ran.err
    assert not (walks.root / "Results/joined").exists()


def test_positions_that_are_no_pixels_are_no_labels_for_sleap(lab: Lab) -> None:
    """Micrometres are refused before anything is read; the line names what to type."""
    configure(lab, tracks={**TRACKS, "unit": "um"})
    ran = lab.rt("labels", "--form", "slp")
    assert ran.code == 1
    assert ran.err == "The tracker's positions are in um, and SLEAP needs pixels. Type: --form csv\n"
