"""The tracker tierpsy through a project's own three lines, on a stand-in that behaves as Tierpsy was measured."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("h5py", reason="h5py is not installed")
pytest.importorskip("cv2", reason="opencv-python-headless is not installed")

import h5py
from worms import ALL, KINDS, Worms, cut

pytestmark = pytest.mark.drawn(4, of="whole runs")  # of those without a mark of their own

LATE = os.stat(__file__).st_mtime  # after each video of a test


def finish(worms: Worms, count: int = 1) -> None:
    """Scan and process; all of ``count`` videos must be finished, with nothing left in work folders."""
    ran = worms.go()
    assert ran.code == 0, ran.out + worms.log(worms.batches()[-1], 1)
    assert worms.counts() == {"finished": count}
    assert worms.kept() == []


@pytest.mark.drawn("all")
def test_raw_videos_in_three_lines(worms: Worms) -> None:
    """Videos of several formats and depths are scanned, processed and finished: four files each, all twelve points."""
    worms.film("20260101/plateA.avi")
    worms.film("20260101/set 2/plateB.MP4")
    worms.film("top.mkv")
    assert worms.counts() == {"unprocessed": 3}
    finish(worms, 3)
    for name in ("20260101/plateA", "20260101/set 2/plateB", "top"):
        assert len(worms.places(name)) == len(KINDS)
        assert worms.points(name) == list(ALL)
    assert worms.called() == [list(ALL)] * 3


HOSTILE = ["a b.avi", "-x.avi", "$(touch oops) 'q\".avi", "größe 測試.v2.avi", ";|&[1]*?.avi"]


def test_hostile_names(worms: Worms) -> None:
    """A video may be called anything, and so may its day."""
    for name in HOSTILE:
        worms.film(f"{name}/{name}")
    finish(worms, len(HOSTILE))
    for name in HOSTILE:
        assert worms.points(f"{name}/{name.rpartition('.')[0]}") == list(ALL), name
    assert not list(worms.root.rglob("oops"))


def test_masked_videos(worms: Worms) -> None:
    """With start_from: masked the masks are read where they lie, and are not changed."""
    worms.unmanaged(worms.film("d1/a.avi"), "COMPRESS")
    (mask,) = worms.places("d1/a")
    before = mask.read_bytes()
    shutil.rmtree(worms.root / "RawVideos" / "d1")
    worms.choose(start_from="masked")
    os.utime(mask, (LATE - 9e6, LATE - 9e6))
    finish(worms)
    assert worms.called() == [list(ALL[1:])]
    assert worms.points("d1/a") == list(ALL)
    assert mask.read_bytes() == before


def test_imgstores(worms: Worms) -> None:
    """An imgstore is one video: its chunks are none, and its results lie in a folder of its name."""
    worms.choose(pattern_include="metadata.yaml")
    worms.store("d1/run1.2259")
    worms.film("d1/plain.avi")
    assert worms.counts() == {"unprocessed": 1}
    finish(worms)
    assert [path.name for path in worms.places("d1/run1.2259/metadata")] == [f"metadata{kind}.hdf5" for kind in KINDS]


@pytest.mark.parametrize("form", [".avi", ".mp4"])
@pytest.mark.drawn(1)
def test_chunks_of_an_imgstore_are_no_videos(worms: Worms, form: str) -> None:
    """With the pattern of videos none is listed, and the last line says what to write; that is then taken."""
    worms.store("d1/run1.2259", form=form)
    ran = worms.scan()
    assert "0\tTotal files to be processed." in ran.out
    said = (
        "RawVideos/d1/run1.2259 is an imgstore: its chunks are no videos. To read imgstores write into project.yml:  "
    )
    assert f"{said}params: {{pattern_include: metadata.yaml}}\n" in ran.out
    assert ran.out.splitlines()[-1] == (
        "No videos found. Next:  write  params: {pattern_include: metadata.yaml}  into project.yml, then scan again"
    )
    assert worms.look()["imgstores"] == ["RawVideos/d1/run1.2259"]
    worms.store("d2/run2")
    worms.film("d1/plain.avi")
    ran = worms.scan()
    assert "2 imgstores, as RawVideos/d1/run1.2259: their chunks are no videos." in ran.out
    assert "1 video found. Next:  bash process_all.sh" in ran.out
    worms.choose(pattern_include="metadata.yaml")
    finish(worms, 2)
    assert "imgstore" not in worms.scan().out


def test_an_imgstore_without_its_end(worms: Worms) -> None:
    """One whose last chunk is full was not copied to its end: it is invalid, unless check_frames is false."""
    worms.choose(pattern_include="metadata.yaml")
    worms.store("d1/cut", (6, 6), ".mp4")
    worms.store("d1/whole", (6, 6, 0), ".mp4")
    assert worms.counts() == {"invalid": 1, "unprocessed": 1}
    assert "d1/cut/metadata.yaml: cut: ends with a full chunk, 000001 with 6 frames" in worms.scan().out
    worms.choose(pattern_include="metadata.yaml", check_frames=False)
    finish(worms, 2)


def test_imgstore_of_which_frames_were_lost(worms: Worms) -> None:
    """A store whose mask has fewer frames than its indexes list is no result."""
    worms.choose(pattern_include="*.yaml")
    worms.store("d1/run1")
    worms.scan()
    copied = worms.root / "site_tierpsy"
    shutil.copytree(Path(__file__).parents[1] / "standins" / "trackers" / "tierpsy", copied)
    program = copied / "tierpsy/processing/ProcessLocal.py"
    text = program.read_text()
    assert "return sum(len(" in text
    program.write_text(text.replace("return sum(len(", "return -2 + sum(len("))
    worms.bring_tierpsy(PYTHONPATH=str(copied))
    assert worms.process().code == 1
    assert "metadata.yaml promises 12 frames, 10 were read" in worms.log(1, 1)


@pytest.mark.parametrize(
    ("include", "exclude", "found"),
    [
        ("*.avi", "", {"d1/plate1.avi", "d1/test1.avi"}),
        ("plate*.avi|*.mp4", "", {"d1/plate1.avi", "d1/film.mp4"}),
        ("*.avi|*.mp4", "test*|film*", {"d1/plate1.avi"}),
        ("plate?.avi", "", {"d1/plate1.avi"}),
    ],
)
def test_what_is_a_video(worms: Worms, include: str, exclude: str, found: set[str]) -> None:
    """pattern_include and pattern_exclude are Tierpsy's, with | between several."""
    for name in ("plate1.avi", "test1.avi", "film.mp4"):
        worms.film(f"d1/{name}")
    worms.choose(pattern_include=include, pattern_exclude=exclude)
    worms.scan()
    listed = (worms.workspace / "files2process.txt").read_text()
    assert {name for name in ("d1/plate1.avi", "d1/test1.avi", "d1/film.mp4") if name in listed} == found


