"""./rt status --watch in a real terminal (tmux): it draws, follows the window's size, and leaves no trace."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from baking import make_once
from lab import Lab, copy_tree, wait_for

TMUX = shutil.which("tmux") or ""
needs_tmux = pytest.mark.skipif(not TMUX, reason="needs the program tmux")


class Window:
    """A window of a terminal, with bash in a folder."""

    def __init__(self, lab: Lab, width: int, height: int, **more: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="rt", dir="/tmp")
        environment = {**lab.environment(), "LC_ALL": "C.UTF-8", "TERM": "screen-256color", "PS1": "READY> ", **more}
        told = [f"{name}={value}" for name, value in environment.items() if name != "LC_CTYPE"]
        bash = shlex.join(["env", "-i", *told, "bash", "--norc", "--noprofile"])
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(lab.root), bash)
        self.wait("READY>")

    def _tmux(self, *words: str) -> str:
        argv = [TMUX, "-u", "-S", f"{self.folder}/s", "-f", "/dev/null", *words]
        return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

    def type(self, line: str) -> None:
        """Type a line."""
        self._tmux("send-keys", "-l", line)
        self._tmux("send-keys", "Enter")

    def press(self, key: str) -> None:
        """Press a key."""
        self._tmux("send-keys", key)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, *words: str) -> str:
        """Return what the window shows; with -e the colours, too."""
        return self._tmux("capture-pane", "-p", *words)

    def wait(self, *words: str, until: Callable[[str], bool] = lambda _: True) -> str:
        """Return what the window shows once it shows these words."""

        def look() -> str:
            seen = self.screen()
            return seen if all(word in seen for word in words) and until(seen) else ""

        try:
            found: str = wait_for(look, f"{words} on the screen")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.screen()}") from None
        return found

    def close(self) -> None:
        """End the terminal and all in it."""
        subprocess.run([TMUX, "-S", f"{self.folder}/s", "kill-server"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


Open = Callable[..., Window]


@pytest.fixture
def window() -> Iterator[Open]:
    """Return what opens a window on a project."""
    opened: list[Window] = []

    def open_window(lab: Lab, width: int = 80, height: int = 24, **more: str) -> Window:
        opened.append(Window(lab, width, height, **more))
        return opened[-1]

    yield open_window
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def watched(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of twelve days: ten finished, one with a failure, one that was not run yet; not to be changed."""

    def make(place: Path) -> Path:
        made = Lab(copy_to(blank, place / "tiny_project"), place)
        made.settings()
        fails = "grep -q bad {{ input.video }} && { echo no animals >&2; exit 3; }; "
        made.tracker(command=f"{fails}cp {{{{ input.video }}}} {{{{ output.copy }}}}")
        for day in range(10):
            made.video(f"2026010{day}/a.avi", f"a{day}")
        made.video("20260110/bad.avi", "bad")
        made.go()
        made.video("20260111/new.avi", "new")
        return made.root

    return make_once(tmp_path_factory, "watched", make)


def copy_to(project: Path, target: Path) -> Path:
    """Copy a project; return the copy."""
    copy_tree(project, target)
    return target


@pytest.fixture
def busy(watched: Path, tmp_path: Path) -> Iterator[Lab]:
    """A copy of the project with twelve days."""
    (tmp_path / "home").mkdir()
    made = Lab(copy_to(watched, tmp_path / "busy" / "tiny_project"), tmp_path / "home")
    yield made
    made.clear()


@needs_tmux
@pytest.mark.parametrize(("width", "height"), [(80, 24), (200, 50), (40, 10), (20, 5)])
def test_what_it_draws(width: int, height: int, busy: Lab, window: Open) -> None:
    """At any size the project, how far it is and what failed stand first, and the last line says how to end it."""
    here = window(busy, width, height)
    here.type("./rt status --watch")
    end = "Ctrl-C ends this."  # what is drawn last: before it a look may see half a screen
    drawn = here.wait("Looked at"[: width - 2], until=lambda seen: width < 80 or seen.rstrip("\n").endswith(end))
    seen = drawn.rstrip("\n").split("\n")
    assert len(seen) == height
    assert seen[0].startswith("tiny_project on local"[: width - 2])
    assert seen[1].startswith("copy: 12 videos:"[: width - 2])
    if height >= 10:
        assert any(re.match(r"  \d\d:\d\d  20260110/bad.avi", line) for line in seen)
    if width >= 80:
        assert any(line.startswith("  10 days, all finished (20260100 to 20260109): 10 videos") for line in seen)
        assert seen[-1].endswith(end)


@needs_tmux
def test_it_ends(busy: Lab, window: Open) -> None:
    """Ctrl-C ends it with 0, and leaves the prompt, the cursor and the last screen."""
    here = window(busy)
    here.type("./rt status --watch; echo code $?")
    here.wait("Looked at")
    here.press("C-c")
    seen = here.wait("code 0")
    assert "copy: 12 videos" in seen
    assert "Traceback" not in seen
    assert here._tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").strip() == "1 0"


