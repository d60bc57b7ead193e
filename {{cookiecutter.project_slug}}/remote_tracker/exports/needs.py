"""Import the packages that an export needs, or say in one line how they are installed."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from ..errors import RemoteTrackerError


def require_package(module: str, package: str, export: str, verb: str = "export ") -> ModuleType:
    """Return the imported module; raises RemoteTrackerError with the line that installs ``package`` where it lacks."""
    try:
        return import_module(module)
    except ImportError as error:
        line = f"{sys.executable} -m pip install {package}"
        raise RemoteTrackerError(f"{verb}{export} needs {package} ({error}). Type: {line}") from None
