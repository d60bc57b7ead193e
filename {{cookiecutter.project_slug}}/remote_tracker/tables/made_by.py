"""Tell from the records of a video's tasks what made its result, and what the files of both held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from ..content.entry import Entry
from ..model import Cause, Record
from ..records import History
from ..records.sealed import is_maker
from .video_row import VideoRow

Digests = Callable[[str, Callable[[], Sequence[str]]], Sequence[str]]


def with_origin(row: VideoRow, history: History) -> VideoRow:
    """Return the row with what the video's successes noted; unchanged where it has none, as a result made elsewhere."""
    told = origin_of(row.video, history)
    return row._replace(**told) if told else row


def origin_of(video: str, history: History, known: Digests | None = None) -> dict[str, Any]:
    """Return what the video's successes noted, as fields of its row; empty where it has none.

    ``known`` returns the digests that were read of a task before, else what it is given to read them.
    """
    successes = history.youngest_first(video)
    last = next(successes, None)
    if last is None:
        return {}
    younger, maker = [last], last if is_maker(last) else None
    while maker is None and (record := next(successes, None)):
        maker = record if is_maker(record) else None
        younger += [] if maker else [record]

    def read_digests() -> Sequence[str]:
        entries = history.entries(last)
        return digest_of(entries, "in"), digest_of(entries, "out")

    run = f"{last.batch} {last.task} {last.at} {last.inputs}"
    raw, result = known(run, read_digests) if known else read_digests()
    noted = {
        "version": last.version,
        "parameters": last.params,
        "sha256_raw": raw,
        "sha256_result": result,
        "proven": last.at,
        "reviewed": next((record.at or "yes" for record in younger if record.cause is Cause.ACCEPTED), ""),
    }
    return {**noted, **(told_by(maker) if maker else {})}


def told_by(maker: Record) -> dict[str, Any]:
    """Return what a task's record says, as fields of a row: where and when it ran, which program, which parameters."""
    return {
        "version": maker.version,
        "parameters": maker.params,
        "batch": maker.batch,
        "task": maker.task,
        "node": maker.host,
        "ended": maker.at,
        "seconds": maker.seconds,
    }


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
