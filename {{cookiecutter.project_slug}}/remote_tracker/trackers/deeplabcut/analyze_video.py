"""Let DeepLabCut find the poses in one video:   python analyze_video.py CONFIG VIDEO FOLDER [--shuffle N]

FOLDER gets DeepLabCut's files, a .csv among them. It is made first: DeepLabCut would write beside the video otherwise.
"""

from __future__ import annotations

import argparse
import os


def main() -> None:
    """Analyze the video that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("video")
    parser.add_argument("folder")
    parser.add_argument("--shuffle", type=int, default=1)
    typed = parser.parse_args()
    import deeplabcut  # type: ignore[import-not-found]  # takes seconds, and prints: not for --help

    os.makedirs(typed.folder, exist_ok=True)
    deeplabcut.analyze_videos(
        typed.config, [typed.video], shuffle=typed.shuffle, destfolder=typed.folder, save_as_csv=True
    )


if __name__ == "__main__":
    main()