ENDS = [
    ("COMPRESS", 1),
    ("TRAJ_CREATE", 2),
    ("BLOB_FEATS", 2),
    ("SKE_ORIENT", 2),
    ("INT_PROFILE", 3),
    ("INT_SKE_ORIENT", 3),
    ("FEAT_INIT", 4),
]


@pytest.mark.parametrize(("end", "files"), ENDS)
@pytest.mark.drawn(2)
def test_end_point_and_then_the_rest(worms: Worms, end: str, files: int) -> None:
    """With an end_point just the files up to it are made and asked for; without it the rest is made, and no more."""
    worms.film("d1/a.avi")
    worms.choose(end_point=end)
    finish(worms)
    made = ALL[: ALL.index(end) + 1]
    assert worms.points("d1/a") == list(made)
    assert len(worms.places("d1/a")) == files
    worms.choose()
    worms.go()
    assert worms.points("d1/a") == list(ALL)
    assert worms.called()[1] == list(ALL[len(made) :])


def test_an_end_point_without_its_node_is_no_result(worms: Worms) -> None:
    """The point asked for must be in its own file: that files are there proves nothing."""
    worms.film("d1/a.avi")
    worms.choose(end_point="SKE_ORIENT")
    finish(worms)
    with h5py.File(worms.places("d1/a")[1], "a") as file:
        del file["provenance_tracking/SKE_ORIENT"]
    assert worms.counts() == {"incomplete": 1}


