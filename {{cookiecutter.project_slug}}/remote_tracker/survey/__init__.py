"""Survey a stage as it is now: ask the queue first, then look at the disk, then decide on each unit."""

from .archived import ARCHIVED, FREED, VANISHED
from .examine_stage import examine_stage, survey_stage
from .in_flight import find_flying, is_settling, load_made_with, load_queue, runs_here
from .judged import each_judged, examine_judged, examine_some_judged
from .options import PLAIN_SCAN, Examined, ScanOptions
from .ready_inputs import InputGate
from .snakemake_lock import EXPORT, EXPORT_JOBS, PLAN, find_left, is_held_by_snakemake, job_prefix
from .stage_survey import Survey
from .unit_files import files_of
from .upstream import CANNOT_COME, find_link

__all__ = [
    "ARCHIVED",
    "CANNOT_COME",
    "EXPORT",
    "EXPORT_JOBS",
    "FREED",
    "PLAIN_SCAN",
    "PLAN",
    "VANISHED",
    "Examined",
    "InputGate",
    "ScanOptions",
    "Survey",
    "each_judged",
    "examine_judged",
    "examine_some_judged",
    "examine_stage",
    "files_of",
    "find_flying",
    "find_left",
    "find_link",
    "is_held_by_snakemake",
    "is_settling",
    "job_prefix",
    "load_made_with",
    "load_queue",
    "runs_here",
    "survey_stage",
]
