"""Read ``tells`` and ``made_by`` of a stage in a tracker.yml: where a result says what it holds, how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import unknown_word
from ..model import Output, Tell
from .document import Section
from .expressions import filled, holds

KEYS = {
    "fps": "the frames a second of the video",
    "frames": "how many frames the video has",
    "tracked": "in how many frames an animal was found",
    "animals": "how many animals there are",
}
WHEN = "when"
FILE = "file"
# By the kind of file: the options that say where in it the fact stands; any of the first group must be there.
OPTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "json": (("key",), ()),
    "hdf5": (("dataset", "attribute", "count"), ("node", "key", "given")),
    "csv": (("count", "row"), ()),
}
TELL_KEYS = {
    "json": "the output, a JSON file, that says it; beside it key",
    "hdf5": "the output, an HDF5 file; beside it dataset, or node and attribute, and key where that holds JSON; or "
    "node and count: datasets",
    "csv": "the output, a CSV file; beside it count, or row",
    "file": "the file in an output folder, a glob: the first counts",
    "key": "the key, with dots between names; a number is a place in a list",
    "dataset": "the dataset in the HDF5 file",
    "node": "the group or dataset that has the attribute (default: the top)",
    "attribute": "the attribute that holds it",
    "count": "rows; datasets, how many the node holds; or a column, whose different values are counted; of an HDF5 "
    "file also start..end:some, how many rows span something between two columns, or start..end:most, the longest "
    "span; of a CSV file also row:name, how many different cells the row called so has",
    "row": "of a CSV file: the first cell of the row called so",
    "given": "beside attribute: another attribute of the node that must have this value, as time_units=seconds",
    "when": "an expression over params; where it is false the result does not say it",
}


def read_tells(section: Section, outputs: Sequence[Output], params: Mapping[str, Any]) -> Mapping[str, Tell]:
    """Return fact -> where the results of a stage say it; raises ConfigError for an unknown fact, key or output."""
    return read_places(section.only(KEYS), outputs, params)


def read_places(section: Section, outputs: Sequence[Output], params: Mapping[str, Any]) -> Mapping[str, Tell]:
    """Return word -> where the results of a stage say it; raises ConfigError for an unknown key or output."""
    inner = {fact: section.section(fact).only(TELL_KEYS) for fact in section.data}
    return {fact: _read_tell(one, outputs, params) for fact, one in inner.items() if holds(one, WHEN, params)}


def _read_tell(section: Section, outputs: Sequence[Output], params: Mapping[str, Any]) -> Tell:
    kinds = [kind for kind in OPTIONS if kind in section.data]
    if len(kinds) != 1:
        section.fail(None, f"each fact needs exactly one of: {', '.join(OPTIONS)}; as {{json: info, key: fps}}.")
    (kind,) = kinds
    names, output = [o.name for o in outputs], section.text(kind)
    if output not in names:
        section.fail(kind, unknown_word("output", output, names))
    needs, may = OPTIONS[kind]
    if not any(key in section.data for key in needs):
        section.fail(kind, f'beside "{kind}" {" or ".join(needs)} must say where the fact stands.')
    for key in section.data:
        if key not in (kind, WHEN, FILE, *needs, *may):
            section.fail(key, unknown_word(f"key beside {kind}", key, (FILE, *needs, *may)))
    options = {key: section.text(key) for key in section.data if key not in (kind, WHEN)}
    return Tell(kind, output, {key: filled(section, key, text, params) for key, text in options.items()})