def test_force_start_point_trims_the_list(worms: Worms) -> None:
    """What lies before the start is not made; a video that was made up to there goes on, another one says why not."""
    worms.film("d1/a.avi")
    worms.choose(force_start_point="FEAT_INIT")
    assert worms.go().code == 1
    assert "FEAT_INIT was not made; FEAT_INIT needs what comes before it" in worms.log(1, 1)
    worms.choose(end_point="INT_SKE_ORIENT")
    worms.rt("retry")
    worms.go()
    worms.choose(force_start_point="FEAT_INIT")
    worms.go()
    assert worms.called()[-1] == ["FEAT_INIT", "FEAT_TIERPSY"]
    assert worms.points("d1/a") == list(ALL)


@pytest.mark.parametrize("points", [ALL[:4], ALL[4:8], ALL[8:]], ids=" ".join)
@pytest.mark.drawn(1)
def test_a_killed_task_goes_on_at_its_point(worms: Worms, points: tuple[str, ...]) -> None:
    """Killed in the middle of any checkpoint, the next attempt begins with that one and finishes; a video for each."""
    for point in points:
        worms.film(f"d1/in_{point}.avi")
    worms.bring_tierpsy(TIERPSY_DIE_IN=",".join(f"{point}:in_{point}" for point in points))
    assert worms.go().code == 1
    assert [worms.places(f"d1/in_{point}") for point in points] == [[]] * len(points)
    worms.bring_tierpsy()
    finish(worms, len(points))
    for point in points:
        assert worms.called(f"in_{point}.avi") == [list(ALL), list(ALL[ALL.index(point) :])]


def test_what_an_unmanaged_run_left_is_taken_over(worms: Worms) -> None:
    """A project in which Tierpsy was run by hand, and broke off, goes on from there; its files are not lost before."""
    video = worms.film("d1/a.avi")
    assert worms.unmanaged(video, TIERPSY_DIE_IN="SKE_CREATE") == -9
    assert worms.counts() == {"incomplete": 1}
    finish(worms)
    assert worms.called() == [list(ALL[ALL.index("SKE_CREATE") :])]


def test_an_unmanaged_run_of_another_video_is_not_taken_over(worms: Worms) -> None:
    """Results older than the video, or with other frames than it has, are of another one: all is made anew."""
    worms.unmanaged(worms.film("d1/a.avi"), TIERPSY_DIE_IN="SKE_CREATE")
    worms.unmanaged(worms.film("d1/b.avi", 9), TIERPSY_DIE_IN="SKE_CREATE")
    worms.film("d1/b.avi", 12)
    for path in worms.places("d1/a"):
        os.utime(path, (1, 1))
    finish(worms, 2)
    assert worms.called() == [list(ALL)] * 2
    assert worms.frames("d1/b") == 12


@pytest.mark.parametrize("what", ["video", "parameters"])
@pytest.mark.drawn(1)
def test_what_changed_between_attempts_is_begun_anew(worms: Worms, what: str) -> None:
    """After a kill the video was replaced, or the parameters edited: nothing of the first attempt is used."""
    worms.film("d1/a.avi", 12)
    worms.bring_tierpsy(TIERPSY_DIE_IN="FEAT_INIT")
    worms.go()
    worms.bring_tierpsy()
    if what == "video":
        worms.film("d1/a.avi", 15, age=-99)  # cp -p of an older one
    else:
        worms.parameters(strel_size=7)
    finish(worms)
    assert worms.called() == [list(ALL), list(ALL)]
    assert worms.frames("d1/a") == (15 if what == "video" else 12)


def test_a_replaced_video_is_made_anew_from_its_first_point(worms: Worms) -> None:
    """A finished video that is replaced is processed again whole: its old mask is not taken for the new one's."""
    worms.film("d1/a.avi", 12)
    finish(worms)
    worms.film("d1/a.avi", 15, age=60)
    worms.go()
    assert worms.called() == [list(ALL), list(ALL)]
    assert worms.frames("d1/a") == 15


