"""What can stop a video from being tracked; each message is one line that says what to do."""

from __future__ import annotations


class TrackError(Exception):
    """This video cannot be tracked, or its results cannot be written."""

    exit_code = 1


class BadVideo(TrackError):
    """The video is missing, is none, or ends before its header says."""


class BadParameter(TrackError):
    """The parameter file says something that cannot be; no video has been opened."""

    exit_code = 2
