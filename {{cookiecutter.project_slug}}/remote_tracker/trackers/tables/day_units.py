"""Goes with 0.2: day_units.py lies in remote_tracker/day_tables now.

A calculate_feat_summaries.py that was copied into a project before that is the user's own, is never updated, and names
this folder. Runs in Python 3.7 or newer, as that program does.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

# This file and the real module share a name: the real module, loaded by its path, replaces this module.
_spec = spec_from_file_location(__name__, Path(__file__).resolve().parents[2] / "day_tables" / "day_units.py")
assert _spec is not None
assert _spec.loader is not None
_real = sys.modules[__name__] = module_from_spec(_spec)
_spec.loader.exec_module(_real)
