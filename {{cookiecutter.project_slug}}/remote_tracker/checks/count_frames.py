"""Print how many frames of a video can really be read: python count_frames.py VIDEO

Runs in the tracker's environment (Python 3.7 or later), with the reader that is there: OpenCV, PyAV or
imageio. Exit codes: 0 counted; 1 the video cannot be opened; 3 no reader is installed.
"""

from __future__ import annotations

import sys
from importlib import import_module


class CannotOpen(Exception):
    """The reader cannot open the video."""


def count_with_opencv(path: str) -> int:
    """Return how many frames OpenCV decodes."""
    capture = import_module("cv2").VideoCapture(path)
    if not capture.isOpened():
        raise CannotOpen()
    count = 0
    while capture.grab():  # decodes the frame, and leaves out the conversion of its colours
        count += 1
    return count


def count_with_av(path: str) -> int:
    """Return how many frames PyAV decodes before the end or the first error."""
    av = import_module("av")
    count = 0
    try:
        with av.open(path) as container:
            for _ in container.decode(video=0):
                count += 1
    except Exception as error:  # PyAV has a class of its own for each of ffmpeg's errors
        if not count:
            raise CannotOpen() from error
    return count


def count_with_imageio(path: str) -> int:
    """Return how many frames imageio decodes before the end or the first error."""
    imageio = import_module("imageio")
    count = 0
    try:
        for _ in imageio.get_reader(path):
            count += 1
    except Exception as error:  # each of its plugins raises another
        if not count:
            raise CannotOpen() from error
    return count


READERS = (("cv2", count_with_opencv), ("av", count_with_av), ("imageio", count_with_imageio))


def main(path: str) -> int:
    """Print the count with the first reader that can be imported, and return the exit code."""
    for module, count in READERS:
        try:
            import_module(module)
        except Exception:  # a broken installation raises anything: a missing library, a wrong numpy
            continue
        try:
            print(count(path))
        except CannotOpen:
            print("the video cannot be opened", file=sys.stderr)
            return 1
        return 0
    print("none of cv2, av, imageio can be imported", file=sys.stderr)
    return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
