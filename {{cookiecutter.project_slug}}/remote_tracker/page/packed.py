"""Read back what ``assemble.pack`` wrote into a page, or into the script of a day. Pure."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from typing import Any


def unpack(text: str) -> Any:
    """Return the data that was packed; raises ValueError for a text that is not whole."""
    try:
        return json.loads(zlib.decompress(b64decode(text, validate=True), -zlib.MAX_WBITS))
    except (zlib.error, RecursionError) as error:
        raise ValueError(str(error)) from None
