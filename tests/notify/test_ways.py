"""The ways a message goes: what servers on this machine get, and what is said where one refuses or is silent."""

from __future__ import annotations

from email import message_from_string, policy
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.notify import mail, ways
from remote_tracker.notify.mail import send_mail
from remote_tracker.notify.send import send
from remote_tracker.notify.ways import Message, NotSent, run_command, send_ntfy, send_slack

from notify.servers import mails, silence, web

DONE = Message("flies: batch 0007 is done: 3 finished", "Of 3 videos: 3 finished.\nüñ <b>&\n")


def test_ntfy() -> None:
    """ntfy gets topic, title and message as JSON at its root, and the token of a closed topic."""
    with web() as server:
        send_ntfy({"url": f"{server.url}/our-lab", "token": "tk_1"}, DONE)
    (got,) = server.got
    assert got.told == {"topic": "our-lab", "title": DONE.subject, "message": DONE.body}
    assert got.path in ("", "/")
    assert got.headers["Authorization"] == "Bearer tk_1"


def test_slack() -> None:
    """Slack's webhook gets one text, in which nothing is a link or a command."""
    with web() as server:
        send_slack({"url": f"{server.url}/services/T0/B0/secret"}, DONE)
    (got,) = server.got
    assert got.path == "/services/T0/B0/secret"
    assert got.told == {"text": f"{DONE.subject}\nOf 3 videos: 3 finished.\nüñ &lt;b&gt;&amp;\n"}


@pytest.mark.parametrize(("code", "said"), [(403, "403"), (500, "500"), (302, "302")])
def test_a_hook_that_refuses(code: int, said: str) -> None:
    """An answer that is no yes is a reason without the hook's address; a redirection is not followed."""
    with web(code) as server, pytest.raises(NotSent, match=said) as error:
        send_slack({"url": f"{server.url}/services/secret"}, DONE)
    assert "secret" not in str(error.value)
    assert [got.path for got in server.got] == ["/services/secret"]


def test_nobody_there() -> None:
    """Where nobody listens, the reason says so."""
    with web() as server:
        url = server.url
    with pytest.raises(NotSent, match="Connection refused"):
        send_slack({"url": url}, DONE)


def test_mail_by_a_server() -> None:
    """A mail server gets one letter for all receivers, whose text is as it was."""
    with mails() as server:
        send_mail({"to": "ada@lab.org, bob@lab.org", "server": server.address}, DONE)
    (letter,) = server.letters
    read = message_from_string(letter, policy=policy.default)
    assert (read["Subject"], read["To"], read["From"]) == (DONE.subject, "ada@lab.org, bob@lab.org", "ada@lab.org")
    assert read.get_content().rstrip() == DONE.body.rstrip()
    assert [line for line in server.said if line.startswith("rcpt")] == [
        "rcpt TO:<ada@lab.org>",
        "rcpt TO:<bob@lab.org>",
    ]


def test_no_password_in_clear() -> None:
    """A server without TLS is told no password."""
    told = {"to": "ada@lab.org", "user": "ada", "password": "secret"}
    with mails() as server, pytest.raises(NotSent, match="no TLS"):
        send_mail({**told, "server": server.address}, DONE)
    assert not any("AUTH" in line.upper() for line in server.said)


def test_mail_that_is_refused() -> None:
    """What a server says no to is a reason with its code."""
    with mails("554 no spam please") as server, pytest.raises(NotSent, match="554"):
        send_mail({"to": "ada@lab.org", "server": server.address}, DONE)


@pytest.mark.parametrize("name", ["sendmail", "mail"])
def test_mail_by_a_program(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server the machine's own program gets the letter."""
    program = tmp_path / name
    program.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" - > {tmp_path}/got\ncat >> {tmp_path}/got\n')
    program.chmod(0o755)
    monkeypatch.setattr(mail, "find_mailer", lambda: str(program))
    send_mail({"to": "ada@lab.org"}, DONE)
    got = (tmp_path / "got").read_text()
    assert "ada@lab.org" in got
    assert DONE.subject in got


def test_no_mailer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is neither a server nor a program, the reason says what to name."""
    monkeypatch.setattr(mail, "find_mailer", lambda: "")
    with pytest.raises(NotSent, match="name a server"):
        send_mail({"to": "ada@lab.org"}, DONE)


def test_a_command(tmp_path: Path) -> None:
    """A command gets the message on its standard input, the subject in its environment, and the project's folder."""
    run_command('cat > got; echo "$RT_SUBJECT" > subject', str(tmp_path), DONE)
    assert (tmp_path / "got").read_text() == f"{DONE.subject}\n{DONE.body}"
    assert (tmp_path / "subject").read_text() == f"{DONE.subject}\n"


def test_a_command_that_fails(tmp_path: Path) -> None:
    """The reason is its exit code and its own words."""
    with pytest.raises(NotSent, match="exit code 3: no bell"):
        run_command("echo no bell >&2; exit 3", str(tmp_path), DONE)


def hanging(way: str, place: str, folder: Path) -> Any:
    """Return what sends to something that never answers."""
    if way == "slack":
        return lambda message: send_slack({"url": f"http://{place}/x"}, message)
    if way == "mail":
        return lambda message: send_mail({"to": "ada@lab.org", "server": place}, message)
    return lambda message: run_command(f"echo $$ > {folder}/pid; sleep 1000", str(folder), message)


@pytest.mark.parametrize("way", ["slack", "mail", "command"])
def test_what_hangs_is_left(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that hangs holds up the others: after the time limit it counts as not sent."""
    for module in (ways, mail):
        monkeypatch.setattr(module, "LIMIT_S", 4)  # so long the others take nowhere
    with silence() as place, web() as server:
        calls = {way: hanging(way, place, tmp_path), "other": lambda m: send_slack({"url": server.url}, m)}
        ended = send(calls, DONE)
    assert ended["other"] == ""
    assert ended[way]
    assert len(server.got) == 1
    if way == "command":  # not left behind: this program may end now
        assert ended[way] == "it took longer than 4 s and was stopped"
        assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


def test_whatever_a_way_raises() -> None:
    """An error that nobody thought of is a reason, too, not a traceback."""

    def broken(_: Message) -> None:
        raise RecursionError

    assert send({"own": broken}, DONE) == {"own": "it failed: RecursionError"}


def test_only_the_ways_that_are_left() -> None:
    """What was sent by a way is not sent by it again."""
    sent: list[str] = []
    calls = {name: lambda m, name=name: sent.append(name) for name in ("mail", "slack")}
    assert send(calls, DONE, ["mail"]) == {"slack": ""}
    assert sent == ["slack"]
