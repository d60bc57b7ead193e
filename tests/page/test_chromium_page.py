"""The page in a real Chromium, from a file and without a network: its parts, its names, its sizes."""

from __future__ import annotations

import http.server
import json
import os
import threading
from pathlib import Path

import pytest

from page.browsing import Screen
from page.synthetic import HOSTILE, draw_plates
from page.written_page import write_page

PARTS = ["Where it stands", "What failed, by cause", "The videos", "The results", "The machine", "How it was made"]


def test_the_parts_stand_in_their_order(page: Screen) -> None:
    """The page has its six parts, each with something in it, and Chromium complains about nothing."""
    assert page.run("return [...document.querySelectorAll('h2')].map(h => h.textContent)")[:6] == PARTS
    assert page.run("return [...document.querySelectorAll('main > section')].every(s => s.children.length > 1)")
    assert page.errors() == []


def test_each_line_to_type_is_copied(page: Screen) -> None:
    """What is typed about a failure, first what comes before the command, stands each by itself with a button."""
    script = """
        const lines = cause => [...cause.querySelectorAll('.command')].map(line =>
          [line.querySelector('code').textContent, line.querySelector('button').getAttribute('aria-label')]);
        return [...document.querySelectorAll('.cause')].map(lines);"""
    retry, rsync = "./rt retry --more-memory 2x", "rsync -t FROM/ RawVideos/"
    told = [[(line, label.removeprefix("Copy the command ")) for line, label in lines] for lines in page.run(script)]
    assert [(rsync, rsync), (retry, retry)] in told
    assert [(retry, retry)] in told


def test_nothing_is_asked_of_a_network(page: Screen) -> None:
    """What the page loads lies in files beside it: no request leaves the machine."""
    page.click("tr[data-row] button.open")
    page.wait("return document.querySelector('.told pre')")
    told = [json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in told if e["method"] == "Network.requestWillBeSent"]
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]


def test_the_page_may_ask_no_network(page: Screen) -> None:
    """Chromium itself refuses the page each way to a server, even one on this machine."""
    asked: list[str] = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ways = """
            const [address, done] = arguments;
            const load = (element, place) => new Promise(take => {
              element.onerror = () => take('refused');
              element.onload = () => take('loaded');
              try { element.src = place } catch { take('refused') }
              document.head.append(element);
            });
            const image = load(new Image(), address + 'image');
            const script = load(document.createElement('script'), address + 'script');
            const fetched = fetch(address + 'fetch').then(() => 'loaded', () => 'refused');
            Promise.all([image, script, fetched]).then(done);"""
        found = page.driver.execute_async_script(ways, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert found == ["refused"] * 3
    assert asked == []


def test_text_cannot_become_html(page: Screen) -> None:
    """Chromium refuses to make HTML of a text, so that no mistake of ours can run a name."""
    tried = page.run(
        "try { document.createElement('p').innerHTML = '<b>x</b>'; return 'made' }"
        " catch (problem) { return problem.name }"
    )
    assert tried == "TypeError"


def test_a_hostile_name_is_text(page: Screen) -> None:
    """A name that is HTML, turns the direction or is very long stands in the table as it is, and runs nothing."""
    shown = [name.replace("\u202e", "\\u202e").replace("\u202c", "\\u202c") for name in HOSTILE]
    names = page.names()[: len(HOSTILE)]
    assert [name for name, told in zip(shown, names, strict=True) if not told.endswith(name)] == []
    assert page.run("return window.hacked") is None
    assert page.find_all("main img, main script") == []


def test_a_project_may_have_any_name(page: Screen) -> None:
    """The project's name, too, is text: in the heading and in the title."""
    assert page.text("#project") == "worms <b>of</b> spring"
    assert page.driver.title == "worms <b>of</b> spring: report"


def test_without_scripts_the_page_says_so(screen: Screen, tmp_path: Path) -> None:
    """Where JavaScript is switched off the page says what to read instead."""
    page = write_page(tmp_path, draw_plates(12, 2))
    screen.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        screen.driver.get(page.as_uri())
        assert "Results/joined/videos.csv" in screen.find("main").text
    finally:
        screen.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda html: html.replace('id="data">', 'id="data">AAAA'), "cannot be read"),
        (lambda html: html.replace("const FORMAT = 1;", "const FORMAT = 2;"), "it is of format 1, this page reads 2"),
    ],
    ids=["cut", "of another version"],
)
def test_data_that_cannot_be_read_is_said(screen: Screen, tmp_path: Path, broken, said: str) -> None:  # type: ignore[no-untyped-def]
    """An empty page is not taken for an empty project: what is wrong is said, with what to type."""
    page = write_page(tmp_path, draw_plates(12, 2))
    page.write_text(broken(page.read_text(encoding="utf-8")), encoding="utf-8")
    screen.open(page)
    assert said in screen.find("#trouble").text
    assert "./rt report" in screen.find("#trouble").text


def test_a_project_without_results_has_a_page(screen: Screen, tmp_path: Path) -> None:
    """A page of nothing at all says so in each part, and complains about nothing."""
    data = draw_plates(12, 2)
    nothing = {
        "days": [],
        "needs": [],
        "next": [],
        "rate": "",
        "failures": [],
        "features": [],
        "animals": [],
        "heat": [],
    }
    nothing |= {"machine": {}, "methods": {}, "parameters": [], "stands_out": [], "sprites": {}, "notes": []}
    columns = [{**told, "values" if "values" in told else "at": []} for told in data["columns"]]
    screen.open(write_page(tmp_path, {**data, **nothing, "columns": columns}))
    assert screen.find("#failures p").text == "Nothing failed."
    assert screen.errors() == []
    assert not screen.find("#trouble").is_displayed()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1400])
@pytest.mark.drawn(3)
def test_nothing_is_wider_than_the_screen(page: Screen, tmp_path: Path, width: int, scheme: str) -> None:
    """From a telephone to a desk the page needs no sideways scrolling; RT_SCREENSHOTS=FOLDER keeps how it looks."""
    page.size(width)
    page.emulate(scheme)
    assert page.run("return document.documentElement.scrollWidth") <= width
    folder = Path(os.environ.get("RT_SCREENSHOTS") or tmp_path)
    height = page.run("return document.documentElement.scrollHeight")
    page.size(width, height)
    assert page.driver.save_screenshot(str(folder / f"page-{width}-{scheme}.png"))
    page.size(width)
    page.click("tr[data-row] button.open")
    page.wait("return document.querySelector('.told pre')")
    assert page.run("const d = document.querySelector('dialog'); return d.scrollWidth <= d.clientWidth + 1")
    assert page.driver.save_screenshot(str(folder / f"video-{width}-{scheme}.png"))
