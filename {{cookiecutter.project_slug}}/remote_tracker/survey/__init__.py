"""Everything known of one stage now: the queue is asked first, then the disk is looked at, then it is decided."""

from .archived import ARCHIVED, LOST
from .examine_stage import Seen, Survey, examine_stage, survey_stage, verify_project
from .examine_unit import files_of
from .in_flight import is_settling, load_made_with, load_queue
from .ready_inputs import Gate
from .snakemake_lock import EXPORT, PLAN, find_left, is_held_by_snakemake, job_prefix
from .upstream import LOST as LOST_STATES
from .upstream import Bond, find_bond

__all__ = [
    "ARCHIVED",
    "EXPORT",
    "LOST",
    "LOST_STATES",
    "PLAN",
    "Bond",
    "Gate",
    "Seen",
    "Survey",
    "examine_stage",
    "files_of",
    "find_bond",
    "find_left",
    "is_held_by_snakemake",
    "is_settling",
    "job_prefix",
    "load_made_with",
    "load_queue",
    "survey_stage",
    "verify_project",
]
