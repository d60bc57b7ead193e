"""Patterns are looked for in lines of a sane length: a line of a program's is as long as it likes."""

from __future__ import annotations

import re

import pytest
from remote_tracker.config.signatures import Signature, diagnose
from remote_tracker.model import Cause
from remote_tracker.records.causes import find_cause
from remote_tracker.survey.running import find_last
from remote_tracker.text.long_lines import GAP, LONGEST, shorten_lines

LONG = "x" * LONGEST


@pytest.mark.parametrize("text", ["", "\n", "a\nb", LONG, f"{LONG}\n{LONG}\n", "\udcff\r\u2028"])
def test_short_lines_stay(text: str) -> None:
    """Text whose lines are short is the same text."""
    assert shorten_lines(text) == text


def test_both_ends_stay() -> None:
    """A long line keeps its beginning and its end; the lines around it stay as they are."""
    first, middle, last = shorten_lines(f"before\nbegins {'x' * 10 * LONGEST} ends\nbehind").split("\n")
    assert (first, last) == ("before", "behind")
    assert middle.startswith("begins ")
    assert GAP in middle
    assert middle.endswith(" ends")
    assert len(middle) <= LONGEST


class Looked(str):
    """Stands for a compiled pattern, and remembers the longest line in which it was looked for."""

    longest = 0

    def search(self, text: str) -> re.Match[str] | None:
        """Look at the text as a pattern does."""
        Looked.longest = max(map(len, text.split("\n")))
        return re.search(self, text)


def test_signature_of_a_long_line() -> None:
    """A lab's own expression sees no line that is longer, and still finds what stands at its end."""
    own = Signature("no model", (Looked("(gone|lost).*model"),))  # type: ignore[arg-type]
    assert diagnose("gone " * 100_000 + "lost model", [own]) is own
    assert Looked.longest <= LONGEST


def test_endings_in_a_long_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler's words are found behind a progress bar of any length, in a line of a sane length."""
    seen: list[int] = []
    search = re.search
    monkeypatch.setattr(re, "search", lambda *words: (seen.append(len(words[1])), search(*words))[1])
    bar = "slurmstepd error: " * 10_000 + "99%slurmstepd: error: *** JOB 7 CANCELLED AT 2026 DUE TO TIME LIMIT ***"
    assert find_cause(bar) == (Cause.OUT_OF_TIME, True)
    assert max(seen) <= LONGEST


def test_progress_in_a_long_line() -> None:
    """The last step of a progress bar that is one long line is found."""
    bar = "\r".join(f"step {n} of 99999" for n in range(20_000))
    found = find_last(r"step (?P<done>\d+) of (?P<all>\d+)", bar)
    assert found is not None
    assert found["done"] == "19999"
