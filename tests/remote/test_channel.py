"""Verbs typed at home run on the other side: their screens and exit codes come home, whatever stands between."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from lab import wait_for
from sshds import NODE, Sshds
from two_sides import Home


@pytest.fixture
def shell_words(sshds: Sshds) -> Iterator[None]:
    """A login shell that prints before and after each command."""
    rc = sshds.far_home / ".bashrc"
    rc.write_text("echo 'Welcome! rt- begin'; printf 'no line end'; trap 'echo bye' EXIT\n")
    yield
    rc.unlink()


def test_a_verb_runs_there_and_its_screen_and_exit_code_come_home(home: Home) -> None:
    """./rt remote VERB prints what the verb prints there, and ends as it ends there."""
    home.login()
    home.far.video("d1/v1.avi")
    ran = home.rt("remote", "scan")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("1 videos found. Next:  bash workspace/process_all.sh\n") or "1 video found." in ran.out
    assert home.rt("remote", "why", "nothing").code == 2
    assert home.rt("remote", "submit").code == 0
    assert home.far.results() == ["d1/v1.txt"]


@pytest.mark.usefixtures("shell_words")
def test_what_a_login_shell_prints_is_no_answer(home: Home) -> None:
    """A shell that greets and takes leave changes neither the screen nor the exit code."""
    home.login()
    ran = home.rt("remote", "status", "--json")
    there = home.far.rt("status", "--json")
    said, meant = json.loads(ran.out), json.loads(there.out)
    assert (said.pop("time") <= meant.pop("time"), said, ran.err) == (True, meant, "")
    assert home.rt("remote", "why", "nothing").code == 2


@pytest.mark.parametrize("name", ["a b", "it's", 'x"$(touch hit)"', "!!", "-v", "ü%s\\n"])
@pytest.mark.parametrize("login", ["swc", "swc-csh"])
def test_words_arrive_as_they_were_typed(home: Home, name: str, login: str) -> None:
    """A name that a shell would read otherwise reaches the verb whole, in tcsh as in bash."""
    if login == "swc-csh" and home.sshds.csh_user not in home.sshds.users:
        pytest.skip("tcsh is not installed")
    home.settings(remote={"login": login, "folder": str(home.far.root)})
    home.login()
    ran = home.rt("remote", "why", "--", name)
    assert (ran.code, ran.err) == (2, home.far.rt("why", "--", name).err)


def test_without_a_connection_no_other_is_opened(home: Home) -> None:
    """A verb says what to type where there is no connection, or a dead one; sshd sees nobody."""
    log = home.sshds.folder / "sshd_127.0.0.3.log"
    before = log.read_text()
    ran = home.rt("remote", "status")
    assert (ran.code, ran.err) == (1, "There is no connection to swc. Type: ./rt remote login\n")
    home.login()
    seen = log.read_text()
    assert seen != before
    for master in home.living("-fN"):
        subprocess.run(["kill", "-9", str(master)], check=True)
    wait_for(lambda: not home.living("-fN"), "the end of the connection")
    ran = home.rt("remote", "status")
    assert (ran.code, ran.err) == (1, "There is no connection to swc. Type: ./rt remote login\n")
    assert "Accepted" not in log.read_text()[len(seen) :]


@pytest.fixture
def one_session(home: Home) -> Iterator[Home]:
    """Home, logged in at a host that allows one session at a time, and shows a banner."""
    banner = home.root / "banner"
    banner.write_text("Only for those who may!\n")
    home.sshds.down()
    home.sshds.up("MaxSessions 1", f"Banner {banner}")
    home.login()
    yield home
    home.sshds.down()
    home.sshds.up()


@contextmanager
def another_session(home: Home, until: str) -> Iterator[None]:
    """Have somebody else hold the session, until the words ``until`` of a shell have ended there."""
    ssh = str(home.sshds.programs / "ssh")
    alone = (
        "-o",
        "ControlMaster=no",
        "-o",
        "ProxyCommand=false",
    )  # no connection of its own where the session is taken

    def is_there() -> bool:
        if not home.started or home.started[-1].poll() is not None:  # the session before had not ended yet
            home.start(ssh, *alone, "swc", f"touch {home.root}/there; {until}")
        return (home.root / "there").exists()

    try:
        wait_for(is_there, "the other session")
        yield
    finally:
        for held in home.started:
            held.kill()
            held.communicate()
        home.started.clear()


def test_a_host_with_one_session_is_enough(one_session: Home) -> None:
    """With MaxSessions 1 each verb works; while another has the session the line says so, and nobody logs in again."""
    ran = one_session.rt("remote", "status")
    assert (ran.code, ran.err) == (0, "")
    with another_session(one_session, until="exec sleep 20"):
        ran = one_session.rt("remote", "status")
    assert ran.code == 1
    assert "swc opened no session: some hosts allow one at a time (MaxSessions)." in ran.err


def test_a_session_that_is_about_to_end_is_awaited(one_session: Home) -> None:
    """With MaxSessions 1 a verb that comes while the session before it ends asks once more, and does its work."""
    log, asked = one_session.sshds.folder / f"sshd_{NODE}.log", one_session.root / "asked"
    with another_session(one_session, until=f"while ! [ -e {asked} ]; do sleep 0.1; done"):
        refused = log.read_text().count("no more sessions")
        asking = one_session.start("bash", str(one_session.root / "rt"), "remote", "status")
        wait_for(lambda: log.read_text().count("no more sessions") > refused, "a session is refused")
        asked.touch()
        assert asking.wait(30) == 0


def test_a_socket_path_that_is_too_long_is_named(home: Home) -> None:
    """The line names the path and what to write instead."""
    home.sshds.write_ssh(socket=f"{home.sshds.folder}/{'long' * 20}/%C")
    try:
        ran = home.rt("remote", "login")
        assert ran.code == 1
        assert "the ControlPath of swc is too long for a socket" in ran.err
        assert ran.err.count("\n") == 1
    finally:
        home.sshds.write_ssh()


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("folder", "/nowhere/at all", "swc has no folder /nowhere/at all. ./rt remote setup makes the project there."),
        ("login", "nobody.invalid", "There is no connection to nobody.invalid. Type: ./rt remote login"),
    ],
)
def test_a_wrong_place_is_one_line(home: Home, key: str, value: str, says: str) -> None:
    """An unknown host and a folder that is not there are named; nothing is done."""
    home.login()
    home.settings(remote={"login": "swc", "folder": str(home.far.root), key: value})
    ran = home.rt("remote", "status")
    assert (ran.code, ran.err) == (1, f"{says}\n")


def python_of(home: Home, text: str) -> None:
    """Let a script stand for the Python there."""
    script = home.far.root / "python"
    script.write_text(f"#!/bin/bash\n{text}\n")
    script.chmod(0o755)
    (home.far.root / ".remote-tracker.yml").write_text(f'python: "{script}"\n')


def test_a_killed_verb_is_no_lost_connection(home: Home) -> None:
    """ssh ends with 255 for both: here a killed verb has its signal's exit code, a lost connection a line."""
    home.login()
    python_of(home, "kill -9 $$")
    assert home.rt("remote", "status").code == 128 + 9
    python_of(home, "kill -9 $(ps -o ppid= -p $PPID)")
    ran = home.rt("remote", "status")
    assert ran.code == 1
    assert ran.err.endswith("Type: ./rt remote login, then ./rt remote status\n")
    assert "The connection to swc was lost before the end was told. What was submitted there goes on." in ran.err


