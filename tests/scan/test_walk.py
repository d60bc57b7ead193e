"""From folders to what there is to process: which files are found, joined, spread and grouped, and in which order."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker.model import ListWildcard
from remote_tracker.model.pattern import read_pattern
from remote_tracker.scan import ExpectedOutput, Tree, find_units, look_inside
from remote_tracker.scan.tree import KEPT
from remote_tracker.scan.walk import find_matches

from scan.trees import VIDEO, keys_of, make_stage, problems_of, put, units_of

DEEP = "Results/{day}/{subdir}/{name}_tracks.csv"


def test_order_by_folder_and_name(tmp_path: Path) -> None:
    """Files come folder by folder, those of a folder before those of its folders, each sorted by name."""
    put(tmp_path, *(f"RawVideos/{p}.avi" for p in ("b/1", "b/a/1", "a/10", "a/9", "a/B", "z", "a b/x", "ü/x")))
    assert keys_of(tmp_path, make_stage()) == [
        f"{p}.avi" for p in ("z", "a/10", "a/9", "a/B", "a b/x", "b/1", "b/a/1", "ü/x")
    ]


def test_each_folder_is_read_once(tmp_path: Path) -> None:
    """A walk reads each folder once, also the folder above so many days that not all of them are kept."""
    days = [f"RawVideos/a/2026{day:04}/" for day in range(3 * KEPT)]
    put(tmp_path, *(f"{day}v.avi" for day in days))
    tree, read = Tree(tmp_path), list[str]()
    with patch.object(tree, "_list", side_effect=lambda folder: read.append(folder) or Tree._list(tree, folder)):
        assert len([*find_matches(tree, make_stage().inputs[0])]) == len(days)
    assert read == ["RawVideos/", "RawVideos/a/", *days]


@pytest.mark.parametrize(
    "path",
    [
        "._a.avi",
        ".a.avi",
        ".hidden/a.avi",
        "d/.snapshot/a.avi",
        "Thumbs.db",
        ".DS_Store",
        "a.AVI",
        "d.txt",
        "#recycle/a.avi",
        "@Recycle/d/a.avi",
        "$RECYCLE.BIN/S-1-5/a.avi",
        "d/@eaDir/a.avi",
        "lost+found/a.avi",
        "System Volume Information/a.avi",
        "@Recently-Snapshot/d/a.avi",
        "#snapshot/a.avi",
        ".Trash-1000/files/a.avi",
        "__MACOSX/d/a.avi",
        "RECYCLER/a.avi",
    ],
)
def test_never_meant(tmp_path: Path, path: str) -> None:
    """Hidden files and folders, what systems leave about, bins of a NAS, and other extensions are not videos."""
    put(tmp_path, f"RawVideos/{path}", "RawVideos/d/real.avi")
    stage = make_stage("RawVideos/{subdir}/{name}") if path in ("Thumbs.db", ".DS_Store") else make_stage()
    assert keys_of(tmp_path, stage) == ["d/real.avi"]


def test_the_index_of_a_nas_is_no_input(tmp_path: Path) -> None:
    """Where inputs are folders, a storage server's own folder is none, and its files do not count as a folder's."""
    put(tmp_path, "RawVideos/d/exp1/x.tif", "RawVideos/d/exp1/@eaDir/x.tif", "RawVideos/d/@eaDir/x.tif")
    assert keys_of(tmp_path, make_stage("RawVideos/{exp}/{name}/", {})) == ["d/exp1"]
    assert look_inside(str(tmp_path / "RawVideos/d/exp1")).files == 1


@pytest.mark.parametrize(
    ("globs", "left"),
    [
        (["calibration/*"], ["a", "a_test", "d1/b", "d1/calibration/e", "d1/c_test"]),
        (["calibration"], ["a", "a_test", "d1/b", "d1/c_test"]),
        (["*_test.*"], ["a", "calibration/x", "calibration/y/z", "d1/b", "d1/calibration/e"]),
        (["*/calibration/*"], ["a", "a_test", "calibration/x", "calibration/y/z", "d1/b", "d1/c_test"]),
        (["d1/*_test.avi", "calibration/y"], ["a", "a_test", "calibration/x", "d1/b", "d1/calibration/e"]),
        (["d[12]/?.*"], ["a", "a_test", "calibration/x", "calibration/y/z", "d1/calibration/e", "d1/c_test"]),
        (["nothing"], ["a", "a_test", "calibration/x", "calibration/y/z", "d1/b", "d1/calibration/e", "d1/c_test"]),
    ],
)
def test_what_a_project_leaves_out(tmp_path: Path, globs: list[str], left: list[str]) -> None:
    """A glob leaves out files and folders by their name; one with a slash by their path, from the raw folder on."""
    names = ("a", "a_test", "calibration/x", "calibration/y/z", "d1/b", "d1/c_test", "d1/calibration/e")
    put(tmp_path, *(f"RawVideos/{name}.avi" for name in names))
    found = keys_of(tmp_path, make_stage({"video": {"pattern": VIDEO, "left_out": tuple(globs)}}))
    assert sorted(found) == [f"{name}.avi" for name in sorted(left)]


def test_a_trackers_exclude_is_for_files_alone(tmp_path: Path) -> None:
    """What a tracker excludes are names of files: a folder of such a name is looked into."""
    put(tmp_path, "RawVideos/thermal/a.avi", "RawVideos/d/thermal.avi")
    stage = make_stage({"video": {"pattern": VIDEO, "exclude": ("*thermal*",)}})
    assert keys_of(tmp_path, stage) == ["thermal/a.avi"]


def test_folder_called_as_video(tmp_path: Path) -> None:
    """A folder called a.avi is no video; what lies in it is."""
    put(tmp_path, "RawVideos/a.avi/b.avi")
    assert keys_of(tmp_path, make_stage()) == ["a.avi/b.avi"]


def test_folders_as_inputs(tmp_path: Path) -> None:
    """A pattern that ends in a slash finds folders, and no files."""
    put(tmp_path, "RawVideos/d/exp1/x.tif", "RawVideos/d/exp2")
    assert keys_of(tmp_path, make_stage("RawVideos/{exp}/{name}/", {})) == ["d/exp1"]


def test_excluded(tmp_path: Path) -> None:
    """Names that an exclude glob matches are not meant."""
    put(tmp_path, "RawVideos/a.avi", "RawVideos/a_labeled.avi", "RawVideos/tmp1.avi")
    stage = make_stage({"video": {"pattern": VIDEO, "exclude": ("*_labeled.*", "tmp?.avi")}})
    assert keys_of(tmp_path, stage) == ["a.avi"]


def test_what_a_tracker_excludes_is_known(tmp_path: Path) -> None:
    """The tree knows which files the tracker's globs keep from being inputs: of no other kind, none of the user's."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/a_labeled.avi", "RawVideos/d/a_labeled.csv", "RawVideos/d/b.avi")
    stage = make_stage({"video": {"pattern": VIDEO, "exclude": ("*_labeled.*",)}})
    tree = Tree(tmp_path)
    wanted = stage.inputs[0]._replace(left_out=("b.*",))
    assert [match.path for match in find_matches(tree, wanted)] == ["RawVideos/d/a.avi"]
    assert tree.excluded == {"RawVideos/d/a_labeled.avi"}


