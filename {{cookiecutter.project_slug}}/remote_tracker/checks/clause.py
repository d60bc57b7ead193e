"""What a check is made of: the options a kind takes, the files it looks at, and how it says what is wrong.

Nothing here imports ``dataclasses`` or ``model``: a task pays for the start of this package each time it ends.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from os import PathLike
    from typing import Protocol

    class Clause(Protocol):
        """What a kind reads of a check; ``model.Check`` is one."""

        @property
        def kind(self) -> str:
            """The name of its kind, as json."""

        @property
        def subject(self) -> str:
            """What the kind's key names: an output, an input, or a line of bash."""

        @property
        def options(self) -> Mapping[str, Any]:
            """The clause's other keys."""


class Fault(Exception):
    """What is wrong with a file, without its name: ``is empty``."""


class Option(NamedTuple):
    """One key that a clause may have beside its kind; ``kinds`` are names in ``options.VALUES``."""

    name: str
    help: str
    required: bool = False
    kinds: tuple[str, ...] = ("text",)


class OpenFiles:
    """One file held open from a clause to the next on it: opening is most of what a look into it costs."""

    def __init__(self) -> None:
        self.path = ""
        self._file: Any = None

    def take(self, path: str, opened: Callable[[str], Any]) -> Any:
        """Return the file at ``path``: the one that is held, or else what ``opened`` returns, which is held then."""
        if path != self.path:
            self.close()
            self._file, self.path = opened(path), path
        return self._file

    def close(self) -> None:
        """Close what is held; what was read of it is known already, whatever its end is like."""
        file, self._file, self.path = self._file, None, ""
        with suppress(OSError, RuntimeError, ValueError):
            if file is not None:
                file.close()


class Files(NamedTuple):
    """The files of one piece of work: paths by the names of inputs and outputs, relative to ``root`` or absolute.

    ``log`` is the task's own log; ``commands`` maps the subject of a ``command`` clause to its rendered line.
    ``held`` is for clauses of one kind that follow each other.
    """

    root: str | PathLike[str]
    inputs: Mapping[str, tuple[str, ...]] = {}
    outputs: Mapping[str, tuple[str, ...]] = {}
    log: str | PathLike[str] = ""
    commands: Mapping[str, str] = {}
    held: OpenFiles | None = None


class InputKind(NamedTuple):
    """A kind of clause on an input, asked before a task starts.

    ``examine`` is cheap and returns "" where the clause holds, else one reason; ``read_all(check, files, python)``
    reads the whole input by a program of that Python. Both raise StillCopying for what passes by itself.
    ``whole_folder``: the input stands for all of its folder.
    """

    name: str
    help: str
    options: tuple[Option, ...]
    examine: Callable[[Clause, Files], str]
    read_all: Callable[[Clause, Files, str], str]
    whole_folder: bool = False


class Kind(NamedTuple):
    """A kind of clause: ``cost`` is quick, deep or node; ``subject`` says what its value names.

    ``examine`` returns "" where the clause holds, else one reason; ``refuse`` what is wrong with the
    options taken together, "" where nothing is. ``is_plain`` says whether a clause with these options asks no more than
    that a file is there and not empty: bash sees that, any other clause needs this package.
    """

    name: str
    cost: str
    subject: str
    help: str
    options: tuple[Option, ...]
    examine: Callable[[Clause, Files], str]
    refuse: Callable[[str, Mapping[str, Any]], str] = lambda subject, options: ""
    is_plain: Callable[[Mapping[str, Any]], bool] = lambda options: False
