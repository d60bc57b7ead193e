"""Track the animals of one video with OpenCV: a masked video, a table of tracks, and a JSON file about both.

The table has one line for each animal and frame in which it is seen; frames without a line are frames in which
it was not. Exit code 0: finished; 1: this video cannot be tracked, or the disk is full; 2: wrong use.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

_INSTALL = "pip install opencv-python-headless scipy PyYAML"


def read_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Return the typed arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", type=Path, help="the video (a name that starts with -: write ./-name)")
    parser.add_argument(
        "--parameters", type=Path, required=True, help="the parameter file, as AuxiliaryFiles/opencv.yml"
    )
    parser.add_argument("--masked", type=Path, required=True, help="the masked video to write (.avi)")
    made = parser.add_mutually_exclusive_group(required=True)
    made.add_argument("--tracks", type=Path, help="the table of tracks to write (.csv)")
    made.add_argument("--spots", type=Path, help="instead: where the spots are, for join_pieces.py (.spots)")
    parser.add_argument(
        "--frames", type=read_span, default="0-", help="as 0-299: only these frames, from 0 (default: all)"
    )
    parser.add_argument("--info", type=Path, required=True, help="the JSON file to write")
    return parser.parse_args(argv)


def read_span(text: str) -> tuple[int, int | None]:
    """Return the first and the last frame of a range as 0-299; the last is None for 300-, up to the end."""
    found = re.fullmatch(r"([0-9]{1,15})-([0-9]{0,15})", text)
    span = (int(found[1]), int(found[2]) if found[2] else None) if found else (1, 0)
    if span[1] is not None and span[1] < span[0]:
        raise argparse.ArgumentTypeError(f"{text!r} is no range of frames, as 0-299")
    return span


def main() -> int:
    """Track the video that the command line names; return the exit code."""
    arguments = read_arguments()
    sys.dont_write_bytecode = True  # this folder is the project's, and may be read-only
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # FFmpeg's own messages say less than ours
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for each core of the node
    try:
        from errors import TrackError
        from parameters import load_parameters
        from read_video import Span
        from track_video import Job, track
    except ImportError as error:
        print(f"{sys.executable}: {error}; this Python needs: {_INSTALL} (see workspace/activate.sh)", file=sys.stderr)
        return 1
    places = arguments.masked, arguments.tracks or arguments.spots, arguments.info
    job = Job(arguments.video, *places, Span(*arguments.frames), only_spots=bool(arguments.spots))
    try:
        print(track(job, load_parameters(arguments.parameters)))
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
