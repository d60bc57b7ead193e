"""Make the images of docs/gallery.md from a real project: python docs/make_gallery.py [--folder FOLDER]

Draws 18 videos of three days (as make demo draws them), two of them bad, processes them while ./rt status --watch runs
in a terminal of tmux, makes the report and a preview, and looks at all of it with Chromium. Writes
docs/images/gallery/*.png. With FOLDER the project is made there and kept. Needs tmux, chromium, chromium-driver, and
what demo/ and tests/requirements.txt list.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import cv2
    import numpy as np
    from rich.console import Console
    from rich.text import Text
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs"), str(ROOT / "demo"), str(ROOT / "tests")]
import draw_videos  # noqa: E402
import renew_screens  # noqa: E402
from page.browsing import Screen, start_chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images" / "gallery"
DAYS, PLATES, FRAMES = ("20260105", "20260106", "20260107"), 6, 150
WIDE, TALL, PHONE = 1200, 820, (390, 780)
COLUMNS, ROWS = 100, 20  # of the terminal
LARGEST = 150_000  # bytes of an image
PATIENCE_S = 600.0
# What is around the screen in rich's picture of it is left out, and no font is fetched.
TERMINAL = """<svg class="rich-terminal" viewBox="-12 -12 {width} {height}" xmlns="http://www.w3.org/2000/svg"><style>
.{unique_id}-matrix {{font-family: monospace; font-size: {char_height}px; line-height: {line_height}px;}}
{styles}</style><defs>{lines}</defs><rect x="-12" y="-12" width="100%" height="100%" fill="#292929"/>
<g class="{unique_id}-matrix">{backgrounds}{matrix}</g></svg>"""


class Lab:
    """The project, and the environment in which its commands are typed."""

    def __init__(self, place: Path) -> None:
        self.root = renew_screens.make_project(place)
        path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
        self.environment = {"PATH": path, "HOME": str(place), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        self.environment |= {"REMOTE_TRACKER_PYTHON": sys.executable, "OPENBLAS_NUM_THREADS": "1"}

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """Start a command in the project's folder."""
        return subprocess.Popen(["bash", "-c", command], cwd=self.root, env=self.environment, stdout=subprocess.DEVNULL)

    def run(self, command: str) -> None:
        """Run a command to its end, however it ends: some videos are bad."""
        self.start(command).wait()


def draw(videos: Path) -> None:
    """Draw the videos, the last two of the last day bad: cut short, and empty."""
    for path in videos.rglob("*.*"):
        path.unlink()
    for folder in [path for path in videos.iterdir() if path.is_dir()]:
        folder.rmdir()
    for day in DAYS:
        (videos / day).mkdir()
        for number in range(1, PLATES + 1):
            rng = np.random.default_rng(int(day) + number)
            walk = draw_videos.walk(3 + number % 3, rng, FRAMES)
            draw_videos.write_video(walk, videos / day / f"plate{number}.avi", rng)
    cut = videos / DAYS[-1] / f"plate{PLATES - 1}.avi"
    cut.write_bytes(cut.read_bytes()[:300_000])
    (videos / DAYS[-1] / f"plate{PLATES}.avi").write_bytes(b"")
    for truth in videos.rglob("*.gt.csv"):
        truth.unlink()
    for path in videos.rglob("*.avi"):
        os.utime(path, (renew_screens.LONG_AGO, renew_screens.LONG_AGO))


@contextmanager
def terminal(lab: Lab, command: str) -> Iterator[Callable[[], str]]:
    """Have a command run in a terminal; yields what tells its screen, with its colours."""
    tmux = ["tmux", "-L", f"gallery{os.getpid()}"]
    size = ["-x", str(COLUMNS), "-y", str(ROWS)]
    start = [*tmux, "new-session", "-d", "-s", "g", *size, command]
    subprocess.run(start, cwd=lab.root, env=lab.environment, check=True)
    look = [*tmux, "capture-pane", "-e", "-p", "-t", "g"]
    try:
        yield lambda: subprocess.run(look, capture_output=True, text=True, env=lab.environment, check=True).stdout
    finally:
        subprocess.run([*tmux, "kill-server"], env=lab.environment, check=False)


