"""What a reader of positions is given: the files of a result, and what tracker.yml says about them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ..checks.clause import Fault


@dataclass(frozen=True)
class Given:
    """The files of a result that hold positions, as absolute paths."""

    paths: tuple[str, ...]
    columns: Mapping[str, str]  # of the form tidy: what it is -> the name of the column
    fps: float | None  # frames per second, where the video or another result says it
    program: str  # the tracker's name, where its results do not say by which software they were made
    unit: str  # of x and y

    def only_file(self) -> str:
        """Return the path of the only file; raises Fault where there is none, or there are several."""
        if len(self.paths) != 1:
            names = ", ".join(os.path.basename(path) for path in self.paths) or "none"
            raise Fault(f"is {len(self.paths)} files, expected a single file: {names}")
        return self.paths[0]
