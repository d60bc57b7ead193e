"""./rt push sends what is whole and not there yet, and nothing else; what is there is never replaced."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from lab import Lab, own_package
from two_sides import Home

HOSTILE = [
    "a b",
    "it's",
    'q"uote',
    "$(touch hit)",
    "#begins",
    ";begins",
    "-v",
    " blank",
    "a:b",
    "back\\slash",
    "st*r",
    "[x]",
    "tab\t",
    "ü",
]


def contents(lab: Lab) -> dict[str, str]:
    """Return what each video of a side holds, by its path."""
    top = os.path.realpath(lab.root / "RawVideos")
    return {str(p.relative_to(top)): p.read_text() for p in sorted(Path(top).rglob("*")) if p.is_file()}


def test_what_is_not_there_is_sent_and_only_that(home: Home) -> None:
    """The second push sends nothing; a new video alone is sent by the third. Names are as hostile as they may be."""
    for number, name in enumerate(HOSTILE):
        home.video(f"{name}/{name}.avi", f"video {number}")
    home.login()
    ran = home.rt("push", "--dry")
    assert f"{len(HOSTILE)} files" in ran.out
    assert contents(home.far) == {}
    ran = home.rt("push")
    assert (ran.code, ran.err) == (0, "")
    assert contents(home.far) == contents(home)
    assert f"{len(HOSTILE)} of {len(HOSTILE)} files" in ran.out
    (home.root / ".remote" / "sent.json").unlink()
    ran = home.rt("push")
    assert f"{len(HOSTILE)} files there already, by content.\n" in ran.out
    home.video("d2/new.avi", "new")
    assert "1 of 1 file " in home.rt("push").out
    assert contents(home.far) == contents(home)
    assert home.far.counts() == {"unprocessed": len(HOSTILE) + 1}


@pytest.mark.parametrize("side", ["here", "there", "both"])
@pytest.mark.parametrize("kind", ["absolute", "relative", "colleague's", "day"])
def test_links_on_either_side_stay_links(home: Home, tmp_path: Path, side: str, kind: str) -> None:
    """RawVideos, or a day in it, may be a link on either side: it stays one, and the video lies where it leads."""
    for lab in {"here": [home], "there": [home.far], "both": [home, home.far]}[side]:
        store, link = tmp_path / f"store{lab is home}", lab.root / "RawVideos"
        store.mkdir()
        if kind == "day":
            link = link / "d1"
        elif link.exists():
            shutil.rmtree(link)
        link.symlink_to(os.path.relpath(store, link.parent) if kind == "relative" else store)
        if kind == "colleague's":
            os.chown(link, 12345, 12345, follow_symlinks=False)
    home.video("d1/v1.avi")
    home.login()
    ran = home.rt("push")
    assert (ran.code, ran.err) == (0, ""), ran
    assert (home.far.root / "RawVideos" / "d1" / "v1.avi").read_text() == "a video"
    assert (home.far.root / "RawVideos").is_symlink() == (side != "here" and kind != "day")
    assert (home.far.root / "RawVideos" / "d1").is_symlink() == (side != "here" and kind == "day")


@pytest.mark.parametrize("content", ["a longer video", "other v"])
def test_another_file_of_that_name_there_is_named_and_kept(home: Home, content: str) -> None:
    """A file there with another content, of the same size and time too, is never replaced."""
    home.video("d1/v1.avi", "a video")
    home.far.video("d1/v1.avi", content)
    home.video("d1/v2.avi")
    home.login()
    ran = home.rt("push")
    assert ran.code == 1
    assert "  RawVideos/d1/v1.avi: another file of that name " in ran.out
    assert contents(home.far) == {"d1/v1.avi": content, "d1/v2.avi": "a video"}


def test_a_file_replaced_there_since_it_was_sent_is_seen(home: Home) -> None:
    """What was found to be the same is believed only as long as neither side's file changed."""
    home.video("d1/v1.avi", "a video")
    home.login()
    home.rt("push")
    video = home.far.root / "RawVideos" / "d1" / "v1.avi"
    before = video.stat()
    video.unlink()
    video.write_text("other v")
    os.utime(video, ns=(before.st_atime_ns, before.st_mtime_ns))
    ran = home.rt("push")
    assert "another file of that name and size is there" in ran.out


