"""Of several processes one goes on, on any storage; where it cannot be known which, a line names the file."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.disk import claims
from remote_tracker.errors import NotWritten, RemoteTrackerError

LINKS = [None, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL]


def failing(number: int) -> Any:
    """Return a system call that fails with this error."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("links", LINKS)
def test_one_claims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: int | None) -> None:
    """The first process claims a file, the second does not, with hard links and without; nothing else is left."""
    if links is not None:
        monkeypatch.setattr(os, "link", failing(links))
    assert claims.claim_file(tmp_path / "owner", "first")
    assert not claims.claim_file(tmp_path / "owner", "second")
    assert (tmp_path / "owner").read_text() == "first\n"
    assert os.listdir(tmp_path) == ["owner"]


@pytest.mark.parametrize("links", LINKS)
def test_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: int | None) -> None:
    """A link that somebody put at the place of the claim is a claim, and what it leads to is not written."""
    if links is not None:
        monkeypatch.setattr(os, "link", failing(links))
    (tmp_path / "owner").symlink_to(tmp_path / "elsewhere")
    assert not claims.claim_file(tmp_path / "owner", "mine")
    assert not (tmp_path / "elsewhere").exists()


def test_no_folder(tmp_path: Path) -> None:
    """A claim that cannot be written names the file."""
    with pytest.raises(NotWritten, match="nowhere/owner: cannot be written: No such file"):
        claims.claim_file(tmp_path / "nowhere" / "owner", "mine")


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """On a storage without locks one line names the file and what to do."""
    lock = tmp_path / "lock"
    lock.touch()
    monkeypatch.setattr(fcntl, "flock", failing(number))
    for ask in (lambda: claims.take_lock(lock, inherit=False), lambda: claims.is_held(lock)):
        with pytest.raises(RemoteTrackerError) as error:
            ask()
        assert str(error.value).startswith(
            f"{lock}: its storage knows no locks ({os.strerror(number)}). Put the project on"
        )
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("links", [None, errno.EPERM])
@pytest.mark.parametrize("locks", [None, errno.ENOSYS])
def test_what_a_storage_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: int | None, locks: int | None
) -> None:
    """A folder is asked for both, and left as it was."""
    if links is not None:
        monkeypatch.setattr(os, "link", failing(links))
    if locks is not None:
        monkeypatch.setattr(fcntl, "flock", failing(locks))
    no_links, no_locks = claims.find_lacks(tmp_path)
    assert no_links is (links is not None)
    assert no_locks.startswith(f"{tmp_path}: its storage knows no locks" if locks is not None else "")
    assert bool(no_locks) is (locks is not None)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be written there is nothing to ask."""
    with pytest.raises(NotWritten):
        claims.find_lacks(tmp_path / "nowhere")
