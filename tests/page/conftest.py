"""One Chromium for all tests of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from page.synthetic import draw_plates
from page.written_page import write_page

if TYPE_CHECKING:
    from page.browsing import Screen


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """A started Chromium with a fresh profile."""
    from page.browsing import Screen, start_chromium  # without selenium its tests alone are left out

    downloads = tmp_path_factory.mktemp("downloads")
    driver = start_chromium(tmp_path_factory.mktemp("profile"), downloads)
    yield Screen(driver, downloads)
    driver.quit()


@pytest.fixture
def screen(chromium: Screen) -> Iterator[Screen]:
    """That Chromium at a desk, in light colours; at the end it forgets what pages kept."""
    chromium.size(1400)
    chromium.emulate()
    yield chromium
    chromium.run("try { localStorage.clear() } catch {}")


@pytest.fixture
def page(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Screen:
    """The page of 120 videos with hostile names, opened, with what lies beside it."""
    screen.open(write_page(tmp_path_factory.mktemp("project"), draw_plates()))
    return screen