def test_what_is_not_whole_is_left_out_by_name(home: Home) -> None:
    """An empty file, an unfinished copy and a name with a line break are named; the others go."""
    home.video("d1/v1.avi")
    home.video("d1/empty.avi", "")
    home.video("d1/line\nbreak.avi")
    home.video("d1/coming.avi")
    home.video("d1/.coming.avi.AbC123", "half")
    home.login()
    ran = home.rt("push")
    assert ran.code == 1
    for name in ("empty.avi", "line\\x0abreak.avi", "coming.avi"):
        assert f"  d1/{name}: " in ran.out
    assert list(contents(home.far)) == ["d1/v1.avi"]


def test_what_a_killed_copy_left_is_cleared_and_what_another_writes_is_not(home: Home) -> None:
    """A receiver's leftover goes with the next push, but not while somebody writes it; other files stay."""
    home.video("d1/v1.avi")
    home.video("d1/v2.avi")
    day = home.far.root / "RawVideos" / "d1"
    day.mkdir()
    for name in (".v1.avi.AbC123", ".v2.avi.AbC123", ".other.avi.AbC123"):
        (day / name).write_text("half")
        (day / name).chmod(0o600)
    home.login()
    with open(day / ".v2.avi.AbC123", "a", encoding="utf-8"):
        home.rt("push")
    assert sorted(os.listdir(day)) == [".other.avi.AbC123", ".v2.avi.AbC123", "v1.avi", "v2.avi"]


def test_a_login_shell_that_greets_is_survived(home: Home) -> None:
    """rsync reads a greeting as an answer: it is kept from it. A path with blanks and quotes on the way is, too."""
    rc = home.sshds.far_home / ".bashrc"
    rc.write_text("echo 'Welcome!'; printf 'no line end'\n")
    try:
        home.video("d 'x/v1.avi", "x" * 3_000_000)
        home.login()
        ran = home.rt("push")
        assert (ran.code, ran.err) == (0, ""), ran
        assert contents(home.far) == contents(home)
    finally:
        rc.unlink()


def test_a_full_disk_there_is_told(home: Home, other_disk: Path) -> None:
    """A line speaks of the space there, also where rsync ends before it says why; what did not arrive is no video."""
    shutil.rmtree(home.far.root / "RawVideos")
    (home.far.root / "RawVideos").symlink_to(other_disk)
    home.video("d1/v1.avi", "x" * 3_000_000)
    home.login()
    ran = home.rt("push")
    assert ran.code == 1
    assert "No space is left: rsync" in ran.out or "A file could not be written: is a disk full" in ran.out
    assert home.far.counts() in ({}, {"not ready": 1})


def test_a_video_that_changes_while_it_is_sent_is_no_video_there(home: Home) -> None:
    """It is named, and what arrived waits where rsync keeps unfinished copies, until the next push."""
    video = home.video("d1/v1.avi", "x" * 2_000_000)
    (home.sshds.programs / "rsync").write_text(
        f'#!/bin/bash\n/usr/bin/rsync "$@"; code=$?\n[[ $1 == --version ]] || echo more >>{video}\nexit $code\n'
    )
    (home.sshds.programs / "rsync").chmod(0o755)
    home.login()
    try:
        ran = home.rt("push")
    finally:
        (home.sshds.programs / "rsync").unlink()
    assert ran.code == 1
    assert "RawVideos/d1/v1.avi: it changed while it was sent" in ran.out
    assert not (home.far.root / "RawVideos/d1/v1.avi").exists()
    os.utime(video, (1, 1))
    assert home.rt("push").code == 0
    assert contents(home.far) == contents(home)


@pytest.mark.parametrize("change", ["name", "version", "older", "remote"])
def test_another_project_or_version_there_is_refused(home: Home, change: str) -> None:
    """A far project of another name or version, or one that is a home itself: one line, nothing sent."""
    home.video("d1/v1.avi")
    if change == "name":
        home.far.settings(name="other")
    elif change == "remote":
        home.far.settings(remote={"login": "x", "folder": "/y"})
    else:
        package = own_package(home.far.root)
        if change == "older":
            (package / "cli" / "far.py").unlink()
            text = (package / "cli" / "main.py").read_text()
            (package / "cli" / "main.py").write_text(text.replace('    "far": "far:far",\n', ""))
        else:
            (package / "__init__.py").write_text('"""X."""\n\n__version__ = "99.0"\n')
    home.login()
    ran = home.rt("push")
    assert (ran.code, ran.err.count("\n")) == (1, 1), ran
    assert ran.err.startswith(f"swc:{home.far.root}: ")
    assert contents(home.far) == {}


