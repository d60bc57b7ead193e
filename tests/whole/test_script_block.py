"""What a scan changes in the user's own job script, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import Lab

START = "# >>> filled in by every scan: leave these lines alone >>>"
END = "# <<< filled in by every scan <<<"


def outside(script: Path) -> str:
    """Return all of a script but the block."""
    head, rest = script.read_text().split(START)
    return head + rest.split(END)[1]


@pytest.fixture
def script(lab: Lab) -> Path:
    """A job script that a scan made and filled in."""
    lab.videos(1)
    lab.scan()
    return lab.workspace / "process_all.sh"


def test_only_the_block_changes(lab: Lab, script: Path) -> None:
    """Ten scans of growing lists change the block alone: edits everywhere else, and the mode, stand."""
    head, rest = script.read_text().split(START)
    block, tail = rest.split(END)
    edited = [f"{line}  # mine {i}" if line.startswith("#") and i else line for i, line in enumerate(head.split("\n"))]
    script.write_text(
        "\n".join(edited) + "export A='ü $x'\t\n" + START + block + END + "\n# before" + tail + "# no end"
    )
    script.chmod(0o750)
    before = outside(script)
    for i in range(10):
        lab.video(f"d1/more{i}.avi")
        lab.scan()
        assert f"tasks={i + 2}\n" in script.read_text()
    assert outside(script) == before
    assert script.stat().st_mode & 0o777 == 0o750
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 11}


def test_block_is_emptied_where_nothing_is_left(lab: Lab, script: Path) -> None:
    """After the last video the script names no batch, and running it says so and starts nothing."""
    lab.process()
    lab.scan()
    assert "batch=none\ntasks=0\n" in script.read_text()
    ran = lab.process()
    assert ran.code == 0
    assert ran.out.endswith("Nothing is listed. Next:  scan again with bash get_files2process.sh\n")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("\n", "\r\n", "its lines end as on Windows"),
        (START, "# gone", "must stand in it once each"),
        (END + "\n", "", "must stand in it once each"),
        (END, START, "must stand in it once each"),
        (END, f"{END}\n{END}", "must stand in it once each"),
    ],
)
def test_a_script_that_cannot_be_filled_in(lab: Lab, script: Path, old: str, new: str, says: str) -> None:
    """Without its two marks, or with Windows' line ends, the script is refused in a line and nothing changes."""
    script.write_bytes(script.read_text().replace(old, new).encode())
    before, batches = script.read_bytes(), lab.batches()
    lab.video("d1/another.avi")
    ran = lab.scan()
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert says in ran.err
    assert "workspace/process_all.sh" in ran.err
    assert script.read_bytes() == before
    assert lab.batches() == batches


def test_marks_the_wrong_way_round(lab: Lab, script: Path) -> None:
    """Marks that stand in the wrong order are refused."""
    text = script.read_text().replace(START, "@").replace(END, START).replace("@", END)
    script.write_text(text)
    ran = lab.scan()
    assert (ran.code, script.read_text()) == (1, text)
    assert "stands before" in ran.err


def test_a_script_that_was_moved_away_is_made_anew(lab: Lab, script: Path) -> None:
    """A scan makes the script where there is none, and it may be run as a program."""
    script.unlink()
    lab.scan()
    assert lab.run("./process_all.sh").code == 0


def test_script_in_the_batch_is_what_was_run(lab: Lab, script: Path) -> None:
    """The batch keeps the job script as it was filled in."""
    assert (lab.batch(1) / "process_all.sh").read_text() == script.read_text()
    assert (lab.workspace / "local_output").readlink() == Path("batches/0001")
    assert (lab.workspace / "files2process.txt").readlink() == Path("batches/0001/files2process.txt")
