"""The job script is the user's: a scan fills in one block and touches no other byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.render import BLOCK_END, BLOCK_START, fill_in, render_script
from remote_tracker.render.script import ScriptError

bytes_of_mine = st.binary(max_size=60).map(lambda raw: raw.replace(b"\r", b"").decode("utf-8", "surrogateescape"))


@given(before=bytes_of_mine, inside=bytes_of_mine, after=bytes_of_mine)
def test_every_other_byte_stays(before: str, inside: str, after: str) -> None:
    """Whatever stands round the block stays, byte by byte; what stood in it goes."""
    script = f"{before}\n{BLOCK_START}\n{inside}\n{BLOCK_END}\n{after}"
    expected = f"{before}\n{BLOCK_START}\nbatch=0007\ntasks=3\n{BLOCK_END}\n{after}"
    assert fill_in(script, ["batch=0007", "tasks=3"], "x") == expected


def test_twice_is_once() -> None:
    """Filled in again with the same, a script is the same."""
    once = fill_in(f"#!/bin/bash\n{BLOCK_START}\n{BLOCK_END}\nrun\n", ["a", "b"], "x")
    assert fill_in(once, ["a", "b"], "x") == once == f"#!/bin/bash\n{BLOCK_START}\na\nb\n{BLOCK_END}\nrun\n"


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_last_line(end: str) -> None:
    """A script ends as it ended, with a line break or without."""
    assert fill_in(f"{BLOCK_START}\n{BLOCK_END}{end}", ["a"], "x") == f"{BLOCK_START}\na\n{BLOCK_END}{end}"


BOTH = f"{BLOCK_START}\n{BLOCK_END}\n"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("", "must stand in it once each"),
        (BLOCK_START, "must stand in it once each"),
        (BLOCK_END, "must stand in it once each"),
        (BOTH + BOTH, "must stand in it once each"),
        (BOTH + BLOCK_START, "must stand in it once each"),
        (BOTH.replace("<<<", "<<"), "must stand in it once each"),
        (f"#{BOTH}", "must stand in it once each"),
        (f"{BLOCK_END}\n{BLOCK_START}\n", "stands before"),
        (BOTH.replace("\n", "\r\n"), "CR LF"),
        (BOTH + "one line\r\n", "CR LF"),
    ],
)
def test_refused(script: str, says: str) -> None:
    """A script whose block is not there just once, or with Windows' line ends, is refused by name in one line."""
    with pytest.raises(ScriptError) as error:
        fill_in(script, ["a"], "process_all.sh")
    assert str(error.value).startswith("process_all.sh: ")
    assert says in str(error.value)
    assert "Nothing was changed." in str(error.value)
    assert "\n" not in str(error.value)


def test_template_keeps_its_end() -> None:
    """A script that is made ends with a line break, and a word that is missing is an error, never a gap."""
    assert render_script("{{ a }}\n", a=1) == "1\n"
    with pytest.raises(Exception, match="'b' is undefined"):
        render_script("{{ b }}", a=1)
