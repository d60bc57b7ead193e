"""TRamWAy in a project that cookiecutter made, through the three lines; a stand-in that behaves as 0.7 was measured."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from baking import make_once
from lab import LONG_AGO, REPOSITORY, TEMPLATE, Lab, copy_tree
from trackers.conftest import PYTHONS, STANDINS, Bake, Make, lead_to_standin

pytestmark = pytest.mark.drawn(3, of="whole runs")  # of those without a mark of their own

h5py = pytest.importorskip("h5py", reason="h5py is not installed")

SHARED = REPOSITORY.parent / "shared" / "data" / "tramway" / "syn_d.rwa"
PROGRAMS = TEMPLATE / "remote_tracker" / "trackers" / "tramway"
MESH = "analyses/_instances/items/mesh"
# Two molecules: steps of 0.2 right and of 0.4 up in the square (0, 0), one of 1 into (1, 0), where one of 0.2 follows.
ROWS = """
1 0.1 0.1 0.0
1 0.3 0.1 0.1
1 0.3 0.5 0.2
1 1.3 0.5 0.3
1 1.5 0.5 0.4
2 1.1 0.9 0.0
2 1.1 0.7 0.1
"""
LEFT, RIGHT = [[0, 0], [1, 1]], [[1, 0], [2, 1]]
OWN = """
import sys
import h5py
import numpy as np
from tramway import rwa
path, word, mesh, other, label = sys.argv[1:]
assert (word, other) == ("--mesh", "--label")
with h5py.File(path, "r+") as file:
    inner = file["analyses/_instances/items"][mesh]
    made = rwa.tree(rwa.items(inner, "_instances"), label)
    rwa.frame(rwa.group(made, "_data", "Maps"), "maps", {"speed": np.array([7.0])}, [1])
