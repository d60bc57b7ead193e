"""Find HDF5 datasets whose data is not there: never written, or in chunks that cannot be decompressed.

h5py is asked everything; ``library`` is that module, which only h5py_files.py imports. What a filter compressed that
this HDF5 lacks, and texts and references of types that NumPy lacks, are not judged: they are not blamed.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Place = tuple[slice, ...]

_SLAB = 16 * 1024 * 1024  # bytes that are read at once, where chunks are smaller
_ELSEWHERE = ("VLEN", "STRING", "REFERENCE")  # classes of types whose values may lie outside the chunk


def find_unwritten(library: Any, dataset: Any) -> str:
    """Return that a dataset was created and never written, whole; "" where it was. Reads no data."""
    count = dataset.size
    if not count or not _is_stored(library, dataset) or dataset.id.get_storage_size():
        return ""
    return f"{_name(dataset)} was created and never written: none of its {count:,} values is there"


def find_holes(library: Any, dataset: Any) -> str:
    """Return how many chunks of a dataset were never written, "" where none or where holes are meant.

    They are meant where the writer chose a value to fill them with. Reads no data.
    """
    if not dataset.size or not _is_stored(library, dataset):
        return ""
    if dataset.id.get_create_plist().fill_value_defined() == library.h5d.FILL_VALUE_USER_DEFINED:
        return ""
    if not dataset.chunks:
        return find_unwritten(library, dataset)
    wanted = math.prod(-(-length // part) for length, part in zip(dataset.shape, dataset.chunks, strict=True))
    there = dataset.id.get_num_chunks()
    if there >= wanted:
        return ""
    return f"{_name(dataset)} has {wanted:,} chunks, of which {wanted - there:,} were never written"


def find_unreadable(library: Any, dataset: Any, depth: int) -> str:
    """Return where a dataset's chunks cannot be decompressed, "" where they can or it has none.

    With ``depth`` (bytes) below the dataset's size, only its first and last chunk are read, if they are not larger.
    """
    if not dataset.size or not dataset.chunks or (read := _find_reader(library, dataset)) is None:
        return ""
    width = dataset.id.get_type().get_size()
    is_sampled = dataset.size * width > depth
    if is_sampled and math.prod(dataset.chunks) * width > depth:
        return ""
    for place in _ends(dataset) if is_sampled else _slabs(dataset, width):
        try:
            read(place)
        except (OSError, RuntimeError) as error:
            rows = f"rows {place[0].start:,} to {min(place[0].stop, dataset.shape[0]) - 1:,}"
            return f"{_name(dataset)}: {rows} cannot be read: {error}"
    return ""


def all_datasets(library: Any, file: Any) -> list[Any]:
    """Return all datasets of an open file, each once; raises what h5py raises for a damaged file."""
    found: list[Any] = []

    def visit(name: str, node: Any) -> None:
        if isinstance(node, library.Dataset):
            found.append(node)

    library.Group(library.h5o.open(file, b"/")).visititems(visit)
    return found


def _ends(dataset: Any) -> Iterator[Place]:
    yield tuple(slice(0, part) for part in dataset.chunks)
    yield tuple(
        slice((length - 1) // part * part, length) for length, part in zip(dataset.shape, dataset.chunks, strict=True)
    )


def _slabs(dataset: Any, width: int) -> Iterator[Place]:
    """Yield places that cover a dataset: many rows of chunks at once, or single chunks where the chunks are large.

    ``width`` is the size of a value in bytes.
    """
    row = math.prod(dataset.shape[1:]) * width
    part = dataset.chunks[0]
    if row * part > _SLAB:
        yield from dataset.iter_chunks()
        return
    step = part * max(1, _SLAB // (row * part))
    for start in range(0, dataset.shape[0], step):
        yield (slice(start, start + step),)


def _is_stored(library: Any, dataset: Any) -> bool:
    """Return whether the data belongs in this file: not in others, as for virtual and external datasets."""
    made = dataset.id.get_create_plist()
    return made.get_layout() != library.h5d.VIRTUAL and not made.get_external_count()


def _find_reader(library: Any, dataset: Any) -> Callable[[Place], object] | None:
    """Return what reads a place of a dataset, None where it is not judged."""
    made = dataset.id.get_create_plist()
    filters = [made.get_filter(place)[0] for place in range(made.get_nfilters())]
    if not all(map(library.h5z.filter_avail, filters)):
        return None
    stored = dataset.id.get_type()
    if not any(stored.detect_class(getattr(library.h5t, name)) for name in _ELSEWHERE):
        return partial(_read_stored, library, dataset.id, stored)
    try:
        return dataset.__getitem__ if dataset.dtype else None
    except TypeError:
        return None


def _read_stored(library: Any, dataset: Any, stored: Any, place: Place) -> None:
    """Read a place of a dataset as its bytes are stored: to make NumPy's types takes longer than to read."""
    import numpy  # 60 ms, and h5py has loaded it already

    more = [slice(None)] * (len(dataset.shape) - len(place))  # a slab is told by its rows
    spans = [part.indices(length) for part, length in zip((*place, *more), dataset.shape, strict=True)]
    starts, counts = tuple(start for start, _, _ in spans), tuple(stop - start for start, stop, _ in spans)
    chosen = dataset.get_space()
    chosen.select_hyperslab(starts, counts)
    values = numpy.empty(counts, f"V{stored.get_size()}")
    dataset.read(library.h5s.create_simple(counts), chosen, values, stored)


def _name(dataset: Any) -> str:
    return str(dataset.name).lstrip("/")
