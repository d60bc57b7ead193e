"""A project whose tracker copies each video, which is itself a tidy table of tracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab import Lab

TRACKS = {"of": "table", "form": "tidy", "frame": "frame", "individual": "animal", "x": "x", "y": "y"}
HEAD = "frame,animal,x,y"
SEEN = ("5,0,1,2", "5,1,30,40", "6,0,3,4", "8,0,5,6", "8,1,34,44")  # two animals, from frame 5 on, frame 7 a hole


def configure(lab: Lab, **keys: Any) -> None:
    """Let the project's tracker say where the animals are in what it copies."""
    output, command = {"table": "Results/{subdir}/{name}.csv"}, "cp {{ input.video }} {{ output.table }}"
    lab.tracker(**{"output": output, "command": command, "tracks": TRACKS, **keys})


def put(lab: Lab, name: str, rows: Sequence[str] = SEEN) -> None:
    """Put a video with these rows into RawVideos."""
    lab.video(name, "\n".join([HEAD, *rows]) + "\n")
