"""./rt picture makes the pictures that are asked for, and says what became of them."""

from __future__ import annotations

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
from lab import LIST_DAY, Lab
from remote_tracker.config import load_project
from remote_tracker.pictures.places import load_sprites
from rewinding import rewound

from pictures.drawn_lab import configure, pictures, put


@rewound
def drawn(lab: Lab) -> None:
    """Three finished videos of two days, and one that is not finished."""
    configure(lab)
    for name in ("d1/a", "d1/-b $(x)", "d2/a"):
        put(lab, name)
    lab.go()
    put(lab, "d1/new")


def say(lab: Lab, *names: str, code: int = 0) -> list[str]:
    """Return the lines that the verb prints below its heading."""
    ran = lab.rt("picture", *names)
    assert ran.code == code, ran
    return ran.out.splitlines()[1:]


def test_all_finished_videos(drawn: Lab) -> None:
    """Without a name all finished videos are drawn; a second time they are kept."""
    assert say(drawn) == ["3 pictures in Results/report/pictures/, one a video."]
    assert sorted(pictures(drawn)) == ["d1/-b $(x).avi.png", "d1/a.avi.png", "d2/a.avi.png"]
    assert say(drawn) == ["3 pictures in Results/report/pictures/, one a video, 3 of them as before."]


def test_a_video_and_a_day(drawn: Lab) -> None:
    """A name means a video, a day its videos; the pictures and thumbnails of others stay."""
    assert say(drawn, "d2/a.avi") == ["Results/report/pictures/d2/a.avi.png"]
    assert say(drawn, "--", "-b $(x)") == ["Results/report/pictures/d1/-b $(x).avi.png"]
    assert say(drawn, "d1", code=1) == [
        "2 pictures in Results/report/pictures/, one a video, 1 of them as before.",
        "No picture: d1/new.avi: it is not finished (to do)",
    ]
    assert len(pictures(drawn)) == 3
    cells = {day: sorted(one.cells) for day, one in load_sprites(load_project(drawn.root)).items()}
    assert cells == {"d1": ["d1/-b $(x).avi", "d1/a.avi"], "d2": ["d2/a.avi"]}


def test_what_fails_is_named(drawn: Lab) -> None:
    """A picture that cannot be made is named with the reason; the others are made."""
    drawn.result("d1/a.csv").write_text("frame,animal,x\n0,0,1\n")
    lines = say(drawn, code=1)
    assert lines[0].startswith("2 pictures ")
    assert lines[1] == 'No picture: d1/a.avi: Results/d1/a.csv has no column "y"; it has frame, animal, x'


def test_a_name_that_means_nothing(drawn: Lab) -> None:
    """A name that means no video is wrong use."""
    ran = drawn.rt("picture", "nothing")
    assert (ran.code, ran.out) == (2, "")
    assert 'called "nothing"' in ran.err


def test_nothing_is_finished(lab: Lab) -> None:
    """Where no video is finished there is nothing to draw, which is no failure."""
    configure(lab)
    put(lab, "d1/a")
    assert say(lab) == ["No video is finished yet: there is nothing to draw."]


def test_a_tracker_that_says_nothing_of_animals(lab: Lab) -> None:
    """Where no step says where animals were, the tracker.yml is named, and what to write into it."""
    lab.videos(1)
    for verb in (("picture",), ("preview", "v1")):
        ran = lab.rt(*verb)
        assert (ran.code, ran.out) == (1, "")
        assert 'the step "copy" does not say where animals were. Write "tracks" into it' in ran.err


def test_a_report_folder_is_no_day(lab: Lab) -> None:
    """Whatever lies in Results/report is no input of a step: a table there makes no day, and is not read."""
    configure(lab)
    day = {
        **LIST_DAY,
        "input": {"table": "Results/{day}/{subdir}/{name}.csv"},
        "command": "cat {{ input.table }} > {{ output.list }}",
    }
    lab.tracker(day, **told(lab))
    put(lab, "d1/a")
    lab.go()
    for folder in ("report/previews/d9", "report", "joined"):
        place = lab.result(folder)
        place.mkdir(parents=True, exist_ok=True)
        (place / "b.csv").write_text("frame,animal,x,y\n")
    ran = lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    assert "1\tTotal files to be processed." in ran.out, ran
    listed = (lab.root / "summarizer/batches/0001/files2process.txt").read_text()
    assert "report" not in listed
    assert "joined" not in listed


@pytest.mark.parametrize(("day", "verb"), [("joined", "./rt join"), ("report", "./rt report")])
def test_a_day_that_is_called_as_ours(lab: Lab, day: str, verb: str) -> None:
    """Videos in a folder that is called as one of ours would get lost in the join: it says to rename the folder."""
    listing = {**LIST_DAY, "input": {"copy": "Results/{day}/{subdir}/{name}.txt"}}
    lab.tracker(listing)
    lab.video("d1/a.avi")
    lab.video(f"{day}/a.avi")
    lab.go()
    for table in ("filenames", "features"):
        lab.result(f"d1/{table}_summary.csv").write_text(
            "file_id,filename,is_good\n" if table == "filenames" else "file_id\n"
        )
    ran = lab.rt("join")
    assert ran.code == 1
    assert f'A day is called "{day}", as the folder of Results where {verb} writes: rename it.' in ran.err


def told(lab: Lab) -> dict[str, object]:
    """Return what the tracker of the tests declares of its first step."""
    import yaml

    stage = yaml.safe_load((lab.root / "site/trackers/tiny/tracker.yml").read_text())["stages"][0]
    return {key: value for key, value in stage.items() if key not in ("name", "help")}
