"""Say a step's checks in words, as a paper's methods may have them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..checks.values import shown_key
from ..model import Check, Stage

# An option that compares what a file says with another file -> what of that file it compares.
_ASPECTS = {
    "equals_name": "name",
    "equals_rows": "rows",
    "equals_size": "size",
    "equals_sha256": "content",
    "equals_sha256_ends": "content",
}

_IN_A_FILE = ("csv", "hdf5", "json")  # the kinds that look at a single file in an output folder


def describe_checks(stage: Stage) -> tuple[str, ...]:
    """Return what must hold for a result of the step, a phrase for all checks of one kind on one output."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in stage.checks:
        file = check.options.get("file") if check.kind in _IN_A_FILE else ""
        groups.setdefault((check.kind, str(file or check.subject)), []).append(check)
    told = (phrase for (kind, name), checks in groups.items() for phrase in _phrases(stage, kind, name, checks))
    return tuple(dict.fromkeys(told))


def _phrases(stage: Stage, kind: str, subject: str, checks: Sequence[Check]) -> Iterator[str]:
    if kind == "frames":
        for check in checks:
            most = "at most as many frames as" if check.options.get("at_most") else "as many frames as can be read from"
            said = ", where it says how many" if check.options.get("optional") else ""
            yield f"{check.options['output']} holds {most} its {stage.unit}{said}"
    elif kind == "csv":
        header = next((check.options["header"] for check in checks if "header" in check.options), ())
        columns = f" and begins with the columns {', '.join(header)}" if header else ""
        yield f"{subject} is a whole CSV table{columns}"
    elif kind == "hdf5":
        yield _holds(subject, "a whole HDF5 file", checks)
    elif kind == "json":
        yield _holds(subject, "whole JSON", checks)
    elif kind == "exists":
        files = [str(check.options["file"]) for check in checks if "file" in check.options]
        yield f"{subject} holds {_list(files)}" if files else f"{subject} is there and not empty"
    elif kind == "log":
        yield "its log says that it ended well"
    elif kind == "command":
        yield "the tracker's own program that looks at results has no objection"


def _holds(subject: str, what: str, checks: Sequence[Check]) -> str:
    """Return what a file holds, and what it tells of others as they are."""
    there: list[str] = []
    others: dict[str, list[str]] = {}
    for check in checks:
        aspects = [(str(check.options[key]), aspect) for key, aspect in _ASPECTS.items() if key in check.options]
        for other, aspect in aspects:
            others.setdefault(other, []).append(aspect)
        if not aspects and (name := _name(check)):
            there.append(name + _bound(check))
    told = [f"the {_list(aspects)} of {other}" for other, aspects in others.items()]
    said = [f"{subject} is {what}", f"holds {_list(there)}" if there else ""]
    said.append(f"tells {_list(told)} rightly" if told else "")
    return ", ".join(filter(None, said))


def _name(check: Check) -> str:
    options = check.options
    place = options.get("dataset") or options.get("attribute") or options.get("node") or ""
    place = " or ".join(place) if isinstance(place, (list, tuple)) else str(place)
    return ".".join(filter(None, (place.strip("/"), _key(options.get("key")))))


def _key(key: Any) -> str:
    return shown_key(key) if key else ""


def _bound(check: Check) -> str:
    options = check.options
    if "equals_key" in options:
        return f" = {_key(options['equals_key'])}"
    if "equals" in options:
        return f" = {_plain(options['equals'])}"
    least = options.get("at_least", options.get("rows"))
    return f" (at least {_plain(least)}{' row' if 'rows' in options else ''})" if least is not None else ""


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list(names: Sequence[str]) -> str:
    known = list(dict.fromkeys(names))
    return " and ".join(filter(None, (", ".join(known[:-1]), known[-1]))) if known else ""
