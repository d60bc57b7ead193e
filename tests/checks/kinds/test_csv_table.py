"""csv: a table's header, rows and last line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks.clause import Fault
from remote_tracker.checks.kinds import csv_table

HEADER = ["frame", "x", "y"]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("frame,x,y,z\n0,1,2,3\n", {"header": HEADER}, ""),
        ("frame,x,y\r\n0,1,2\r\n", {"header": HEADER}, ""),
        ('\ufeff"frame", x ,y\n', {"header": HEADER}, ""),
        ("# made by a\n# b\nframe,x,y\n", {"header": HEADER, "comment": "#"}, ""),
        ("frame\tx\ty\n", {"header": HEADER, "delimiter": "\t"}, ""),
        ("frame,y,x\n", {"header": HEADER}, 'column 2 is "y", expected "x"'),
        ("frame,x\n", {"header": HEADER}, "has 2 columns, expected frame, x, y"),
        ("frame,x,y\n0,1,2\n1,2", {}, "the last line is not whole: the file was cut"),
        ("frame,x,y\n0,1,2\n\n1,2,3\n", {"rows": 2}, ""),
        ("frame,x,y\n0,1,2\n\n", {"rows": 2}, "has 1 rows, expected at least 2"),
        ("frame,x,y\n", {"rows": 0}, ""),
        ("\n", {}, "has no header line"),
        ("# only this\n", {"comment": "#"}, "has no header line"),
        ("", {}, "is empty (0 bytes)"),
        ("frame,x,y\n1,2,3\n\0\0\0\0", {}, "the last line is not whole: the file was cut"),
        ("\x89HDF\r\n\x1a\n\0\0\0\0\n", {"header": HEADER}, 'column 1 is "�HDF", expected "frame"'),
        ("fra\0me,x\n", {}, "is not a table of text"),
        ('"' + "x" * 200_000 + "\n", {}, "is not a table of text: field larger than field limit (131072)"),
    ],
)
def test_says_what_is_wrong(
    ask: Callable[..., str], tmp_path: Path, content: str, options: dict[str, Any], reason: str
) -> None:
    """Header, rows and the end of the last line are judged; each fault is told in one sentence."""
    (tmp_path / "t.csv").write_bytes(content.encode().replace(b"\xc2\x89", b"\x89"))
    assert ask("csv", "t.csv", **options) == (f"t.csv: {reason}" if reason else "")


def test_a_line_without_an_end_is_not_read_whole(ask: Callable[..., str], tmp_path: Path) -> None:
    """A file that is one endless line is refused after 4 MB of it."""
    (tmp_path / "t.csv").write_bytes(b"x" * 5_000_000)
    assert ask("csv", "t.csv") == "t.csv: is not a table of text"


def test_only_head_and_tail_are_read(ask: Callable[..., str], tmp_path: Path) -> None:
    """Without `rows` a table of 100 GB costs no more than a small one."""
    with (tmp_path / "t.csv").open("wb") as file:
        file.write(b"frame,x,y\n")
        file.truncate(100 * 1024**3)
        file.seek(0, 2)
        file.write(b"\n")
    assert ask("csv", "t.csv", header=HEADER) == ""


def test_counts_rows_and_different_values(tmp_path: Path) -> None:
    """A tidy table has as many frames as its frame column has different values, not as it has rows."""
    path = tmp_path / "t.csv"
    path.write_text("frame,animal\n0,a\n0,b\n1,a\n\n1,b\n")
    assert csv_table.count_rows(str(path), {}) == 4
    assert csv_table.count_values(str(path), "frame", {}) == 2
    with pytest.raises(Fault, match='has no column "x"'):
        csv_table.count_values(str(path), "x", {})


def test_real_idtrackerai_table_cut_anywhere(
    ask: Callable[..., str], real: Callable[[str], Path], tmp_path: Path
) -> None:
    """A whole table of idtracker.ai holds; cut in the middle of a line it does not."""
    path = real("idtrackerai/session_day1/trajectories/trajectories_tidy.csv")
    assert ask("csv", path, header=["frame", "time", "individual"], rows=3000) == ""
    (tmp_path / "t.csv").write_bytes(path.read_bytes()[:50_001])
    assert ask("csv", "t.csv") == "t.csv: the last line is not whole: the file was cut"
