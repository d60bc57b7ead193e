"""Import the packages that an export needs, or say in one line how they are installed."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from ..errors import RemoteTrackerError


def require_package(module: str, package: str, export: str, verb: str = "export ") -> ModuleType:
    """Return the imported module; raises RemoteTrackerError with the line that installs ``package`` where it lacks.

    An export whose requirements stand in a file of its own, as parquet.requirements.txt, has all of them installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        listed = Path(__file__).with_name(f"{export}.requirements.txt")
        what = f"-r {shlex.quote(str(listed))}" if listed.is_file() else package
        line = f"{shlex.quote(sys.executable)} -m pip install {what}"
        raise RemoteTrackerError(f"{verb}{export} needs {package} ({error}). Type: {line}") from None
