"""Everything known of one stage now: the queue is asked first, then the disk is looked at, then it is decided."""

from .examine import Seen, Survey, examine_stage, survey_stage, verify_project
from .look import files_of
from .past import find_batches, has_run, load_names, stage_of

__all__ = [
    "Seen",
    "Survey",
    "examine_stage",
    "files_of",
    "find_batches",
    "has_run",
    "load_names",
    "stage_of",
    "survey_stage",
    "verify_project",
]
