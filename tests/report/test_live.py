"""The live screen: what is needed most stands first, and a window of any height shows whole lines."""

from __future__ import annotations

import pytest
from remote_tracker.report.live import fit, fold

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


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 2), (40, 12), (40, 3), (200, 50)])
def test_why_a_look_failed_is_folded(width: int, height: int) -> None:
    """A narrow window shows a long reason in several lines, of which it has half; what is left out is seen."""
    why = "/lab/flies/project.yml line 51: this is not YAML: found unexpected end of stream. Look for an open quote."
    lines = fold(why, width, height)
    assert 1 <= len(lines) <= max(1, height // 2)
    assert all(len(line) <= max(4, width) for line in lines)
    assert " ".join(lines) == why or lines[-1].endswith("...")
    assert (" ".join(lines) == why) == (width >= 40 and height >= 12)
    assert fold("", width, height) == []


def test_what_is_left_is_counted() -> None:
    """A window that is too low shows the first lines, and says how many are left."""
    assert fit(LINES, "footer", 5) == [
        "heading",
        "copy: 3 videos",
        "table",
        "... 3 more lines:  ./rt status, or a higher window",
        "footer",
    ]