DAMAGE = {
    "truncated mask": (0, cut),
    "lost mask": (0, Path.unlink),
    "truncated skeletons": (1, cut),
    "lost skeletons": (1, Path.unlink),
    "lost intensities": (2, Path.unlink),
    "truncated features": (3, cut),
}


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.drawn(2)
def test_damage_that_tierpsy_never_heals(worms: Worms, what: str) -> None:
    """A file of an attempt that was killed and that is cut short or lost is made again, with all made from it."""
    worms.film("d1/a.avi")
    number, harm = DAMAGE[what]
    worms.bring_tierpsy(TIERPSY_DIE_IN="FEAT_TIERPSY")
    worms.go()
    worms.bring_tierpsy()
    harm(worms.places("d1/a", worms.work_folder())[number])
    finish(worms)
    assert worms.points("d1/a") == list(ALL)
    assert worms.frames("d1/a") == 12


def test_damage_in_the_project_that_tierpsy_never_heals(worms: Worms) -> None:
    """So is a file that Tierpsy, run by hand, left in the project; a video for each kind of damage."""
    names = [f"d1/{what.replace(' ', '_')}" for what in DAMAGE]
    for name, (number, harm) in zip(names, DAMAGE.values(), strict=True):
        worms.unmanaged(worms.film(f"{name}.avi"))
        harm(worms.places(name)[number])
    finish(worms, len(DAMAGE))
    assert [worms.points(name) for name in names] == [list(ALL)] * len(DAMAGE)
    assert [worms.frames(name) for name in names] == [12] * len(DAMAGE)


def test_the_stand_in_is_stuck_without_us(worms: Worms) -> None:
    """What was measured: after truncated skeletons a rerun of Tierpsy ends with 0, and keeps the old features."""
    video = worms.film("d1/a.avi")
    worms.unmanaged(video)
    features = worms.places("d1/a")[3]
    before = features.read_bytes()
    cut(worms.places("d1/a")[1])
    assert [worms.unmanaged(video), worms.unmanaged(video)] == [0, 0]
    assert features.read_bytes() == before


@pytest.mark.drawn(1, of="places")
def test_two_projects_with_one_tmp_dir(worms: Worms, tmp_path: Path) -> None:
    """Two projects may share a tmp_dir and have videos of one name: each gets its own results, and tmp_dir is empty."""
    fast = tmp_path / "fast disk"
    fast.mkdir()
    other = Worms(tmp_path / "other" / "tierpsy_myproject", tmp_path / "other_home")
    other.home.mkdir()
    shutil.copytree(worms.root, other.root, symlinks=True)
    for project, frames in ((worms, 12), (other, 15)):
        project.film("d1/a.avi", frames)
        project.choose(tmp_dir=str(fast))
        project.bring_tierpsy(TIERPSY_DIE_IN="SKE_CREATE")
        assert project.go().code == 1
    assert len(list(fast.rglob("a.hdf5"))) == 2
    for project, frames in ((worms, 12), (other, 15)):
        project.bring_tierpsy()
        finish(project)
        assert project.frames("d1/a") == frames
        assert project.called()[1][0] == "SKE_CREATE"
    assert list(fast.iterdir()) == []
    other.clear()


@pytest.mark.parametrize("ways", [("", "A"), ("A", ""), ("A", "B")])
@pytest.mark.drawn(1)
def test_a_change_of_tmp_dir_goes_on(worms: Worms, tmp_path: Path, ways: tuple[str, str]) -> None:
    """Killed with one tmp_dir (or none), a video goes on with another, and nothing is left behind in either."""
    worms.film("d1/a.avi")
    folders = [str(tmp_path / way) if way else "" for way in ways]
    worms.choose(tmp_dir=folders[0])
    worms.bring_tierpsy(TIERPSY_DIE_IN="SKE_CREATE")
    worms.go()
    worms.bring_tierpsy()
    worms.choose(tmp_dir=folders[1])
    finish(worms)
    assert worms.called()[1][0] == "SKE_CREATE"
    assert not [path for folder in filter(None, folders) for path in Path(folder).rglob("*") if path.is_file()]


