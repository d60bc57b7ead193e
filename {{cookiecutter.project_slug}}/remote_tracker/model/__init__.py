"""The nouns of the project as frozen values: declarations (declared.py) and findings on disk (found.py)."""

from .declared import (
    NO_CONTAINER,
    Check,
    Cluster,
    Container,
    Input,
    ListWildcard,
    Need,
    Output,
    Param,
    Project,
    Stage,
    Tracker,
    Workflow,
)
from .found import OTHER_PARAMETERS, OTHER_VERSION, Record, State, Unit, fingerprint_inputs
from .scheduling import Resources

__all__ = [
    "NO_CONTAINER",
    "OTHER_PARAMETERS",
    "OTHER_VERSION",
    "Check",
    "Cluster",
    "Container",
    "Input",
    "ListWildcard",
    "Need",
    "Output",
    "Param",
    "Project",
    "Record",
    "Resources",
    "Stage",
    "State",
    "Tracker",
    "Unit",
    "Workflow",
    "fingerprint_inputs",
]
