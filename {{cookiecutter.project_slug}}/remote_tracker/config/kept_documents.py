"""Keep what YAML files held, by their whole text: to start PyYAML and to parse takes a tenth of a small scan's time.

The file lies beside the compiled modules and has the name of such a module: who may write it may write modules, and
whatever leaves compiled modules out leaves it out. It may be deleted at any time.
"""

from __future__ import annotations

import marshal
import sys
from binascii import crc32
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ..disk.files import make_folder, write_file
from ..errors import NotWritten

MOST = 64  # documents; where there are more, keeping begins anew
LONGEST = 64 * 1024  # characters of a text that is kept
Lines = dict[tuple[str | int, ...], int]


def find_kept(text: str) -> tuple[Any, Lines] | None:
    """Return the data of a document with this text and the lines of its keys, both fresh; None where it is not kept."""
    kept = _load().get(text)
    if kept is None:
        return None
    data, lines = marshal.loads(kept)
    return data, lines


def keep(text: str, data: Any, lines: Lines) -> None:
    """Keep a document; nothing is kept where Python is to write no code, or the file cannot be written."""
    path, documents = _path(), _load()
    if path is None or sys.dont_write_bytecode or len(text) > LONGEST:
        return
    with suppress(ValueError, NotWritten):  # a date, say, is nothing that marshal writes
        document = marshal.dumps((data, lines))
        if len(documents) >= MOST:
            documents.clear()
        documents[text] = document
        raw = marshal.dumps(documents)
        make_folder(path.parent)
        write_file(path, crc32(raw).to_bytes(4, "big") + raw)


def _path() -> Path | None:
    """Return where documents are kept; None where Python says of no folder that compiled modules belong there."""
    compiled = globals().get("__cached__")
    return Path(compiled).with_name(f"documents.{sys.implementation.cache_tag}.pyc") if compiled else None


@cache
def _load() -> dict[str, bytes]:
    """Return text -> document, as marshal writes it; empty where the file is missing or spoilt."""
    try:
        raw = b"" if (path := _path()) is None else path.read_bytes()
        if raw[:4] == crc32(raw[4:]).to_bytes(4, "big"):
            return dict(marshal.loads(raw[4:]))
    except (OSError, ValueError, EOFError, TypeError):
        pass
    return {}
