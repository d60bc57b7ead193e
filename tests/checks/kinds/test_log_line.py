"""log: lines of logs, and of the task's own."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import Files, verify
from remote_tracker.checks.kinds.log_line import _LONGEST_LINE, _last_start
from remote_tracker.model import Check

OWN = """# start 2026-01-01T00:00:00+0100 host=n1 unit=a.avi
All done
# end 2026-01-01T00:01:00+0100 exit=0 result=bad
# start 2026-01-02T00:00:00+0100 host=n2 unit=a.avi
frame 1\rframe 2\rframe 3
# signal TERM
"""


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        ("a\nDone\nb\n", {"matches": "^Done$"}, ""),
        ("a\nDone\n\n  \n", {"matches": "^Done$", "last": True}, ""),
        ("a\nDone\nb", {"matches": "Done", "last": True}, 'its last line is "b", expected one that matches "Done"'),
        ("a\nb\n", {"matches": "Done"}, 'no line matches "Done"; the last is "b"'),
        ("10%\r50%\r100%", {"matches": "^100%", "last": True}, ""),
        ("a\n" + "x" * 3_000_000, {"matches": "Done"}, 'no line matches "Done"; the last is "' + "x" * 120 + '"'),
        ("\0\udcff\n", {"matches": "Done"}, 'no line matches "Done"; the last is "\0�"'),
        ("", {"matches": "Done"}, "is empty (0 bytes)"),
        ("\n\n", {"matches": "^$", "last": True}, ""),
    ],
)
def test_a_line_of_an_output(
    ask: Callable[..., str], tmp_path: Path, content: str, options: dict[str, Any], reason: str
) -> None:
    """A line that matches is found anywhere, or must be the last that is not blank."""
    (tmp_path / "solve.log").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert ask("log", "solve.log", **options) == (f"solve.log: {reason}" if reason else "")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"matches": "All done"}, 'output.7: no line matches "All done"; the last is "frame 3"'),
        ({"matches": "frame 3", "last": True}, ""),
        ({"matches": "frame 1"}, ""),
        ({"matches": "start|signal|result"}, 'output.7: no line matches "start|signal|result"; the last is "frame 3"'),
    ],
)
def test_the_own_log_is_that_of_the_last_attempt(tmp_path: Path, options: dict[str, Any], reason: str) -> None:
    """What an earlier attempt printed, and the lines that run_task.sh wrote itself, prove nothing."""
    (tmp_path / "output.7").write_text(OWN)
    assert verify([Check("log", "log", options)], Files(tmp_path, log="output.7")) == reason


@pytest.mark.parametrize("printed", ["# start of tracking", "# start x task=1 token=0-ab params=p", "# start x task=1"])
def test_a_start_that_the_program_printed_is_none(tmp_path: Path, printed: str) -> None:
    """Of a log with tokens all lines since the task's own start count, whatever the program printed between."""
    first = "# start x host=n1 task=1 token=0-cd params=p unit=a.avi\nold\n"
    start = f"# start x host=n1 task=1 token={len(first)}-ef params=p unit=a.avi\n"
    (tmp_path / "output.7").write_text(f"{first}{start}All done\n{printed}\nlast\n")
    files = Files(tmp_path, log="output.7")
    assert verify([Check("log", "log", {"matches": "All done"})], files) == ""
    assert "no line matches" in verify([Check("log", "log", {"matches": "old"})], files)


def test_a_long_line_is_read_in_pieces(tmp_path: Path) -> None:
    """A log of one huge line is read in pieces: each is looked at, and none is taken for the start of an attempt."""
    line = b"All done".ljust(_LONGEST_LINE, b"x") + b"# start " + b"x" * 9
    (tmp_path / "output.7").write_bytes(OWN.encode() + line)
    read: list[int] = []

    class Pieces(io.BufferedReader):
        """A file that remembers how much each call asks for."""

        def readline(self, size: int | None = -1, /) -> bytes:
            """Read one line, or a piece of it."""
            read.append(size or -1)
            return super().readline(size)

    with Pieces(io.FileIO(tmp_path / "output.7")) as file:
        assert _last_start(io.TextIOWrapper(file)) == OWN.rindex("# start ")
    assert set(read) == {_LONGEST_LINE}
    assert verify([Check("log", "log", {"matches": "All done"})], Files(tmp_path, log="output.7")) == ""


def test_an_output_named_log_is_meant_before_the_own_log(tmp_path: Path) -> None:
    """A tracker that calls an output `log` means that one."""
    (tmp_path / "mine.log").write_text("Done\n")
    files = Files(tmp_path, outputs={"log": ("mine.log",)}, log="nowhere")
    assert verify([Check("log", "log", {"matches": "Done"})], files) == ""


def test_no_own_log_is_a_reason(tmp_path: Path) -> None:
    """Where the log is not at hand, or gone, the clause does not hold."""
    check = Check("log", "log", {"matches": "Done"})
    assert verify([check], Files(tmp_path)) == "log: the task's log is not at hand"
    assert verify([check], Files(tmp_path, log="gone")) == "gone: is missing"
