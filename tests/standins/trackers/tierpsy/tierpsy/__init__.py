"""A stand-in for Tierpsy Tracker, which CI cannot install: files, texts and exit codes as measured on 1.5.2-alpha."""

from __future__ import annotations

import os

__version__ = "1.5.2-standin"
AUX_FILES_DIR = os.environ.get("TIERPSY_EXTRAS", os.path.join(os.path.dirname(os.path.abspath(__file__)), "extras"))
