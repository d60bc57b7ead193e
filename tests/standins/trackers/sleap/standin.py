"""What the stand-ins of SLEAP's programs share: arguments, videos; and (poses.py) .slp files.

Measured on sleap-nn 0.3.5: options and exit codes, what is written and in which order. sleap-track and sleap-train are
written from the source of SLEAP 1.3.1 and 1.4.1, which could not be run. Poses are invented: node k of instance i is at
(10 i + frame, k), so that paths and speeds can be told beforehand.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn


def give_up(code: int, message: str) -> NoReturn:
    """End as the real programs do: the reason last on stderr."""
    print(message, file=sys.stderr)
    sys.exit(code)


def read_options(words: Sequence[str], values: Mapping[str, str], flags: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what was said for each option, by its long name; '' holds the words that are none.

    An unknown option ends the program with 2, as click and argparse do.
    """
    said: dict[str, list[str]] = {}
    rest = list(words)
    while rest:
        word, _, value = rest.pop(0).partition("=")
        if word in flags:
            said.setdefault(flags[word], []).append("yes")
        elif word in values:
            if not value and not rest:
                give_up(2, f"Option '{word}' requires an argument.")
            said.setdefault(values[word], []).append(value or rest.pop(0))
        elif word.startswith("-"):
            give_up(2, f"No such option '{word}'.")
        else:
            said.setdefault("", []).append(f"{word}={value}" if value else word)
    return said


def count_frames(video: str) -> int:
    """Return the frames of a video; one that is missing, junk or has no index ends the program with 1."""
    import cv2

    capture = cv2.VideoCapture(video)
    frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
    if frames <= 0:
        give_up(1, f"ValueError: Could not read {video} with OpenCV or PyAV: it reports no frames.")
    return frames


def read_frames(text: str, frames: int) -> list[int]:
    """Return the frames that --frames names: 0-9 or 1,3,5."""
    if not text:
        return list(range(frames))
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(word) for word in text.split(",")]
