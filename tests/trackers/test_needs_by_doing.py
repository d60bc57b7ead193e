"""What a tracker needs is asked by starting it: what is installed and does not start is told."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lab import Lab, copy_tree
from trackers.conftest import Bake
from trackers.idle import GIVEN, bring_programs

PROGRAM = "#!/bin/bash\necho 'error while loading shared libraries' >&2; exit 127\n"
MODULE = "raise ImportError('error while loading shared libraries')\n"
BROKEN = [
    ("antrax", "bin/antrax", {}),
    ("antrax", "bin/ffmpeg", {}),
    ("antrax", "lib/deeplabcut.py", {"dlc_config": "dlc/config.yaml"}),
    ("deeplabcut", "lib/deeplabcut.py", {}),
    ("dynvision", "bin/snakemake", {}),
    ("dynvision", "lib/dynvision/runtime/train_model.py", {}),
    ("dynvision", "lib/dynvision/runtime/test_model.py", {}),
    ("idtrackerai", "bin/idtrackerai", {}),
    ("opencv", "lib/cv2.py", {}),
    ("sleap", "bin/sleap-nn", {}),
    ("snakemake", "bin/snakemake", {}),
    ("snakemake", "lib/snakemake_executor_plugin_slurm.py", {}),
    ("tierpsy", "lib/tierpsy/processing/ProcessLocal.py", {}),
    ("tramway", "lib/tramway/__main__.py", {}),
]


def prepare(baked: Path, folder: Path, params: dict[str, object]) -> Lab:
    """Return a project with these parameters whose activate.sh leads to programs that start."""
    lab = Lab(copy_tree(baked, folder / baked.name), folder)
    lab.activate(bring_programs(folder / "programs"))
    settings = yaml.safe_load((lab.root / "project.yml").read_text()) | {"params": params}
    (lab.root / "project.yml").write_text(yaml.safe_dump(settings))
    return lab


@pytest.mark.parametrize(("tracker", "broken", "params"), BROKEN, ids=[f"{t}-{Path(b).name}" for t, b, _ in BROKEN])
def test_there_and_broken(
    baked_with: Bake, tmp_path: Path, tracker: str, broken: str, params: dict[str, object]
) -> None:
    """A program or module that is there and does not start is told with its own last word, by the doctor."""
    lab = prepare(baked_with(tracker), tmp_path, GIVEN.get(tracker, {}) | params)
    (tmp_path / "programs" / broken).write_text(PROGRAM if broken.startswith("bin/") else MODULE)
    ran = lab.rt("doctor")
    assert ran.code == 1
    assert "error while loading shared libraries" in ran.out
    assert "  has NOT  " in ran.out


def test_no_gpu_where_a_parameter_asks_for_one(baked_with: Bake, tmp_path: Path) -> None:
    """With device cuda, torch is asked for its GPU in the environment of the tasks; with cpu nobody asks."""
    lab = prepare(baked_with("idtrackerai"), tmp_path, {"device": "cuda"})
    torch = tmp_path / "programs/lib/torch/__init__.py"
    torch.parent.mkdir()
    torch.write_text("class cuda:\n    is_available = staticmethod(lambda: False)\n")
    said = lab.rt("doctor").out
    assert "torch sees no GPU" in said
    assert "write below params in project.yml: device: cpu" in said
    torch.write_text("class cuda:\n    is_available = staticmethod(lambda: True)\n")
    assert lab.rt("doctor").code == 0
    torch.unlink()
    lab.settings(tracker="idtrackerai", params={"device": "cpu"})
    assert "torch" not in lab.rt("doctor").out
