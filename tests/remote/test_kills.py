"""A push, a pull and a free that are killed at any moment lose nothing, call nothing half whole, and leave nothing."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from lab import Lab, kill, wait_for
from two_sides import Home

VIDEOS = {f"d1/v{number}.avi": f"{number}" * 400_000 for number in range(1, 6)}
LEAST_S, MOST_S = 0.2, 3.0  # after its start, when a command is killed


def moments() -> range:
    """Return the numbers of moments: 1 of each command and victim, RT_KILLS of them where that is set."""
    return range(int(os.environ.get("RT_KILLS", "1")))


def contents(lab: Lab, folder: str) -> dict[str, str]:
    """Return what the files of a folder hold, hidden ones too, by their paths."""
    top = lab.root / folder
    return {str(p.relative_to(top)): p.read_text() for p in sorted(top.rglob("*")) if p.is_file()}


def find_processes(word: bytes) -> list[int]:
    """Return the processes whose command line holds the word."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if word in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


def kill_at_a_moment(home: Home, words: list[str], victim: str, chosen: random.Random) -> None:
    """Start a verb, and kill it, its connection, rsync there or the session's sshd at some moment."""
    running = home.start("./rt", *words, folder="")
    time.sleep(chosen.uniform(LEAST_S, MOST_S))
    if victim == "ours":
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    elif victim == "rsync there":
        for pid in find_processes(b"rsync\0--server"):
            kill(pid, signal.SIGKILL)
    elif victim == "ssh":
        for word in (f"-F\0{home.sshds.folder}", f"ssh: {home.sshds.folder}"):  # what talks, and the shared connection
            for pid in find_processes(word.encode()):
                kill(pid, signal.SIGKILL)
    else:
        for pid in find_processes(f"sshd: {home.sshds.user}".encode()):
            kill(pid, signal.SIGKILL)
    running.communicate(timeout=60)
    home.started.clear()
    home.sshds.close()
    home.login()


VICTIMS = ["ours", "rsync there", "ssh", "sshd"]


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("moment", moments())
def test_a_push_goes_on(home: Home, victim: str, moment: int) -> None:
    """What a killed push left is no video there; the next push ends it, and leaves nothing beside the videos."""
    chosen = random.Random(f"push {victim} {moment}")
    for name, content in VIDEOS.items():
        home.video(name, content)
    home.login()
    kill_at_a_moment(home, ["push", "--limit", "2M"], victim, chosen)
    whole = {name: content for name, content in contents(home.far, "RawVideos").items() if "/." not in f"/{name}"}
    assert whole.items() <= VIDEOS.items()
    assert home.rt("push").code == 0
    assert contents(home.far, "RawVideos") == VIDEOS


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("moment", moments())
def test_a_pull_goes_on(home: Home, victim: str, moment: int) -> None:
    """What a killed pull left is no result here; the next pull ends it, with the records, and leaves nothing beside."""
    chosen = random.Random(f"pull {victim} {moment}")
    for name, content in VIDEOS.items():
        home.video(name, content)
        home.far.video(name, content)
    home.far.go()
    home.login()
    kill_at_a_moment(home, ["pull", "--limit", "2M"], victim, chosen)
    results = contents(home.far, "Results")
    there = {name: content for name, content in contents(home, "Results").items() if "/." not in f"/{name}"}
    assert there.items() <= results.items()
    assert home.rt("pull").code == 0
    assert contents(home, "Results") == results
    assert home.counts() == {"finished": len(VIDEOS)}


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("moment", moments())
def test_a_free_goes_on(home: Home, victim: str, moment: int) -> None:
    """A killed free loses nothing: home has all; the next frees the rest, and leaves nothing aside."""
    chosen = random.Random(f"free {victim} {moment}")
    for name, content in VIDEOS.items():
        home.video(name, content)
        home.far.video(name, content)
    home.far.go()
    home.login()
    assert home.rt("pull").code == 0
    before = {folder: contents(home, folder) for folder in ("RawVideos", "Results")}
    kill_at_a_moment(home, ["free", "--yes"], victim, chosen)
    assert {folder: contents(home, folder) for folder in before} == before
    assert home.rt("free", "--yes").code == 0
    assert [contents(home.far, folder) for folder in before] == [{}, {}]
    assert [path.name for path in (home.far.root / ".freed").iterdir()] == ["ledger.jsonl"]
    assert "proven at home" in home.far.scan().out


def test_a_connection_that_stands_still_is_waited_for(home: Home) -> None:
    """A network that is gone for ten seconds costs ten seconds: the push goes on by itself."""
    for name, content in VIDEOS.items():
        home.video(name, content)
    home.login()
    running = home.start("./rt", "push", "--limit", "500K", folder="")
    wait_for(lambda: find_processes(b"rsync\0--server"), "rsync there")
    sessions = find_processes(f"sshd: {home.sshds.user}".encode())
    for pid in sessions:
        kill(pid, signal.SIGSTOP)
    time.sleep(10)
    for pid in sessions:
        kill(pid, signal.SIGCONT)
    said, _ = running.communicate(timeout=60)
    home.started.clear()
    assert running.returncode == 0, said
    assert contents(home.far, "RawVideos") == VIDEOS
