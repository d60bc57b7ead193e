"""csv: a table's header, its rows, their cells, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from remote_tracker.checks import KINDS, QUICK, WHOLE, Files
from remote_tracker.checks.clause import Fault
from remote_tracker.checks.kinds import csv_table
from remote_tracker.checks.table import Table
from remote_tracker.model import Check

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
        ("frame,x,y\n0,1,2\n\n", {"rows": 2}, "has 1 row, expected at least 2"),
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


ROW = b"12,3.25,4.5\n"
PIECES = 8 * 64 * 1024  # what is read of a table that is larger than may be read


def judged(path: Path, depth: int, **options: Any) -> str:
    """Return the reason against a table of which ``depth`` bytes may be read."""
    return KINDS["csv"].examine(
        Check("csv", "t", options), Files(path.parent, outputs={"t": (path.name,)}, depth=depth)
    )


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"a,b\n1,2\n3\n", {}, "line 3 has 1 cell, its header 2"),
        (b"a,b\n1,2\n3,4,5\n", {}, "line 3 has 3 cells, its header 2"),
        (b"# x\na,b\n\n1,2\n   \n3,4,5\n", {"comment": "#"}, "line 6 has 3 cells, its header 2"),
        (b"a,b\n1,2\n3\n", {"ragged": True}, ""),
        (b'a,b\n"1,5",2\n', {}, ""),
        (b'a,b\n"x ""y"", z",2\n3,4\n', {}, ""),
        (b'a,b\n"of two\nlines",2\n3,4\n', {}, ""),
        (b'a,b\n"of two\nlines",2\n3\n', {}, "line 4 has 1 cell, its header 2"),
        (b'a,b\n1,"of two\nlines\n"\n3,4\n', {}, ""),
        (b'a,b\n1,"2\n3,4\n5,6\n', {}, "line 2 has a quote without its partner"),
        (b'a,b\n5" disk,2\n3,4\n', {}, ""),
        (b"a,b\r\n1,2\r\n3\r\n", {}, "line 3 has 1 cell, its header 2"),
        (b"a,b\r\n1,2\r\n\r\n3,4\r\n", {}, ""),
        (b"a\tb\n1\t2,5\n", {"delimiter": "\t"}, ""),
        (b"a\n1\n\n2\n", {}, ""),
        (b"a\n1\n2,3\n", {}, "line 3 has 2 cells, its header 1"),
        ("a§b\n1§2\n3§\n".encode(), {"delimiter": "§"}, ""),
        ("a§b\n1§2\n3\n".encode(), {"delimiter": "§"}, "line 3 has 1 cell, its header 2"),
        (b"a,b\n1,2\n\0\0\0\0,4\n", {}, "holds zero bytes, from line 3 on"),
        (b"a,b\n1,2\n" + bytes(4096) + b"\n", {}, "holds zero bytes, from line 3 on"),
        ("a,b\n1,2\né,µ\n".encode(), {}, ""),
        ("a,b\n1,2\né,µ\n".encode("latin-1"), {}, "line 3 is not UTF-8 text"),
        ("a,µ\n1,2\n".encode("latin-1"), {}, "line 1 is not UTF-8 text"),
        ("a,b\n1,2\né,µ\n".encode("latin-1"), {"encoding": "latin-1"}, ""),
        ("a,µ\n1,2\n".encode("latin-1"), {"encoding": "latin-1", "header": ["a", "µ"]}, ""),
        ("\ufeffa,b\n1,2\n".encode(), {"header": ["a", "b"]}, ""),
        (b"a,b\n" + bytes(range(255, 0, -1)) * 9 + b"\n", {}, "line 2 is not UTF-8 text"),
        (b"a,b\n" + b"1,2\n" * 300_000 + b"1\n" + b"1,2\n" * 300_000, {}, "line 300002 has 1 cell, its header 2"),
        (b"a,b\n" + b'"1",2\n' * 200_000 + b'"1"\n', {}, "line 200002 has 1 cell, its header 2"),
        (b"a,b\n" + b"1,2\n" * 262_143 + b'"' + b"of\nlines" * 100 + b'",2\n3,4\n', {}, ""),
    ],
)
def test_each_row_has_the_cells_of_the_header(
    tmp_path: Path, content: bytes, options: dict[str, Any], reason: str
) -> None:
    """Each row is judged, with and without quotes, and the first that is wrong is told by its line."""
    (tmp_path / "t.csv").write_bytes(content)
    assert judged(tmp_path / "t.csv", WHOLE, **options) == (f"t.csv: {reason}" if reason else "")


def large(path: Path, place: int = -1, raw: bytes = b"") -> Path:
    """Make a table of 4 MB, with some bytes overwritten."""
    with path.open("wb") as file:
        file.write(b"frame,x,y\n" + ROW * 350_000)
        if raw:
            file.seek(place)
            file.write(raw)
    return path


@pytest.mark.parametrize("piece", [0, 3, 7])
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (bytes(4096) + b"\n", "holds zero bytes, near byte "),
        (b"1,2,3,4\n" * 100, "has a line with 4 cells near byte "),
        (b"\xff\xfe,2,3\n" * 10, "is not UTF-8 text near byte "),
    ],
)
def test_a_scan_sees_damage_in_the_pieces_that_it_reads(tmp_path: Path, piece: int, raw: bytes, reason: str) -> None:
    """Of a large table head, tail and some pieces are judged; verify tells of the same place by its line."""
    size = large(tmp_path / "t.csv").stat().st_size
    start = piece * (size - 10 - PIECES // 8) // 7
    path = large(tmp_path / "t.csv", 10 + start // len(ROW) * len(ROW) + 1200, raw)
    assert judged(path, QUICK).startswith(f"t.csv: {reason}")
    assert "line" in judged(path, WHOLE)


def test_verify_alone_sees_all_of_a_large_table(tmp_path: Path) -> None:
    """A short row that no piece holds is found where the whole table is read."""
    path = large(tmp_path / "t.csv", 10 + 12 * 30_000, b"12,3.25;4.5\n")
    assert judged(path, QUICK) == ""
    assert judged(path, WHOLE) == "t.csv: line 30002 has 2 cells, its header 3"


def test_a_piece_that_may_begin_within_a_cell_is_not_counted(tmp_path: Path) -> None:
    """Where cells are quoted, a line may be a part of a cell: a scan does not call such a table bad."""
    with (tmp_path / "t.csv").open("wb") as file:
        file.write(b"a,b\n")
        for _ in range(40):
            file.write(b'1,"' + b"a line of a long cell\n" * 5000 + b'"\n')
    assert judged(tmp_path / "t.csv", QUICK) == judged(tmp_path / "t.csv", WHOLE) == ""


def test_a_scan_reads_a_bounded_part(tmp_path: Path) -> None:
    """Without `rows` a table of 100 GB costs a scan no more than one of some MB: head, tail and pieces."""
    place = 100 * 1024**3
    with large(tmp_path / "t.csv").open("r+b") as file:
        file.seek(place)
        file.write(ROW * 10_000)
    with (tmp_path / "t.csv").open("rb") as file:
        counted = Counted(file)
        assert Table(cast(Any, counted), {}).find_fault(QUICK).startswith("holds zero bytes, near byte ")
    assert counted.bytes <= PIECES


class Counted:
    """A file that counts what is read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.bytes = file, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int) -> bytes:
        """Read as the file does."""
        raw = self._file.read(size)
        self.bytes += len(raw)
        return raw