def process(lab: Lab) -> str:
    """Process all that can be; return the live screen in the middle of it."""
    lab.run("cd workspace && bash get_files2process.sh")
    with terminal(lab, "./rt status --watch") as look:
        running = lab.start("cd workspace && bash process_all.sh -j 2")
        end = time.monotonic() + PATIENCE_S
        while "an hour" not in (screen := look()) and running.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
        running.wait()
    lab.run("cd summarizer && bash get_cmd2process.sh && bash process_all.sh && ./rt join")
    lab.run("cd workspace && bash get_files2process.sh")
    return screen


def write_terminal(screen: str, lab: Lab, target: Path) -> None:
    """Write the screen of a terminal as SVG, with rich's own export."""
    text = Text.from_ansi(renew_screens.shown(screen.rstrip("\n"), lab.root))
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(text)
    target.write_text(console.export_svg(code_format=TERMINAL, title=""), encoding="utf-8")


def write_small(image: cv2.typing.MatLike | None, name: str) -> None:
    """Write an image as PNG; where it is too large, with fewer shades of each colour, black and white as they were."""
    if image is None:
        raise SystemExit(f"{name}: there is no image to write")
    for step in (1, 5, 15, 17, 51):
        fewer = (np.round(image / step) * step).clip(0, 255).astype(np.uint8)
        packed = cv2.imencode(".png", fewer, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes()
        if len(packed) <= LARGEST:
            break
    (IMAGES / f"{name}.png").write_bytes(packed)
    print(f"{name}.png: {len(packed):,} bytes")


def shoot(screen: Screen, name: str) -> None:
    """Write what Chromium shows."""
    raw = np.frombuffer(screen.driver.get_screenshot_as_png(), np.uint8)
    write_small(cv2.imdecode(raw, cv2.IMREAD_COLOR), name)


def photograph(lab: Lab, live: Path, profile: Path) -> None:
    """Write the images that Chromium makes: report, day, live status."""
    page = lab.root / "Results" / "report.html"
    driver = start_chromium(profile, profile)
    try:
        screen = Screen(driver, profile)
        screen.size(WIDE, TALL)
        for scheme in ("light", "dark"):
            screen.emulate(scheme)
            screen.open(page)
            shoot(screen, f"report-{scheme}")
        screen.emulate("light")
        screen.open(page)
        screen.run("document.querySelector('.videos').closest('section').scrollIntoView()")
        shoot(screen, "videos")
        screen.size(*PHONE)
        screen.open(page)
        shoot(screen, "report-phone")
        screen.size(WIDE, 460)
        driver.get((page.parent / "report" / f"{DAYS[0]}.html").as_uri())
        time.sleep(1)
        shoot(screen, "day")
        driver.get(live.as_uri())
        box = screen.run("const box = document.rootElement.viewBox.baseVal; return [box.width, box.height]")
        screen.size(WIDE, round(WIDE * box[1] / box[0]))
        shoot(screen, "live")
    finally:
        driver.quit()


def copy_images(results: Path) -> None:
    """Write the images that the project made itself."""
    found = {
        "tracks": results / f"report/pictures/{DAYS[0]}/plate2.avi.png",
        "thumbnails": results / f"report/{DAYS[0]}.thumbs.png",
        "preview": results / f"report/previews/{DAYS[0]}/plate2.avi.png",
    }
    for name, path in found.items():
        write_small(cv2.imread(str(path)), name)


def main() -> None:
    """Make the project, and all images of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="make the project there, and keep it")
    folder = parser.parse_args().folder
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as spare:
        place = (folder or Path(spare)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        lab = Lab(place)
        draw(lab.root / "RawVideos")
        live = process(lab)
        lab.run("./rt report")
        lab.run(f"./rt preview {DAYS[0]}/plate2.avi --set area_min=200")
        write_terminal(live, lab, place / "live.svg")
        photograph(lab, place / "live.svg", Path(spare) / "profile")
        copy_images(lab.root / "Results")


if __name__ == "__main__":
    main()
