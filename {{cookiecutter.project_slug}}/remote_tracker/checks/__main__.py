"""What run_task.sh asks at the end of a task: do the checks of this batch hold for these files?

    python -m remote_tracker.checks CHECKS.json --root DIR --log LOG
        [--input NAME=PATH]... [--output NAME=PATH]... [--command LINE]...
    python -m remote_tracker.checks READY.json [--later CODE] --input NAME=PATH...

The second is asked before a task starts: are its inputs such that it can? A file is one or the other by its clauses.
CHECKS.json: [{"kind": "json", "subject": "info", "options": {"key": "finished", "equals": true}}, ...].
An output may hold * and ?; the lines of --command belong to the command checks, in order.
Exit codes: 0 all hold (nothing is printed); 1 one does not (its reason is printed); 2 they could not be judged; CODE
(from 3 on; without --later 1) one does not hold yet: the input is still being copied.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple
from . import INPUT_KINDS, KINDS, Files, StillCopying, find_paths, judge_inputs, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COMMAND_OPTIONS = ("--root", "--log", "--input", "--output", "--command", "--later")


class Clause(NamedTuple):
    """A check as CHECKS.json holds it."""

    kind: str
    subject: str
    options: Mapping[str, Any]


class CannotJudge(Exception):
    """The checks could not be asked at all; the message says why."""


def main(argv: Sequence[str]) -> int:
    """Print the first reason, if any, and return the exit code."""
    if "--help" in argv or not argv:
        print((__doc__ or "").rstrip())
        return 0 if argv else 2
    try:
        path, given = _read_words(argv)
        checks = _load_checks(path)
        reason = _verify(checks, given)
    except StillCopying as later:
        return _answer(f"not ready: {later}", _read_code(given["--later"]))
    except CannotJudge as error:
        return _refuse(str(error))
    except Exception as error:
        if not isinstance(error, RemoteTrackerError):
            raise
        return _refuse(str(error))
    return _answer(reason, 1 if reason else 0)


def _answer(reason: str, code: int) -> int:
    sys.stdout.buffer.write(reason.encode("utf-8", "surrogateescape") + (b"\n" if reason else b""))
    return code


def _read_code(words: Sequence[str]) -> int:
    return int(words[-1]) if words and words[-1].isdecimal() and int(words[-1]) > 2 else 1


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


def _verify(checks: Sequence[Clause], given: Mapping[str, list[str]]) -> str:
    root = given["--root"][-1] if given["--root"] else "."
    subjects = [check.subject for check in checks if check.kind == "command"]
    lines = given["--command"]
    if len(lines) != len(subjects):
        raise CannotJudge(f"there are {len(subjects)} command checks and {len(lines)} --command; give one for each.")
    outputs = {name: _expanded(root, paths) for name, paths in _by_name(given["--output"]).items()}
    inputs = {name: tuple(paths) for name, paths in _by_name(given["--input"]).items()}
    log = given["--log"][-1] if given["--log"] else ""
    files = Files(root, inputs, outputs, log, dict(zip(subjects, lines, strict=True)))
    if not checks or not all(check.kind in INPUT_KINDS for check in checks):
        return verify(checks, files)
    return judge_inputs(checks, files, "python")


def _expanded(root: str, paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(found for path in paths for found in find_paths(root, path))


def _by_name(pairs: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs:
        name, _, path = pair.partition("=")
        found.setdefault(name, []).append(path)
    return found


def _read_words(argv: Sequence[str]) -> tuple[str, Mapping[str, list[str]]]:
    given: dict[str, list[str]] = {name: [] for name in COMMAND_OPTIONS}
    paths, words = [], iter(argv)
    for word in words:
        if not word.startswith("--"):
            paths.append(word)
        elif word not in given:
            raise CannotJudge(f'unknown option "{word}". Known: {", ".join(COMMAND_OPTIONS)}.')
        elif (value := next(words, None)) is None:
            raise CannotJudge(f"{word} needs a value.")
        else:
            given[word].append(value)
    if len(paths) != 1:
        raise CannotJudge(f"one CHECKS.json is needed, {len(paths)} were given.")
    return paths[0], given


def _load_checks(path: str) -> list[Clause]:
    try:
        with open(path, "rb") as file:
            checks = [Clause(item["kind"], item["subject"], item["options"]) for item in json.loads(file.read())]
    except OSError as error:
        raise CannotJudge(f"{path}: cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CannotJudge(f"{path}: is not a list of checks.") from None
    for check in checks:
        if check.kind not in KINDS and check.kind not in INPUT_KINDS:
            raise CannotJudge(f'{path}: unknown check "{check.kind}".')
    return checks


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
