"""Print how many frames of a video can really be read, and how many it claims: python count_frames.py [--all] VIDEO

Prints two numbers; the second is 0 where the file claims none. --all counts what an MP4's edit list hides, too.
Runs in the tracker's environment (Python 3.7 or later), with the reader that is there: OpenCV, PyAV or
imageio. Exit codes: 0 counted; 3 no reader is installed; 4 the video cannot be opened; 1 is Python's own,
for a reader that broke.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start a thread for each core of the node, for nothing

CANNOT_OPEN = 4  # the exit code for that
NO_CLAIM = 2**30  # a stream that was never closed claims this many frames or more


class CannotOpen(Exception):
    """The reader cannot open the video."""


def count_with_opencv(path: str, hidden: bool = False) -> tuple[int, int]:
    """Return how many frames OpenCV decodes, and how many the file claims (0 where it claims none).

    With ``hidden`` the frames count, too, that an MP4's edit list hides. Raises CannotOpen.
    """
    if hidden:
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "ignore_editlist;1"
    cv2 = import_module("cv2")
    capture = cv2.VideoCapture(path)
    if not capture.isOpened():
        raise CannotOpen()
    claimed = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    count = 0
    while capture.grab():  # decodes the frame, and leaves out the conversion of its colours
        count += 1
    return count, int(claimed) if 0 < claimed < NO_CLAIM else 0


def count_with_av(path: str, hidden: bool = False) -> tuple[int, int]:
    """Return how many frames PyAV decodes before the end or the first error, and how many the file claims."""
    av = import_module("av")
    count = claimed = 0
    try:
        with av.open(path, options={"ignore_editlist": "1"} if hidden else {}) as container:
            claimed = container.streams.video[0].frames
            for _ in container.decode(video=0):
                count += 1
    except Exception as error:  # PyAV raises a different class for each of ffmpeg's errors
        if not count:
            raise CannotOpen() from error
    return count, claimed


def count_with_imageio(path: str, hidden: bool = False) -> tuple[int, int]:
    """Return how many frames imageio decodes before the end or the first error, and 0: it reports no claim."""
    imageio = import_module("imageio")
    count = 0
    try:
        for _ in imageio.get_reader(path):
            count += 1
    except Exception as error:  # each plugin of imageio raises its own class
        if not count:
            raise CannotOpen() from error
    return count, 0


READERS = (("cv2", count_with_opencv), ("av", count_with_av), ("imageio", count_with_imageio))


def main(path: str, hidden: bool = False) -> int:
    """Print the two numbers with the first reader that can be imported, and return the exit code."""
    for module, count in READERS:
        try:
            import_module(module)
        except Exception:  # a broken installation raises anything: a missing library, a wrong numpy
            continue
        try:
            print(*count(path, hidden))
        except CannotOpen:
            print("the video cannot be opened", file=sys.stderr)
            return CANNOT_OPEN
        return 0
    print("none of cv2, av, imageio can be imported", file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[-1], sys.argv[1] == "--all"))
