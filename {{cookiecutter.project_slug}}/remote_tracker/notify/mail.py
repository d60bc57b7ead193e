"""Send a message as mail: by a server, or by this machine's own program."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial

from .. import shell
from .ways import LIMIT_S, Message, NotSent, find_mailer

TLS_PORT, LOGIN_PORT, PLAIN_PORT = 465, 587, 25


def send_mail(told: Mapping[str, str], message: Message) -> None:
    """Send a message as mail: by the server that is named, else by the program sendmail, else by mail."""
    letter = EmailMessage()
    letter["Subject"], letter["To"] = message.subject, told["to"]
    letter["Date"], letter["Message-ID"] = formatdate(localtime=True), make_msgid()
    letter.set_content(message.body, cte="quoted-printable")  # plain ASCII on the way
    if told.get("server"):
        letter["From"] = told.get("from") or told["to"].split(",")[0].strip()
        _hand_to_server(told, letter)
        return
    if told.get("from"):
        letter["From"] = told["from"]
    program = find_mailer()
    if not program:
        raise NotSent("there is no program sendmail or mail here: name a server")
    if program.endswith("sendmail"):
        answer = shell.run([program, "-t", "-oi"], input=letter.as_string(), timeout=LIMIT_S)
    else:
        receivers = [address.strip() for address in told["to"].split(",")]
        answer = shell.run([program, "-s", message.subject, *receivers], input=message.body, timeout=LIMIT_S)
    if answer.code:
        raise NotSent(answer.complaint)


def _hand_to_server(told: Mapping[str, str], letter: EmailMessage) -> None:
    host, _, port = told["server"].partition(":")
    number = int(port) if port.isdecimal() else LOGIN_PORT if told.get("user") else PLAIN_PORT
    try:
        is_safe = number == TLS_PORT
        secure = ssl.create_default_context()
        make = partial(smtplib.SMTP_SSL, context=secure) if is_safe else smtplib.SMTP
        with make(host, number, timeout=LIMIT_S) as server:
            server.ehlo()
            if not is_safe and server.has_extn("starttls"):
                server.starttls(context=secure)
                is_safe = True
            if told.get("user"):
                if not is_safe:
                    raise NotSent("the server offers no TLS, and the password goes to none in clear")
                server.login(told["user"], told.get("password", ""))
            server.send_message(letter)
    except smtplib.SMTPResponseException as failure:
        raise NotSent(f"the server answered {failure.smtp_code}") from None
    except (smtplib.SMTPException, OSError, ValueError) as failure:
        raise NotSent(f"no mail: {getattr(failure, 'strerror', None) or type(failure).__name__}") from None
