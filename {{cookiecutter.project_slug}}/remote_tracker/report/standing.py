"""How a project stands behind a command: values that the advice on what to type next is made from. Pure."""

from __future__ import annotations

from enum import Enum

from ..named_tuple import NamedTuple


class Did(Enum):
    """What the command did whose screen ends with the advice."""

    LISTED = "a scan wrote a list"
    SCANNED = "a scan found nothing that it could list"
    FOUND_NO_LIST = "there was no list to run"
    RAN = "the listed tasks ended here"
    FAILED = "the listed tasks ended here, and some failed"
    HALTED = "the list halted itself here"
    STOPPED = "a signal stopped the tasks"
    RAN_ALL = "everything that could be run was run"
    SENT = "tasks were sent to the queue"
    SENT_NONE = "no task could be sent"
    PILOTED = "the pilot finished"
    PILOT_FAILED = "the pilot failed"
    LOOKED = "the state of everything was shown"
    TRIAGED = "the failures were shown by cause"
    SORTED = "what is not read was shown by kind"
    RETRIED_NONE = "no failed task could be tried again"
    TOOK_ALONG = "results were taken along to new names"
    REDID = "results were moved aside"
    UNDID = "results were brought back"
    ACCEPTED = "results were accepted"
    CANCELLED = "tasks were cancelled"
    CHANGED_NOTHING = "there was nothing to change"
    FREED = "space was freed"
    EXPORTED = "tasks were handed to Snakemake"
    VERIFIED = "results were read whole"
    REFUTED = "results were read whole, and some are bad"
    JOINED = "the tables of the days were joined"
    REPORTED = "the page of the project was made"
    TOLD_SETUP = "what the other side needs in files of the user was printed"
    SET_UP = "the project there is made"
    PUSHED_NONE = "there was no video to send"
    PUSHED_DRY = "what would be sent was shown"
    PUSHED = "videos were sent"
    PULLED = "results were brought home"
    FREED_NONE = "nothing there lies here, proven"
    FREED_DRY = "what would be deleted there was shown"
    FREED_THERE = "videos were deleted there"


class Joined(Enum):
    """How the joined table stands."""

    NOTHING = "no day has a table"
    OLD = "it is not there, or older than a day's table"
    NEW = "no day's table is younger"


class Stand(NamedTuple):
    """How many units of one stage are in which state."""

    stage: str = ""
    folder: str = "workspace"
    to_do: int = 0  # a scan would list them; also what failed and may be tried again
    failed: int = 0  # how many of the units to do have failed before
    in_flight: int = 0  # queued or running
    arriving: int = 0  # still being copied
    broken_off: int = 0  # a copy was broken off
    held: int = 0  # their old results could not be moved
    stranded: int = 0  # they wait for files that cannot come by themselves
    waiting: int = 0  # they wait for an earlier stage
    aside: int = 0  # failed too often, another try may help
    hopeless: int = 0  # failed, no other try can help
    gone: int = 0
    moved: int = 0
    invalid: int = 0
    finished: int = 0
    archived: int = 0  # finished, and the videos are no longer here
    halted: bool = False  # the last list halted itself
    stuck: str = ""  # the batch of a job that cannot start by itself, where the queue holds no other; "": there is hope
    stores: int = 0  # imgstores that would be read if project.yml said so
    unread: int = 0  # other files that the tracker does not read

    @property
    def is_empty(self) -> bool:
        """Return whether the stage has no unit, and never had."""
        return self == Stand(self.stage, self.folder, stores=self.stores, unread=self.unread)

    @property
    def to_mend(self) -> int:
        """Return how many units need something mended on the disk before anything can be done."""
        return self.held + self.stranded

    @property
    def to_copy(self) -> int:
        """Return how many units have a video that must be copied again or taken out."""
        return self.hopeless + self.invalid + self.broken_off


class Situation(NamedTuple):
    """How a project stands behind a command."""

    did: Did
    folder: str = "workspace"  # where the command worked: workspace or summarizer
    stages: tuple[Stand, ...] = ()  # in the tracker's order
    is_whole: bool = True  # ``stages`` holds all stages; else the stages of the summarizer are not known
    has_queue: bool = False
    has_tables: bool = True  # the tracker has a stage that summarizes
    joined: Joined = Joined.NOTHING
    unexplained: int = 0  # finished videos that are in no table, though all tables are up to date
    scanned: str = ""  # the stage that a scan looked at last; "": not one stage alone
