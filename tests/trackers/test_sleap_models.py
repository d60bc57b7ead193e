"""Which trained models of SLEAP can be used together: what look_at_models.py says of a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE

PROGRAM = TEMPLATE / "remote_tracker/trackers/sleap/look_at_models.py"
DATA = REPOSITORY.parent / "shared" / "data" / "sleap"
HEADS = ("single_instance", "centroid", "centered_instance", "bottomup", "multi_class_topdown", "bbox_ssd")
PAIR = "is one half of a top-down pair"


def put_model(place: Path, head: str, legacy: bool = False, trained: bool = True) -> None:
    """Write a model's folder, as SLEAP leaves it after a training: all its heads but one are null."""
    heads = {name: {"confmaps": {"sigma": 2.5}} if name == head else None for name in HEADS}
    place.mkdir(parents=True)
    if legacy:
        (place / "training_config.json").write_text(json.dumps({"model": {"heads": heads}}))
    else:
        (place / "training_config.yaml").write_text(yaml.safe_dump({"model_config": {"head_configs": heads}}))
    if trained:
        (place / ("best_model.h5" if legacy else "best.ckpt")).write_bytes(b"weights")


def look(place: Path, **params: Any) -> list[str]:
    """Return what the program says of a folder."""
    argv = [sys.executable, "-I", "-B", str(PROGRAM), str(place)]
    ran = subprocess.run(argv, input=json.dumps(params), capture_output=True, text=True, check=True)
    return ran.stdout.splitlines()


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize(
    ("heads", "said"),
    [
        (["single_instance"], ""),
        (["bottomup"], ""),
        (["centroid", "centered_instance"], ""),
        (["centroid", "multi_class_topdown"], ""),
        (["centered_instance"], f"{PAIR} (centered_instance): name a folder with both, it and its centroid model"),
        (["multi_class_topdown"], f"{PAIR} (multi_class_topdown): name a folder with both, it and its centroid model"),
        (["centroid"], f"{PAIR} (centroid): name a folder with both, it and its centered_instance model"),
        (["centroid", "centroid"], "holds 0.centroid (centroid) and 1.centroid (centroid), of which one can be used"),
        (
            ["centroid", "centered_instance", "centered_instance"],
            "holds 1.centered_instance (centered_instance) and 2.",
        ),
        (["single_instance", "bottomup"], "of which one can be used: leave that one"),
        (["single_instance", "centroid"], "0.single_instance is used alone, so put it into a folder of its own"),
        (["nothing"], ""),
    ],
)
def test_models_that_go_together(tmp_path: Path, heads: list[str], said: str, legacy: bool) -> None:
    """Models of both kinds of SLEAP: fine where they can be used together, else a line that says why not."""
    for number, head in enumerate(heads):
        put_model(tmp_path / "m" / f"{number}.{head}", head, legacy)
    told = look(tmp_path / "m", dialect="legacy" if legacy else "current")
    assert bool(told) == bool(said)
    assert said in " ".join(told)


@pytest.mark.parametrize(("head", "is_half"), [("centered_instance", True), ("single_instance", False)])
def test_a_model_that_is_named_itself(tmp_path: Path, head: str, is_half: bool) -> None:
    """The folder of one model is judged as a folder with that model in it."""
    put_model(tmp_path / "240101.m", head)
    assert [PAIR in line for line in look(tmp_path / "240101.m")] == [True] * is_half


def test_centroids_alone(tmp_path: Path) -> None:
    """Whoever wants the centroids alone says so, as the line proposes; to SLEAP 1.3 and 1.4 that cannot be said."""
    put_model(tmp_path / "m", "centroid")
    assert "for centroids alone write options: [--centroid_only]" in look(tmp_path / "m")[0]
    assert look(tmp_path / "m", options=["--centroid_only"]) == []
    put_model(tmp_path / "old", "centroid", legacy=True)
    assert "centroid_only" not in look(tmp_path / "old", dialect="legacy")[0]


def test_models_that_cannot_be_used(tmp_path: Path) -> None:
    """No model at all, one without weights, one of a later SLEAP than the dialect's: each is said."""
    (tmp_path / "none/notes").mkdir(parents=True)
    assert look(tmp_path / "none") == [
        "holds no trained model: no training_config.yaml (or .json) in it, nor one folder deeper"
    ]
    put_model(tmp_path / "m", "single_instance", trained=False)
    assert look(tmp_path / "m") == ["m was not trained: it holds no best.ckpt (of SLEAP 1.3 and 1.4: best_model.h5)"]
    (tmp_path / "m/best.ckpt").write_bytes(b"")
    assert "was not trained" in look(tmp_path / "m")[0]
    put_model(tmp_path / "new", "single_instance")
    assert "is of SLEAP 1.5 or later" in look(tmp_path / "new", dialect="legacy")[0]


@pytest.mark.parametrize("text", ["", "{}", "[1]", "{model_config: {head_configs: 3}}", "\0", "a: [", "? {}"])
def test_a_configuration_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    """What a configuration that we cannot read is of is left to SLEAP."""
    put_model(tmp_path / "m", "centroid")
    (tmp_path / "m/training_config.yaml").write_text(text)
    assert look(tmp_path / "m") == []


def test_the_model_of_a_real_sleap() -> None:
    """A model that a real sleap-nn trained is taken as it is."""
    if not DATA.is_dir():
        pytest.skip("shared/data/sleap lies not beside this folder: no model of a real SLEAP to look at")
    assert look(DATA / "model") == []
