"""A Python that waits with what takes long to load (warming.py), for the stand-ins of one worker's tests."""

from __future__ import annotations

import atexit
import os
import secrets
import subprocess
import sys
from functools import cache
from pathlib import Path

WARMING = Path(__file__).with_name("warming.py")


@cache
def find_warm_python() -> str:
    """Return what tests/standins/python asks it by, its port and a word; it is started by the first who asks for it."""
    token = secrets.token_hex(16)
    environment = {"PATH": os.defpath, "OPENBLAS_NUM_THREADS": "1", "PYTHONPYCACHEPREFIX": sys.pycache_prefix or ""}
    process = subprocess.Popen(
        [sys.executable, str(WARMING), token], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdin
    assert process.stdout
    atexit.register(process.wait)
    atexit.register(process.stdin.close)  # which is called before
    return f"{process.stdout.readline().strip()}:{token}"
