"""A whole project on a real Tierpsy Tracker: raw, killed and resumed, masked, summaries, joined.

Runs only where RT_TIERPSY names a folder with Tierpsy's python (bin/python in it, or itself), and the small videos that
were drawn for this lie beside this folder. Takes about two minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tarfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import pytest
import yaml
from cookiecutter.main import cookiecutter
from lab import REPOSITORY, TEMPLATE, Lab, kill, wait_for

VIDEOS = REPOSITORY.parent / "shared" / "data" / "tierpsy" / "tiny_proj_raw.tgz"
ALL = """COMPRESS TRAJ_CREATE TRAJ_JOIN SKE_INIT BLOB_FEATS SKE_CREATE SKE_FILT SKE_ORIENT INT_PROFILE INT_SKE_ORIENT
FEAT_INIT FEAT_TIERPSY""".split()  # noqa: SIM905  (as people write them)


def find_python() -> Path | None:
    """Return the folder of the Python that has the real Tierpsy."""
    named = os.environ.get("RT_TIERPSY", "")
    for folder in (Path(named, "bin"), Path(named)) if named else ():
        if (folder / "python").exists():
            return folder
    return None


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A project made by cookiecutter, with two small raw videos of two days and parameters that fit them."""
    folder = find_python()
    if folder is None:
        pytest.skip("RT_TIERPSY names no folder with Tierpsy's python")
    if not VIDEOS.exists():
        pytest.skip(f"{VIDEOS} is not here")
    template = tmp_path / "template"
    for name in ("hooks", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, template / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copy(REPOSITORY / "cookiecutter.json", template)
    answers = {"tracker": "tierpsy", "cluster": "local"}
    root = cookiecutter(str(template), no_input=True, extra_context=answers, output_dir=str(tmp_path))
    made = Lab(Path(root), tmp_path)
    made.activate(f'export PATH={folder}:"$PATH"\n')
    parameters = made.root / "AuxiliaryFiles" / "hydra_96wp.json"
    fitting = {"nn_filter_to_use": "none", "mask_min_area": 50, "thresh_block_size": 61}
    parameters.write_text(json.dumps({**json.loads(parameters.read_text()), **fitting}))
    with tarfile.open(VIDEOS) as archive:
        for name in ("RawVideos/20260101/plateA.avi", "RawVideos/20260102/plateD.avi"):
            archive.extract(name, made.root)
    yield made
    made.clear()


def points(lab: Lab, name: str) -> list[str]:
    """Return the checkpoints that a video's files say were made."""
    found: set[str] = set()
    for path in [*lab.root.glob(f"*/{name}.hdf5"), *lab.root.glob(f"*/{name}_*.hdf5")]:
        with h5py.File(path) as file:
            found |= set(file.get("provenance_tracking", ()))
    return [point for point in ALL if point in found]


def test_raw_killed_resumed_summarized_joined_and_masked(lab: Lab) -> None:
    """Killed in SKE_CREATE one video goes on there; all twelve points are made, a table of each day, and one of all.

    From the masks alone the same results are made again, and the masks stay as they were.
    """
    lab.scan()
    running = lab.start("bash", "process_all.sh")
    wait_for(lambda: "\nSKE_CREATE\n" in lab.log(1, 1), "the first video to come to SKE_CREATE", 120)
    for pid in lab.living("ProcessLocal.py", "plateA.avi"):
        kill(pid, signal.SIGKILL)
    running.communicate(timeout=300)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    lab.scan()
    assert lab.process().code == 0
    assert "plateA Starting checkpoint: SKE_CREATE" in lab.log(2, 1)
    assert lab.counts() == {"finished": 2}
    assert points(lab, "20260101/plateA") == points(lab, "20260102/plateD") == ALL
    for _ in range(2):  # a second time: nothing to do, nothing piled up
        lab.run("bash", "get_cmd2process.sh", folder="summarizer")
        lab.run("bash", "process_all.sh", folder="summarizer", seconds=300)
    tables = sorted(path.name for path in (lab.root / "Results" / "20260101").glob("*.csv"))
    assert tables == ["features_summary_tierpsy_plate.csv", "filenames_summary_tierpsy_plate.csv"]
    assert "2 videos with 2 rows are joined" in lab.rt("join").out

    masks = {path: path.read_bytes() for path in lab.root.glob("MaskedVideos/*/*.hdf5")}
    settings = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**settings, "params": {"start_from": "masked"}}))
    for day in ("20260101", "20260102"):
        shutil.rmtree(lab.root / "Results" / day)
        shutil.rmtree(lab.root / "RawVideos" / day)
    shutil.rmtree(lab.workspace / "batches")
    lab.scan()
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 2}
    assert {path: path.read_bytes() for path in masks} == masks
