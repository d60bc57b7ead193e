"""Update a project from a newer template: OURS (our files) is swapped whole, YOURS (the user's) is never touched."""

from .origin import load_origin, write_origin
from .release import make_executable
from .update import update

__all__ = ["load_origin", "make_executable", "update", "write_origin"]
