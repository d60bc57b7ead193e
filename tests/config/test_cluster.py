"""What a cluster's file says: what its jobs ask for, what its projects begin with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.job_script import make_script
from remote_tracker.config import load_cluster
from remote_tracker.errors import ConfigError
from remote_tracker.model import Resources
from schedulers.fakes import COPY, make_slurm

CLUSTERS = Path(__file__).parents[2] / "{{cookiecutter.project_slug}}" / "remote_tracker" / "clusters"


def write(folder: Path, text: str) -> Path:
    """Write a cluster's file."""
    path = folder / "ours.yml"
    path.write_text(f"description: ours\nscheduler: slurm\n{text}")
    return path


def test_resources_go_before_the_trackers(tmp_path: Path) -> None:
    """A new job script asks for what the cluster says of its folder; for what it does not say, as the tracker does."""
    told = load_cluster(write(tmp_path, "resources:\n  workspace: {walltime: 30:00:00}\n"))
    stage = replace(COPY, resources=Resources(cpus=2, memory="2G", walltime="4:00:00"))
    project = replace(make_slurm(tmp_path / "lab", stage), cluster=told)
    script = make_script(project, stage).read_text()
    assert "#SBATCH --time=30:00:00\n" in script
    assert "#SBATCH --cpus-per-task=2\n" in script
    assert "#SBATCH --mem=2G\n" in script


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("resources: {workspaces: {cpus: 1}}\n", 'unknown key "workspaces". Did you mean workspace?'),
        ("resources: {workspace: {cpu: 1}}\n", 'unknown key "cpu". Did you mean cpus?'),
        ("resources: {workspace: [1]}\n", '"workspace" must be a mapping'),
        ("resources: {workspace: {cpus: many}}\n", '"cpus" must be a whole number'),
        ('directives: [--x, "--y\\nz"]\n', '"directives" must be one line'),
        ('resources: {workspace: {memory: "1G\\nx"}}\n', '"memory" must be one line'),
        ("activate: {a: b}\n", '"activate" must be a list of words'),
    ],
)
def test_refused(tmp_path: Path, text: str, says: str) -> None:
    """A word that no cluster's file has is refused, with the line and the words there are."""
    with pytest.raises(ConfigError) as error:
        load_cluster(write(tmp_path, text))
    assert says in str(error.value)
    assert "line 3" in str(error.value)


def test_krypton() -> None:
    """Krypton is as its guide says: PBS, one core a task, 30 hours, 20 for the tables, its two lines of environment."""
    krypton = load_cluster(CLUSTERS / "krypton.yml")
    assert krypton.scheduler.name == "pbs"
    assert krypton.resources["workspace"] == {"cpus": 1, "walltime": "30:00:00"}
    assert krypton.resources["summarizer"] == {"cpus": 1, "walltime": "20:00:00"}
    assert (krypton.modules, krypton.activate) == (("Anaconda3",), ("source activate tierpsy",))