@pytest.mark.parametrize(
    ("pattern", "paths", "found"),
    [
        ("R/{s}/{s}_{n}.mp4", ["x_1/x_1_2.mp4", "x/y_1.mp4"], [("x_1", "2")]),
        ("R/{n}_{s}/{s}.mp4", ["1_2_3/3.mp4", "1_2_3/2_3.mp4"], [("1", "2_3"), ("1_2", "3")]),
        ("R/{day}/{day}_{n}.mp4", ["d_e/d_e_f.mp4", "_n.mp4"], [("", "n"), ("d_e", "f")]),
        ("R/{subdir}/{n}/{subdir}/x.mp4", ["a/b/n/a/b/x.mp4", "n/x.mp4", "a/n/b/x.mp4"], [("", "n"), ("a/b", "n")]),
        ("R/{a}/{a}/x.mp4", ["1/1/x.mp4", "1/2/x.mp4"], [("1",)]),
        ("R/{a}/f/{b}.mp4", ["1/f/x.mp4", "1/g/x.mp4", "f/x.mp4"], [("1", "x")]),
        ("R/x{a}/y{b}/{n}.mp4", ["x1/y2/z.mp4", "x1/z/y.mp4"], [("1", "2", "z")]),
        ("{n}.mp4", ["../top.mp4"], [("top",)]),
        ("{lab}/{n}.mp4", ["in.mp4"], [("R", "in")]),
    ],
)
def test_walk_and_match_agree(tmp_path: Path, pattern: str, paths: list[str], found: list[tuple[str, ...]]) -> None:
    """What is found on disk is what the pattern matches as a whole, repeated wildcards included."""
    put(tmp_path, *(f"R/{path}" for path in paths))
    read = read_pattern(pattern)
    units = units_of(tmp_path, make_stage(pattern, {}))
    assert sorted(unit.values for unit in units) == sorted(found)
    everything = (os.path.relpath(p, tmp_path) for p in tmp_path.rglob("*.mp4"))
    assert sorted(tuple(m.values()) for p in everything if (m := read.match(p))) == sorted(found)


