"""Let DeepLabCut find the poses in one video:   python analyze_video.py CONFIG VIDEO FOLDER WORK [--shuffle N]

FOLDER gets DeepLabCut's files, a .csv among them, and analyzed.json: how many frames it looked at. It is made first:
DeepLabCut would write beside the video otherwise. WORK becomes a project of the task's own: links to what lies beside
CONFIG, and a copy of CONFIG, since DeepLabCut writes into its config.yaml, however many tasks read it, and fails where
it may not.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import sys
from pathlib import Path
from typing import Any

NO_TRACKLETS = "Tracklets are empty."  # what DeepLabCut ends with where no animal was followed long enough
TRACKLETS = ("_el", "_bx", "_sk")  # how the names of its files with tracklets end, by track method


def main() -> None:
    """Analyze the video that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("config", "video", "folder", "work"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--shuffle", type=int, default=1)
    typed = parser.parse_args()
    import deeplabcut  # type: ignore[import-not-found]  # takes seconds, and prints: not for --help

    typed.folder.mkdir(parents=True, exist_ok=True)
    config = lend_project(typed.config.absolute(), typed.work.absolute())
    require_tracker(config)
    try:
        deeplabcut.analyze_videos(
            str(config), [str(typed.video)], shuffle=typed.shuffle, destfolder=str(typed.folder), save_as_csv=True
        )
    except OSError as error:
        if str(error) != NO_TRACKLETS:
            raise
        write_no_tracks(config, typed.folder)
    note_frames(typed.folder)


def lend_project(config: Path, folder: Path) -> Path:
    """Make a project of links in ``folder``; return its config.yaml, a copy, into which DeepLabCut may write."""
    if not config.is_file():
        sys.exit(f"{config}: there is no such file")
    folder.mkdir(parents=True)
    copy = folder / "config.yaml"
    shutil.copyfile(config, copy)
    for name in os.listdir(config.parent):
        if name not in (config.name, copy.name):
            (folder / name).symlink_to(config.parent / name)
    return copy


def require_tracker(config: Path) -> None:
    """End the program where DeepLabCut would lose each of several animals after a frame, and not say so.

    Its trackers called ellipse and skeleton do with filterpy 2, which DeepLabCut 3.0.2 allows.
    """
    import yaml

    told = yaml.safe_load(config.read_text(encoding="utf-8"))
    if not told.get("multianimalproject") or told.get("default_track_method") in ("box", "ctd"):
        return
    try:
        from deeplabcut.core.trackingutils import EllipseTracker  # type: ignore[import-not-found]
    except ImportError:  # another version keeps it elsewhere
        return
    still = (50.0, 40.0, 20.0, 10.0, 1.0)
    tracker = EllipseTracker(still)
    tracker.predict()
    tracker.update(still)
    if any(abs(float(tracker.state[i]) - still[i]) > 1 for i in range(len(still))):
        sys.exit("DeepLabCut cannot follow animals with this filterpy: python -m pip install 'filterpy<2'")


def write_no_tracks(config: Path, folder: Path) -> None:
    """Write the tables that DeepLabCut writes of several animals, without a row: none was followed for ten frames."""
    import pandas  # type: ignore[import-untyped]
    import yaml

    told = yaml.safe_load(config.read_text(encoding="utf-8"))
    found = [path for end in TRACKLETS for path in sorted(folder.glob(f"*{end}.pickle"))]
    if not found:
        sys.exit(f"{NO_TRACKLETS} {folder}: holds no file with tracklets")
    with found[0].open("rb") as file:
        scorer = pickle.load(file)["header"].get_level_values("scorer")[0]
    columns = [
        (scorer, animal, part, coord)
        for animals, parts in (("individuals", "multianimalbodyparts"), (None, "uniquebodyparts"))
        for animal in (told[animals] if animals else ["single"])
        for part in told[parts] or ()
        for coord in ("x", "y", "likelihood")
    ]
    names = ["scorer", "individuals", "bodyparts", "coords"]
    table = pandas.DataFrame(columns=pandas.MultiIndex.from_tuples(columns, names=names), dtype=float)
    table.to_hdf(found[0].with_suffix(".h5"), key="tracks", mode="w")
    table.to_csv(found[0].with_suffix(".csv"))
    print(f"No animal was followed for ten frames ({NO_TRACKLETS}): the tables have no row.")


def note_frames(folder: Path) -> None:
    """Write how many frames DeepLabCut looked at: a table of several animals ends with the last that was seen."""
    for path in sorted(folder.glob("*_full.pickle")):
        with path.open("rb") as file:
            data: dict[str, Any] = pickle.load(file)
        frames = sum(1 for key in data if str(key).startswith("frame"))
        (folder / "analyzed.json").write_text(json.dumps({"frames": frames}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
