"""An undo of a redo killed with -9: all comes back as it was, and nothing is done twice."""

from __future__ import annotations

import pytest
from crashes import CrashLab, Prepared, assert_remains_go, expected, hashes, prepare


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project with four finished videos, of which three were redone, and are about to come back."""
    for number in range(1, 5):
        fresh.video(f"d{number // 4}/v{number}.avi", f"the content of video {number}")
    fresh.go()
    (fresh.workspace / "process_all.sh").chmod(0o750)
    fresh.scan()
    assert fresh.rt("redo", "d0").code == 0
    return prepare(fresh, "./rt", "undo", folder="")


def test_undo_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """Scanned or typed again, a killed undo is finished: all is as before the redo, and nothing is done twice."""
    lab = crash_lab
    lab.shoot(prepared, seed)
    lab.rt("undo") if seed % 4 > 1 else lab.scan()
    if not [*lab.workspace.glob("batches/redo/*.undoing")] and lab.count() != {"finished": 4}:
        assert lab.count() == {"finished": 1, "unprocessed": 3}  # the kill came before its note
        assert lab.rt("undo").code == 0
    assert lab.count() == {"finished": 4}
    assert hashes(lab) == expected(lab)
    assert not [*lab.root.glob("*/.aside/*/*/*")]
    assert {name: len(runs) for name, runs in lab.executions().items()} == {f"v{n}.avi": 1 for n in (1, 2, 3, 4)}
    assert_remains_go(lab)
