"""Tell from the records of a video's tasks what made its result, and what the files of both held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from typing import Any

from ..content.entry import Entry
from ..model import Cause, Record
from ..records import History
from ..records.sealed import is_maker
from .video_row import VideoRow

TIME = "%Y-%m-%dT%H:%M:%S%z"
WRITTEN = len("2026-01-31T12:00:00+0100")


def with_origin(row: VideoRow, history: History) -> VideoRow:
    """Return the row with what the video's successes noted; unchanged where it has none, as a result made elsewhere."""
    successes = history.youngest_first(row.video)
    last = next(successes, None)
    if last is None:
        return row
    younger = [last, *takewhile(lambda record: not is_maker(record), successes)] if not is_maker(last) else [last]
    maker = next((record for record in history.youngest_first(row.video) if is_maker(record)), None)
    entries = history.entries(last)
    noted = {
        "version": last.version,
        "parameters": last.params,
        "sha256_raw": digest_of(entries, "in"),
        "sha256_result": digest_of(entries, "out"),
        "proven": last.at,
        "reviewed": next((record.at or "yes" for record in younger if record.cause is Cause.ACCEPTED), ""),
    }
    return replace(row, **{**noted, **(_told_by(maker) if maker else {})})


def with_task(row: VideoRow, maker: Record) -> VideoRow:
    """Return the row with what a task's record says: where and when it ran, by which program, with which parameters."""
    return replace(row, **_told_by(maker))


def _told_by(maker: Record) -> dict[str, Any]:
    return {
        "version": maker.version,
        "parameters": maker.params,
        "batch": maker.batch,
        "task": maker.task,
        "node": maker.host,
        "started": _before(maker.at, maker.seconds),
        "ended": maker.at,
        "seconds": maker.seconds,
    }


def _before(ended: str, seconds: int) -> str:
    """Return the time so many seconds earlier, in the same form; "" where the time cannot be read."""
    try:
        return (_read_time(ended) - timedelta(seconds=seconds)).strftime(TIME)
    except ValueError:
        return ""


def _read_time(text: str) -> datetime:
    """Return a time that a task wrote; raises ValueError."""
    if len(text) == WRITTEN and text[-5] in "+-":  # strptime takes twenty times as long, for each of 10,000 videos
        return datetime.fromisoformat(f"{text[:-2]}:{text[-2:]}")
    return datetime.strptime(text, TIME)


def digest_of(entries: Sequence[Entry], role: str) -> str:
    """Return the SHA-256 of the file in this role, in hex; of several the SHA-256 of the list that sha256sum prints.

    The list is sorted by path, with paths as the project has them. "" where a file's own digest was not taken.
    """
    files = sorted((entry.path, entry.sha256) for entry in entries if entry.role == role)
    if not files or not all(digest for _, digest in files):
        return ""
    if len(files) == 1:
        return files[0][1]
    listed = "".join(f"{digest}  {path}\n" for path, digest in files)
    return sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()
