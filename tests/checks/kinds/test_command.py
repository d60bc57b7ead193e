"""command: a line of bash in the job's environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.checks import Files, verify
from remote_tracker.model import Check


def ask(root: Path, line: str, **options: str) -> str:
    """Return the reason of a command clause whose rendered line is ``line``."""
    return verify([Check("command", "{{ as written }}", options)], Files(root, commands={"{{ as written }}": line}))


@pytest.mark.parametrize(
    ("line", "options", "reason"),
    [
        ("true", {}, ""),
        ("echo 12 Frames", {"prints": "12 Frames"}, ""),
        ("echo 12 Frames >&2", {"prints": "12 Frames"}, ""),
        ('[[ "$MY_LAB" == "a b" ]]', {}, ""),
        ("false", {}, "`false` ended with exit code 1, expected 0; it said: nothing"),
        (
            "echo a; echo b >&2; exit 9",
            {},
            "`echo a; echo b >&2; exit 9` ended with exit code 9, expected 0; it said: b",
        ),
        ("echo 11 Frames", {"prints": "12 Frames"}, '`echo 11 Frames` did not print "12 Frames"; it said: 11 Frames'),
        ("kill -9 $$", {}, "`kill -9 $$` ended with exit code 137, expected 0; it said: nothing"),
        ("no-such-program", {}, "`no-such-program` ended with exit code 127, expected 0; it said: bash: line 1: "),
        (
            r"printf 'a\xff\n'; exit 1",
            {},
            r"`printf 'a\xff\n'; exit 1` ended with exit code 1, expected 0; it said: a�",
        ),
        ("if", {}, "`if` ended with exit code 2, expected 0; it said: bash: "),
    ],
)
def test_must_end_well_and_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, options: dict[str, str], reason: str
) -> None:
    """The line runs in this environment; a bad end or the missing text is told with the last thing it said."""
    monkeypatch.setenv("MY_LAB", "a b")
    told = ask(tmp_path, line, **options)
    assert told.startswith(reason)
    assert bool(told) == bool(reason)


def test_a_line_that_was_not_filled_in_never_runs(tmp_path: Path) -> None:
    """The template itself is not bash: without its rendered line the clause does not hold."""
    check = Check("command", "touch {{ output.x }}", {})
    assert "was not filled in" in verify([check], Files(tmp_path))
