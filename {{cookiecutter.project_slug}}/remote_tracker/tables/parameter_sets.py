"""Find which parameters each result was made with: a row a set, the values in which the sets differ as columns."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

import yaml

from ..errors import TOO_MUCH
from ..model import Project, Stage
from ..records import Batch, batches_of
from ..records.batch import LISTED, PARAMETERS
from ..summaries.write import write_row

FIRST = ("parameters", "videos", "batches")
Sets = Mapping[str, Mapping[str, int]]  # digest -> batch -> how many videos


def write_sets(out: TextIO, project: Project, stage: Stage, sets: Sets) -> list[str]:
    """Write a row for each set of parameters, and return the columns behind the first three.

    A set whose values no batch kept, as of results from another version, has empty cells.
    """
    values = {digest: load_values(project, stage, digest, sets[digest]) for digest in sets}
    columns = find_differing(values)
    write_row(out, [*FIRST, *columns])
    for digest, batches in sorted(sets.items()):
        told = [values[digest].get(column, "") for column in columns]
        write_row(out, [digest, str(sum(batches.values())), " ".join(filter(None, sorted(batches))), *told])
    return columns


def load_values(project: Project, stage: Stage, digest: str, batches: Mapping[str, int]) -> Mapping[str, str]:
    """Return the values of a set, by parameter or by "file: key", from the first batch that was listed with it."""
    folder = batches_of(project, stage)
    for number in sorted(batches):
        batch = folder.batch(number)
        described = _load(batch, LISTED)
        if described.get("params_fingerprint") == digest:
            return _values_of(described.get("params"), _load(batch, PARAMETERS), stage)
    return {}


def _values_of(params: Any, files: Mapping[str, Any], stage: Stage) -> Mapping[str, str]:
    of_stage = {name: value for name, value in _mapping(params).items() if name in stage.params}
    inside = {f"{path}: {key}": value for path, values in files.items() for key, value in _mapping(values).items()}
    return {name: text for key, value in {**of_stage, **inside}.items() for name, text in flatten(key, value)}


def _load(batch: Batch, name: str) -> Mapping[str, Any]:
    try:
        text = (batch.folder / name).read_text(encoding="utf-8")
        return _mapping(json.loads(text) if name == PARAMETERS else yaml.safe_load(text))
    except (OSError, ValueError, yaml.YAMLError, *TOO_MUCH):
        return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def flatten(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield name and text of a value, or of each value in a mapping, with dots between the names."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(f"{name}.{key}", inner)
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def find_differing(values: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the names whose values are not the same in all sets that are known, in the order first seen."""
    known = [told for told in values.values() if told]
    names = dict.fromkeys(name for told in known for name in told)
    return [name for name in names if len(Counter(told.get(name) for told in known)) > 1]