"""


class Molecules(Lab):
    """A project of the tracker tramway."""

    def bring_tramway(self) -> None:
        """Write the activate.sh that leads to the stand-in, which notes its calls."""
        self.activate(f"{lead_to_standin('tramway')}export STANDIN_CALLS={self.home}/calls\n")

    def choose(self, **params: Any) -> None:
        """Write the tracker's parameters into project.yml."""
        self.settings(name="myproject", tracker="tramway", params=params)

    def put(self, name: str, text: str = ROWS) -> Path:
        """Put a file into RawVideos, written long ago."""
        path = self.root / "RawVideos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
        os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def step(self, stage: str, listed: int, code: int = 0) -> None:
        """Scan a stage, which must list so many, and run them."""
        said = self.scan(stage)
        assert f"{listed}\tTotal files to be processed." in said.out, said
        number = {"tessellate": 1, "infer": 2, "merge": 3}[stage]
        ran = self.run("bash", f"process_{number}_{stage}.sh")
        assert ran.code == code, ran

    def tables(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Summarize, join, and return the joined tables: files, cells."""
        for line in ("get_cmd2process.sh", "process_all.sh"):
            ran = self.run("bash", line, folder="summarizer")
            assert ran.code == 0, ran
        assert self.rt("join").code == 0
        joined = self.root / "Results" / "joined"
        return table(joined / "filenames_summary.csv"), table(joined / "features_summary.csv")

    def calls(self) -> list[str]:
        """Return what TRamWAy was called for, one after the other."""
        path = self.home / "calls"
        return path.read_text().split() if path.exists() else []


def table(path: Path) -> list[dict[str, str]]:
    """Return a CSV's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def lab(make: Make) -> Iterator[Molecules]:
    """A project with two files of one day; Python finds the stand-in."""
    plain = make("tramway")
    made = Molecules(plain.root, plain.home)
    made.bring_tramway()
    made.put("d1/a.trxyt")
    made.put("d1/b c's.txt")
    made.choose()
    yield made
    made.clear()


@pytest.fixture(scope="session")
def two_meshes(baked_with: Bake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a project in which both files are tessellated, made once for all workers."""

    def make(place: Path) -> Path:
        made = Molecules(copy_tree(baked_with("tramway"), place / "project"), place / "home")
        made.home.mkdir()
        made.bring_tramway()
        made.put("d1/a.trxyt")
        made.put("d1/b c's.txt")
        made.choose()
        made.step("tessellate", 2)
        return place

    return make_once(tmp_path_factory, "two_meshes", make)


@pytest.fixture
def tessellated(two_meshes: Path, tmp_path: Path) -> Iterator[Molecules]:
    """A copy of that project."""
    made = Molecules(copy_tree(two_meshes / "project", tmp_path / "tramway_myproject"), tmp_path / "home")
    shutil.copytree(two_meshes / "home", made.home)
    made.bring_tramway()
    yield made
    made.clear()


@pytest.mark.drawn("all")
def test_files_to_a_joined_table(lab: Molecules) -> None:
    """Tessellate, infer, a scan that says 0, summarize, join: each cell's numbers are those computed by hand.

    A mesh keeps its centres scaled and assigns its locations in pairs; the table has them as they were measured.
    """
    lab.step("tessellate", 2)
    lab.step("infer", 2)
    assert "All 2 files are finished." in lab.scan().out
    assert lab.results() == ["d1/a.d.rwa", "d1/a.mesh.rwa", "d1/b c's.d.rwa", "d1/b c's.mesh.rwa"]
    files, cells = lab.tables()
    assert [row["filename"] for row in files] == ["Results/d1/a.d.rwa", "Results/d1/b c's.d.rwa"]
    assert {row["is_good"] for row in files} == {"True"}
    first, second = cells[:2]
    assert [(float(row["x"]), float(row["y"])) for row in (first, second)] == [(0.5, 0.5), (1.5, 0.5)]
    assert [row["locations"] for row in (first, second)] == ["3", "4"]
    assert [row["trajectories"] for row in (first, second)] == ["1", "2"]
    assert float(first["diffusivity"]) == pytest.approx((0.04 + 0.16 + 1) / 3 / 0.4)
    assert float(second["diffusivity"]) == pytest.approx(0.04 / 0.4)
    assert {row["mode"] for row in files + cells} == {"d"}
    assert {row["region"] for row in cells} == {""}


@pytest.mark.drawn(1, of="beside")
def test_another_mode_and_method_beside_the_first(lab: Molecules) -> None:
    """Another mode makes maps of its own from the same mesh; the first stay. Drift is the mean of the steps' speeds."""
    lab.choose(method="grid", method_options=[])
    lab.step("tessellate", 2)
    lab.step("infer", 2)
    lab.choose(method="grid", method_options=[], mode="dd", mode_options=["-e", "0.02"])
    lab.step("infer", 2)
    assert [name for name in lab.results() if name.startswith("d1/a")] == ["d1/a.d.rwa", "d1/a.dd.rwa", "d1/a.mesh.rwa"]
    first = lab.tables()[1][0]
    assert float(first["drift_x"]) == pytest.approx((2 + 0 + 10) / 3, rel=1e-5)
    assert float(first["drift_y"]) == pytest.approx((0 + 4 + 0) / 3, rel=1e-5)
    assert lab.calls() == ["tessellate"] * 2 + ["infer"] * 4


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.drawn(1)
def test_regions_to_a_joined_table(lab: Molecules, beside: bool) -> None:
    """Regions of project.yml or of a list beside each file are tasks, merged into one file, named in the table."""
    rois = {"left": LEFT, "right side": RIGHT}
    if beside:
        lab.put("d1/a.rois.json", json.dumps(rois))
        lab.put("d1/b c's.rois.json", json.dumps({"left": LEFT}))
    lab.choose(**({"rois_beside": True} if beside else {"rois": rois}))
    number = 3 if beside else 4
    lab.step("tessellate", number)
    lab.step("infer", number)
    lab.step("merge", 2)
    assert "All 2 files are finished." in lab.scan().out
    _, cells = lab.tables()
    assert [row["region"] for row in cells if row["file_id"] == "0"] == ["left", "right side"]
    left, right = cells[:2]
    assert float(left["diffusivity"]) == pytest.approx((0.04 + 0.16) / 2 / 0.4)  # the step that leaves is none
    assert (left["locations"], right["locations"], right["trajectories"]) == ("3", "4", "2")
    with h5py.File(lab.result("d1/a.d.rwa")) as file:
        assert list(file["analyses/_data/data/values/0"]) == [1, 1, 1, 2, 2, 3, 3]
        assert file["analyses/_data/index/_stop"][()] == 7


@pytest.mark.drawn(1, of="beside")
def test_a_list_with_one_more_region(lab: Molecules) -> None:
    """A region that joins the list beside a file is to do, and the file is merged again; others are left alone."""
    lab.put("d1/a.rois.json", json.dumps({"left": LEFT}))
    lab.put("d1/b c's.rois.json", json.dumps({"left": LEFT}))
    lab.choose(rois_beside=True)
    for stage, number in (("tessellate", 2), ("infer", 2), ("merge", 2)):
        lab.step(stage, number)
    lab.put("d1/a.rois.json", json.dumps({"left": LEFT, "right": RIGHT}))
    lab.step("tessellate", 2)  # the list changed: whether "left" is the same place it cannot tell
    lab.step("infer", 1)  # it is: its mesh came out as it was
    lab.step("merge", 1)
    assert "All 2 files are finished." in lab.scan().out


def test_a_mesh_without_maps_is_unfinished(tessellated: Molecules) -> None:
    """A .rwa that holds a mesh and no maps under the label is whole HDF5, and not finished."""
    shutil.copy(tessellated.result("d1/a.mesh.rwa"), tessellated.result("d1/a.d.rwa"))
    counts = tessellated.counts("infer")
    assert counts == {"incomplete": 1, "unprocessed": 1}
    assert f"has no node {MESH}/_instances/items/d/_data/maps" in tessellated.rt("why", "d1/a.mesh.rwa").out
    tessellated.step("infer", 2)
    assert tessellated.counts("infer") == {"finished": 2}


def kill_in(lab: Molecules, stage: str) -> None:
    """Kill a stage's programs while they write: nothing is left of them, and the next run finishes."""
    found = (lab.workspace / "activate.sh").read_text()
    before = {name: lab.result(name).read_bytes() for name in lab.results()}
    lab.activate(f"{found}export STANDIN_DIES={stage}\n")
    lab.step(stage, 2, code=1)
    assert {name: lab.result(name).read_bytes() for name in lab.results()} == before
    lab.activate(found)
    lab.step(stage, 2)
    assert lab.counts(stage) == {"finished": 2}


def test_killed_in_tessellate(lab: Molecules) -> None:
    """What a program killed while it writes leaves is no result."""
    kill_in(lab, "tessellate")


def test_killed_in_infer(tessellated: Molecules) -> None:
    """Nor is what infer leaves, and the mesh it began with stays as it was."""
    kill_in(tessellated, "infer")


def test_inferred_again_there_is_one_map(tessellated: Molecules) -> None:
    """Done again, a file has one map under its label: infer began with the mesh, not with the old maps."""
    tessellated.step("infer", 2)
    assert tessellated.rt("redo", "d1/a.mesh.rwa", "--stage", "infer").code == 0
    tessellated.step("infer", 1)
    with h5py.File(tessellated.result("d1/a.d.rwa")) as file:
        assert list(file[f"{MESH}/_instances/items"]) == ["d"]
    with h5py.File(tessellated.result("d1/a.mesh.rwa")) as file:
        assert "items" not in file[f"{MESH}/_instances"]


@pytest.mark.parametrize("text", ["garbage\n", "1 0.1 0.1 0.0\n1 0.2\n"])
def test_a_damaged_file(lab: Molecules, text: str) -> None:
    """Garbage and a file cut in a line fail by themselves; the other file goes on."""
    lab.put("d1/a.trxyt", text)
    lab.step("tessellate", 2, code=1)
    assert lab.counts("tessellate") == {"finished": 1, "incomplete": 1}
    assert lab.counts("infer") == {"unprocessed": 1, "waiting": 1}


def test_an_own_script(tessellated: Molecules) -> None:
    """A script of the user's takes the place of infer, its maps are in the table; an edit is told."""
    script = tessellated.root / "AuxiliaryFiles/mine.py"
    script.write_text(OWN)
    tessellated.choose(script="AuxiliaryFiles/mine.py", mode="speed")
    tessellated.step("infer", 2)
    assert tessellated.calls() == ["tessellate"] * 2
    assert [row["speed"] for row in tessellated.tables()[1]] == ["", "7", "", "7"]
    script.write_text(OWN.replace("7.0", "8.0"))
    assert "To make them again:  ./rt redo --stale" in tessellated.scan("infer").out


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"method": "nonsense"}, "params.method is none of the methods"),
        ({"mode": "nonsense"}, "params.mode is none of the modes"),
        ({"script": "AuxiliaryFiles/none.py"}, "there is no such file"),
    ],
)
def test_what_tramway_does_not_know(tessellated: Molecules, params: dict[str, str], said: str) -> None:
    """A method, a mode, a script that there is not is refused before anything is listed."""
    tessellated.choose(**params)
    ran = tessellated.scan("infer")
    assert ran.code == 1
    assert said in " ".join(ran.err.split())


