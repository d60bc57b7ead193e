"""Which results were examined and found whole: a memory that may be lost, and must not lie."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from remote_tracker.survey.proven import Proven, stat_digest
from scan.trees import put


def kept(path: Path, *digests: int, rules: str = "r") -> Proven:
    """Write these digests and load them again."""
    proven = Proven(path, rules)
    for digest in digests:
        proven.add(digest)
    path.write_bytes(proven.content())
    return Proven(path, rules)


def test_remembered(tmp_path: Path) -> None:
    """What was proven is known in the next scan, negative numbers and the largest included."""
    proven = kept(tmp_path / "p", 1, -5, 2**63 - 1, -(2**63))
    assert all(proven.holds(d) for d in (1, -5, 2**63 - 1, -(2**63)))
    assert not proven.holds(2)


def test_added_to(tmp_path: Path) -> None:
    """A second scan adds to what is known."""
    kept(tmp_path / "p", 1)
    assert kept(tmp_path / "p", 2).known == {1, 2}


def test_other_rules(tmp_path: Path) -> None:
    """After a change of the checks nothing is known."""
    kept(tmp_path / "p", 1)
    assert Proven(tmp_path / "p", "other").known == set()


@pytest.mark.parametrize("raw", [b"", b"junk", b"\0" * 16, None])
def test_lost_or_junk(tmp_path: Path, raw: bytes | None) -> None:
    """A file that is gone or that somebody else wrote proves nothing."""
    if raw is not None:
        (tmp_path / "p").write_bytes(raw)
    assert Proven(tmp_path / "p", "r").known == set()


def test_cut_short(tmp_path: Path) -> None:
    """Of a file that was cut short the whole numbers count."""
    kept(tmp_path / "p", 1, 2)
    raw = (tmp_path / "p").read_bytes()
    (tmp_path / "p").write_bytes(raw[:-3])
    assert len(Proven(tmp_path / "p", "r").known) == 1


def stats(root: Path, *paths: str) -> list[os.stat_result]:
    """Return what these files are now."""
    return [os.stat(root / path) for path in paths]


def test_digest_sees_each_change(tmp_path: Path) -> None:
    """Another size, another time, another file of the same name, or files changing places: another digest."""
    put(tmp_path, "in", "out")
    found = {stat_digest(stats(tmp_path, "in"), stats(tmp_path, "out"))}
    found.add(stat_digest(stats(tmp_path, "out"), stats(tmp_path, "in")))
    put(tmp_path, "out", content="xx")
    found.add(stat_digest(stats(tmp_path, "in"), stats(tmp_path, "out")))
    put(tmp_path, "out", content="xx", age=1)
    found.add(stat_digest(stats(tmp_path, "in"), stats(tmp_path, "out")))
    put(tmp_path, "new", content="xx", age=1)
    os.replace(tmp_path / "new", tmp_path / "out")
    found.add(stat_digest(stats(tmp_path, "in"), stats(tmp_path, "out")))
    assert len(found) == 5


def test_digest_in_every_process() -> None:
    """Two processes give one digest for the same files, whatever their seeds."""
    code = (
        "import os; from remote_tracker.survey.proven import stat_digest\n"
        "s = os.stat('/'); print(stat_digest([s], [s]))"
    )
    package = str(Path(sys.modules["remote_tracker"].__file__ or "").parents[1])
    environments = ({**os.environ, "PYTHONPATH": package, "PYTHONHASHSEED": seed} for seed in ("1", "2"))
    first, second = (subprocess.check_output([sys.executable, "-c", code], env=e) for e in environments)
    assert first == second