JOINED = {
    "video": "RawVideos/{subdir}/{name}.avi",
    "notes": "RawVideos/{subdir}/{name}.json",
    "settings": "AuxiliaryFiles/{kind}.ini",
}


def test_joined_on_shared(tmp_path: Path) -> None:
    """Inputs join where the wildcards they share agree; one that shares none goes with each."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/a.json", "RawVideos/e/b.avi", "RawVideos/e/b.json")
    put(tmp_path, "AuxiliaryFiles/x.ini", "AuxiliaryFiles/y.ini")
    units = units_of(tmp_path, make_stage(JOINED, {}))
    assert [unit.key for unit in units] == ["d/a.avi,kind=x", "d/a.avi,kind=y", "e/b.avi,kind=x", "e/b.avi,kind=y"]
    assert units[0].inputs == (("RawVideos/d/a.avi",), ("RawVideos/d/a.json",), ("AuxiliaryFiles/x.ini",))


def test_missing_partner(tmp_path: Path) -> None:
    """A video without its second input is named with the path that is not there."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/d/b.avi", "RawVideos/d/b.json", "AuxiliaryFiles/x.ini")
    assert problems_of(tmp_path, make_stage(JOINED, {})) == {
        "d/a.avi,kind=x": "there is no notes for it (RawVideos/d/a.json)",
        "d/b.avi,kind=x": "",
    }


@pytest.mark.parametrize("there", [True, False])
def test_optional(tmp_path: Path, there: bool) -> None:
    """An optional input is used where it is there, and nothing is wrong where it is not."""
    put(tmp_path, "RawVideos/d/a.avi", *(["RawVideos/d/a.json"] if there else []))
    optional = {"pattern": JOINED["notes"], "optional": True}
    (unit,) = units_of(tmp_path, make_stage({"video": JOINED["video"], "notes": optional}))
    assert (unit.problem, unit.inputs[1]) == ("", ("RawVideos/d/a.json",) if there else ())


def test_bad_partner(tmp_path: Path) -> None:
    """What is wrong with a second input is said with that input's name."""
    put(tmp_path, "RawVideos/d/a.avi")
    put(tmp_path, "RawVideos/d/a.json", content="")
    stage = make_stage({k: JOINED[k] for k in ("video", "notes")})
    assert problems_of(tmp_path, stage) == {"d/a.avi": "notes: it is empty"}


def test_newest(tmp_path: Path) -> None:
    """Of files that differ in what no other input names, the youngest is taken, whatever its name."""
    put(tmp_path, "RawVideos/a.avi")
    put(tmp_path, "AuxiliaryFiles/new1.model", age=5)
    put(tmp_path, "AuxiliaryFiles/old2.model", age=50)
    stage = make_stage({"video": VIDEO, "model": {"pattern": "AuxiliaryFiles/{m}.model", "pick": "newest"}})
    (unit,) = units_of(tmp_path, stage)
    assert (unit.key, unit.inputs[1]) == ("a.avi", ("AuxiliaryFiles/new1.model",))


