"""A redo killed with -9: each old result lies in one place, as it was, and is never written over."""

from __future__ import annotations

import pytest
from crashes import CrashLab, Prepared, assert_remains_go, assert_whole, hashes, prepare


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project with four finished videos of two results each, three of them in one day."""
    for number in range(1, 5):
        fresh.video(f"d{number // 4}/v{number}.avi", f"the content of video {number}")
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    for path in (*fresh.result("").rglob("*.txt"), *(fresh.root / "MaskedVideos").rglob("*.json")):
        path.write_text("old, of " + path.read_text())
    fresh.scan()
    return prepare(fresh, "./rt", "redo", "d0", folder="")


def find_old(lab: CrashLab) -> list[tuple[str, bytes]]:
    """Return every result of before the redo, by its path without the folders it was moved aside to."""
    tops = [lab.root / "Results", lab.root / "MaskedVideos"]
    files = [(top, path) for top in tops for path in top.rglob("*") if path.is_file()]
    named = []
    for top, path in files:
        parts = path.relative_to(top).parts
        rest = parts[2:] if parts[0] == ".aside" else parts
        if path.read_bytes().startswith(b"old"):
            named.append(("/".join((top.name, *rest)), path.read_bytes()))
    return sorted(named)


def test_redo_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """Scanned or typed again, a killed redo is finished: new results in place, the old ones aside, none lost."""
    lab = crash_lab
    script, old = (lab.workspace / "process_all.sh").read_text(), sorted(hashes(lab).items())
    lab.shoot(prepared, seed)
    assert find_old(lab) == old
    noted = bool([*lab.workspace.glob("batches/redo/*.moving"), *lab.workspace.glob("batches/redo/*.json")])
    assert noted or sorted(hashes(lab).items()) == old
    ran = lab.rt("redo", "d0") if seed % 4 > 1 or not noted else lab.scan()
    assert (ran.code, ran.err) == (0, "")
    assert find_old(lab) == old
    assert not [*lab.workspace.glob("batches/redo/*.moving")]
    assert lab.scan().code == 0
    assert_whole(lab, script)
    assert lab.process().code == 0
    assert find_old(lab) == old
    assert lab.count() == {"finished": 4}
    runs = lab.executions()
    assert len(runs["v4.avi"]) == 1
    assert all(len(runs[f"v{n}.avi"]) == 2 for n in (1, 2, 3)), runs
    assert_remains_go(lab)
