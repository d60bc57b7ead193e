"""Say in one line what drawing needs, where this Python lacks it."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module
from pathlib import Path

from ..errors import RemoteTrackerError

_MODULES = ("numpy", "cv2", "h5py")


def require_drawing(what: str = "pictures") -> None:
    """Raise RemoteTrackerError with the line to type where a package lacks by which pictures are drawn."""
    try:
        for module in _MODULES:
            import_module(module)
    except ImportError as error:
        listed = Path(__file__).with_name("pictures.requirements.txt")
        line = f"{shlex.quote(sys.executable)} -m pip install -r {shlex.quote(str(listed))}"
        raise RemoteTrackerError(f"{what} need OpenCV ({' '.join(str(error).split())}). Type: {line}") from None
