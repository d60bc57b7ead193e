"""Read YAML files as frozen values; the error for an unknown key names the valid keys, the file and the line."""

from .cluster import load_cluster
from .project import load_project, load_trackers
from .tracker import load_tracker

__all__ = ["load_cluster", "load_project", "load_tracker", "load_trackers"]
