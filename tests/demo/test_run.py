"""What demo/run.sh says at its end."""

from __future__ import annotations

from lab import REPOSITORY


def test_the_demo_ends_with_the_address_of_its_page() -> None:
    """The demo makes the report, and the last thing it prints is the address that a browser opens."""
    lines = (REPOSITORY / "demo" / "run.sh").read_text(encoding="utf-8").rstrip().splitlines()
    assert "run ./rt report" in lines
    assert lines[-1].strip() == '"file://$project/Results/report.html"'
