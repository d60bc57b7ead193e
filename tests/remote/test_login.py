"""A connection is opened by ./rt remote login alone, where a person can answer; what stands against it is one line."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lab import wait_for
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.remote import log_in
from remote_tracker.remote.login_words import LoginWords
from sshds import NODE, Sshds
from two_sides import Home


@pytest.fixture
def asking(home: Home) -> Iterator[Home]:
    """A jump host that takes no key and asks for a password."""
    home.sshds.down()
    home.sshds.up(jump=("PasswordAuthentication yes", "PubkeyAuthentication no"))
    yield home
    home.sshds.down()
    home.sshds.up()


def type_on_terminal(home: Home, *words: str, until: str, then: bytes = b"") -> tuple[int, str]:
    """Type a verb on a terminal, answer once it says ``until``; return its exit code and what it showed."""
    master, terminal = pty.openpty()
    argv = ["setsid", "--ctty", "--wait", "./rt", *words]
    streams = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    process = subprocess.Popen(argv, cwd=home.root, env=home.environment(), **streams)  # type: ignore[call-overload]
    os.close(terminal)
    said = b""
    with suppress(OSError):  # the other end was closed
        while select.select([master], [], [], 60)[0]:
            said += os.read(master, 1000)
            if then and until.encode() in said:
                os.write(master, then)
                then = b""
    os.close(master)
    return process.wait(30), said.decode()


def test_a_jump_host_that_asks_is_answered_on_the_terminal_alone(asking: Home) -> None:
    """BatchMode does not reach it: login shows its question, Ctrl-C ends it; all other verbs ask nothing, at once."""
    code, said = type_on_terminal(asking, "remote", "login", until="password:", then=b"\x03")
    assert "password:" in said
    assert code in (1, 130)
    for words in (["push"], ["remote", "status"], ["pull"], ["free"]):
        code, said = type_on_terminal(asking, *words, until="password")
        assert code == 1
        assert said.endswith("There is no connection to swc. Type: ./rt remote login\r\n")
        assert "password" not in said


def test_a_jump_host_that_asks_where_there_is_no_terminal_is_one_line(asking: Home) -> None:
    """Nobody can answer: the line says who let nobody through."""
    ran = asking.rt("remote", "login", SSH_ASKPASS_REQUIRE="never")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "swc: no connection: its jump host (ProxyJump in ~/.ssh/config) let nobody through. Type: ssh JUMPHOST. "
        "Nothing was done.\n"
    )


def test_a_question_that_nobody_answers_is_not_waited_for_for_ever(
    asking: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal ssh may wait in a window that nobody sees: a time limit ends it, with a line."""
    window = tmp_path / "askpass"
    window.write_text(f"#!/bin/sh\ntouch {tmp_path}/asked\nexec sleep 600\n")
    window.chmod(0o755)
    monkeypatch.setenv("PATH", str(asking.sshds.programs), prepend=os.pathsep)
    monkeypatch.setenv("SSH_ASKPASS", str(window))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("REMOTE_TRACKER_TEST", str(asking.root))
    monkeypatch.setattr(
        log_in, "_has_terminal", lambda: not (tmp_path / "asked").exists()
    )  # until it is asked, no limit
    monkeypatch.setattr(log_in, "LOGIN_S", 3.0)
    with pytest.raises(RemoteTrackerError, match=r"swc: no connection: no answer in 3 s\. A password is asked for"):
        log_in.log_in("swc")
    assert (tmp_path / "asked").exists()
    wait_for(lambda: not asking.living("ssh", "-fN"), "the end of ssh")


def other_key(sshds: Sshds) -> str:
    """Let another key be known for the login node."""
    key = (sshds.folder / "key.pub").read_text().split()[:2]
    (sshds.folder / "known").write_text(f"[{NODE}]:{sshds.port} {' '.join(key)}\n")
    return "its key is another than the one you know"


def no_key(sshds: Sshds) -> str:
    """Let no key be known, and none be taken unseen; the jump host is left out."""
    (sshds.folder / "known").write_text("")
    change(sshds, "StrictHostKeyChecking accept-new", "StrictHostKeyChecking ask")
    change(sshds, "ProxyJump jump", "ProxyJump none")
    return "its key is not known here, and nobody could say yes"


def unknown(sshds: Sshds) -> str:
    """Let the login node be called what no host is called."""
    change(sshds, f"HostName {NODE}", "HostName nobody.invalid")
    change(sshds, "ProxyJump jump", "ProxyJump none")
    return "no host is called nobody.invalid. Mend HostName of swc in ~/.ssh/config"


def closed(sshds: Sshds) -> str:
    """Let nobody listen there."""
    change(sshds, "ProxyJump jump", "ProxyJump none\n  Port 1")
    change(sshds, f"  Port {sshds.port}\n", "")
    return f"{NODE} cannot be reached (Connection refused)"


def refused(sshds: Sshds) -> str:
    """Show a key that is not known there."""
    change(sshds, f"IdentityFile {sshds.folder}/key", f"IdentityFile {sshds.folder}/host_key")
    change(sshds, "ProxyJump jump", "ProxyJump none")
    return "it let nobody in: key, password or name are not right"


def behind(sshds: Sshds) -> str:
    """Show such a key to the jump host."""
    change(sshds, f"IdentityFile {sshds.folder}/key", f"IdentityFile {sshds.folder}/host_key")
    return "its jump host (ProxyJump in ~/.ssh/config) let nobody through"


def change(sshds: Sshds, before: str, after: str) -> None:
    """Change a line of ssh's settings."""
    config = sshds.folder / "config"
    assert before in config.read_text()
    config.write_text(config.read_text().replace(before, after))


@pytest.mark.parametrize("spoil", [other_key, no_key, unknown, closed, refused, behind])
def test_what_stands_against_a_connection_is_one_line(home: Home, spoil: object) -> None:
    """A host that is unknown, closed, or has another key: the line says it and what to do; nothing is open."""
    before = (home.sshds.folder / "known").read_text() if (home.sshds.folder / "known").exists() else ""
    says = spoil(home.sshds)  # type: ignore[operator]
    try:
        ran = home.rt("remote", "login", SSH_ASKPASS_REQUIRE="never")
        *before_it, line = ran.err.splitlines()
        assert (ran.code, ran.out) == (1, "")
        assert line.startswith(f"swc: no connection: {says}")
        assert [x for x in before_it if not x.startswith(("Warning: Permanently", "Permission denied, please"))] == []
        assert home.rt("push").err == "There is no connection to swc. Type: ./rt remote login\n"
    finally:
        (home.sshds.folder / "known").write_text(before)
        home.sshds.write_ssh()


def test_what_ssh_says_beside_its_reasons_is_shown_at_once() -> None:
    """A banner and the words of a second factor come as they are; the block on another key is held back."""
    shown: list[bytes] = []
    words = LoginWords(shown.append)
    words.take(b"Only for those who may!\nPush the but")
    assert shown == [b"Only for those who may!\n"]
    words.take(b"ton\n" + b"@" * 59 + b"\nREMOTE HOST IDENTIFICATION HAS CHANGED!\nmore\n")
    assert shown == [b"Only for those who may!\n", b"Push the button\n"]
    assert re.match("its key is another", words.reason("swc"))
    assert LoginWords(shown.append).reason("swc") == ""
