"""The draft regions_of_files: regions of files from three kinds of lists, merged again; nothing in place."""

from __future__ import annotations

import pytest
from bench import Bench
from conftest import Make
from remote_tracker.render import compile_stage, render_settings

h5py = pytest.importorskip("h5py")


def maps(bench: Bench, path: str, *nodes: str) -> None:
    """Put an HDF5 file there that holds these nodes."""
    bench.put(path)
    with h5py.File(bench.root / path, "w") as file:
        for node in nodes:
            file.create_group(node)


MESH = "analyses/_instances/items/mesh/_data"
MAPS = "analyses/_instances/items/mesh/_instances/items/d/_data"


def test_a_file_is_divided_then_inferred(make: Make) -> None:
    """The second step waits for the first by its file, and begins as a copy of it: nothing is written in place."""
    bench = make("regions_of_files")
    bench.put("RawVideos/d1/a.trxyt", "RawVideos/d1/b.txt")
    maps(bench, "Results/d1/a.mesh.rwa", MESH)
    assert bench.lines("tessellate") == [
        'python -m tramway -i "$project"/RawVideos/d1/b.txt -o "$out"/Results/d1/b.mesh.rwa '
        "tessellate gwr --knn 10 -w --label mesh"
    ]
    assert bench.look("infer") == {
        "d1/a.mesh.rwa": "unprocessed",
        "d1/b.mesh.rwa": "waiting: d1/b.txt (tessellate: to do)",
    }
    assert bench.lines("infer") == ['python -m tramway -i "$out"/Results/d1/a.rwa infer d -L mesh -l d']
    assert (
        "start=(maps mesh)"
        in render_settings(bench.project, compile_stage(bench.project, bench.stage("infer")), {}).splitlines()
    )


def test_maps_are_finished_when_they_hold_the_label(make: Make) -> None:
    """A file with a mesh only is whole HDF5, and not finished; the label asked for is the parameter's."""
    bench = make("regions_of_files")
    bench.put("RawVideos/a.txt")
    maps(bench, "Results/a.mesh.rwa", MESH)
    maps(bench, "Results/a.rwa", MESH)
    assert bench.look("infer")["a.mesh.rwa"] == f"incomplete: bad result: a.rwa: has no node {MAPS}"
    maps(bench, "Results/a.rwa", MAPS)
    assert bench.look("infer")["a.mesh.rwa"].startswith("finished")
    bench.settings(params={"mode": "dv"})
    assert "items/dv/_data" in bench.look("infer")["a.mesh.rwa"]


@pytest.mark.parametrize(
    ("params", "beside", "content", "rois"),
    [
        ({"rois": [3, 14]}, "", b"", ["3", "14"]),
        ({"roi_file": "lines"}, "a.rois.txt", b"3\r\n\n left side \n3\n", ["3", "left side"]),
        ({"roi_file": "json"}, "a.rois.json", b'{"rois": [3, "left side"]}', ["3", "left side"]),
        ({"roi_file": "json"}, "a.rois.json", b'{"rois": {"3": {}, "4": {}}}', ["3", "4"]),
    ],
)
def test_a_region_is_a_task(
    make: Make, params: dict[str, object], beside: str, content: bytes, rois: list[str]
) -> None:
    """Each region of a list, of project.yml or of a file beside the data, is a task of its own, once."""
    bench = make("regions_of_files", params=params)
    bench.put("RawVideos/d1/a.trxyt")
    if beside:
        bench.put(f"RawVideos/d1/{beside}", content=content)
    assert bench.look("region") == {f"d1/a.trxyt,roi={roi}": "unprocessed" for roi in rois}
    quoted = "'left side'" if rois[-1] == "left side" else rois[-1]
    target = f"'Results/d1/a.roi{rois[-1]}.rwa'" if " " in rois[-1] else f"Results/d1/a.roi{rois[-1]}.rwa"
    assert bench.lines("region")[-1] == (
        'python -s "$project"/AuxiliaryFiles/analyse_region.py "$project"/RawVideos/d1/a.trxyt '
        f'--region-index={quoted} -o "$out"/{target}'
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"rois": ["../../x"]}', 'holds "../../x", which cannot be in the name of a file'),
        (b'{"rois": [".."]}', 'holds "..", which cannot be in the name of a file'),
        (b'{"rois": ["a\\nb"]}', 'holds "a b", which is no name'),
        (b'{"rois": [""]}', 'holds "", which is no name'),
        (b'{"rois": "abc"}', "holds no list at rois"),
        (b'{"regions": [1]}', "holds no list at rois"),
        (b"[1, 2", "holds no list at rois"),
        (b"\xff\xfe", "holds no list at rois"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(make: Make, content: bytes, reason: str) -> None:
    """A list that is none, or holds what could not name a result, makes its file invalid, with the reason."""
    bench = make("regions_of_files", params={"roi_file": "json"})
    bench.put("RawVideos/a.txt", "RawVideos/ok.txt")
    bench.put("RawVideos/a.rois.json", content=content)
    bench.put("RawVideos/ok.rois.json", content=b'{"rois": [1]}')
    found = bench.look("region")
    assert found.pop("ok.txt,roi=1") == "unprocessed"
    assert len(found) == 1
    assert next(iter(found.values())).startswith("invalid: its list RawVideos/")
    assert next(iter(found.values())).endswith(reason)


def test_a_file_without_its_list_is_named(make: Make) -> None:
    """A file that has no list beside it is invalid, and the list's place is said."""
    bench = make("regions_of_files", params={"roi_file": "lines"})
    bench.put("RawVideos/a.trxyt")
    missing = "invalid: its list RawVideos/a.rois.txt cannot be read (No such file or directory)"
    assert bench.look("region") == {"a.trxyt": missing}


def test_regions_are_merged_when_all_of_a_file_are_there(make: Make) -> None:
    """Merging is one task a file, and waits for that file's regions alone."""
    bench = make("regions_of_files", params={"rois": [1, 2]})
    bench.put("RawVideos/d1/a.trxyt", "RawVideos/d1/b.trxyt")
    for part in ("a.roi1", "a.roi2", "b.roi1"):
        maps(bench, f"Results/d1/{part}.rwa", "x")
    assert bench.look("merge") == {
        "d1/a": "unprocessed",
        "d1/b": "waiting: 1 of 2 not finished: d1/b.trxyt,roi=2 (region: to do)",
    }
    assert bench.lines("merge") == [
        'python -s "$project"/AuxiliaryFiles/merge_regions.py -o "$out"/Results/d1/a.regions.rwa '
        '"$project"/Results/d1/a.roi1.rwa "$project"/Results/d1/a.roi2.rwa'
    ]