@pytest.mark.drawn(1, of="places")
def test_copy_unfinished_brings_back_what_was_made(worms: Worms, tmp_path: Path) -> None:
    """From a tmp_dir that another node does not see, a failed attempt's files are brought back where that is asked."""
    worms.film("d1/a.avi")
    worms.choose(tmp_dir=str(tmp_path / "fast"), copy_unfinished=True, is_copy_video=True, end_point="")
    worms.bring_tierpsy(TIERPSY_DIE_IN="SKE_CREATE")
    worms.go()
    shutil.rmtree(tmp_path / "fast")
    worms.bring_tierpsy()
    finish(worms)
    assert worms.called()[1][0] == "SKE_CREATE"


@pytest.mark.drawn(1, of="places")
def test_where_it_works_changes_no_result(worms: Worms, tmp_path: Path) -> None:
    """Another tmp_dir is no other set of parameters: finished videos stay as they are, with nothing to even out."""
    worms.film("d1/a.avi")
    finish(worms)
    worms.choose(tmp_dir=str(tmp_path / "fast"), is_copy_video=True)
    assert "other" not in worms.scan().out
    worms.choose(end_point="COMPRESS")
    assert "made with" in worms.scan().out


def test_unreadable_video(worms: Worms) -> None:
    """A video that cannot be opened is invalid; one that Tierpsy cannot read fails, though its exit code is 0."""
    bad = worms.film("d1/bad.avi")
    bad.write_bytes(b"no video at all" * 99)
    os.utime(bad, (1_700_000_000, 1_700_000_000))
    worms.film("d1/a.avi")
    worms.bring_tierpsy(TIERPSY_READS="0")
    assert worms.go().code == 1
    assert worms.counts() == {"incomplete": 1, "invalid": 1}
    assert "Tierpsy could not read the video" in worms.log(1, 1).splitlines()[-1]


def test_half_a_video(worms: Worms) -> None:
    """A video that was cut in half is invalid; one of which Tierpsy read half is a bad result, and is read again."""
    whole = worms.film("d1/half.avi", 40)
    cut(whole)
    os.utime(whole, (1_700_000_000, 1_700_000_000))
    worms.film("d1/a.avi", 40)
    worms.bring_tierpsy(TIERPSY_READS="20")
    assert worms.go().code == 1
    assert worms.counts() == {"incomplete": 1, "invalid": 1}
    assert "/mean_intensity is 20, expected 40" in worms.log(1, 1).splitlines()[-1]
    worms.bring_tierpsy()
    worms.go()
    assert worms.frames("d1/a") == 40
    assert worms.called()[-1] == list(ALL)


def test_a_video_of_a_multiple_of_the_buffer(worms: Worms) -> None:
    """Where Tierpsy writes the last frames into the mask twice, the video is finished all the same."""
    worms.film("d1/a.avi", 50)
    finish(worms)
    with h5py.File(worms.root / "MaskedVideos/d1/a.hdf5") as file:
        assert len(file["mask"]) == 75


def test_unknown_key_is_refused_by_name(worms: Worms) -> None:
    """A key that no version of Tierpsy knows is named by the first scan; nothing is listed."""
    worms.film("d1/a.avi")
    worms.parameters(thresh_c=15)
    ran = worms.scan()
    assert ran.code == 1
    assert 'AuxiliaryFiles/hydra_96wp.json: unknown key "thresh_c". Did you mean thresh_C?' in ran.err
    assert not worms.batches()


