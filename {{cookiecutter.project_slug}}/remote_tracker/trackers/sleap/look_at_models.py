"""Tell what is wrong with a folder of trained models of SLEAP:   python look_at_models.py FOLDER < parameters.json

Prints a line for each fault, nothing where the models can be used together. A model is a folder with its
training_config.yaml (of 1.3 and 1.4: .json), whose only head that is not null says what it finds. Seen on sleap-nn
0.3.5: two models with one head, and the second half of a pair alone, fail each task; models beside a
model that looks at whole frames are not used, without a word; a centroid model alone finds centroids.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CONFIGS = ("training_config.yaml", "training_config.json")
FIRST = ("centroid", "bbox_centernet", "bbox_ssd")
SECOND = ("centered_instance", "multi_class_topdown", "centered_instance_segmentation")


class Model(NamedTuple):
    """A trained model."""

    name: str  # of its folder
    head: str  # "": it cannot be read
    suffix: str  # of its configuration: .yaml or .json
    trained: bool


def find_models(top: Path) -> list[Model]:
    """Return the model that the folder is, or the models in it, sorted by name."""
    places = [top] if _config_of(top) else sorted(place for place in top.iterdir() if place.is_dir())
    found = [(place, _config_of(place)) for place in places]
    return [_load(place, config) for place, config in found if config]


def _config_of(place: Path) -> Path | None:
    return next((place / name for name in CONFIGS if (place / name).is_file()), None)


def _load(place: Path, config: Path) -> Model:
    weights = [path for end in ("ckpt", "h5") for path in place.glob(f"best*.{end}")]
    return Model(place.name, _read_head(config), config.suffix, any(path.stat().st_size for path in weights))


def _read_head(config: Path) -> str:
    try:
        text = config.read_text(encoding="utf-8")
        told = json.loads(text) if config.suffix == ".json" else yaml.safe_load(text)
        heads = told["model"]["heads"] if config.suffix == ".json" else told["model_config"]["head_configs"]
        return next((str(name) for name, head in heads.items() if head is not None), "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, yaml.YAMLError):
        return ""  # SLEAP tells what is wrong with it, or reads what we do not know


def find_faults(models: list[Model], params: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with models that are to be used together with these parameters of the tracker."""
    if not models:
        yield "holds no trained model: no training_config.yaml (or .json) in it, nor one folder deeper"
    for model in models:
        if not model.trained:
            yield f"{model.name} was not trained: it holds no best.ckpt (of SLEAP 1.3 and 1.4: best_model.h5)"
        if params.get("dialect") == "legacy" and model.suffix == ".yaml":
            yield f"{model.name} is of SLEAP 1.5 or later, which 1.3 and 1.4 cannot read: take dialect: legacy away"
    yield from _do_not_go_together([model for model in models if model.head], params)


def _do_not_go_together(models: list[Model], params: Mapping[str, Any]) -> Iterator[str]:
    first, second = ([model for model in models if model.head in heads] for heads in (FIRST, SECOND))
    whole = [model for model in models if model.head not in (*FIRST, *SECOND, "embedding")]
    for alike in (first, second, whole):
        if len(alike) > 1:
            yield f"holds {_told(alike)}, of which one can be used: leave that one"
    if whole and (first or second):
        told = f"{whole[0].name} is used alone, so put it into a folder of its own"
        yield f"holds {_told([*whole, *first, *second])}: {told}"
    elif second and not first:
        yield f"is one half of a top-down pair ({second[0].head}): name a folder with both, it and its centroid model"
    elif first and not second and first[0].head == "centroid" and not _wants_centroids(models, params):
        more = "" if params.get("dialect") == "legacy" else "; for centroids alone write options: [--centroid_only]"
        yield (
            "is one half of a top-down pair (centroid): name a folder with both, it and its centered_instance "
            f"model{more}"
        )


def _wants_centroids(models: list[Model], params: Mapping[str, Any]) -> bool:
    return len(models) > 1 or "--centroid_only" in (params.get("options") or ())


def _told(models: list[Model]) -> str:
    return " and ".join(f"{model.name} ({model.head})" for model in models)


def main() -> None:
    """Print the faults of the folder that the command line names."""
    for fault in find_faults(find_models(Path(sys.argv[1])), json.load(sys.stdin)):
        print(fault)


if __name__ == "__main__":
    main()
