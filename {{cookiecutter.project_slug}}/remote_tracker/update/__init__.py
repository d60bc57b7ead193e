"""Update a project from a newer template: OURS (our files) is swapped whole, YOURS (the user's) is never touched."""

from .links import link_scripts
from .origin import load_origin, write_origin
from .release import make_executable
from .update import update

__all__ = ["link_scripts", "load_origin", "make_executable", "update", "write_origin"]
