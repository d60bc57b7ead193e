"""Real Snakemake workflows on this machine alone: side by side in one folder, locked by hand, as they come."""

from __future__ import annotations

from shlex import quote

import pytest
from cluster_lab import told
from lab import REPOSITORY, Lab, wait_for
from snakemaking import find_snakemake

DYNVISION = """
import logging

logger = logging.getLogger("workflow.data")  # as in each of its files: Snakemake itself says nothing more with it

configfile: "dynvision/configs/config_defaults.yaml"

rule all:
    input: f"reports/{config['model_name']}_{config['data_name']}.txt"

rule train_model:
    output: "models/{model}_{data}.pt"
    params: mounted=",".join(config.get("mounted_datasets", []))
    shell:
        "echo train {wildcards.data} {params.mounted} >> ledger; until [ -e open ]; do sleep 0.1; done;"
        " echo > {output}"

rule test_model:
    input: "models/{model}_{data}.pt"
    output: "reports/{model}_{data}.txt"
    shell: "echo test {wildcards.data} >> ledger; echo > {output}"
"""


PATHS = """
from pathlib import Path
from types import SimpleNamespace

project_paths = SimpleNamespace(working_dir=Path(__file__).parents[1])
"""


@pytest.fixture
def here(plain_lab: Lab) -> Lab:
    """A project on this machine alone, whose tasks find Snakemake."""
    plain_lab.activate(f"export PATH={find_snakemake().parent}:$PATH\n")
    return plain_lab


@pytest.fixture
def dynvision(here: Lab) -> Lab:
    """A project with a folder that is laid out as DynVision's, and two experiments."""
    folder = here.root / "dynvision/dynvision"
    (folder / "workflow").mkdir(parents=True)
    (folder / "configs").mkdir()
    (folder / "workflow/Snakefile").write_text(DYNVISION)
    (folder / "configs/config_defaults.yaml").write_text("model_name: DyRCNNx4\ndata_name: mnist\n")
    (folder / "project_paths.py").write_text(PATHS)
    (here.root / "dynvision/open").touch()
    for name in ("__init__", "runtime/__init__", "runtime/train_model", "runtime/test_model"):
        (folder / f"{name}.py").parent.mkdir(exist_ok=True)
        (folder / f"{name}.py").touch()
    lines = (here.workspace / "activate.sh").read_text()
    here.activate(f"{lines}export PYTHONPATH={quote(str(folder.parent))} WANDB_MODE=offline\n")
    experiments = {name: f"all --config data_name={name}" for name in ("cifar100", "imagenette")}
    params = {"experiments": experiments, "config": {"mounted_datasets": ["imagenet"]}}
    here.settings(tracker="dynvision", params=params)
    return here


def test_two_experiments(dynvision: Lab) -> None:
    """Experiments of one folder are made side by side, each with its own config beside that of all."""
    assert "2\tTotal files to be processed." in (ran := dynvision.scan()).out, ran
    ran = dynvision.process("-j", "2", seconds=180)
    assert "All 2 finished" in ran.out, told(dynvision.rt("logs", "cifar100"))
    lines = sorted((dynvision.root / "dynvision/ledger").read_text().splitlines())
    assert lines == ["test cifar100", "test imagenette", "train cifar100 imagenet", "train imagenette imagenet"]
    assert dynvision.counts() == {"finished": 2}


def test_one_after_the_other(dynvision: Lab) -> None:
    """Experiments that make the same files wait for each other; no file is made twice."""
    same = {"first": "all --config data_name=same", "second": "all --config data_name=same"}
    dynvision.settings(tracker="dynvision", params={"experiments": same})
    dynvision.scan()
    (dynvision.root / "dynvision/open").unlink()
    process = dynvision.start("bash", "process_all.sh", "-j", "2")
    wait_for(lambda: "goes first. Waiting." in logs_of(dynvision), "what waits", 120)
    (dynvision.root / "dynvision/open").touch()
    assert "All 2 finished" in process.communicate(timeout=180)[0].decode(), told(dynvision.rt("logs", "second"))
    assert (dynvision.root / "dynvision/ledger").read_text().split("\n") == ["train same", "test same", ""]


def logs_of(lab: Lab) -> str:
    """Return the logs of the first batch, as far as they are written."""
    return "".join(path.read_text() for path in lab.batch(1).glob("output.*"))


def test_locked_by_hand(dynvision: Lab) -> None:
    """A Snakemake that somebody runs by hand in that folder is not pushed aside: its lock stays, and is named."""
    gate = "until [ -e go ]; do sleep 0.1; done"
    (dynvision.root / "dynvision/hand").write_text(
        f'rule all:\n    output: "reports/DyRCNNx4_cifar100.txt"\n    shell: "touch begun; {gate}; echo > {{output}}"\n'
    )
    argv = [str(find_snakemake()), "-s", "hand", "--cores", "1"]
    hand = dynvision.start(*argv, folder="dynvision")
    wait_for(lambda: (dynvision.root / "dynvision/begun").exists(), "the one by hand", 60)
    dynvision.settings(tracker="dynvision", params={"experiments": {"cifar100": "all --config data_name=cifar100"}})
    dynvision.scan()
    dynvision.process(seconds=120)
    assert "is locked by a Snakemake that was started by hand: let it end first." in dynvision.log(1, 1)
    (dynvision.root / "dynvision/go").touch()
    assert hand.wait(60) == 0


def test_what_comes_with_it(here: Lab) -> None:
    """The workflow that a new project has works as it is, whatever the videos are called."""
    source = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers/snakemake/AuxiliaryFiles/Snakefile"
    (here.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (here.root / "AuxiliaryFiles/Snakefile").write_bytes(source.read_bytes())
    here.settings(tracker="snakemake")
    here.video("d1/a b's.avi", "12345")
    here.video("d 2/$x.mp4", "1")
    here.scan()
    assert "The one task finished" in here.process(seconds=300).out, told(here.rt("logs", "all"))
    assert (here.root / "Results/sizes.csv").read_text() == "video,bytes\nd 2/$x.mp4,1\nd1/a b's.avi,5\n"


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        (
            "PYTHONPATH",
            "\"ModuleNotFoundError: No module named 'dynvision'\". python cannot import DynVision's programs",
        ),
        ("WANDB_MODE", "DynVision's training reports to wandb: export WANDB_MODE=offline in workspace/activate.sh"),
        ("assertpy", "\"ModuleNotFoundError: No module named 'assertpy'\". python cannot import DynVision's programs"),
        (
            "working_dir",
            '"/nowhere cannot be written". DynVision works in the folder that dynvision/project_paths.py names',
        ),
    ],
)
def test_what_dynvision_needs(dynvision: Lab, lacks: str, told: str) -> None:
    """What real DynVisions lacked, one after the other, is asked for before an experiment is listed."""
    package = dynvision.root / "dynvision/dynvision"
    text = (dynvision.workspace / "activate.sh").read_text()
    dynvision.activate(text.replace(f"{lacks}=", f"OTHER_{lacks}="))
    if lacks == "assertpy":
        (package / "runtime/train_model.py").write_text("import assertpy\n")
    if lacks == "working_dir":
        (package / "project_paths.py").write_text(PATHS.replace("Path(__file__).parents[1]", "Path('/nowhere')"))
    ran = dynvision.scan()
    assert ran.code == 1
    assert told in ran.err
