"""Run Snakemake so that no two targets of one folder make the same file.

    python run_locked.py PRESENCE [WORDS...]

PRESENCE is the file that marks the target as being made, WORDS what is typed behind snakemake. Snakemake looks for the
locks of others and writes its own in two steps, between which another can do the same, and as of 9.27 it removes the
locks of all when it ends. So its lock is taken and given back in turn, what it holds is claimed in PRESENCE, too, and
what it removed of others is put back. The exit code is Snakemake's; 73 where another target that is being made has
claimed one of the files, 74 where Snakemake itself finds them locked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from presence import Claim, claiming, find_others, in_turn, read_claim
from tell_left import run_snakemake

CLAIMED, LOCKED = 73, 74

Make = Callable[[Any], AbstractContextManager[None]]


class LockInTurn:
    """Snakemake's lock on the files of a target, taken and given back in turn."""

    refused: int | None = None  # for all: which of the two codes says why the last was not taken

    def __init__(self, persistence: Any, make: Make, presence: Path) -> None:
        self.own = make(persistence)
        self.claim = Claim(list(map(str, persistence.all_inputfiles())), list(map(str, persistence.all_outputfiles())))
        self.presence = presence
        self.folder = Path(persistence.path) / "locks"
        self.written: set[Path] = set()

    def __enter__(self) -> None:
        """Take the lock. Raises Snakemake's LockException where another holds one of the files."""
        with in_turn(self.presence):
            self._refuse_claimed()
            self.folder.mkdir(parents=True, exist_ok=True)  # another that ended may have removed it
            before = set(self.folder.iterdir())
            with claiming(self.presence, self.claim):
                LockInTurn.refused = LOCKED
                self.own.__enter__()
                LockInTurn.refused = None
            self.written = set(self.folder.iterdir()) - before

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        """Give the lock back, and leave the locks of others."""
        with in_turn(self.presence):
            others = {path: path.read_bytes() for path in self.folder.glob("*.lock") if path not in self.written}
            ended = self.own.__exit__(kind, error, traceback)
            for path, content in others.items():
                self.folder.mkdir(exist_ok=True)
                path.write_bytes(content)
        return ended

    def _refuse_claimed(self) -> None:
        living, dead = find_others(self.presence)
        claims = [read_claim(other.read()) for other in living]
        for other in living + dead:
            other.close()
        if any(claim is not None and claim.clashes(self.claim) for claim in claims):
            from snakemake.exceptions import LockException

            LockInTurn.refused = CLAIMED
            raise LockException


def lock_in_turn(presence: Path) -> None:
    """Let each lock that Snakemake takes in this process from now on be taken in turn.

    Raises ImportError or AttributeError where this Snakemake has no such lock.
    """
    import snakemake.cli  # noqa: F401  (the module of the locks cannot be imported first)

    for kind in list(vars(import_module("snakemake.persistence")).values()):
        if isinstance(kind, type) and {"lock", "locked"} <= set(vars(kind)):
            make = vars(kind)["lock"]
            kind.lock = lambda self, make=make: LockInTurn(self, make, presence)  # type: ignore[attr-defined]


def main(argv: list[str]) -> int:
    """Run Snakemake with the words behind the presence; return its exit code, or why its lock was not taken."""
    if not argv or argv[0].startswith("-"):
        print((__doc__ or "").strip())
        return 2
    for name in ("presence", "tell_left"):  # a workflow may have modules that are called so
        del sys.modules[name]
    with suppress(ImportError, AttributeError):  # then it ends with its own words, or has its own locks alone
        lock_in_turn(Path(argv[0]))
    code = run_snakemake(argv[1:])
    return code if code == 0 else LockInTurn.refused or code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
