"""A real TRamWAy: small files through both stages, whole and by region, to the joined table, here and on Slurm."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from baking import bake
from lab import LONG_AGO, TEMPLATE, Lab, wait_for
from slurm_lab import SlurmLab

SECONDS = 600
PROGRAMS = TEMPLATE / "remote_tracker" / "trackers" / "tramway"
LEFT, RIGHT = [[-50, -50], [0, 50]], [[0, -50], [50, 50]]
TRAJECTORIES, STEPS, PERIOD, DIFFUSIVITY = 60, 20, 0.04, 0.1
LOOK = "import sys; from tramway.core.hdf5 import load_rwa; print(load_rwa(sys.argv[1]))"
CROP = """
import sys
from tramway.core.xyt import crop, load_xyt
print(crop(load_xyt(sys.argv[1]), [-50, -50, 50, 100], add_deltas=False)[["x", "y", "t"]].to_csv(index=False))
"""


def write_locations(path: Path, seed: int) -> None:
    """Write molecules that diffuse alike from places all over a square around the origin, on both its sides."""
    from random import Random

    chance, step = Random(seed), (2 * DIFFUSIVITY * PERIOD) ** 0.5
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for number in range(1, TRAJECTORIES + 1):
            x, y = chance.uniform(-1, 1), chance.uniform(-1, 1)
            for k in range(STEPS):
                print(number, f"{x:.5f}", f"{y:.5f}", f"{k * PERIOD:.3f}", sep="\t", file=file)
                x, y = x + chance.gauss(0, step), y + chance.gauss(0, step)
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(params=["local", "slurm"])
def lab(request: pytest.FixtureRequest, tramway: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project of two files, made by cookiecutter, on this machine and on Slurm; the tasks find TRamWAy first."""
    cluster, home = str(request.param), tmp_path / "home"
    home.mkdir()
    root = bake(tmp_path, tracker="tramway", cluster=cluster, project_name="real")
    on_slurm = cluster == "slurm"
    made = SlurmLab(root, home, request.getfixturevalue("slurm")) if on_slurm else Lab(root, home)
    for seed in (1, 2):
        write_locations(root / f"RawVideos/20260101/cell{seed}.trxyt", seed)
    made.activate(f"export PATH={shlex.quote(str(tramway))}:$PATH\n")
    yield made
    made.clear()


def choose(lab: Lab, **params: Any) -> None:
    """Write parameters into project.yml, and let what a machine of the tests has be enough for each job."""
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    told["params"] = params
    (lab.root / "project.yml").write_text(yaml.safe_dump(told))
    assert lab.rt("scripts").code == 0
    for script in lab.root.glob("*/*.slurm"):
        script.write_text(re.sub(r"--mem=4G", "--mem=1900M", script.read_text()))


def process(lab: Lab, stage: str, number: int, script: str, folder: str = "workspace") -> None:
    """Scan a stage, which must list so many; do what the last line of the scan says, to its end."""
    scan(lab, stage, number)
    if isinstance(lab, SlurmLab):
        lab.submit(folder=folder, script=f"{script}.slurm")
        lab.wait_until_empty(SECONDS)
        return
    ran = lab.run("bash", f"{script}.sh", folder=folder, seconds=SECONDS)
    assert ran.code == 0, ran


def scan(lab: Lab, stage: str, number: int) -> str:
    """Scan one stage, which must list so many; returns what it says."""

    def listed() -> str:
        ran = lab.scan(stage, seconds=120)
        assert ran.code == 0, ran
        return ran.out if f"{number}\tTotal files to be processed." in ran.out else ""

    said: str = wait_for(listed, f"{number} listed by a scan of {stage}", 150)
    return said