def test_two_homes_push_into_one_project_at_once(home: Home, tmp_path: Path) -> None:
    """Both end well, and each video is there whole."""
    other = Home(tmp_path / "second", home.home, home.far, home.sshds)
    subprocess.run(["cp", "-a", home.root, other.root], check=True)
    for number in range(6):
        home.video(f"d1/v{number}.avi", f"{number}" * 300_000)
        other.video(f"d1/v{number}.avi", f"{number}" * 300_000)
    other.video("d1/mine.avi")
    home.login()
    started = [lab.start("./rt", "push", folder="") for lab in (home, other)]
    for process in started:
        process.wait(60)
    assert contents(home.far) == contents(other)
    assert [p.name for p in (home.far.root / "RawVideos" / "d1").iterdir() if p.name[0] == "."] == []


def test_a_video_that_grows_is_left_out(home: Home) -> None:
    """A file that changes between two looks is named; the next push sends it."""
    video = home.video("d1/v1.avi")
    home.video("d1/v2.avi")
    home.login()
    growing = home.start("bash", "-c", f"while :; do echo more >>{video}; sleep 0.2; done")
    ran = home.rt("push")
    growing.kill()
    growing.wait()
    assert ran.code == 1
    assert "RawVideos/d1/v1.avi: still being copied (look again in 2 min)" in ran.out
    assert list(contents(home.far)) == ["d1/v2.avi"]
    assert home.rt("push").code == 0
    assert contents(home.far) == contents(home)


@pytest.mark.parametrize(
    "said", ["openrsync: protocol version 29\nrsync version 2.6.9 compatible", "rsync  version 3.0.9"]
)
def test_an_rsync_that_lacks_what_is_needed_here_is_named(home: Home, said: str) -> None:
    """macOS' own, and an old one: one line with what was found, and nothing is sent."""
    home.video("d1/v1.avi")
    home.login()
    program = home.sshds.programs / "rsync"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    try:
        ran = home.rt("push")
    finally:
        program.unlink()
    first = said.partition("\n")[0]
    assert ran.code == 1
    assert ran.err.endswith(f"rsync 3.1 or newer is needed here; found: {first}. Install it. Nothing was copied.\n")
    assert contents(home.far) == {}


def test_a_terminal_shows_how_far_it_is(home: Home) -> None:
    """While a copy runs its part, bytes, rate and what time is left are shown; then they are taken away."""
    home.video("d1/v1.avi", "v" * 3_000_000)
    home.login()
    master, terminal = pty.openpty()
    argv = ["./rt", "push", "--limit", "1M"]
    with subprocess.Popen(argv, cwd=home.root, env=home.environment(), stdout=terminal, stderr=terminal) as pushing:
        os.close(terminal)
        said = b""
        with suppress(OSError):  # its end
            while more := os.read(master, 1000):
                said += more
    os.close(master)
    assert pushing.returncode == 0, said
    assert re.search(rb"\r  \d\d? %  [\d,.]+ bytes  [\d.]+[kM]B/s  \d+:\d\d:\d\d left ", said), said
    assert re.search(rb"left \r {70}\r\S", said), said


def test_what_a_step_reads_beside_the_videos_is_sent(home: Home) -> None:
    """A package in AuxiliaryFiles that came after the setup goes with the videos; what a step makes there does not."""
    model = "AuxiliaryFiles/models/{package}.txt"
    train = {"name": "train", "counts": "packages", "input": {"package": "AuxiliaryFiles/{package}.zip"}}
    train |= {"output": {"model": model}, "command": "cp {{ input.package }} {{ output.model }}"}
    use = {"name": "use", "input": {"model": model}, "output": {"used": "Results/{package}.used"}}
    use |= {"command": "cp {{ input.model }} {{ output.used }}"}
    for lab in (home, home.far):
        lab.tracker(train, use)
    home.video("d1/v1.avi")
    aux = home.root / "AuxiliaryFiles"
    (aux / "models").mkdir(parents=True, exist_ok=True)
    (aux / "models" / "old.txt").write_text("a model")
    (aux / "params.yml").write_text("no step reads it")
    (aux / "labels.zip").write_text("a package")
    home.login()
    ran = home.rt("push")
    assert (ran.code, ran.err) == (0, ""), ran
    assert "2 of 2 files " in ran.out
    there = home.far.root / "AuxiliaryFiles"
    assert (there / "labels.zip").read_text() == "a package"
    assert not (there / "models").exists()
    assert not (there / "params.yml").exists()
    assert "2 files there already, by content." in home.rt("push").out
    (aux / "more.zip").write_text("another")
    assert "1 of 1 file " in home.rt("push").out
    assert (there / "more.zip").read_text() == "another"
