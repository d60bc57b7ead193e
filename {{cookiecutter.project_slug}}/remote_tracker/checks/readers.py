"""Count the frames of a video that can be read, with a reader of the given Python, else with ffprobe."""

from __future__ import annotations

import os

from .. import shell
from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple
from .clause import Fault
from .count_frames import CANNOT_OPEN

_FFPROBE = "-v error -select_streams v:0 -count_frames -show_entries stream=nb_frames,nb_read_frames -of csv=p=0"
_HIDDEN = ("-ignore_editlist", "1")


class Count(NamedTuple):
    """How many frames can be read, and how many the file claims (0: it claims no number)."""

    read: int
    claimed: int


def count_frames(path: str, python: str = "python", hidden: bool = False) -> Count:
    """Return how many frames can be read and how many are claimed; ``hidden`` counts frames that an edit list hides.

    ``python`` runs count_frames.py; where that fails, ffprobe is tried. Raises Fault where the video cannot be opened,
    OSError where it is missing, and RemoteTrackerError where no reader of videos is installed.
    """
    os.stat(path)
    path, refused = os.path.abspath(path), False
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "count_frames.py")
    more = _HIDDEN if hidden else ()
    for argv in (
        [python, script, *(["--all"] if hidden else []), path],
        ["ffprobe", *more, *_FFPROBE.split(), path],
    ):
        result = shell.run(argv)
        if result.code == 0 and (count := _read_count(result.out, argv[0])):
            return count
        refused = refused or _is_refusal(argv[0], result)
    if refused:
        raise Fault("is a video that cannot be opened")
    raise RemoteTrackerError(
        "Nothing here can count the frames of a video. Install opencv-python-headless in the tracker's environment "
        "(workspace/activate.sh), or ffmpeg. Nothing was judged."
    )


def _read_count(text: str, program: str) -> Count | None:
    """Return the numbers in the last line; count_frames.py prints the frames read first, ffprobe prints them last."""
    last = text.strip().rpartition("\n")[2]
    words = [word.strip() for word in last.replace(",", " ").split()]
    if program == "ffprobe":
        words.reverse()
    numbers = [int(word) if word.isdecimal() else 0 for word in words]
    return Count(numbers[0], numbers[1] if len(numbers) > 1 else 0) if words and words[0].isdecimal() else None


def _is_refusal(program: str, result: shell.Result) -> bool:
    """True where the program ran but could not open the video, or crashed on it."""
    if program == "ffprobe":
        return result.code not in (shell.NOT_FOUND, shell.NOT_STARTED)
    return result.code >= 128 or result.code == CANNOT_OPEN
