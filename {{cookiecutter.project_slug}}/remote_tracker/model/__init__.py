"""The nouns of the project as frozen values: declarations (declared.py) and findings on disk (found.py)."""

from .cause import CAUSE_OF, Cause
from .cluster import NO_CONTAINER, Cluster, Container
from .day import FIRST_FOLDER, DayFolders
from .declared import (
    Check,
    Input,
    ListWildcard,
    Need,
    Output,
    Param,
    Project,
    Stage,
    Tracker,
)
from .found import Record, State, Unit, fingerprint_inputs
from .people import Person
from .remote import Remote
from .scheduling import Resources
from .tell import Tell
from .workflow import Workflow

__all__ = [
    "CAUSE_OF",
    "FIRST_FOLDER",
    "NO_CONTAINER",
    "Cause",
    "Check",
    "Cluster",
    "Container",
    "DayFolders",
    "Input",
    "ListWildcard",
    "Need",
    "Output",
    "Param",
    "Person",
    "Project",
    "Record",
    "Remote",
    "Resources",
    "Stage",
    "State",
    "Tell",
    "Tracker",
    "Unit",
    "Workflow",
    "fingerprint_inputs",
]
