"""A real Chromium, for tests of the page: Debian's, driven by Selenium; nothing is fetched for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

selenium = pytest.importorskip("selenium", reason="selenium is not installed (tests/requirements.txt)")
from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys as Keys  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.ui import Select as Select  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

PROGRAMS = ("chromium", "chromedriver")  # Debian's packages: chromium, chromium-driver
# No sandbox: root has none. The others keep Chromium from calling home.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--lang=en",
    "--force-prefers-reduced-motion",
)
PATIENCE = 30  # seconds


def start_chromium(profile: Path, downloads: Path) -> webdriver.Chrome:
    """Start Chromium with a fresh profile; skips the test where it is not installed."""
    found = [shutil.which(name) for name in PROGRAMS]
    if not all(found):
        pytest.skip(f"{' and '.join(PROGRAMS)} are not installed (apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = str(found[0])
    for option in (*OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Chromium puts a socket, whose path has at most 108 bytes, into a folder of its own below TMPDIR: that of pytest or
    # of a cluster's job is often too long for it, and Chromium ends without a word.
    service = Service(executable_path=str(found[1]), env={**os.environ, "TMPDIR": "/tmp"})
    return webdriver.Chrome(options=options, service=service)


class Screen:
    """The page in Chromium, as a person has it before them."""

    def __init__(self, driver: webdriver.Chrome, downloads: Path) -> None:
        self.driver, self.downloads = driver, downloads

    def open(self, page: Path) -> None:
        """Open a page, and wait until it is drawn."""
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.as_uri())
        self.wait("return document.documentElement.dataset.ready === 'yes'")

    def wait(self, script: str, *given: Any) -> Any:
        """Wait until what a script returns is true, and return it."""
        return WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda driver: driver.execute_script(script, *given))

    def run(self, script: str, *given: Any) -> Any:
        """Return what a script returns; it sees what the page's own scripts see."""
        return self.driver.execute_script(script, *given)

    def find(self, selector: str) -> WebElement:
        """Return the first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str) -> list[WebElement]:
        """Return all elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """Return the text of an element, seen or not."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def click(self, selector: str) -> None:
        """Click on an element, scrolled into view."""
        element = self.find(selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def names(self) -> list[str]:
        """Return the names in the drawn rows of the table, from the top."""
        drawn = "return [...document.querySelectorAll('tr[data-row]')].map(row => row.querySelector('bdi').textContent)"
        return list(self.run(drawn))

    def cells(self, title: str) -> list[str]:
        """Return the texts of a column of the drawn rows."""
        script = """
            const heads = [...document.querySelectorAll('.videos thead th')];
            const at = heads.findIndex(head => head.dataset.column === arguments[0]);
            return [...document.querySelectorAll('tr[data-row]')].map(row => row.children[at].textContent);"""
        return list(self.run(script, title))

    def size(self, width: int, height: int = 900) -> None:
        """Make the window as wide as a telephone, a tablet or a desk has it."""
        sizes = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sizes)

    def emulate(self, scheme: str = "light", media: str = "") -> None:
        """Show the page as a person has it who likes dark or light, or as a printer has it."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def errors(self) -> list[str]:
        """Return what Chromium complained about since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]
