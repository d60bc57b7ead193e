"""What ssh says while a connection is opened: shown as it comes, but for what tells why it failed; that is one line."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import in_one_line

HELD = ("@@@@@@@@", "kex_exchange_identification")  # the first begins a dozen lines about a host whose key changed
NO_KEY = "its key is not known here, and nobody could say yes. Type it in a terminal, or once:  ssh {host}"
REASONS = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its key is another than the one you know. Ask whoever looks after it; ssh {host} shows more",
    ),
    (r"Host key verification failed", NO_KEY),
    (r"Could not resolve hostname (\S+):", "no host is called {0}. Mend HostName of {host} in ~/.ssh/config"),
    (r"connect to host (\S+) port \S+: (.+)", "{0} cannot be reached ({1}). Is the network on, or the VPN?"),
    (r"Permission denied \(", "it let nobody in: key, password or name are not right. ssh {host} shows more"),
    (r"UNKNOWN port 65535", "its jump host (ProxyJump in ~/.ssh/config) let nobody through. Type: ssh JUMPHOST"),
)


class LoginWords:
    """Takes what ssh prints on stderr piece by piece, and hands on to ``show`` what a person should read at once."""

    def __init__(self, show: Callable[[bytes], None]) -> None:
        self._show, self._rest, self._held = show, b"", list[str]()

    def take(self, piece: bytes) -> None:
        """Take what was printed."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        for line in lines:
            self._take_line(line)

    def _take_line(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if self._held or text.startswith(HELD) or any(re.search(pattern, text) for pattern, _ in REASONS):
            self._held.append(text)
        else:
            self._show(line + b"\n")

    def reason(self, host: str) -> str:
        """Return why there is no connection to a host, "" where ssh did not say it in words that are known."""
        said = "\n".join([*self._held, self._rest.decode("utf-8", "replace")])
        for pattern, why in REASONS:
            if found := re.search(pattern, said):
                return why.format(*map(in_one_line, map(str.strip, found.groups())), host=host)
        return ""