def joined(lab: Lab) -> list[dict[str, str]]:
    """Summarize the day, join, and return the cells of all files."""
    assert lab.run("bash", "get_cmd2process.sh", folder="summarizer").code == 0
    script = "process_all"
    if isinstance(lab, SlurmLab):
        lab.submit(folder="summarizer", script=f"{script}.slurm")
        lab.wait_until_empty(SECONDS)
    else:
        assert lab.run("bash", f"{script}.sh", folder="summarizer", seconds=SECONDS).code == 0
    wait_for(lambda: lab.rt("join").code == 0, "a join of all files", 150)
    with (lab.root / "Results/joined/features_summary.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def median(values: list[float]) -> float:
    """Return the middle one."""
    return sorted(values)[len(values) // 2]


def dump(lab: Lab, tramway: Path, name: str) -> list[list[str]]:
    """Return the words of each line that the real TRamWAy shows of a result, as label and class."""
    ran = subprocess.run(
        [tramway / "python", "-c", LOOK, lab.result(f"20260101/{name}")], capture_output=True, text=True, check=True
    )
    return [re.findall(r"'([\w.]+)'", line) for line in ran.stdout.splitlines()]


def test_files_to_the_joined_table(lab: Lab, tramway: Path) -> None:
    """Tessellate, infer d, a scan that says 0; then dd, and a script of the user's, each from the same mesh.

    The diffusivity inferred is near the one that the molecules were drawn with.
    """
    choose(lab)
    process(lab, "tessellate", 2, "process_1_tessellate")
    process(lab, "infer", 2, "process_2_infer")
    assert "All 2 files are finished." in scan(lab, "infer", 0), lab.log(2, 1)
    assert "version=tramway_0.7" in lab.log(2, 1)
    cells = joined(lab)
    assert {row["file_id"] for row in cells} == {"0", "1"}
    assert median([float(row["diffusivity"]) for row in cells]) == pytest.approx(DIFFUSIVITY, rel=0.4)
    assert dump(lab, tramway, "cell1.d.rwa")[-1] == ["d", "tramway.inference.base.Maps"]
    for mode, more in (("dd", {}), ("my_d", {"script": "AuxiliaryFiles/my_inference.py"})):
        choose(lab, mode=mode, **more)
        process(lab, "infer", 2, "process_2_infer")
        assert dump(lab, tramway, f"cell1.{mode}.rwa")[1:] == [
            ["mesh", "tramway.tessellation.base.Partition"],
            [mode, "tramway.inference.base.Maps"],
        ]
        found = [float(row["diffusivity"]) for row in joined(lab) if row["mode"] == mode]
        assert median(found) == pytest.approx(DIFFUSIVITY, rel=0.4)


def test_regions_to_the_joined_table(lab: Lab, tramway: Path) -> None:
    """Two regions of two files are four tasks a step, merged into a file each that the real TRamWAy reads."""
    choose(lab, rois={"left": LEFT, "right": RIGHT})
    process(lab, "tessellate", 4, "process_1_tessellate")
    process(lab, "infer", 4, "process_2_infer")
    process(lab, "merge", 2, "process_3_merge")
    assert "All 2 files are finished." in scan(lab, "merge", 0)
    cells = joined(lab)
    assert {(row["file_id"], row["region"]) for row in cells} == {(i, r) for i in "01" for r in ("left", "right")}
    assert all((float(row["x"]) < 0.1) == (row["region"] == "left") for row in cells if abs(float(row["x"])) > 0.1)
    assert median([float(row["diffusivity"]) for row in cells]) == pytest.approx(DIFFUSIVITY, rel=0.4)
    assert [line[0] for line in dump(lab, tramway, "cell1.d.rwa")[1:]] == ["left", "mesh", "d", "right", "mesh", "d"]


def test_a_region_is_cut_as_tramway_crops(tramway: Path, tmp_path: Path) -> None:
    """A region holds the locations of TRamWAy's own crop, and of what that leaves out only single ones."""
    write_locations(tmp_path / "a.trxyt", 3)
    words = [tmp_path / "a.trxyt", "left", tmp_path / "left.trxyt", "--rois", f'{{"left": {LEFT}}}']
    subprocess.run([tramway / "python", PROGRAMS / "cut_region.py", *words], check=True)
    said = subprocess.run(
        [tramway / "python", "-c", CROP, tmp_path / "a.trxyt"], capture_output=True, text=True, check=True
    )
    crop = {tuple(map(float, line.split(","))) for line in said.stdout.split()[1:]}
    rows = [line.split() for line in (tmp_path / "left.trxyt").read_text().splitlines()]
    numbers = [row[0] for row in rows]
    ours = {tuple(map(float, row[1:])) for row in rows}
    alone = {tuple(map(float, row[1:])) for row in rows if numbers.count(row[0]) == 1}
    assert crop <= ours
    assert ours - crop <= alone
    assert len(crop) > len(ours) * 0.9
