"""A stand-in for Tierpsy Tracker, which CI cannot install: files, texts and exit codes as measured on 1.5.2-alpha."""

from __future__ import annotations

__version__ = "1.5.2-standin"
