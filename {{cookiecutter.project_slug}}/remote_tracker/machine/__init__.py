"""Find out what a machine has for the tracker, here or in a job, and require it before anything is listed."""

from .answers import Answer, Space, Surroundings, read_surroundings
from .probe import look_here, needs_here, remember, require_needs, write_questions

__all__ = [
    "Answer",
    "Space",
    "Surroundings",
    "look_here",
    "needs_here",
    "read_surroundings",
    "remember",
    "require_needs",
    "write_questions",
]
