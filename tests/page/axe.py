"""axe-core, the judge of whether people with screen readers and keyboards can use a page; npm brings it, once."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from page.browsing import Screen

PACKAGE, FILE = "axe-core@4.14.1", "package/axe.min.js"
DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="  # SHA-512
PLACE = Path("~/.cache/remote-tracker/axe").expanduser()
JUDGE = """
    const done = arguments[arguments.length - 1];
    axe.run(document, {resultTypes: ['violations']})
      .then(found => done(found.violations), told => done(String(told)));"""


def load_axe() -> str:
    """Return axe-core's script; skips the test where npm cannot fetch it."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed: it brings axe-core")
    PLACE.mkdir(parents=True, exist_ok=True)
    archive = PLACE / f"{PACKAGE.replace('@', '-')}.tgz"
    with open(PLACE / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.exists():
            argv = ["npm", "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(PLACE)]
            done = subprocess.run(argv, cwd=PLACE, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode:
                pytest.skip(f"npm cannot fetch {PACKAGE}")
    assert base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode("ascii") == DIGEST
    with tarfile.open(archive) as packed:
        inside = packed.extractfile(FILE)
        assert inside
        return inside.read().decode("utf-8")


def find_violations(screen: Screen) -> list[str]:
    """Return what axe-core finds wrong with the page as it is shown now."""
    screen.run(load_axe() + "; window.axe = axe")
    found = screen.driver.execute_async_script(JUDGE)
    assert isinstance(found, list), found
    return [f"{told['id']}: {told['help']}: {[node['html'][:200] for node in told['nodes'][:3]]}" for told in found]