@pytest.mark.parametrize("words", [["submit"], ["run"], ["retry"], ["process", "--batch", "1", "--tasks", "1"]])
def test_home_starts_nothing_that_belongs_there(home: Home, words: list[str]) -> None:
    """submit, run and process name the remote verb; --here starts them."""
    home.video("d1/v1.avi")
    ran = home.rt(*words)
    assert ran.code == 1
    assert ran.err.startswith("The videos of this project are processed on swc")
    assert f"./rt remote {'retry' if words == ['retry'] else 'submit'}" in ran.err
    assert home.results() == []
    assert home.rt("submit", "--here").code == 0
    assert home.results() == ["d1/v1.txt"]


def test_home_shows_what_was_last_seen_there(home: Home) -> None:
    """A scan at home says what a scan or a status there told, and how old that is; never as if it were known now."""
    home.video("d1/v1.avi")
    assert "What swc has was not seen yet. To look:  ./rt remote status" in home.scan().out
    home.login()
    home.far.videos(3)
    assert home.rt("remote", "status").code == 0
    home.sshds.close()
    for ran in (home.scan(), home.rt("status")):
        assert " s ago: copy: 3 to do.\n" in ran.out
        assert ran.out.splitlines()[-1].startswith(("Next", "1 video"))


def processes(word: str) -> list[int]:
    """Return the processes whose command line ends with these words."""
    found = []
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").endswith(f"{word} ".encode()):
                found.append(int(pid))
    return found


def test_ctrl_c_stops_the_watching_and_leaves_nothing_running_there(home: Home) -> None:
    """logs -f shows what is written there as it comes; Ctrl-C here ends it here and there."""
    home.far.video("d1/v1.avi")
    home.far.go()
    home.login()
    watching = home.start("./rt", "remote", "logs", "-f", "d1/v1.avi", folder="")
    assert watching.stdout
    assert watching.stdout.readline()
    assert processes(f"{home.far.root} logs -f d1/v1.avi")
    os.killpg(watching.pid, signal.SIGINT)
    watching.communicate(timeout=30)
    home.started.clear()
    assert watching.returncode == 130
    wait_for(lambda: not processes(f"{home.far.root} logs -f d1/v1.avi"), "the end of what ran there")


def test_a_question_there_is_answered_here(home: Home) -> None:
    """On a terminal a redo that is typed here asks, as it does there; a no moves nothing."""
    home.far.video("d1/v1.avi")
    home.far.go()
    home.login()
    for reply, left in ((b"n\n", ["d1/v1.txt"]), (b"y\n", [])):
        master, terminal = pty.openpty()
        argv = ["./rt", "remote", "redo", "d1/v1.avi"]
        asking = subprocess.Popen(
            argv, cwd=home.root, env=home.environment(), stdin=terminal, stdout=terminal, stderr=terminal
        )
        os.close(terminal)
        said = b""
        while b"?" not in said:
            said += os.read(master, 1000)
        os.write(master, reply)
        with suppress(OSError):
            while os.read(master, 1000):
                pass
        asking.wait(30)
        os.close(master)
        assert home.far.results() == left
