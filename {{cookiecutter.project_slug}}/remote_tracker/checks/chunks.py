"""Check that all chunks of an imgstore are there, each with its index and its frames.

The input is the store's folder or its metadata.yaml. Source of the layout: the code of imgstore 0.4.0, and stores that
it wrote. ``__store`` in metadata.yaml gives class, format and extension. A store of videos holds ``000000.mp4`` with
``000000.npz`` (or .yaml), and so on; a store of pictures holds ``000000/000000.png``... with ``000000/index.npz``.
While a store is being written it holds a ``.lock``, and its last chunk has no index yet. The number of chunks is
recorded nowhere, but a whole store never ends with a full chunk: if need be an empty chunk follows.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ..named_tuple import NamedTuple
from ..partial_copies import describe_copy, final_name, find_copy
from .clause import Fault, Files
from .inputs import StillCopying, require_old, with_name
from .npz import count_rows
from .readers import count_frames
from .video_formats import find_cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .clause import Clause

METADATA = "metadata.yaml"
_CHUNK = re.compile(r"\d{6,}")


class _Store(NamedTuple):
    """A store's folder."""

    place: str
    entries: Mapping[str, os.stat_result]  # by name
    extension: str  # the end of its chunks' names; "": chunks are folders
    chunk_size: int  # the frames of a full chunk; 0: not known

    def chunks(self) -> list[str]:
        """Return the numbers of the chunks as their names write them, sorted; an index alone counts, too."""
        stems = (name.partition(".")[0] for name in self.entries)
        return sorted({stem for stem in stems if _CHUNK.fullmatch(stem)}, key=int)


def is_chunk(name: str) -> bool:
    """Return whether a name in a store's folder names a chunk, or a chunk's index."""
    return _CHUNK.fullmatch(name.partition(".")[0]) is not None


def is_store(folder: str) -> bool:
    """Return whether the metadata.yaml in a folder describes a store."""
    try:
        _read_metadata(folder)
    except (Fault, OSError):
        return False
    return True


def examine(check: Clause, files: Files) -> str:
    """Return what is wrong with a store, judged by names, sizes and headers; raises StillCopying."""
    return _each(check, files, _judge)


def read_all(check: Clause, files: Files, python: str) -> str:
    """Return which chunk has fewer readable frames than its index says; raises StillCopying and RemoteTrackerError."""
    return _each(check, files, lambda store, options: _judge_frames(store, options, python))


def _each(check: Clause, files: Files, judge: Callable[[_Store, Mapping[str, Any]], str]) -> str:
    for path in files.inputs.get(check.subject, ()):
        place = os.path.join(files.root, path)
        folder = place if os.path.isdir(place) else os.path.dirname(place)
        try:
            entries = _list(folder)
            _require_still(entries)
            reason = judge(_Store(folder, entries, *_read_metadata(folder)), check.options)
        except Fault as fault:
            reason, entries = str(fault), _list(folder)
        except OSError as error:
            return with_name(os.path.basename(folder), path, f"cannot be read: {error.strerror or error}", files)
        if reason:
            reason = with_name(os.path.basename(folder), path, reason, files)
            require_old(reason, max((entry.st_mtime for entry in entries.values()), default=0.0))
            return reason
    return ""


def _list(folder: str) -> dict[str, os.stat_result]:
    with os.scandir(folder) as entries:
        return {entry.name: entry.stat() for entry in entries}


def _require_still(entries: Mapping[str, os.stat_result]) -> None:
    """Raise StillCopying where a chunk, an index or the metadata is being copied."""
    for name, entry in sorted(entries.items()):
        final = final_name(name)
        if (final == METADATA or _CHUNK.match(final)) and not _is_newer(entries.get(final), entry):
            copy = find_copy(name, entry.st_mtime)
            raise StillCopying(describe_copy(copy), copy)


def _is_newer(final: os.stat_result | None, temporary: os.stat_result) -> bool:
    return final is not None and final.st_ctime_ns >= temporary.st_ctime_ns


def _read_metadata(folder: str) -> tuple[str, int]:
    """Return the end of the names of a store's chunks and the frames of a full chunk; raises Fault or OSError."""
    path = os.path.join(folder, METADATA)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(1 << 20)
    except FileNotFoundError:
        raise Fault(f"has no {METADATA}") from None
    except UnicodeDecodeError:
        raise Fault(f"its {METADATA} is no text") from None
    inside = _section(text, "__store")
    if "class" not in inside or "format" not in inside:
        raise Fault(f"its {METADATA} describes no store (__store with class and format)")
    size = int(inside["chunksize"]) if inside.get("chunksize", "").isdecimal() else 0
    if inside["class"] == "DirectoryImgStore":
        return "", size
    return inside.get("extension") or (".avi" if inside["format"] == "mjpeg" else ".mp4"), size


