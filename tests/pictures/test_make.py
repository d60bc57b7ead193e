"""Pictures are made of what is new, kept where nothing has changed, and no failure stops the others."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
import numpy as np
from baking import make_once
from exports import tidy_lab
from lab import Lab, copy_tree
from remote_tracker.config import load_project
from remote_tracker.pictures import kept, sprites
from remote_tracker.pictures import make as making
from remote_tracker.pictures.palette import painted
from remote_tracker.pictures.places import load_sprites, picture_path
from remote_tracker.pictures.png import read_png

from pictures.drawn_lab import configure, make, pictures, put, write_video

HOSTILE = ["a", "b $(x) 'ü' <script>", "-rf *.png", "ü" * 100]


@pytest.fixture
def drawn(lab: Lab, blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two days of finished videos, with names from hell."""

    def finish(place: Path) -> Path:
        made = Lab(copy_tree(blank, place / "project"), place)
        made.settings()
        configure(made)
        for name in HOSTILE:
            put(made, f"d1/{name}")
        put(made, "d 2/a")
        made.go()
        return made.root

    finished = make_once(tmp_path_factory, "drawn", finish)
    shutil.rmtree(lab.root)
    copy_tree(finished, lab.root)
    return lab


def test_a_picture_and_a_thumbnail_for_each_finished_video(drawn: Lab) -> None:
    """Each finished video has a picture at its day and name, and a cell in the thumbnails of its day."""
    put(drawn, "d1/unfinished")
    done = make(drawn)
    assert (done.made, done.kept, done.failed, done.lacks) == (5, 0, {}, "")
    project = load_project(drawn.root)
    videos = [f"d1/{name}.avi" for name in HOSTILE] + ["d 2/a.avi"]
    assert all(picture_path(project, video).is_file() for video in videos)
    assert len(pictures(drawn)) == 5
    found = load_sprites(project)
    assert {day: sorted(one.cells) for day, one in found.items()} == {"d1": sorted(videos[:4]), "d 2": videos[4:]}
    for one in found.values():
        sheet = read_png((drawn.root / "Results" / one.file).read_bytes())
        assert sheet.shape[1] == one.columns * one.width
        assert sheet.shape[0] >= (max(one.cells.values()) // one.columns + 1) * one.height


def test_what_has_not_changed_is_kept(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second time nothing is drawn, and no file is written."""
    make(drawn)
    before = {path: path.stat().st_mtime_ns for path in (drawn.root / "Results/report").rglob("*")}
    monkeypatch.setattr(making, "_draw", lambda *_: pytest.fail("drawn again"))
    done = make(drawn)
    assert (done.made, done.kept) == (0, 5)
    assert {path: path.stat().st_mtime_ns for path in (drawn.root / "Results/report").rglob("*")} == before


def test_a_new_result_is_drawn_anew(drawn: Lab) -> None:
    """Of a video that was made again the picture and the thumbnail are made anew, those of the others stay."""
    make(drawn)
    before, small = pictures(drawn), small_of(drawn, "d1")
    put(drawn, "d1/a", animals=4)
    assert drawn.rt("redo", "--yes", "d1/a.avi").code == 0
    drawn.go()
    done = make(drawn)
    assert (done.made, done.kept) == (1, 4)
    assert changed(before, pictures(drawn)) == {"d1/a.avi.png"}
    assert changed(small, small_of(drawn, "d1")) == {"d1/a.avi"}


def test_a_changed_result_is_drawn_anew(drawn: Lab) -> None:
    """So is a result that somebody edited, whose record tells of another content."""
    make(drawn)
    before = pictures(drawn)
    with drawn.result("d1/a.csv").open("a") as file:
        file.write("5,0,150,100\n")
    make(drawn)
    assert changed(before, pictures(drawn)) == {"d1/a.avi.png"}


def test_another_way_of_drawing_draws_all_anew(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update that draws otherwise all pictures are made anew."""
    make(drawn)
    monkeypatch.setattr(kept, "drawing", lambda: "another")
    assert make(drawn).made == 5


@pytest.mark.parametrize("lost", ["pictures/d1/a.avi.png", "d1.thumbs.png"])
def test_a_lost_file_is_made_again(drawn: Lab, lost: str) -> None:
    """A picture or a file of thumbnails that somebody removed is there again, as it was."""
    make(drawn)
    path = drawn.root / "Results/report" / lost
    before = path.read_bytes()
    path.unlink()
    make(drawn)
    assert path.read_bytes() == before


def test_a_damaged_file_of_thumbnails_is_made_again(drawn: Lab) -> None:
    """Where a file of thumbnails is damaged, a new video of its day brings all of its thumbnails back."""
    make(drawn)
    path = drawn.root / "Results/report/d1.thumbs.png"
    path.write_bytes(path.read_bytes()[:-30])
    put(drawn, "d1/z")
    drawn.go()
    make(drawn)
    make(drawn)
    assert len(small_of(drawn, "d1")) == 5


def test_pictures_of_no_finished_video_are_removed(drawn: Lab) -> None:
    """A picture goes with its video and its result; what is not ours stays."""
    make(drawn)
    mine = drawn.root / "Results/report/pictures/d1/notes.txt"
    mine.write_text("mine")
    for path in (drawn.root / "RawVideos/d1/a.avi", drawn.root / "RawVideos/d1/a.csv", drawn.result("d1/a.csv")):
        path.unlink()
    for path in [*(drawn.root / "RawVideos/d 2").iterdir(), *drawn.result("d 2").iterdir()]:
        path.unlink()
    make(drawn)
    assert "d1/a.avi.png" not in pictures(drawn)
    assert {day: len(one.cells) for day, one in load_sprites(load_project(drawn.root)).items()} == {"d1": 3}
    assert sorted(path.name for path in (drawn.root / "Results/report").iterdir()) == ["d1.thumbs.png", "pictures"]
    assert mine.exists()


def test_one_that_fails_is_named_and_stops_no_other(drawn: Lab) -> None:
    """A damaged table is named with the reason, and its old picture, which shows another result, is gone."""
    make(drawn)
    drawn.result("d1/a.csv").write_text("frame,animal,x,y\n0,0,1,1\n0,0,2,2\n")
    put(drawn, "d1/z")
    drawn.go()
    done = make(drawn)
    assert done.failed == {"d1/a.avi": "Results/d1/a.csv has the animal 0 twice in frame 0"}
    assert "d1/a.avi.png" not in pictures(drawn)
    assert "d1/z.avi.png" in pictures(drawn)
    assert "d1/a.avi" not in small_of(drawn, "d1")


def test_a_file_that_cannot_be_written_is_named(drawn: Lab) -> None:
    """Where a picture cannot be written the line names it; the others are made."""
    place = drawn.root / "Results/report/pictures/d1/a.avi.png"
    place.mkdir(parents=True)
    (place / "in the way").touch()
    done = make(drawn)
    assert [*done.failed] == ["d1/a.avi"]
    assert "a.avi.png: cannot be written" in done.failed["d1/a.avi"]
    assert done.made == 4


def test_each_few_pictures_are_remembered(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops it keeps what was made; the next one goes on there."""
    monkeypatch.setattr(making, "_AT_ONCE", 1)
    monkeypatch.setattr(making, "processes", lambda: 1)

    def stop(done: int, total: int) -> None:
        assert total == 5
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(drawn, tell=stop)
    assert make(drawn).kept == 2


def test_several_processes_make_the_same(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """In three processes the same files are made as in one."""
    make(drawn)
    before = pictures(drawn), small_of(drawn, "d1")
    for path in (drawn.root / "Results/report/pictures").rglob("*.png"):
        path.unlink()
    copies: list[int] = []
    real = making.run_copies
    monkeypatch.setattr(making, "processes", lambda: 3)
    monkeypatch.setattr(making, "run_copies", lambda work, parts: copies.append(len(parts)) or real(work, parts))
    make(drawn)
    assert copies == [3]
    assert (pictures(drawn), small_of(drawn, "d1")) == before


def test_processes_that_follow_each_other(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that begin once pictures were drawn draw as well, large frames, too, that OpenCV shares out."""
    monkeypatch.setattr(making, "processes", lambda: 2)
    monkeypatch.setattr(making, "_AT_ONCE", 1)
    monkeypatch.setattr(making, "_ALONE", 1)
    for name in ("a", "-rf *.png"):
        write_video(drawn.root / f"RawVideos/d1/{name}.avi", [np.full((1500, 2000), 200, np.uint8)])
    drawn.go()
    done = make(drawn)
    assert (done.made, done.failed) == (5, {})


def test_a_day_of_more_videos_than_a_browser_shows(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a day with too many videos the first have thumbnails; all have pictures, and none is made twice."""
    monkeypatch.setattr(sprites, "MOST", 2)
    assert make(drawn).made == 5
    assert len(small_of(drawn, "d1")) == 2
    assert make(drawn).kept == 5


def test_who_may_not_write_loses_nothing(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Results cannot be written each picture is named, and nothing raises."""
    (drawn.root / "Results/report").write_text("a file in the way")
    done = make(drawn)
    assert (done.made, len(done.failed)) == (0, 5)


def test_without_opencv_the_line_says_what_to_type(drawn: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenCV nothing is made, and a line installs it."""
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    done = make(drawn)
    assert done.made == done.kept == 0
    assert "Type: " in done.lacks
    assert shlex.split(done.lacks)[-1].endswith("pictures.requirements.txt")
    assert "\n" not in done.lacks


def test_a_tracker_that_says_nothing_of_animals_has_no_pictures(lab: Lab) -> None:
    """Where no step says where its animals are, nothing is made and nothing is complained about."""
    lab.videos(1)
    lab.go()
    done = make(lab)
    assert (done.made, done.failed, done.lacks) == (0, {}, "")


def test_pictures_are_no_results(drawn: Lab) -> None:
    """With pictures there the scan, the join and the day tables see what they saw before."""
    before = drawn.look()
    make(drawn)
    after = drawn.look()
    for found in (before, after):
        found.pop("time", None)
    assert after == before
    assert load_sprites(load_project(drawn.root))


def small_of(lab: Lab, day: str) -> dict[str, bytes]:
    """Return the thumbnails of a day."""
    sprite = load_sprites(load_project(lab.root)).get(day)
    return {video: image.tobytes() for video, image in sprites.load_small(lab.root / "Results", sprite).items()}


def changed(before: dict[str, object], after: dict[str, object]) -> set[str]:
    """Return what is new or other than before."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_what_no_thumbnail_takes_is_white(tmp_path: Path) -> None:
    """Three thumbnails leave a corner of their file, which is white, and are read back as they were."""
    small = {name: np.full((sprites.SMALL_HEIGHT, sprites.SMALL_WIDTH), 3, np.uint8) for name in "abc"}
    sprite = sprites.write_sprite(tmp_path, "d1", small)
    assert (painted(read_png((tmp_path / sprite.file).read_bytes()))[-1, -1] == 255).all()
    assert {name: int(image.max()) for name, image in sprites.load_small(tmp_path, sprite).items()} == dict.fromkeys(
        "abc", 3
    )


def test_an_archived_video_has_a_picture(lab: Lab) -> None:
    """Of a video that was archived the tracks are drawn over a blank ground; so are those of what is no video."""
    tidy_lab.configure(lab)
    for name in ("d1/a.avi", "d1/b.avi"):
        tidy_lab.put(lab, name)
    lab.go()
    (lab.root / "RawVideos/d1/a.avi").unlink()
    done = make(lab)
    assert (done.made, done.failed) == (2, {})
    assert sorted(pictures(lab)) == ["d1/a.avi.png", "d1/b.avi.png"]
