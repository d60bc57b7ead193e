"""video: by its first bytes an input can be opened and is whole; where asked, all its frames are read, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..clause import Files, InputKind, Option
from ..inputs import examine_inputs
from ..readers import count_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause

TOLERANCE = 1  # the headers of whole files may be wrong by a frame


def _examine(check: Clause, files: Files) -> str:
    from ..video_formats import find_cut  # 1 ms of each task's check, which looks at results

    return examine_inputs(check, files, lambda path, _: find_cut(path))


def _read_all(check: Clause, files: Files, python: str) -> str:
    return examine_inputs(check, files, lambda path, options: _judge_frames(path, options, python))


def _judge_frames(path: str, options: Mapping[str, Any], python: str) -> str:
    """Return, as a sentence, that fewer frames can be read than the file claims; "" where enough can be read.

    An MP4's edit list hides frames that the header counts: where frames are missing, hidden frames are counted, too.
    """
    from ..video_formats import has_exact_count  # 1 ms, as above

    read, claimed = count_frames(path, python)
    if not read:
        return "cannot be opened: not one frame can be read"
    exact = "tolerance" in options or has_exact_count(path)
    fewest = claimed - options.get("tolerance", TOLERANCE) if exact else 0
    if read >= fewest or count_frames(path, python, hidden=True).read >= fewest:
        return ""
    return f"claims {claimed:,} frames, {read:,} can be read: it was cut short or is damaged"


KIND = InputKind(
    "video",
    "it can be opened and all of it is there, as far as its first bytes say: AVI, MP4, MOV, Matroska, HDF5",
    (
        Option("frames", "the task reads all frames once before it starts: as many as it claims", kinds=("flag",)),
        Option(
            "tolerance",
            "how many of the claimed frames may be missing (default: 1; any number in Matroska, which claims a time)",
            kinds=("count",),
        ),
    ),
    _examine,
    _read_all,
)
