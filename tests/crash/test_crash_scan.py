"""A scan killed with -9: the old list or the new one, and the next scan is as if nothing had been."""

from __future__ import annotations

import pytest
from crashes import (
    CrashLab,
    Prepared,
    assert_no_half_result,
    assert_remains_go,
    assert_whole,
    bring_to_zero,
    hashes,
    prepare,
)


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project with work behind it (to be sealed and proven) and before it (to be listed), its script edited."""
    for number in (1, 2):
        fresh.video(f"d1/v{number}.avi", f"the content of video {number}")
    fresh.scan()
    script = fresh.workspace / "process_all.sh"
    script.write_text(script.read_text().replace("set -euo", "# mine: ümlaut\nset -euo") + "# and this is the end")
    script.chmod(0o750)
    assert fresh.process().code == 0
    for number in (3, 4, 5):
        fresh.video(f"d2/v{number}.avi", f"the content of video {number}")
    return prepare(fresh, "bash", "get_files2process.sh")


def test_scan_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """Whatever a killed scan left is old or new, never half; the next one lists each video once, and all is done."""
    lab = crash_lab
    script, before = (lab.workspace / "process_all.sh").read_text(), hashes(lab)
    beside = lab.start("bash", "get_files2process.sh") if seed % 4 > 1 else None
    lab.shoot(prepared, seed)
    assert_whole(lab, script)
    if beside is not None:
        said = beside.communicate(timeout=60)[0]
        assert beside.returncode == 0, said
    ran = lab.scan()
    assert (ran.code, ran.err) == (0, "")
    assert "3\tTotal files to be processed." in ran.out
    assert_whole(lab, script)
    assert hashes(lab) == before
    bring_to_zero(lab, rounds=1)
    assert lab.executions() == {f"v{n}.avi": ["begun done"] for n in range(1, 6)}
    assert_no_half_result(lab)
    assert_remains_go(lab)
