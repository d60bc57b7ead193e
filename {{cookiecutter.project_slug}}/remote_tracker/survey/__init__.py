"""Everything known of one stage now: the queue is asked first, then the disk is looked at, then it is decided."""

from .absent import ARCHIVED, LOST
from .examine import Seen, Survey, examine_stage, survey_stage, verify_project
from .gate import Gate
from .look import files_of
from .past import (
    GONE,
    SUBMITTED,
    find_batches,
    find_jobs,
    find_running,
    has_run,
    is_given_up,
    is_settling,
    known_of,
    load_made_with,
    load_names,
    load_queue,
    makes_of,
    stage_of,
)

__all__ = [
    "ARCHIVED",
    "GONE",
    "LOST",
    "SUBMITTED",
    "Gate",
    "Seen",
    "Survey",
    "examine_stage",
    "files_of",
    "find_batches",
    "find_jobs",
    "find_running",
    "has_run",
    "is_given_up",
    "is_settling",
    "known_of",
    "load_made_with",
    "load_names",
    "load_queue",
    "makes_of",
    "stage_of",
    "survey_stage",
    "verify_project",
]
