"""The Chromium of the tests starts wherever they run."""

from __future__ import annotations

from pathlib import Path

import pytest

from page.browsing import start_chromium


def test_it_starts_below_a_folder_of_a_long_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for temporary files whose path is too long for a socket keeps no Chromium from starting."""
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    driver = start_chromium(tmp_path / "profile", tmp_path)
    try:
        assert driver.execute_script("return 1 + 1") == 2
    finally:
        driver.quit()
