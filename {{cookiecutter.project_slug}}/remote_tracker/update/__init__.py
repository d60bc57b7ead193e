"""Update a project from a newer template: OURS (our files) is swapped whole, YOURS (the user's) is never touched."""

from .origin import find_version, load_origin, write_origin
from .release import make_executable
from .update import Updated, update

__all__ = ["Updated", "find_version", "load_origin", "make_executable", "update", "write_origin"]
