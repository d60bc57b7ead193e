"""The live screen: what is needed most stands first, and a window of any height shows whole lines."""

from __future__ import annotations

import pytest
from remote_tracker.report.live import fit

LINES = ["heading", "copy: 3 videos", "", "table", "  d1", "  d2", "", "queue"]


@pytest.mark.parametrize("height", range(1, 30))
def test_any_height(height: int) -> None:
    """A window is filled exactly, and its last line is the footer."""
    shown = fit(LINES, "footer", height)
    assert len(shown) == max(1, height)
    assert shown[-1] == "footer"


def test_all_fits() -> None:
    """Where all lines fit they stand as they are, the footer at the bottom."""
    assert fit(LINES, "footer", 11) == [*LINES, "", "", "footer"]


def test_empty_lines_go_first() -> None:
    """A lower window loses the empty lines before any other."""
    assert fit(LINES, "footer", 7) == [line for line in LINES if line] + ["footer"]


def test_what_is_left_is_counted() -> None:
    """A window that is too low shows the first lines, and says how many are left."""
    assert fit(LINES, "footer", 5) == [
        "heading",
        "copy: 3 videos",
        "table",
        "... 3 more lines:  ./rt status, or a higher window",
        "footer",
    ]
