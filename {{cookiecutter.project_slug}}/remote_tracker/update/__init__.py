"""A newer template -> this project: what is OURS is swapped whole, what is YOURS is never touched."""

from .links import link_scripts
from .origin import find_version, load_origin, write_origin
from .release import make_executable
from .update import Updated, update

__all__ = ["Updated", "find_version", "link_scripts", "load_origin", "make_executable", "update", "write_origin"]
