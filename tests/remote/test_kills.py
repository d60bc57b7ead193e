"""A push, a pull and a free that are killed at any moment lose nothing, call nothing half whole, and leave nothing."""

from __future__ import annotations

import fcntl
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
LEAST_S, MOST_S = 0.1, 3.0  # after its start, when a command is killed; MOST_S until it is known to end earlier
lasts: dict[str, float] = {}  # a verb -> about how long it takes here: it was over when it was to be killed


def moments() -> range:
    """Return the numbers of moments: 1 of each command and victim, RT_KILLS of them where that is set."""
    first = int(os.environ.get("RT_KILLS_FROM", "0"))
    return range(first, first + int(os.environ.get("RT_KILLS", "1")))


def contents(lab: Lab, folder: str) -> dict[str, str]:
    """Return what the files of a folder hold, hidden ones too, by their paths."""
    top = lab.root / folder
    return {str(p.relative_to(top)): p.read_text() for p in sorted(top.rglob("*")) if p.is_file()}


def find_processes(word: bytes, mark: str = "") -> list[int]:
    """Return the processes whose command line holds the word, and whose environment holds the mark."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if mark else []
            if word in Path(f"/proc/{pid}/cmdline").read_bytes() and (not mark or mark.encode() in variables):
                found.append(int(pid))
    return found


def is_unlocked(home: Home) -> bool:
    """Return whether nobody holds the lock of the project at home: the rsync of a killed command holds it, too."""
    with open(home.root / ".remote/lock", "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def find_rsync_there(home: Home) -> list[int]:
    """Return the rsync on the other side, of this test session alone."""
    return find_processes(b"rsync\0--server", f"HOME={home.sshds.far_home}")


def kill_at_a_moment(home: Home, words: list[str], victim: str, chosen: random.Random) -> None:
    """Start a verb, and kill it, its connection, what works for it there or the session's sshd at some moment."""
    running = home.start("./rt", *words, folder="")
    moment = LEAST_S + chosen.random() * (lasts.get(words[0], MOST_S) - LEAST_S)
    time.sleep(moment)
    if running.poll() is not None:
        lasts[words[0]] = max(4 * LEAST_S, moment)
    if victim == "ours":
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
    else:
        for pid in find_victims(home, victim, running.pid):
            kill(pid, signal.SIGKILL)
    running.communicate(timeout=60)
    home.started.clear()
    outlived = f"-F\0{home.sshds.folder}/config\0-o".encode()
    wait_for(lambda: not find_processes(outlived), "the end of what outlived it")
    home.sshds.close()
    home.login()


def find_victims(home: Home, victim: str, ours: int) -> list[int]:
    """Return the processes to kill, those that there are just now."""
    words = {
        "ours alone": [],
        "what works there": [f"{home.far.root}\0far".encode()],
        "ssh": [
            f"-F\0{home.sshds.folder}".encode(),
            f"ssh: {home.sshds.short}".encode(),
        ],  # what talks, what is shared
        "sshd": [f"sshd: {home.sshds.user}".encode()],
    }[victim]
    found = [pid for word in words for pid in find_processes(word)] if words else [ours]
    return found + (find_rsync_there(home) if victim == "what works there" else [])


VICTIMS = ["ours", "ours alone", "what works there", "ssh", "sshd"]


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


@pytest.mark.parametrize("verb", ["push", "pull"])
@pytest.mark.parametrize("still", ["sshd: {user}", "ssh: {folder}"], ids=["there", "here"])
def test_a_connection_that_stands_still_is_waited_for(home: Home, verb: str, still: str) -> None:
    """A network that is gone for ten seconds costs ten seconds: a copy goes on by itself."""
    for name, content in VIDEOS.items():
        home.video(name, content)
        if verb == "pull":
            home.far.video(name, content)
    if verb == "pull":
        home.far.go()
    home.login()
    running = home.start("./rt", verb, "--limit", "500K", folder="")
    wait_for(lambda: find_rsync_there(home), "rsync there")
    stopped = find_processes(still.format(user=home.sshds.user, folder=home.sshds.short).encode())
    assert stopped
    for pid in stopped:
        kill(pid, signal.SIGSTOP)
    time.sleep(10)
    for pid in stopped:
        kill(pid, signal.SIGCONT)
    said, _ = running.communicate(timeout=60)
    home.started.clear()
    assert running.returncode == 0, said
    folder = "RawVideos" if verb == "push" else "Results"
    assert contents(home, folder) == contents(home.far, folder)
    assert len(contents(home, folder)) == len(VIDEOS)


def test_a_copy_that_outlives_its_command_keeps_others_out(home: Home) -> None:
    """Where only our process is killed, its rsync goes on: until its end another command is refused in a line."""
    for name, content in VIDEOS.items():
        home.video(name, content)
    home.login()
    running = home.start("./rt", "push", "--limit", "300K", folder="")
    wait_for(lambda: find_rsync_there(home), "rsync there")
    running.kill()
    ran = home.rt("push")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ".remote/lock: another ./rt push, pull or free is at work in this project" in ran.err
    running.communicate(timeout=60)
    home.started.clear()
    wait_for(lambda: is_unlocked(home), "the end of rsync on both sides")
    assert home.rt("push").code == 0
    assert contents(home.far, "RawVideos") == VIDEOS
