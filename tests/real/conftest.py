"""What the tests of this folder run: trackers' real programs, where a variable says they are (see make test-real)."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

CLUSTER = Path(__file__).resolve().parents[1] / "cluster"
sys.path.insert(0, str(CLUSTER))


class DynVision(NamedTuple):
    """The folder in which a real DynVision's package lies, and the folder of the programs that it needs."""

    source: Path
    programs: Path


@pytest.fixture(scope="session")
def sleap() -> Path:
    """The folder of a real sleap-nn's programs."""
    said = os.environ.get("RT_SLEAP", "")
    if not said or not Path(said, "sleap-nn").exists():
        pytest.skip(f'RT_SLEAP is "{said}": no sleap-nn is there. make test-real installs one and names it')
    return Path(said)


@pytest.fixture(scope="session")
def tramway() -> Path:
    """The folder of a Python that has the real TRamWAy."""
    said = os.environ.get("RT_TRAMWAY", "")
    if not said or not Path(said, "python").exists():
        pytest.skip(f'RT_TRAMWAY is "{said}": no TRamWAy is there. make test-real installs one and names it')
    return Path(said)


@pytest.fixture(scope="session")
def deeplabcut() -> Path:
    """The folder of a Python that has the real DeepLabCut."""
    said = os.environ.get("RT_DEEPLABCUT", "")
    if not said or not Path(said, "python").exists():
        pytest.skip(f'RT_DEEPLABCUT is "{said}": no DeepLabCut is there. make test-real installs one and names it')
    return Path(said)


@pytest.fixture(scope="session")
def idtrackerai() -> Path:
    """The folder of a real idtracker.ai's programs."""
    said = os.environ.get("RT_IDTRACKERAI", "")
    if not said or not Path(said, "idtrackerai").exists():
        pytest.skip(f'RT_IDTRACKERAI is "{said}": no idtracker.ai is there. make test-real installs one and names it')
    return Path(said)


@pytest.fixture(scope="session")
def dynvision() -> DynVision:
    """A real DynVision, and the programs that it needs."""
    said, programs = os.environ.get("RT_DYNVISION", ""), os.environ.get("RT_DYNVISION_PROGRAMS", "")
    if not Path(said, "dynvision/workflow/Snakefile").exists() or not Path(programs, "snakemake").exists():
        pytest.skip(f'RT_DYNVISION is "{said}": no DynVision is there. make test-real installs one and names it')
    return DynVision(Path(said), Path(programs))


@pytest.fixture(scope="session")
def slurm() -> Iterator[Path]:
    """The folder of the Slurm of tests/cluster; one that was up already stays up."""
    spec = importlib.util.spec_from_file_location("cluster_conftest", CLUSTER / "conftest.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(cluster := importlib.util.module_from_spec(spec))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", f"{cluster.SLURM_FOLDER}/slurm.conf")
        yield from cluster.bring_up("slurm.sh", cluster.SLURM_FOLDER)