@needs_tmux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it(number: signal.Signals, busy: Lab, window: Open) -> None:
    """A signal that ends it leaves the terminal as it was, too."""
    here = window(busy)
    here.type("./rt status --watch; echo code $?")
    here.wait("Looked at")
    (pid,) = wait_for(lambda: busy.living("status", "--watch"), "the program")[-1:]
    os.kill(pid, number)
    here.wait(f"code {128 + number}")
    assert here._tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").strip() == "1 0"


@needs_tmux
def test_it_rests(busy: Lab, window: Open) -> None:
    """Ctrl-Z gives the terminal back, and fg draws again."""
    here = window(busy)
    here.type("./rt status --watch")
    here.wait("Looked at")
    here.press("C-z")
    here.wait("Stopped", "READY>")
    assert here._tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}").strip() == "1 0"
    here.type("fg")
    here.wait("Looked at", until=lambda seen: "READY" not in seen)
    here.press("C-c")
    here.wait("READY>")


@needs_tmux
def test_it_follows_the_window(busy: Lab, window: Open) -> None:
    """A window that gets another size is drawn anew, without a new look."""
    here = window(busy, 80, 24)
    here.type("./rt status --watch")
    here.wait("Looked at")
    for width, height in ((60, 8), (120, 30)):
        here.resize(width, height)
        here.wait("Looked at", until=lambda seen, high=height: seen.rstrip("\n").count("\n") == high - 1)  # type: ignore[misc]
        seen = here.wait("tiny_project on local", "copy: 12 videos")
        assert max(map(len, seen.split("\n"))) <= width


@needs_tmux
@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_its_colours(more: dict[str, str], coloured: bool, busy: Lab, window: Open) -> None:
    """It has colours, and none with NO_COLOR."""
    here = window(busy, **more)
    here.type("./rt status --watch")
    here.wait("Looked at")
    assert (re.search(r"\x1b\[[\d;]*3[1236]m", here.screen("-e")) is not None) is coloured


@needs_tmux
def test_hostile_names(lab: Lab, window: Open) -> None:
    """A name that would steer the terminal is written out, one with wide letters takes no room of other lines."""
    lab.video("d1/\x1b[2J\x1b]0;owned\x07.avi", "")
    lab.video("d1/" + "視" * 60 + ".avi", "")
    here = window(lab, 60, 16)
    here.type("./rt status --watch")
    seen = here.wait("Looked at")
    assert "\\x1b[2J\\x1b]0;owned\\x07.avi" in seen
    assert seen.rstrip("\n").count("\n") == 15
    assert here._tmux("display-message", "-p", "#{pane_title}").strip() != "owned"


@needs_tmux
def test_what_it_tells_while_tasks_run(lab: Lab, window: Open, tmp_path: Path) -> None:
    """It looks again by itself: tasks that run, that failed, that are done."""
    release = tmp_path / "release"
    waits = f"while [[ ! -e {release} ]]; do sleep 0.05; done; "
    copies = "cp {{ input.video }} {{ output.copy }}"
    lab.tracker(command=f"grep -q 'video 1' {{{{ input.video }}}} || {{ {waits} }}; {copies}")
    lab.videos(2)
    lab.scan()
    lab.start("bash", "process_all.sh", "--jobs", "1")
    here = window(lab)
    here.type("./rt status --watch")
    here.wait("1 running", "1 finished", "too few have ended lately")
    release.touch()
    here.wait("copy: 2 videos: 2 finished")


@needs_tmux
def test_a_project_that_is_spoilt_meanwhile(busy: Lab, window: Open) -> None:
    """Where a look fails the last one stays, with the reason below it; the next look goes on."""
    here = window(busy, 240, 24)  # the line holds the whole path of the file
    here.type("./rt status --watch")
    here.wait("Looked at")
    good = (busy.root / "project.yml").read_text()
    (busy.root / "project.yml").write_text("trackr: tiny\n")
    here.wait("copy: 12 videos", 'unknown key "trackr"')
    (busy.root / "project.yml").write_text(good)
    here.wait("copy: 12 videos", "Looked at")


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_without_a_terminal(term: str, busy: Lab) -> None:
    """In a pipe it is wrong use, in one line."""
    ran = busy.rt("status", "--watch", TERM=term)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "--watch draws on a terminal, and here is none. Without it ./rt status shows all of it once.\n"


@pytest.mark.parametrize("other", ["--json", "--failures", "20260101", "--usage", "--all-days"])
def test_it_goes_with_nothing_else(other: str, busy: Lab) -> None:
    """It draws the whole project, and says so where something else is asked for, too."""
    ran = busy.rt("status", "--watch", other)
    assert ran.code == 2
    assert "--watch goes with nothing else" in ran.err
