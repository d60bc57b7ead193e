"""One video of the project, as the table of videos and each export tell of it."""

from __future__ import annotations

from collections.abc import Mapping

from ..named_tuple import NamedTuple
from .record_time import before

WHOLE = ("finished", "archived")  # the states in which a video has a proven result


class VideoRow(NamedTuple):
    """A video, how it stands, and where its result comes from; "" and None where a value is not known."""

    day: str  # the day whose table holds it, as the summarizer has it: a folder below RawVideos
    video: str  # the path below RawVideos
    state: str  # the word that people read, as in ./rt status
    reason: str = ""  # why it is in this state, in a few words
    raw: tuple[str, ...] = ()  # the video's files, below the project
    results: tuple[str, ...] = ()  # the files of its result that are there, below the project
    result: str = ""  # the result that the summarizer reads, there or not, below the project
    file_id: str = ""  # its number in the joined tables
    sub: str = ""  # the subject, where folders are called sub-...
    ses: str = ""  # the session, where folders are called ses-...
    lab: Mapping[str, str] = {}  # the columns that the lab's own table gives it
    fps: float | None = None  # frames per second of the video
    frames: int | None = None  # frames in the video
    tracked: int | None = None  # frames in which an animal was found
    animals: int | None = None
    width: int | None = None  # px, of the video's picture, as its header says
    height: int | None = None  # px
    tracker: str = ""
    version: str = ""  # the version of the tracker's program that made the result
    parameters: str = ""  # the digest of the parameters that made the result: a row of the table of parameters
    batch: str = ""
    task: int | None = None
    node: str = ""  # the host that ran the task; of a video in pieces all hosts, with a blank between
    ended: str = ""  # ISO 8601
    seconds: int | None = None  # how long the task took; of a video in pieces all of its tasks together
    tasks: int = 1  # whose seconds are added up
    seconds_before: int = 0  # of ``seconds``, what the tasks before the last took
    sha256_raw: str = ""
    sha256_result: str = ""
    proven: str = ""  # ISO 8601: when the result was last proven
    changed: bool = False  # the result is not as it was made
    reviewed: str = ""  # who or when a person took the changed result, see ./rt accept
    word: str = ""  # the lab's word on the result, as AuxiliaryFiles/reviewed.csv has it: good, bad or look again
    word_lapsed: bool = False  # the word is about a result that was made anew since: it says nothing about this result
    says: Mapping[str, str] = {}  # how the result itself says that it was made: word -> text

    @property
    def started(self) -> str:
        """Return when the last task began, ISO 8601; "" where that is not known."""
        return "" if self.seconds is None else before(self.ended, self.seconds - self.seconds_before)

    @property
    def fps_reached(self) -> float | None:
        """Return how many frames a second the task processed, or all tasks of a video in pieces together."""
        return self.frames / self.seconds if self.frames and self.seconds else None
