"""The errors that stop a video from being tracked; each message is a line that says what to do."""

from __future__ import annotations

from pathlib import Path


class TrackError(Exception):
    """This video cannot be tracked, or its results cannot be written."""

    exit_code = 1


class BadVideo(TrackError):
    """The file is missing, is no video, or ends before its header says."""


class BadParameter(TrackError):
    """The parameter file holds an impossible value; no video has been opened."""

    exit_code = 2


def not_written(path: Path, error: OSError) -> TrackError:
    """Return the error that a result cannot be written, with the system's reason."""
    return TrackError(f"{path}: cannot be written ({error.strerror or error})")
