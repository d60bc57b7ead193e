"""The files in a workflow's folder that mark targets as being made, and say which files they read and make.

A presence is locked as long as its target is being made, and emptied at an end without a kill. It holds the folder of
the batch's rules, the prefix of its jobs' names, and, before Snakemake writes its locks, what they will hold: a claim.
All who take presences or look at them do so in turn: a file beside their folder is locked meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Claim:
    """The files that a target reads and makes, as Snakemake writes them into its two locks."""

    input: list[str]
    output: list[str]

    def clashes(self, other: Claim) -> bool:
        """Return whether one of the two makes a file that the other makes or reads."""
        own, others = set(self.output), set(other.output)
        return not (own.isdisjoint(others) and own.isdisjoint(other.input) and others.isdisjoint(self.input))


class Presence:
    """A file that marks a target as being made: locked meanwhile, and empty again after an end without a kill."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (held until this process ends)

    def take(self) -> list[str] | None:
        """Lock the file and return the lines that a killed process left, if any; None where it is locked already."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError as error:
            sys.exit(f"{self.path}: its storage knows no locks ({error.strerror}). Put the project on another disk.")
        return self.read()

    def read(self) -> list[str]:
        """Return the lines of the file."""
        self._file.seek(0)
        return self._file.read().splitlines()

    def close(self) -> None:
        """Close the file and so unlock it."""
        self._file.close()

    def write(self, lines: list[str]) -> None:
        """Replace the lines of the file."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write("".join(f"{line}\n" for line in lines))
        self._file.flush()


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Be alone meanwhile among all who take or look at the presences in the folder of ``path``; wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.parent.with_name(f"{path.parent.name}.turn"), "a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            sys.exit(f"{file.name}: its storage knows no locks ({error.strerror}). Put the project on another disk.")
        yield


def find_others(path: Path) -> tuple[list[Presence], list[Presence]]:
    """Return the presences beside ``path``: of targets that are being made, and, locked, of killed targets."""
    living, dead = [], []
    for beside in sorted(path.parent.iterdir()):
        if beside.name != path.name:
            other = Presence(beside)
            said = other.take()
            if said is None:
                living.append(other)
            elif said:
                dead.append(other)
            else:
                other.close()  # and with it the lock
    return living, dead


def read_claim(lines: list[str]) -> Claim | None:
    """Return the claim in the lines of a presence; None where Snakemake had no lock yet."""
    try:
        return Claim(**json.loads(lines[2]))
    except (IndexError, ValueError, TypeError):  # not yet, or killed while it was written
        return None


@contextmanager
def claiming(path: Path, claim: Claim) -> Iterator[None]:
    """Add a claim to a presence, before the locks are there: a kill leaves none unclaimed. Take it back at an error."""
    before = path.stat().st_size
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(claim)) + "\n")
    try:
        yield
    except BaseException:
        os.truncate(path, before)
        raise


def remove_locks(folder: Path, claim: Claim) -> int:
    """Remove the locks that Snakemake wrote for a claim, whole or half, from their folder; return how many."""
    count = 0
    for kind, files in asdict(claim).items():
        text = "\n".join(files) + "\n"
        for path in folder.glob(f"*.{kind}.lock"):
            if text.startswith(path.read_text(encoding="utf-8", errors="replace")):
                path.unlink()
                count += 1
    return count