def test_newest_of(tmp_path: Path) -> None:
    """With ``of`` the youngest is taken among files that differ in these wildcards only."""
    put(tmp_path, "RawVideos/a_v1.avi", "RawVideos/b_v1.avi", age=9)
    put(tmp_path, "RawVideos/a_v2.avi", age=1)
    stage = make_stage({"video": {"pattern": "RawVideos/{name}_v{v}.avi", "pick": "newest", "of": ("v",)}}, {})
    assert keys_of(tmp_path, stage) == ["a_v2.avi", "b_v1.avi"]


def listed(tmp_path: Path, content: Any, key: str = "", file: str = "{name}.txt") -> dict[str, str]:
    """Return the pieces of work, with what is wrong, for one video whose list holds ``content``."""
    put(tmp_path, "RawVideos/a.avi")
    if content is not None:
        text = content if isinstance(content, str) else json.dumps(content)
        put(tmp_path, f"RawVideos/{file.format(name='a')}", content=text)
    each = ListWildcard("roi", file=read_pattern(f"RawVideos/{file}"), key=key)
    return problems_of(tmp_path, make_stage("RawVideos/{name}.avi", {"t": "Results/{name}_{roi}.csv"}, each=(each,)))


def test_each_given(tmp_path: Path) -> None:
    """A list that is given makes one piece of work a value, each value once, in its order."""
    put(tmp_path, "RawVideos/a.avi", "RawVideos/b.avi")
    stage = make_stage(outputs={}, each=(ListWildcard("roi", ("z", "a", "z")),))
    assert keys_of(tmp_path, stage) == ["a.avi,roi=z", "a.avi,roi=a", "b.avi,roi=z", "b.avi,roi=a"]


def test_each_of_lines(tmp_path: Path) -> None:
    """A list in a file has one value a line; blank lines and Windows' line ends are none."""
    assert list(listed(tmp_path, "one\r\n\n two \ntwo\n")) == ["a.avi,roi=one", "a.avi,roi=two"]


@pytest.mark.parametrize(
    ("content", "key", "rois"),
    [
        ({"x": {"rois": ["p", 2]}}, "x.rois", ["p", "2"]),
        ({"rois": {"p": {}, "q": {}}}, "rois", ["p", "q"]),
        (["p"], "", ["p"]),
    ],
)
def test_each_of_json(tmp_path: Path, content: Any, key: str, rois: list[str]) -> None:
    """A list in JSON is found by its keys; of a mapping the names are taken."""
    assert list(listed(tmp_path, content, key, "{name}.json")) == [f"a.avi,roi={roi}" for roi in rois]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("{", "holds no list at rois"),
        ({"other": []}, "holds no list at rois"),
        ({"rois": "one"}, "holds no list at rois"),
        ({"rois": 3}, "holds no list at rois"),
        ([1], "holds no list at rois"),
    ],
)
def test_each_unreadable(tmp_path: Path, content: Any, says: str) -> None:
    """A list that cannot be had is the video's problem, in words that name the file."""
    (problem,) = listed(tmp_path, content, "rois", "{name}.json").values()
    assert problem == f"its list RawVideos/a.json {says}"


@pytest.mark.parametrize("value", ["a/b", "..", "x\ny", " ", "\ud800"])
def test_each_bad_value(tmp_path: Path, value: str) -> None:
    """A value that could not be in the name of a file is that piece's problem; the others go on."""
    problems = list(listed(tmp_path, ["fine", value], "", "{name}.json").values())
    assert problems[0] == ""
    assert problems[1]
    assert "\n" not in problems[1]


def test_grouped_by_day(tmp_path: Path) -> None:
    """Results of a day are one piece of work however deep they lie; those in no folder are a day too."""
    put(tmp_path, *(f"Results/{p}_tracks.csv" for p in ("x", "d1/b", "d1/a", "d1/deep/er/c", "d2/y")))
    units = units_of(tmp_path, make_stage(DEEP, {"t": "Results/{day}/t.csv"}, per=("day",)))
    assert [(unit.values, unit.inputs[0]) for unit in units] == [
        (("",), ("Results/x_tracks.csv",)),
        (("d1",), tuple(f"Results/d1/{p}_tracks.csv" for p in ("a", "b", "deep/er/c"))),
        (("d2",), ("Results/d2/y_tracks.csv",)),
    ]
    assert [unit.key for unit in units] == [".", "d1", "d2"]