def test_a_key_of_a_later_version_fails_with_tierpsys_own_words(worms: Worms) -> None:
    """MWP_mapping is fine for a scan; a Tierpsy that does not know it says so in the log, and the task fails."""
    worms.film("d1/a.avi")
    worms.parameters(MWP_mapping="HYDRA_96WP_UPRIGHT.json")
    assert worms.go().code == 1
    assert 'ValueError: Parameter "MWP_mapping" is not a valid parameter' in worms.log(1, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "nn_filter_to_use asks for the network pytorch_default, and it is not in "),
        ({"nn_filter_to_use": "tensorflow_default"}, "asks for the network tensorflow_default, and it is not in "),
        ({"nn_filter_to_use": "custom"}, "asks for the network custom, and there is none at path_to_custom_pytorch_m"),
        ({"nn_filter_to_use": "none"}, ""),
    ],
)
@pytest.mark.drawn(1)
def test_a_network_that_is_not_there(worms: Worms, tmp_path: Path, changes: dict[str, str], said: str) -> None:
    """Tierpsy would filter nothing and say no more: nothing is listed; so it is again where the file changes later."""
    worms.film("d1/a.avi")
    worms.parameters(**changes)
    worms.bring_tierpsy(TIERPSY_EXTRAS=str(tmp_path / "nothing"))
    ran = worms.scan()
    assert said in ran.err
    assert (ran.code, bool(worms.batches())) == ((1, False) if said else (0, True))
    worms.parameters(nn_filter_to_use="none")
    assert worms.scan().code == 0
    worms.parameters(nn_filter_to_use="pytorch_default")
    assert "asks for the network pytorch_default" in worms.scan().err
    worms.choose(end_point="TRAJ_JOIN")  # before the filter
    assert worms.scan().code == 0


@pytest.mark.parametrize("place", ["AuxiliaryFiles/mine.pth", "/"])
@pytest.mark.drawn(1)
def test_a_network_of_ones_own(worms: Worms, tmp_path: Path, place: str) -> None:
    """A network that the parameter file names must be there; another one made other results and begins anew."""
    path = tmp_path / "mine.pth" if place == "/" else worms.root / place
    worms.film("d1/a.avi")
    worms.parameters(nn_filter_to_use="custom", path_to_custom_pytorch_model=str(path) if place == "/" else place)
    said = worms.scan().err
    assert f"path_to_custom_pytorch_model is {path if place == '/' else place}, and there is no such file" in said
    path.write_bytes(b"a network")
    worms.bring_tierpsy(TIERPSY_DIE_IN="SKE_CREATE")
    worms.go()
    path.write_bytes(b"another network")
    worms.bring_tierpsy()
    finish(worms)
    assert worms.called() == [list(ALL), list(ALL)]
    assert "other parameters" not in worms.scan().out
    path.write_bytes(b"a third network")
    assert "1 of 1 finished was made with other parameters" in worms.scan().out
    path.unlink()
    worms.film("d1/b.avi")
    assert "path_to_custom_pytorch_model" in worms.scan().err


def test_checkpoints_of_the_parameter_file(worms: Worms) -> None:
    """A parameter file that names fewer or other checkpoints is refused by the scan."""
    worms.film("d1/a.avi")
    worms.parameters(analysis_checkpoints=["COMPRESS", "FEAT_CREATE"])
    said = worms.scan()
    assert said.code == 1
    assert "analysis_checkpoints" in said.err, said.err
    assert "FEAT_CREATE" in said.err, said.err
    assert worms.called() == []


def test_without_tierpsy_nothing_is_listed(worms: Worms) -> None:
    """Where activate.sh brings no Tierpsy the first scan says so, and what to do."""
    worms.film("d1/a.avi")
    worms.bring_tierpsy(PYTHONPATH="/nowhere")
    ran = worms.scan()
    assert ran.code == 1
    assert "activate.sh must bring the environment in which Tierpsy is installed" in ran.err
    assert not worms.batches()


def test_a_video_done_by_hand_meanwhile_is_not_done_again(worms: Worms) -> None:
    """Listed, then finished by hand: the task finds no point left, and never passes an empty list to Tierpsy."""
    video = worms.film("d1/a.avi")
    worms.scan()
    worms.unmanaged(video)
    assert worms.process().code == 0
    assert worms.called() == []
    assert worms.counts() == {"finished": 1}
