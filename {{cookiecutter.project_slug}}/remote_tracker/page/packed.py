"""Pack data into text that a page can hold: JSON, deflated without a head (raw), in base64. Pure.

Base64 has no <, so that no name can end the script element that holds it.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

RAW = -zlib.MAX_WBITS  # what a browser calls deflate-raw


def pack(data: Any) -> str:
    """Return the data as text; a byte of a name that is no text is written out."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    deflate = zlib.compressobj(9, zlib.DEFLATED, RAW)
    return b64encode(deflate.compress(text.encode("utf-8", "backslashreplace")) + deflate.flush()).decode("ascii")


def unpack(text: str) -> Any:
    """Return the data that was packed; raises ValueError for a text that is not whole."""
    try:
        return json.loads(zlib.decompress(b64decode(text, validate=True), RAW))
    except (zlib.error, RecursionError) as error:
        raise ValueError(str(error)) from None