def test_a_missing_program(lab: Molecules) -> None:
    """Where python -m tramway does not run the first scan says so, and lists nothing."""
    lab.activate(f"export PATH={PYTHONS}:$PATH\n")
    ran = lab.scan()
    assert ran.code == 1
    assert "python -m tramway does not run" in " ".join(ran.err.split())
    assert lab.batches() == []


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ([[0, 0]], "is not [[x, y], [x, y]]"),
        ("left", "is not [[x, y], [x, y]]"),
        ([[1, 1], [0, 0]], "lower corner first"),
        ([[0, 0], [float("nan"), 1]], "lower corner first"),
        ([[50, 50], [60, 60]], "no location lies in region -a 'b'"),
    ],
)
@pytest.mark.drawn(2)
def test_a_region_that_cannot_be_cut(lab: Molecules, box: object, reason: str) -> None:
    """A region that is none, or holds nothing, fails by itself and its log says why; odd names are names."""
    lab.put("d1/a.rois.json", json.dumps({"-a 'b'": box, "left": LEFT}))
    lab.put("d1/b c's.rois.json", json.dumps({"left": LEFT}))
    lab.choose(rois_beside=True)
    lab.step("tessellate", 3, code=1)
    assert lab.counts("tessellate") == {"finished": 2, "incomplete": 1}
    assert any(reason in lab.log(1, task) for task in (1, 2, 3))
    lab.step("infer", 2)
    assert lab.counts("infer") == {"finished": 2, "waiting": 1}


