"""The readers of positions, by the word for their form in tracker.yml: each is imported when it is looked up.

Half of them read HDF5 by h5py, whose import takes 30 ms of a report that reads tables alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from ..model.track_source import TRACK_FORMS
from .given import Given
from .tracks import Tracks

Reader = Callable[[Given], Tracks]


class _Readers(Mapping[str, Reader]):
    """Form -> its reader, the function read_<form> in the file of that name; ImportError where a package lacks."""

    def __getitem__(self, form: str) -> Reader:
        if form not in TRACK_FORMS:
            raise KeyError(form)
        reader: Reader = getattr(import_module(f".{form}", __package__), f"read_{form}")
        return reader

    def __iter__(self) -> Iterator[str]:
        return iter(TRACK_FORMS)

    def __len__(self) -> int:
        return len(TRACK_FORMS)


FORMS: Mapping[str, Reader] = _Readers()