def _section(text: str, key: str) -> dict[str, str]:
    """Return the plain values of a mapping in YAML text, read here: the tracker's environment may lack PyYAML."""
    found = re.search(rf"^{key}:[ \t]*\n((?:[ \t]+.*(?:\n|$))+)", text, re.MULTILINE)
    lines = re.findall(r"^[ \t]+(\w+):[ \t]*(.*?)[ \t\r]*$", found[1] if found else "", re.MULTILINE)
    return {name: value.strip("'\"") for name, value in lines}


def _judge(store: _Store, options: Mapping[str, Any]) -> str:
    chunks = store.chunks()
    if not chunks:
        return "holds no chunk (000000 and so on)"
    for number, chunk in enumerate(chunks):
        if int(chunk) != number:
            return f"chunk {number:06d} is missing; {len(chunks)} are there, up to {chunks[-1]}; copy it again"
        try:
            reason = _judge_chunk(store, chunk)
        except Fault as fault:
            reason = str(fault)
        if reason:
            return _with_lock(store, reason)
    if not options.get("full_end") and 0 < store.chunk_size == _count_frames(store, chunks[-1]):
        rest = f"ends with a full chunk, {chunks[-1]} with {store.chunk_size} frames"
        return _with_lock(store, f"{rest}, as no whole store does: its end was not copied; copy it again")
    return ""


def _with_lock(store: _Store, reason: str) -> str:
    return f"{reason}; it is being recorded still, or its recorder died" if ".lock" in store.entries else reason


def _count_frames(store: _Store, chunk: str) -> int:
    """Return how many frames a chunk's index lists; raises Fault where it has none."""
    if store.extension:
        return _count_indexed(store.place, f"{chunk}.", f"{chunk}.", store.entries)
    place = os.path.join(store.place, chunk)
    return _count_indexed(place, "index.", f"{chunk}/index.", _list(place))


def _judge_chunk(store: _Store, chunk: str) -> str:
    name = chunk + store.extension
    if name not in store.entries:
        return f"{name} is missing, its index is there; copy it again"
    if not store.extension:
        return _judge_pictures(os.path.join(store.place, chunk), chunk)
    rows = _count_frames(store, chunk)
    if not rows:  # a recording that ends with a full chunk is followed by an empty chunk
        return ""
    if not store.entries[name].st_size:
        return f"{name} is empty (0 bytes)"
    reason = find_cut(os.path.join(store.place, name))
    return f"{name}: {reason}" if reason else ""


def _judge_pictures(place: str, chunk: str) -> str:
    entries = _list(place)
    _require_still(entries)
    if empty := next((name for name, entry in sorted(entries.items()) if not entry.st_size), ""):
        return f"{chunk}/{empty} is empty (0 bytes)"
    rows = _count_indexed(place, "index.", f"{chunk}/index.", entries)
    pictures = sum(_CHUNK.match(name) is not None for name in entries)
    return f"{chunk}/ has {pictures} pictures, its index says {rows}; copy it again" if pictures < rows else ""


def _count_indexed(place: str, stem: str, shown: str, entries: Mapping[str, os.stat_result]) -> int:
    """Return how many frames a chunk's index lists; raises Fault where the index is missing or not whole."""
    if f"{stem}npz" in entries:
        try:
            return count_rows(os.path.join(place, f"{stem}npz"), "frame_number")
        except Fault as fault:
            raise Fault(f"{shown}npz {fault}") from None
    if f"{stem}yaml" not in entries:
        raise Fault(f"{shown}npz, its index, is missing")
    with open(os.path.join(place, f"{stem}yaml"), encoding="utf-8", errors="replace") as file:
        found = re.search(r"^frame_number:(.*(?:\n[ -].*)*)", file.read(), re.MULTILINE)
    if not found:
        raise Fault(f"{shown}yaml holds no list of frame_number")
    return len(re.findall(r"\d+", found[1]))


def _judge_frames(store: _Store, options: Mapping[str, Any], python: str) -> str:
    """Return which video chunk has fewer readable frames than its index says; pictures were counted before."""
    for chunk in store.chunks() if store.extension else ():
        rows = _count_frames(store, chunk)
        name = chunk + store.extension
        if rows and (read := count_frames(os.path.join(store.place, name), python).read) < rows:
            return f"{name}: its index says {rows:,} frames, {read:,} can be read"
    return ""
