"""What a machine has for the tracker: asked here or in a job, read, and required before anything is listed."""

from .answers import Answer, Space, Surroundings, read_surroundings
from .probe import look_here, remember, require_needs, write_questions

__all__ = [
    "Answer",
    "Space",
    "Surroundings",
    "look_here",
    "read_surroundings",
    "remember",
    "require_needs",
    "write_questions",
]
