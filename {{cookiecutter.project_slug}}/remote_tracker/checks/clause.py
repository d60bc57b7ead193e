"""The parts of a check: the options that a kind takes, the files that it reads, and how it tells what is wrong.

Nothing here imports ``dataclasses`` or ``model``: a task pays for the start of this package each time it ends.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..named_tuple import NamedTuple

QUICK = 1024 * 1024  # bytes: a scan, and a task at its end, read no more than this of a file to judge its content
WHOLE = sys.maxsize  # bytes: all of every file is read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from typing import Protocol

    class Clause(Protocol):
        """The part of a check that a kind reads; ``model.Check`` has it."""

        @property
        def kind(self) -> str:
            """The name of the clause's kind, as json."""

        @property
        def subject(self) -> str:
            """The value at the kind's key: the name of an output or an input, or a line of bash."""

        @property
        def options(self) -> Mapping[str, Any]:
            """The clause's other keys."""


class Fault(Exception):
    """A file is wrong; the message tells what is wrong without the file's name: ``is empty``."""


class Absent(Fault):
    """A file lacks what was asked for: a key, a column, a dataset. Where it is optional, nothing is wrong."""


class Option(NamedTuple):
    """A key that a clause may have beside its kind; ``kinds`` are names in ``options.VALUES``."""

    name: str
    help: str
    required: bool = False
    kinds: tuple[str, ...] = ("text",)


class OpenFiles:
    """A file that stays open from one clause to the next: opening it is most of the price of reading a value."""

    def __init__(self) -> None:
        self.path = ""
        self.judged: set[str] = set()  # the paths of files whose whole data was judged
        self._file: Any = None

    def take(self, path: str, opened: Callable[[str], Any]) -> Any:
        """Return the held file if it is the file at ``path``; else close it, and hold and return ``opened(path)``."""
        if path != self.path:
            self.close()
            self._file, self.path = opened(path), path
        return self._file

    def close(self) -> None:
        """Close the held file; an error while closing is ignored, since the values were read before."""
        file, self._file, self.path = self._file, None, ""
        with suppress(OSError, RuntimeError, ValueError):
            if file is not None:
                file.close()


class Files(NamedTuple):
    """The files of a unit; every path is relative to ``root`` or absolute."""

    root: str | PathLike[str]
    inputs: Mapping[str, tuple[str, ...]] = {}  # name of an input -> paths
    outputs: Mapping[str, tuple[str, ...]] = {}  # name of an output -> paths
    log: str | PathLike[str] = ""  # the task's own log
    commands: Mapping[str, str] = {}  # subject of a ``command`` clause -> its rendered line
    variables: Mapping[str, str] = {}  # what the lines of ``commands`` find in their environment beside what is there
    held: OpenFiles | None = None  # the file that successive clauses of the same kind share
    # How many bytes of each file may be read to judge its content, QUICK or WHOLE: of a larger file a kind judges
    # pieces, or what costs nothing.
    depth: int = QUICK
    named: bool = True  # a reason against an input begins with the file's name


class InputKind(NamedTuple):
    """A kind of clause on an input, asked before a task starts.

    ``examine`` and ``read_all`` return "" where the clause holds, else a reason; both raise StillCopying where the
    reason passes by itself.
    """

    name: str
    help: str
    options: tuple[Option, ...]
    examine: Callable[[Clause, Files], str]  # cheap
    read_all: Callable[[Clause, Files, str], str]  # reads the whole input with the Python that the third argument names
    whole_folder: bool = False  # the input stands for its whole folder


class Kind(NamedTuple):
    """A kind of clause on a result."""

    name: str
    cost: str  # who asks: quick and deep: a scan and a task, node: a task alone (see survey/unit_files.py)
    subject: str  # what the value at the kind's key names: output, input or command
    help: str
    options: tuple[Option, ...]
    examine: Callable[[Clause, Files], str]  # returns "" where the clause holds, else a reason
    # Returns what is wrong with (subject, options) taken together, "" where they fit.
    refuse: Callable[[str, Mapping[str, Any]], str] = lambda subject, options: ""
    # Whether a clause with these options only asks that a file is there and not empty, which bash can see by itself;
    # every other clause needs this package.
    is_plain: Callable[[Mapping[str, Any]], bool] = lambda options: False
