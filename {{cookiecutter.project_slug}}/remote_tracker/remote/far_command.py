"""Write the line that a login shell on the other side is given, whichever shell it is. Pure.

tcsh and fish read quotes otherwise than sh does: so the line holds none but plain characters, and sh unpacks the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from shlex import quote

from .answer_lines import MISSING


def wrap(script: str) -> str:
    """Return a line that runs an sh script in any login shell; the script is a single line, or several."""
    packed = re.sub(
        rb"[^A-Za-z0-9/_.,:=@+-]", lambda found: b"\\0%03o" % found[0][0], script.encode(errors="surrogateescape")
    )
    return f'exec sh -c \'eval "$(printf %b "{packed.decode()}")"\''


def run_in_folder(word: str, folder: str, argv: Sequence[str], settings: Sequence[str] = ()) -> str:
    """Return the script that runs a program in a folder, its output between lines with the ``word``."""
    line = " ".join([*settings, *map(quote, argv)])
    where = (
        f"cd -- {quote(folder)} 2>/dev/null || {{ printf '\\n{word} end {MISSING}\\n'; exit 1; }}; " if folder else ""
    )
    return f"printf '\\n{word} begin\\n'; {where}{line}; printf '\\n{word} end %s\\n' \"$?\""
