"""Tell who is who over all pieces of a video, and join their masked videos: the results are as track.py's of the whole.

Each piece is a file of spots, NAME.spots, with NAME.spots.json and NAME.part.avi beside it, as track.py --spots made
them. The pieces must hold every frame from 0 on once. Exit code 0: finished; 1: not; 2: wrong use.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

_INSTALL = "pip install opencv-python-headless scipy PyYAML"


def main() -> int:
    """Join the pieces that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path, help="the video (a name that starts with -: write ./-name)")
    for name in ("parameters", "masked", "tracks", "info"):
        parser.add_argument(f"--{name}", type=Path, required=True, help="as of track.py")
    parser.add_argument("--pieces", type=Path, nargs="+", required=True, help="files of spots, in the order of frames")
    typed = parser.parse_args()
    sys.dont_write_bytecode = True  # this folder is the project's, and may be read-only
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from errors import TrackError
        from link_pieces import link_pieces
        from parameters import load_parameters
        from track_video import Job
    except ImportError as error:
        print(f"{sys.executable}: {error}; this Python needs: {_INSTALL} (see workspace/activate.sh)", file=sys.stderr)
        return 1
    try:
        job = Job(typed.video, typed.masked, typed.tracks, typed.info)
        print(link_pieces(job, typed.pieces, load_parameters(typed.parameters)))
    except TrackError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        from part_files import end_by_ctrl_c

        end_by_ctrl_c()
