"""A folder as another machine has it: mounted through sshfs, with an SFTP server in place of ssh that can be halted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab import wait_for

SFTP_SERVERS = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")


class Server:
    """The server of a mounted folder, which can be halted and let go on."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def halt(self) -> None:
        """Let the server answer nothing more."""
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the server answer again."""
        os.kill(self._pid, signal.SIGCONT)


@contextmanager
def mounted_over_sshfs(there: Path, here: Path, *options: str) -> Iterator[Server]:
    """Mount a folder as of another machine; skips the test, with the reason, where that cannot be done."""
    for needed in ("sshfs", "fusermount3"):
        if not shutil.which(needed):
            pytest.skip(f"{needed} is not installed")
    sftp = next((path for path in SFTP_SERVERS if Path(path).exists()), "")
    if not sftp or not os.access("/dev/fuse", os.W_OK):
        pytest.skip("there is no SFTP server, or no /dev/fuse for this user")
    ssh = there.with_name("ssh")
    ssh.write_text(f"#!/bin/sh\necho $$ >{there.with_name('pid')}\nexec {sftp}\n")
    ssh.chmod(0o755)
    here.mkdir(parents=True)
    chosen = [word for option in (f"ssh_command={ssh}", *options) for word in ("-o", option)]
    argv = ["sshfs", "-f", *chosen, f"there:{there}", str(here)]
    mount = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(lambda: os.path.ismount(here) or mount.poll() is not None, "the mount")
        if mount.poll() is not None:
            pytest.skip(f"sshfs cannot be mounted here: {mount.communicate()[0].strip()}")
        server = Server(int(there.with_name("pid").read_text()))
        yield server
        server.go_on()
    finally:
        mount.kill()
        subprocess.run(["fusermount3", "-u", "-z", str(here)], capture_output=True)
        mount.communicate(timeout=20)
