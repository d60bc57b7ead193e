"""Write the numbers of tracks as lines of a file, and read them: a line that was damaged is no line. Pure."""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from ..model.track_source import TrackSource
from .track_numbers import COLUMNS, INSIDE, JUMP, JUMP_FLOOR, ROWS, TOUCH, TrackNumbers

FORM = 1  # counted up where the numbers of the same tracks change, or their lines
_DECODE = json.JSONDecoder().decode  # json.loads looks at its options first, for each of 10,000 lines
_CHECK = 9  # bytes before a line's text: its CRC-32 in hex, and a blank


def head_of(source: TrackSource | None) -> bytes:
    """Return the first line of the file: what is said by other rules, or of other columns, is not believed."""
    rules = [FORM, ROWS, COLUMNS, JUMP, JUMP_FLOOR, TOUCH, INSIDE]
    declared = None if source is None else {**source._asdict(), "columns": dict(source.columns)}
    return json.dumps(["track numbers", rules, declared], sort_keys=True).encode()


def read_lines(raw: bytes, head: bytes) -> dict[str, bytes]:
    """Return key -> line of a file with this head; without lines that were cut or damaged, empty for another head."""
    first, _, rest = raw.partition(b"\n")
    if first != head:
        return {}
    lines = [line for line in rest.split(b"\n") if len(line) > _CHECK and _check(line[_CHECK:]) == line[:_CHECK]]
    return {key: line for line in lines if (key := _key_of(line))}


def _check(text: bytes) -> bytes:
    return b"%08x " % zlib.crc32(text)


def _key_of(line: bytes) -> str:
    try:
        text = line[_CHECK : line.index(b"\t")]
        if text.isascii() and b"\\" not in text and text[:1] == text[-1:] == b'"':  # as most: in a third of the time
            return text[1:-1].decode("ascii")
        key = json.loads(text)
    except ValueError:
        return ""
    return key if isinstance(key, str) else ""


def write_lines(lines: Mapping[str, bytes], head: bytes) -> bytes:
    """Return the content of the file."""
    return b"\n".join([head, *lines.values(), b""])


def line_of(key: str, told: TrackNumbers | str) -> bytes:
    """Return the line for a video's numbers, or for why it has none."""
    text = b"%s\t%s" % (json.dumps(key).encode(), json.dumps(_plain(told)).encode())
    return _check(text) + text


def read_line(line: bytes) -> TrackNumbers | str:
    """Return what a line of read_lines tells."""
    told = _DECODE(line[line.index(b"\t") :].decode())
    if isinstance(told, str):
        return told
    *numbers, heat, (left, top, right, bottom) = told
    return TrackNumbers(*[*numbers, _unpacked(heat), (left, top, right, bottom)])


def _plain(told: TrackNumbers | str) -> Any:
    if isinstance(told, str):
        return told
    *numbers, heat, extent = told
    return [*numbers, _packed(heat), extent]


def _packed(counts: Sequence[int]) -> str:
    return b64encode(zlib.compress(_in_order(array("I", counts)).tobytes())).decode()


def _unpacked(text: str) -> Sequence[int]:
    return _in_order(array("I", zlib.decompress(b64decode(text))))


def _in_order(counts: array[int]) -> array[int]:
    if sys.byteorder == "big":
        counts.byteswap()
    return counts
