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


def find_programs(variable: str, program: str, name: str) -> Path:
    """Return the folder that an environment variable names; skips the test where the program does not lie in it."""
    said = os.environ.get(variable, "")
    if not said or not Path(said, program).exists():
        pytest.skip(f'{variable} is "{said}": no {name} is there. make test-real installs one and names it')
    return Path(said)


@pytest.fixture(scope="session")
def sleap() -> Path:
    """The folder of a real sleap-nn's programs."""
    return find_programs("RT_SLEAP", "sleap-nn", "sleap-nn")


@pytest.fixture(scope="session")
def tramway() -> Path:
    """The folder of a Python that has the real TRamWAy."""
    return find_programs("RT_TRAMWAY", "python", "TRamWAy")


@pytest.fixture(scope="session")
def deeplabcut() -> Path:
    """The folder of a Python that has the real DeepLabCut."""
    return find_programs("RT_DEEPLABCUT", "python", "DeepLabCut")


@pytest.fixture(scope="session")
def idtrackerai() -> Path:
    """The folder of a real idtracker.ai's programs."""
    return find_programs("RT_IDTRACKERAI", "idtrackerai", "idtracker.ai")


@pytest.fixture(scope="session")
def movement() -> Path:
    """The folder of a Python that has the real movement, and what ./rt needs."""
    return find_programs("RT_MOVEMENT", "python", "movement")


@pytest.fixture(scope="session")
def nwb() -> Path:
    """The folder of a Python that has the real pynwb, ndx-pose and nwbinspector, and what ./rt needs."""
    return find_programs("RT_NWB", "python", "pynwb")


@pytest.fixture(scope="session")
def parquet() -> Path:
    """The folder of a Python that has the real pyarrow, pandas, polars and DuckDB, and what ./rt needs."""
    return find_programs("RT_PARQUET", "python", "pyarrow")


@pytest.fixture(scope="session")
def crate() -> Path:
    """The folder of a Python that has the real rocrate and roc-validator, and what ./rt needs."""
    return find_programs("RT_CRATE", "python", "rocrate")


@pytest.fixture(scope="session")
def frictionless() -> Path:
    """The folder of the real validator of Data Packages."""
    return find_programs("RT_FRICTIONLESS", "frictionless", "frictionless")


@pytest.fixture(scope="session")
def pybtex() -> Path:
    """The folder of a Python that has a real reader of BibTeX."""
    return find_programs("RT_BIBTEX", "pybtex", "pybtex")


@pytest.fixture(scope="session")
def dynvision() -> DynVision:
    """A real DynVision, and the programs that it needs."""
    source = find_programs("RT_DYNVISION", "dynvision/workflow/Snakefile", "DynVision")
    programs = find_programs("RT_DYNVISION_PROGRAMS", "snakemake", "Snakemake with what DynVision needs")
    return DynVision(source, programs)


@pytest.fixture(scope="session")
def datashuttle() -> Path:
    """The folder of a Python that has the real datashuttle."""
    return find_programs("RT_DATASHUTTLE", "python", "datashuttle")


@pytest.fixture(scope="session")
def sleap_io() -> Path:
    """The folder of a Python that has the real sleap-io, and what ./rt needs."""
    return find_programs("RT_SLEAP_IO", "python", "sleap-io")


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
