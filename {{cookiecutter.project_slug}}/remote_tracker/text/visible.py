"""Show text that comes from names and programs: what would steer a terminal is written out instead.

Written out are the control characters of ASCII and of Latin-1 (C0, C1; among them the starts of escape sequences),
Unicode's bidirectional controls, which turn the direction of text, and its separators of lines and of paragraphs.
"""

from __future__ import annotations

import re

_STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
_IN_TEXT = f"[{_STEERING}]"  # all but a tab and a line feed; each is compiled where it is used: 0.3 ms of each start
_IN_LINE = f"[{_STEERING}\t\n]"


def visible(text: str) -> str:
    """Return lines so that a terminal prints them; tabs and line feeds stay."""
    return re.sub(_IN_TEXT, _written_out, text)


def shown(name: str) -> str:
    """Return a name so that a terminal prints it on one line; a byte that is no text is written out, too."""
    if name.isprintable():
        return name
    raw = name.encode("utf-8", "backslashreplace" if _is_text(name) else "surrogateescape")
    return re.sub(_IN_LINE, _written_out, raw.decode("utf-8", "backslashreplace"))


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _is_text(name: str) -> bool:
    return not any(0xDC80 <= ord(c) <= 0xDCFF for c in name)
