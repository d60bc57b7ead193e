"""Write a program by which DeepLabCut extracts the frames that are worth labelling, with the positions found so far."""

from __future__ import annotations

import os
import pprint
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..disk.files import write_file
from ..model import Project
from .choose_frames import Chosen

PROGRAM = '''\
"""Extract the frames that are most worth labelling into labeled-data of the project of DeepLabCut.

    python extract_frames.py      in the Python of DeepLabCut; then refine the labels in its window
"""

import deeplabcut
from deeplabcut.utils.auxiliaryfunctions import read_config

CONFIG = {config!r}
SHUFFLE = {shuffle!r}
FRAMES = {frames}  # a video: the folder of its results, and the frames

if __name__ == "__main__":
    most = read_config(CONFIG)["numframes2pick"]  # so many DeepLabCut takes of a list, and drops the others
    for video, (results, frames) in FRAMES.items():
        for start in range(0, len(frames), most):
            deeplabcut.extract_outlier_frames(
                CONFIG, [video], shuffle=SHUFFLE, destfolder=results, outlieralgorithm="list",
                frames2use=frames[start : start + most], extractionalgorithm="uniform", automatic=True,
            )
'''


def write_extraction(
    project: Project, chosen: Sequence[Chosen], videos: Mapping[str, str], results: Mapping[str, str], place: Path
) -> Path:
    """Write the program for the chosen frames and return ``place``.

    ``videos`` and ``results`` map a video to its file and to the folder of its results.
    """
    frames: dict[str, tuple[str, list[int]]] = {}
    for one in chosen:
        frames.setdefault(videos[one.video], (results[one.video], []))[1].append(one.frame)
    params = project.tracker.params
    config = os.path.join(project.root, os.path.expanduser(str(params.get("config", "config.yaml"))))
    told = pprint.pformat(frames, width=110, compact=True)
    write_file(place, PROGRAM.format(config=config, shuffle=params.get("shuffle", 1), frames=told))
    return place
