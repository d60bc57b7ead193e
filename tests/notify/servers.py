"""A web server and a mail server on this machine that keep what they are sent, and a server that never answers."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Got(NamedTuple):
    """A request: its path, its headers, its JSON."""

    path: str
    headers: dict[str, str]
    told: dict[str, Any]


class Web(ThreadingHTTPServer):
    """Keeps what is posted to it, and answers with a code, for a redirection with a place."""

    daemon_threads = True

    def __init__(self, codes: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.codes, self.got = codes, list[Got]()

    @property
    def url(self) -> str:
        """Return the server's address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Posted(BaseHTTPRequestHandler):
    server: Web

    def do_POST(self) -> None:
        """Keep the request, and answer with the next code; the last one stays."""
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Got(self.path, dict(self.headers), json.loads(raw)))
        code = self.server.codes.pop(0) if len(self.server.codes) > 1 else self.server.codes[0]
        self.send_response(code)
        if code == 302:
            self.send_header("Location", f"{self.server.url}/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        """Keep where a redirection was followed to."""
        self.server.got.append(Got(self.path, dict(self.headers), {}))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web(*codes: int) -> Iterator[Web]:
    """Give a web server that answers with these codes, one after the other."""
    server = Web(list(codes) or [200])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Mails(socketserver.ThreadingTCPServer):
    """Takes mail as RFC 5321 says, and keeps it; ``refuses`` is what it answers to the letter, "" takes it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, refuses: str) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.refuses, self.letters, self.said = refuses, list[str](), list[str]()

    @property
    def address(self) -> str:
        """Return host:port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    server: Mails

    def handle(self) -> None:
        """Speak with one sender to its end."""
        self._say("220 here")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            self.server.said.append(line)
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self._say("354 go on")
                self._take()
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        if not self.server.refuses:
            self.server.letters.append("\n".join(lines))
        self._say(self.server.refuses or "250 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mails(refuses: str = "") -> Iterator[Mails]:
    """Give a mail server."""
    server = Mails(refuses)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silence() -> Iterator[str]:
    """Give the address of a server that takes a call and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