def test_a_list_that_is_missing(lab: Molecules) -> None:
    """A file without its list of regions is named, with where the list should lie; the other goes on."""
    lab.put("d1/a.rois.json", json.dumps({"left": LEFT}))
    lab.choose(rois_beside=True)
    assert lab.counts("tessellate") == {"unprocessed": 1, "invalid": 1}
    said = lab.scan("tessellate").out
    assert "there is no list for it (RawVideos/d1/b c's.rois.json)" in said


@pytest.mark.parametrize(
    ("ending", "table"),
    [
        ("-roi.txt", "x min\ty min\tx max\ty max\n0.0\t0.0\t1.0\t1.0\n1.0\t0.0\t2.0\t1.0\n"),
        ("_roi.txt", "x\ty\n0.5\t0.5\n1.5\t0.5\n\n"),
    ],
)
@pytest.mark.drawn(1)
def test_lists_of_its_own(lab: Molecules, ending: str, table: str) -> None:
    """TRamWAy's own lists, of corners or of centres, are read, a region a row; they are no trajectories."""
    lab.put(f"d1/a{ending}", table)
    lab.put(f"d1/b c's{ending}", table)
    lab.choose(roi_lists=ending, roi_size=1)
    for stage, number in (("tessellate", 4), ("infer", 4), ("merge", 2)):
        lab.step(stage, number)
    first, second = lab.tables()[1][:2]
    assert [row["region"] for row in (first, second)] == ["000", "001"]
    assert float(first["diffusivity"]) == pytest.approx((0.04 + 0.16) / 2 / 0.4)
    assert (first["locations"], second["locations"]) == ("3", "4")


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("x\ty\n0.5\t0.5\n", "lists centres: say below params in project.yml how large a region is, as roi_size: 1.5"),
        ("x\ty\tt min\tt max\n0.5\t0.5\t0\t1\n", "its columns are x, y, t min, t max; known are x min"),
        ("0.5\t0.5\n0.5\t0.5\n", "its columns are 0.5, 0.5; known are x min"),
        ("x min\ty min\tx max\n0\t0\t1\n", "row 000 has no place"),
        ("x min\ty min\tx max\ty max\n1\t0\t0\t1\n", "row 000 must have its lower corner first"),
    ],
)
def test_a_list_of_its_own_that_cannot_be_used(tmp_path: Path, table: str, reason: str) -> None:
    """What such a list does not say is named."""
    (tmp_path / "a.txt").write_text(ROWS.lstrip())
    (tmp_path / "a-roi.txt").write_text(table)
    words = [tmp_path / "a.txt", "000", tmp_path / "out.txt", "--table", tmp_path / "a-roi.txt"]
    ran = subprocess.run(
        [sys.executable, PROGRAMS / "cut_region.py", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert f"a-roi.txt: {reason}" in ran.stderr or f"a-roi.txt {reason}" in ran.stderr


def test_a_list_of_its_own_without_rows(lab: Molecules) -> None:
    """A list with headings only is named, so that its file is not passed over in silence."""
    lab.put("d1/a-roi.txt", "x\ty\n")
    lab.put("d1/b c's-roi.txt", "x\ty\n0.5\t0.5\n")
    lab.choose(roi_lists="-roi.txt", roi_size=1)
    assert lab.counts("tessellate") == {"unprocessed": 1, "invalid": 1}
    assert "its list RawVideos/d1/a-roi.txt has no rows" in lab.scan("tessellate").out


def test_what_comes_back_is_another_trajectory(tmp_path: Path) -> None:
    """A trajectory ends where it leaves the region; no step is made up between there and where it comes back."""
    (tmp_path / "a.txt").write_text("7 0.2 0.2 0\n7 1.5 0.2 1\n7 0.4 0.2 2\n7 1 1 3\n9 0.1 0.1 3\n")
    words = [tmp_path / "a.txt", "left", tmp_path / "out.txt", "--rois", json.dumps({"left": LEFT})]
    subprocess.run([sys.executable, PROGRAMS / "cut_region.py", *words], check=True)
    rows = [line.split("\t") for line in (tmp_path / "out.txt").read_text().splitlines()]
    assert [(row[0], row[3]) for row in rows] == [("1", "0"), ("2", "2"), ("2", "3"), ("3", "3")]


@pytest.mark.parametrize("broken", ["maps", "name", "file"])
def test_parts_that_cannot_be_merged(tmp_path: Path, broken: str) -> None:
    """A region without maps, of another name or cut short is named, and no half of a merged file is left."""
    part = tmp_path / ("x.rwa" if broken == "name" else "left.d.part.rwa")
    text = tmp_path / "a.txt"
    text.write_text(ROWS.lstrip())
    environment = {**os.environ, "PYTHONPATH": str(STANDINS / "tramway" / "lib")}
    words = ["-i", text, "-o", part, "tessellate", "grid", "-l", "mesh"]
    subprocess.run([sys.executable, "-m", "tramway", *words], env=environment, check=True)
    if broken == "file":
        part.write_bytes(part.read_bytes()[:2000])
    command = [sys.executable, PROGRAMS / "merge_regions.py", tmp_path / "out.rwa", "d", part]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert part.name in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out.rwa").exists()


@pytest.mark.skipif(not SHARED.exists(), reason="a .rwa of the real TRamWAy is not here (../shared)")
def test_a_real_file(tmp_path: Path) -> None:
    """The maps of a real TRamWAy are read without it: each cell's number is the file's, its centre is in place."""
    results = tmp_path / "Results"
    (results / "d1").mkdir(parents=True)
    with h5py.File(SHARED) as real, h5py.File(results / "d1/syn.d.rwa", "w") as file:
        for name in ("analyses/_data", "analyses/_instances/items/0/_data"):
            real.copy(real[name], file, name.replace("items/0", "items/mesh"))
        maps = "_instances/items/0/_data"
        real.copy(real[f"analyses/_instances/items/0/{maps}"], file, f"{MESH}/_instances/items/d/_data")
        wanted = real[f"analyses/_instances/items/0/{maps}/maps/data/values/0"][()]
    tables = ["--filenames", tmp_path / "f.csv", "--features", tmp_path / "g.csv"]
    words = [PROGRAMS / "calculate_feat_summaries.py", "d1", "--mode", "d", "--results", results, *tables]
    subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": f"{PROGRAMS}:{PROGRAMS.parent / 'tables'}"},
        check=True,
    )
    rows = table(tmp_path / "g.csv")
    assert [float(row["diffusivity"]) for row in rows] == pytest.approx(list(wanted), rel=1e-5)
    assert all(int(row["locations"]) >= 10 for row in rows)  # --knn 10
    assert all(-5 < float(row[axis]) < 15 for row in rows for axis in "xy")
