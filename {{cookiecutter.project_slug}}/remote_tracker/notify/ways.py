"""Send a message by one way: ntfy, Slack's webhook, a command (mail.py: by mail). NotSent names no secret."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from .. import shell
from ..named_tuple import NamedTuple

LIMIT_S = 20.0  # for all ways together
SENDMAIL = ("sendmail", "/usr/sbin/sendmail", "/usr/lib/sendmail")


class NotSent(Exception):
    """A message could not be sent: the text says why, in a few words."""


class Message(NamedTuple):
    """What people are told: a subject of one line, and lines."""

    subject: str
    body: str


Send = Callable[[Message], None]


def send_ntfy(told: Mapping[str, str], message: Message) -> None:
    """Publish a message on a topic of ntfy, as JSON (docs.ntfy.sh/publish: "Publish as JSON")."""
    server, _, topic = told["url"].rstrip("/").rpartition("/")
    headers = {"Authorization": f"Bearer {told['token']}"} if told.get("token") else {}
    _post(server, {"topic": topic, "title": message.subject, "message": message.body}, headers)


def send_slack(told: Mapping[str, str], message: Message) -> None:
    """Post a message to an incoming webhook of Slack; its three characters with a meaning are written as names."""
    text = f"{message.subject}\n{message.body}"
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, name)
    _post(told["url"], {"text": text}, {})


def _post(url: str, told: Mapping[str, str], headers: Mapping[str, str]) -> None:
    from http.client import HTTPException  # as below: 30 ms
    from urllib import error, request  # 30 ms of each scan that tells people otherwise

    class NoDetour(request.HTTPRedirectHandler):
        """Follows no redirection: the message is for this address alone."""

        def redirect_request(self, *_: Any) -> None:
            """Return nothing, so that a redirection is an error."""

    try:
        sent = request.Request(url, json.dumps(told).encode(), {"Content-Type": "application/json", **headers})
        with request.build_opener(NoDetour).open(sent, timeout=LIMIT_S) as answer:
            answer.read(1024)
    except error.HTTPError as failure:
        raise NotSent(f"it answered {failure.code} {failure.reason}") from None
    except error.URLError as failure:
        raise NotSent(f"no answer: {getattr(failure.reason, 'strerror', None) or failure.reason}") from None
    except (OSError, HTTPException, ValueError) as failure:
        raise NotSent(f"no answer: {type(failure).__name__}") from None


def find_mailer() -> str:
    """Return the path of the program that takes mail here, "" where there is none."""
    return next(filter(None, map(shell.which, (*SENDMAIL, "mail"))), "")


def run_command(command: str, folder: str, message: Message) -> None:
    """Run a line of bash in a folder, with the message on its standard input; it must end with 0."""
    environment = {**os.environ, "RT_SUBJECT": message.subject}
    told = f"{message.subject}\n{message.body}"
    answer = shell.run(["bash", "-c", command], env=environment, cwd=folder, input=told, timeout=LIMIT_S)
    if answer.code == shell.TIMED_OUT:
        raise NotSent(f"it took longer than {LIMIT_S:g} s and was stopped")
    if answer.code:
        raise NotSent(f"exit code {answer.code}: {answer.complaint}")
