"""Real sshd on this machine: a jump host, a login node and a data node behind it; and an ssh that knows the way."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from lab import wait_for

JUMP, NODE, DATA = "127.0.0.2", "127.0.0.3", "127.0.0.4"
RSYNC_ALONE = """#!/bin/sh
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >>{log}
[ ! -e {greeting} ] || cat {greeting}
case $SSH_ORIGINAL_COMMAND in
  rsync*|'exec sh -c '*rsync*) exec sh -c "$SSH_ORIGINAL_COMMAND" ;;
esac
echo 'this node is for rsync alone' >&2
exit 1
"""
SSHD = "/usr/sbin/sshd"


def why_not() -> str:
    """Return why no sshd can be brought up here, "" where it can."""
    if os.geteuid():
        return "users and sshd are made by root alone"
    missing = [name for name in (SSHD, "ssh", "rsync", "ssh-keygen", "useradd") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)} (apt-get install openssh-server rsync)" if missing else ""


def free_port() -> int:
    """Return a port that is free on all addresses."""
    while True:
        with socket.socket() as one, socket.socket() as other, socket.socket() as third:
            one.bind((JUMP, 0))
            port = int(one.getsockname()[1])
            with suppress(OSError):
                other.bind((NODE, port))
                third.bind((DATA, port))
                return port


def is_left(name: str) -> bool:
    """Return whether a user is of a test session that is over, and was killed before it took its users away."""
    found = re.fullmatch(r"rtfar(?:csh)?(\d+)", name)
    return found is not None and not os.path.exists(f"/proc/{found[1]}")


def change_users(argv: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run useradd or userdel; another session may hold the list of users for a moment."""
    for _ in range(50):
        done = subprocess.run(argv, capture_output=True)
        if b"lock" not in done.stderr:
            break
        time.sleep(0.1)
    return done


class Sshds:
    """Three sshd, a user of the login node for each login shell, and ssh as a person at home has it set up.

    The data node is for rsync alone: ``copies`` tells what was asked of it, ``greeting`` holds what it prints before
    each answer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.far_home = folder / "far_home"
        self.user, self.csh_user = f"rtfar{os.getpid()}", f"rtfarcsh{os.getpid()}"
        self.users: list[str] = []
        self.programs = folder / "bin"  # first in the PATH of home
        self.copies, self.greeting = folder / "copies", folder / "greeting"
        # For sockets, whose path has at most 108 bytes: 57 are ssh's.
        self.short = Path(tempfile.mkdtemp(prefix="rt-", dir="/tmp"))
        for made in (self.far_home, self.programs):
            made.mkdir(parents=True)
        for key in ("host_key", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
        Path("/run/sshd").mkdir(exist_ok=True)
        self.write_ssh()

    def add_users(self) -> None:
        """Make a user for each login shell that is here: root by another name, so that files are the test's own."""
        for name in filter(is_left, [line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()]):
            change_users(["userdel", "-f", name])
        for name, shell in ((self.user, "/bin/bash"), (self.csh_user, "/bin/tcsh")):
            if Path(shell).exists():
                ids = ["-o", "-u", "0", "-g", "0", "-p", "*"]
                made = change_users(["useradd", *ids, "-M", "-d", str(self.far_home), "-s", shell, name])
                assert made.returncode == 0, made.stderr
                self.users.append(name)

    def up(self, *lines: str, jump: tuple[str, ...] = ()) -> None:
        """Start them; ``lines`` stand in the login node's settings, too, ``jump`` in the jump host's."""
        alone = self.folder / "rsync_alone"
        alone.write_text(RSYNC_ALONE.format(log=self.copies, greeting=self.greeting))
        alone.chmod(0o755)
        for address, more in ((JUMP, jump), (NODE, lines), (DATA, (f"ForceCommand {alone}",))):
            text = [
                f"ListenAddress {address}:{self.port}",
                f"HostKey {self.folder}/host_key",
                f"AuthorizedKeysFile {self.folder}/key.pub",
                "UsePAM no",
                "StrictModes no",
                "PermitRootLogin yes",
                f"PidFile {self.folder}/{address}.pid",
                "Subsystem sftp internal-sftp",
            ]
            config = self.folder / f"sshd_{address}"
            config.write_text("\n".join([*more, *text, ""]))  # of two settings the first counts
            subprocess.run([SSHD, "-f", config, "-E", f"{config}.log"], check=True)
        for address in (JUMP, NODE, DATA):
            wait_for((self.folder / f"{address}.pid").exists, f"sshd on {address}")

    def write_ssh(self, *lines: str, socket: str = "") -> None:
        """Write ssh's settings, and the ssh that reads them: OpenSSH does not ask HOME where they are."""
        self.sockets = socket or f"{self.short}/%C"
        text = [
            "Host *",
            f"  IdentityFile {self.folder}/key",
            "  IdentitiesOnly yes",
            f"  UserKnownHostsFile {self.folder}/known",
            "  StrictHostKeyChecking accept-new",
            f"  Port {self.port}",
            "  ControlMaster auto",
            "  ControlPersist 1h",
            f"  ControlPath {self.sockets}",
            *lines,
            "Host jump",
            f"  HostName {JUMP}",
            "Host swc",
            f"  HostName {NODE}",
            f"  User {self.user}",
            "  ProxyJump jump",
            "Host swc-data",
            f"  HostName {DATA}",
            f"  User {self.user}",
            "  ProxyJump jump",
            "Host swc-csh",
            f"  HostName {NODE}",
            f"  User {self.csh_user}",
            "  ProxyJump jump",
        ]
        (self.folder / "config").write_text("\n".join([*text, ""]))
        program = self.programs / "ssh"
        program.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {self.folder}/config "$@"\n')
        program.chmod(0o755)

    def close(self) -> None:
        """End every connection from home, as ssh -O exit does."""
        for name in ("swc", "swc-csh", "swc-data", "jump"):
            asked = subprocess.run([self.programs / "ssh", "-O", "exit", name], capture_output=True)
            if asked.returncode == 0:
                wait_for(lambda: self.is_closed(name), f"the end of the connection to {name}")  # noqa: B023  # at once
        for path in self.short.iterdir():  # its master was killed
            path.unlink()

    def is_closed(self, name: str) -> bool:
        """Return whether there is no connection to this host."""
        return bool(subprocess.run([self.programs / "ssh", "-O", "check", name], capture_output=True).returncode)

    def down(self) -> None:
        """End them."""
        self.close()
        for address in (JUMP, NODE, DATA):
            pid = self.folder / f"{address}.pid"
            if pid.exists():
                with suppress(ProcessLookupError):
                    os.kill(int(pid.read_text()), signal.SIGTERM)
                wait_for(lambda: not pid.exists(), f"the end of sshd on {address}")  # noqa: B023  # called at once

    def clear(self) -> None:
        """Take away all that was made."""
        for name in self.users:
            change_users(["userdel", "-f", name])
        self.down()
        self.short.rmdir()


@contextmanager
def two_sshds(folder: Path, *lines: str) -> Iterator[Sshds]:
    """Have two sshd up, with these settings of the login node; a test that asks is skipped where none can be."""
    if reason := why_not():
        pytest.skip(reason)
    made = Sshds(folder)
    try:
        made.add_users()
        made.up(*lines)
        yield made
    finally:
        made.clear()
