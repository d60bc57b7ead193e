"""What an export needs and lacks is said in one line that can be typed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.exports.needs import require_package

EXPORTS = TEMPLATE / "remote_tracker" / "exports"


@pytest.mark.parametrize("listed", sorted(EXPORTS.glob("*.requirements.txt")), ids=lambda path: path.name)
def test_the_line_installs_all_that_the_export_needs(listed: Path) -> None:
    """The line that is told names the file with the export's requirements."""
    with pytest.raises(RemoteTrackerError) as told:
        require_package("no_such_module", "pandas", listed.name.removesuffix(".requirements.txt"))
    words = shlex.split(str(told.value).partition("Type: ")[2])
    assert words[1:] == ["-m", "pip", "install", "-r", str(listed)]
    assert "\n" not in str(told.value)


def test_without_such_a_file_the_package_is_named() -> None:
    """An export without a file of requirements has its package named."""
    with pytest.raises(RemoteTrackerError, match=r"export other needs pandas .* -m pip install pandas$"):
        require_package("no_such_module", "pandas", "other")