def test_group_goes_without_bad(tmp_path: Path) -> None:
    """A group leaves out what is wrong, and has a problem only where nothing is left."""
    put(tmp_path, "Results/d1/a_tracks.csv")
    put(tmp_path, "Results/d1/b_tracks.csv", "Results/d2/c_tracks.csv", content="")
    units = units_of(tmp_path, make_stage(DEEP, {"t": "Results/{day}/t.csv"}, per=("day",)))
    assert [(u.inputs[0], u.problem) for u in units] == [(("Results/d1/a_tracks.csv",), ""), ((), "it is empty")]


def test_group_changes_with_each_file(tmp_path: Path) -> None:
    """A group's fingerprint is another one as soon as one of its files changes, comes or goes."""
    stage = make_stage(DEEP, {"t": "Results/{day}/t.csv"}, per=("day",))
    marks = set()
    for path, age in (("a", 0), ("b", 0), ("b", 9), ("c", 0)):
        put(tmp_path, f"Results/d/{path}_tracks.csv", age=age)
        marks.add(units_of(tmp_path, stage)[0].mark)
    os.unlink(tmp_path / "Results/d/c_tracks.csv")
    assert len(marks) == 4
    assert units_of(tmp_path, stage)[0].mark in marks


def test_loop_of_links(tmp_path: Path) -> None:
    """A link to a folder that holds it is not followed, and said; what lies beside it is found once."""
    put(tmp_path, "RawVideos/d/a.avi")
    (tmp_path / "RawVideos/d/again").symlink_to("..")
    tree = Tree(tmp_path)
    assert [unit.key for unit in find_units(make_stage(), tree)] == ["d/a.avi"]
    assert tree.unreadable == {"RawVideos/d/again/": "a link to a folder that holds it"}


def test_linked_folders(tmp_path: Path) -> None:
    """Folders and files that are links are found as what they lead to."""
    put(tmp_path, "elsewhere/day/a.avi", "elsewhere/b.avi")
    (tmp_path / "RawVideos").mkdir()
    (tmp_path / "RawVideos/linked").symlink_to("../elsewhere/day")
    (tmp_path / "RawVideos/b.avi").symlink_to("../elsewhere/b.avi")
    assert problems_of(tmp_path, make_stage()) == {"b.avi": "", "linked/a.avi": ""}


@pytest.mark.parametrize("target", ["nowhere", "a.avi"])
def test_dangling_link(tmp_path: Path, target: str) -> None:
    """A link that leads nowhere, or to itself, is a problem; the others go on."""
    put(tmp_path, "RawVideos/b.avi")
    (tmp_path / "RawVideos/a.avi").symlink_to(target)
    assert problems_of(tmp_path, make_stage()) == {"a.avi": "a link that leads nowhere", "b.avi": ""}


@contextmanager
def refused(folder: Path, error: type[OSError] | OSError) -> Iterator[None]:
    """Let one folder's listing fail; the tests may run as root, for whom nothing is unreadable."""
    real = os.open

    def opened(path: str, *given: Any) -> int:
        if os.path.abspath(path) == str(folder):
            raise error
        return real(path, *given)

    with patch("os.open", opened):
        yield


