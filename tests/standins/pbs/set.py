"""``python set.py FOLDER KEY VALUE``: change one setting of the stand-in in a folder; VALUE is JSON, or a bare word."""

from __future__ import annotations

import json
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

from pbs.settings import write_settings  # noqa: E402

if __name__ == "__main__":
    try:
        value = json.loads(sys.argv[3])
    except ValueError:
        value = sys.argv[3]
    try:
        write_settings(sys.argv[1], **{sys.argv[2]: value})
    except KeyError as error:
        sys.exit(f"pbs.sh set: {error.args[0]}")
