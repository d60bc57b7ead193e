"""Draw videos of mice, and train DeepLabCut on them without a download.

    python train_deeplabcut.py FOLDER ANIMALS EPOCHS

FOLDER gets dlc/ (a trained project of DeepLabCut, made for ANIMALS mice), v1.avi and v2.avi, and empty.avi, in which no
animal is. A mouse is a red head, a green ear and a blue tail; it goes round an ellipse. Runs in DeepLabCut's Python.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import cv2
import deeplabcut  # type: ignore[import-not-found]
import numpy as np
import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]
import torch  # type: ignore[import-not-found, unused-ignore]
import yaml
from deeplabcut.pose_estimation_pytorch.models import PoseModel  # type: ignore[import-not-found]

SIZE, FRAMES, LABELLED, APART = 96, 40, 24, 15
STEP = 0.04  # rad a frame: of faster animals DeepLabCut loses the track
PARTS = {"head": (0, 0, 220), "ear": (0, 150, 0), "tail": (220, 0, 0)}
SMALL = {"model_name": "test_resnet", "channels": 96}  # the smallest of the networks that DeepLabCut can build


def place(frame: int, animal: int, animals: int, seed: int) -> list[tuple[float, float]]:
    """Return where an animal's head, ear and tail are: far from a line, else DeepLabCut loses the track."""
    angle = frame * STEP + seed + 2 * animal
    middle, height = (48, 24) if animals == 1 else (28 + 40 * animal, 10)
    x, y = 48 + 26 * np.cos(angle), middle + height * np.sin(angle)
    ahead = np.array([np.cos(angle + 1.3), np.sin(angle + 1.3)])
    aside = np.array([-ahead[1], ahead[0]])
    return [(x + dx, y + dy) for dx, dy in (9 * ahead, 9 * aside, -9 * ahead)]


def draw(frame: int, animals: int, seed: int, there: int) -> Any:
    """Return a frame with the first ``there`` animals."""
    image = np.full((SIZE, SIZE, 3), 200, np.uint8)
    for animal in range(there):
        for (x, y), colour in zip(place(frame, animal, animals, seed), PARTS.values(), strict=True):
            cv2.circle(image, (round(x), round(y)), 4, colour, -1, cv2.LINE_AA)
    return image


def write_video(path: Path, animals: int, seed: int, there: int) -> None:
    """Draw a video."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (SIZE, SIZE))
    for frame in range(FRAMES):
        writer.write(draw(frame, animals, seed, there))
    writer.release()


def make_project(folder: Path, animals: int) -> Path:
    """Make a project of DeepLabCut with labelled frames; return its config.yaml."""
    names = [f"mouse{number + 1}" for number in range(animals)]
    write_video(folder / "train.avi", animals, 7, animals)
    several = {"multianimal": True, "individuals": names} if animals > 1 else {}
    made = deeplabcut.create_new_project(
        "mice", "me", [str(folder / "train.avi")], working_directory=str(folder), copy_videos=True, **several
    )
    config = Path(made)
    keys = yaml.safe_load(config.read_text())
    keys |= {"multianimalbodyparts" if several else "bodyparts": [*PARTS], "uniquebodyparts": [], "skeleton": []}
    config.write_text(yaml.safe_dump(keys, sort_keys=False))
    labels = config.parent / "labeled-data/train"
    labels.mkdir(parents=True, exist_ok=True)
    frames = {f"img{number:03}.png": number * APART for number in range(LABELLED)}
    for name, frame in frames.items():
        cv2.imwrite(str(labels / name), draw(frame, animals, 7, animals))
    levels = [["me"], *([names] if several else []), [*PARTS], ["x", "y"]]
    table = pd.DataFrame(
        [np.ravel([place(frame, animal, animals, 7) for animal in range(animals)]) for frame in frames.values()],
        columns=pd.MultiIndex.from_product(
            levels, names=["scorer", *(["individuals"] if several else []), "bodyparts", "coords"]
        ),
        index=pd.MultiIndex.from_tuples([("labeled-data", "train", name) for name in frames]),
    )
    table.to_hdf(labels / "CollectedData_me.h5", key="df_with_missing", mode="w")
    table.to_csv(labels / "CollectedData_me.csv")
    return config


def shrink(told: Any, channels: int) -> Any:
    """Return a part of pytorch_config.yaml with ``channels`` in the place of those of the large network."""
    if isinstance(told, dict):
        return {key: shrink(value, channels) for key, value in told.items()}
    if isinstance(told, list):
        return [shrink(value, channels) for value in told]
    return channels if told == 2048 else told


def configure(path: Path, epochs: int) -> dict[str, Any]:
    """Change pytorch_config.yaml for a small network that sees the frames as they are; return what it says."""
    told: dict[str, Any] = yaml.safe_load(path.read_text())
    told["model"] = shrink(told["model"], SMALL["channels"])
    told["model"]["backbone"]["model_name"] = SMALL["model_name"]
    head, data, runner = told["model"]["heads"]["bodypart"], told["data"]["train"], told["runner"]
    data |= {"affine": None, "motion_blur": False, "gaussian_noise": 2.0}
    data["crop_sampling"] |= {"width": SIZE, "height": SIZE, "max_shift": 0.0, "method": "uniform"}
    if "paf" in head["criterion"]:
        for name, weight in (("heatmap", 10.0), ("paf", 20.0), ("locref", 1.0)):
            head["criterion"][name]["weight"] = weight
        for generator, width in zip(head["target_generator"]["generators"], ("pos_dist_thresh", "width"), strict=True):
            generator[width] = 10
    runner["eval_interval"] = 10 * epochs  # a best one would be chosen by two frames
    runner["optimizer"]["params"]["lr"] = 2e-3
    runner["scheduler"]["params"] = {"lr_list": [[5e-4], [1e-4]], "milestones": [epochs * 7 // 10, epochs * 9 // 10]}
    path.write_text(yaml.safe_dump(told, sort_keys=False))
    return told


def main(folder: Path, animals: int, epochs: int) -> None:
    """Draw, label, train."""
    for number in (1, 2):
        write_video(folder / f"v{number}.avi", animals, number, animals)
    write_video(folder / "empty.avi", animals, 3, 0)
    config = make_project(folder, animals)
    make = deeplabcut.create_multianimaltraining_dataset if animals > 1 else deeplabcut.create_training_dataset
    make(str(config), net_type="resnet_50")
    told = configure(next(config.parent.glob("dlc-models-pytorch/**/train/pytorch_config.yaml")), epochs)
    torch.manual_seed(0)
    network = PoseModel.build(told["model"], pretrained_backbone=False)  # with True it would be downloaded
    torch.save({"model": network.state_dict()}, folder / "start.pt")
    deeplabcut.train_network(
        str(config),
        device="cpu",
        batch_size=8,
        epochs=epochs,
        save_epochs=epochs,
        snapshot_path=str(folder / "start.pt"),
    )
    shutil.move(str(config.parent), folder / "dlc")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
