"""A newer template -> this project: what is OURS is swapped whole, what is YOURS is never touched."""

from .origin import load_origin, write_origin
from .release import make_executable
from .update import update

__all__ = ["load_origin", "make_executable", "update", "write_origin"]