FILES = 'file_id,filename,is_good,n\n0,a.csv,True,2\n1,"b, c.csv",False,0\n2,d.csv,True,1\n'
FEATURES = "file_id,x\n0,1\n0,2\n2,3\n"
COUNTED = {"rows_by": "file_id", "rows_in": "files", "rows_column": "n"}


@pytest.mark.parametrize(
    ("files", "features", "optional", "reason"),
    [
        (FILES, FEATURES, False, ""),
        (FILES, FEATURES[:-4], False, "features.csv: has 0 rows of file_id 2, 1 was recorded"),
        (FILES, FEATURES + "0,4\n", False, "features.csv: has 3 rows of file_id 0, 2 were recorded"),
        (FILES, FEATURES + "1,4\n", False, "features.csv: has 1 row of file_id 1, 0 were recorded"),
        (FILES, FEATURES + "7,4\n", False, "features.csv: has 1 row of file_id 7, 0 were recorded"),
        (FILES, "file_id,x\n", False, "features.csv: has 0 rows of file_id 0, 2 were recorded"),
        (FILES, FEATURES.replace("file_id", "id"), True, 'features.csv: has no column "file_id"'),
        (FILES.replace(",2", ",two"), FEATURES, True, "features.csv: has 2 rows of file_id 0, two were recorded"),
        (FILES.replace(",n\n", ",m\n"), FEATURES, False, 'files.csv: has no column "n"'),
        (FILES.replace(",n\n", ",m\n"), FEATURES[:-4], True, ""),
        ("", FEATURES, True, "files.csv: is empty (0 bytes)"),
    ],
)
def test_rows_of_each_value_are_those_of_another_table(
    tmp_path: Path, files: str, features: str, optional: bool, reason: str
) -> None:
    """A table whose rows another table counts has as many; where nothing was counted, optional decides."""
    (tmp_path / "files.csv").write_text(files)
    (tmp_path / "features.csv").write_text(features)
    check = Check("csv", "features", {**COUNTED, **({"optional": True} if optional else {})})
    outputs = {"features": ("features.csv",), "files": ("files.csv",)}
    assert KINDS["csv"].examine(check, Files(tmp_path, outputs=outputs, depth=1)) == reason


def test_of_several_pairs_of_tables_each_is_compared(tmp_path: Path) -> None:
    """Tables of several kinds are compared in the order of their names; where one has no partner, none is."""
    for kind in "ab":
        (tmp_path / f"files_{kind}.csv").write_text(FILES)
        (tmp_path / f"features_{kind}.csv").write_text(FEATURES if kind == "a" else FEATURES[:-4])
    check = Check("csv", "features", COUNTED)
    pairs = {"features": ("features_b.csv", "features_a.csv"), "files": ("files_a.csv", "files_b.csv")}
    assert (
        KINDS["csv"]
        .examine(check, Files(tmp_path, outputs=pairs))
        .startswith("features_b.csv: has 0 rows of file_id 2")
    )
    assert KINDS["csv"].examine(check, Files(tmp_path, outputs={**pairs, "files": ("files_a.csv",)})) == ""


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


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("idtrackerai/session_day1/trajectories/trajectories_tidy.csv", {}),
        ("idtrackerai/session_day1/trajectories/trajectories_csv/trajectories.csv", {}),
        ("sleap/model/training_log.csv", {}),
        ("tierpsy/summaries/20260101/features_summary_tierpsy_plate_20261120_153744.csv", {"comment": "#"}),
        ("tierpsy/summaries/20260101/filenames_summary_tierpsy_plate_20261120_153744.csv", {"comment": "#"}),
    ],
)
def test_real_tables_are_whole(real: Callable[[str], Path], name: str, options: dict[str, Any]) -> None:
    """Tables that real trackers wrote hold, read whole."""
    assert judged(real(name), WHOLE, **options) == ""