def test_unreadable_folder(tmp_path: Path) -> None:
    """A folder that cannot be read is named with the reason; the others go on."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/e/b.avi")
    tree = Tree(tmp_path)
    with refused(tmp_path / "RawVideos/d", PermissionError(13, "Permission denied")):
        assert [unit.key for unit in find_units(make_stage(), tree)] == ["e/b.avi"]
    assert tree.unreadable == {"RawVideos/d/": "Permission denied"}


def test_folder_that_goes_away(tmp_path: Path) -> None:
    """A folder that is deleted while it is looked for is simply not there."""
    put(tmp_path, "RawVideos/d/a.avi", "RawVideos/e/b.avi")
    tree = Tree(tmp_path)
    with refused(tmp_path / "RawVideos/d", FileNotFoundError):
        assert [unit.key for unit in find_units(make_stage(), tree)] == ["e/b.avi"]
    assert tree.unreadable == {}


def test_file_where_a_folder_should_be(tmp_path: Path) -> None:
    """A file in the place of a folder is said, not a crash."""
    put(tmp_path, "Results")
    tree = Tree(tmp_path)
    assert list(find_units(make_stage(DEEP, {}), tree)) == []
    assert tree.unreadable == {"Results/": "Not a directory"}


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (b"RawVideos/a\nb.avi", "its name holds a line break"),
        (b"RawVideos/c\nd/a.avi", "its name holds a line break"),
        (b"RawVideos/a\xff.avi", "its name is not UTF-8"),
        (b"RawVideos/\xff/a.avi", "its name is not UTF-8"),
    ],
)
def test_names_refused(tmp_path: Path, path: bytes, problem: str) -> None:
    """Names with a line break or not in UTF-8 are refused by name; the others go on."""
    put(tmp_path, path, "RawVideos/z.avi")
    found = problems_of(tmp_path, make_stage())
    assert found == {os.fsdecode(path)[len("RawVideos/") :]: problem, "z.avi": ""}


@pytest.mark.parametrize(
    "name", ["a b", "a'b", 'a"b', "$(x)", "-rf", "a,b", "#", "~", "ü", "日本", "a\tb", "*?[x]", "e" * 240]
)
def test_names_accepted(tmp_path: Path, name: str) -> None:
    """Any other name is fine, and one unit's name to people."""
    put(tmp_path, f"RawVideos/{name}.avi")
    assert problems_of(tmp_path, make_stage()) == {f"{name}.avi": ""}


@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_may_not_be_read(tmp_path: Path, mode: int) -> None:
    """A file that nobody may read is a problem."""
    put(tmp_path, "RawVideos/a.avi")
    (tmp_path / "RawVideos/a.avi").chmod(mode)
    assert problems_of(tmp_path, make_stage()) == {"a.avi": "it may not be read"}


@pytest.mark.parametrize("relative", [True, False])
def test_videos_elsewhere(tmp_path: Path, relative: bool) -> None:
    """With ``videos`` RawVideos is another place, in any stage's patterns; its own folder is not looked at."""
    put(tmp_path, "raid/d/a.avi", "project/RawVideos/d/b.avi", "project/Results/d/a_tracks.csv")
    videos = "../raid" if relative else f"{tmp_path}/raid"
    (unit,) = units_of(tmp_path / "project", make_stage(), videos)
    assert (unit.key, unit.inputs, unit.mark[:2]) == ("d/a.avi", (("RawVideos/d/a.avi",),), "1 ")
    assert keys_of(tmp_path / "project", make_stage(DEEP, {}), videos) == ["d/a_tracks.csv"]


def test_promised(tmp_path: Path) -> None:
    """A file that an earlier stage will make waits for it, there already or not; one of somebody else's does not."""
    put(tmp_path, "Results/d/a_tracks.csv", "Results/d/z_tracks.csv")
    promised = [ExpectedOutput(f"Results/d/{n}_tracks.csv", f"{n}.avi (track: running)", False) for n in "ab"]
    units = find_units(make_stage(DEEP, {}), Tree(tmp_path), {"video": promised})
    assert {unit.key: unit.waits for unit in units} == {
        "d/a_tracks.csv": "a.avi (track: running)",
        "d/z_tracks.csv": "",
        "d/b_tracks.csv": "b.avi (track: running)",
    }


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("Results/{name}/*.csv", ["Results/[x]*/a.csv", "Results/[x]*/b.csv"]),
        ("Results/{name}/b*", ["Results/[x]*/b.csv"]),
        ("Results/*/{name}.txt", ["Results/y/[x]*.txt"]),
    ],
)
def test_glob_outputs(tmp_path: Path, pattern: str, found: list[str]) -> None:
    """A glob's stars are stars, those of a video's name are themselves, and hidden files are never meant."""
    put(
        tmp_path,
        *(f"Results/{p}" for p in ("[x]*/a.csv", "[x]*/b.csv", "[x]*/.b.csv", "x1/b.csv", "y/[x]*.txt", "y/xx.txt")),
    )
    made = Tree(tmp_path).find(read_pattern(pattern), {"name": "[x]*"})
    assert [path for path, _ in made] == found
