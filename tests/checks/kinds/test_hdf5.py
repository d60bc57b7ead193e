"""hdf5: whole, closed, and with something in it."""

from __future__ import annotations

import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import KINDS, QUICK, WHOLE, Files, chunked_data, verify
from remote_tracker.checks.clause import Fault
from remote_tracker.checks.h5py_files import damage
from remote_tracker.checks.kinds import hdf5
from remote_tracker.checks.superblock import find_truncation
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Check

h5py = pytest.importorskip("h5py")
np = pytest.importorskip("numpy")

WRITE = """
import h5py, os, signal, sys
with h5py.File(sys.argv[1], "w", libver=sys.argv[2]) as file:
    file["x"] = list(range(1000))
    if sys.argv[3] == "flush":
        file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
REAL = [
    "sleap/v1.12.slp",
    "sleap/labels.slp",
    "sleap/labels.pkg.slp",
    "tramway/syn_d.rwa",
    "idtrackerai/session_day1/trajectories/trajectories.h5",
    "videos/sleap_tracks_clip.gt.slp",
]
SHAPES: dict[str, dict[str, Any]] = {
    "oldest": {"libver": "earliest"},
    "newest": {"libver": "latest"},
    "userblock": {"userblock_size": 1024},
    "paged": {"fs_strategy": "page", "fs_page_size": 4096},
    "in memory": {"driver": "core"},
}


def judged(raw: bytes) -> str:
    """Return what the superblock alone tells of these bytes."""
    try:
        return find_truncation(io.BytesIO(raw), len(raw))
    except Fault as fault:
        return str(fault)


def cuts(length: int) -> list[int]:
    """Return some lengths to cut a file to: its first and last bytes, round ones, and 200 at random."""
    chance = random.Random(length)
    edges = [1, 7, 8, 9, 24, 47, 48, 96, 127, 128, 512, 1024, 2048, length - 2, length - 1]
    return [cut for cut in edges if cut < length] + [chance.randrange(1, length) for _ in range(200)]


@pytest.fixture(params=SHAPES)
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a whole file, in each of the forms that a library writes."""
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", **SHAPES[request.param]) as file:
        file["x"] = [1.5] * 3000
        file.attrs["n"] = 1
    return path


def test_a_whole_file_of_any_form_is_whole(whole: Path, ask: Callable[..., str]) -> None:
    """Every version of the superblock is read, also behind a user block."""
    assert judged(whole.read_bytes()) == ""
    assert ask("hdf5", whole, node="x") == ""


def test_a_cut_file_of_any_form_is_found(whole: Path) -> None:
    """A file cut anywhere is found out by its superblock alone."""
    raw = whole.read_bytes()
    assert [cut for cut in cuts(len(raw)) if judged(raw[:cut]) == ""] == []


@pytest.mark.parametrize("name", REAL)
def test_real_results_whole_and_cut(real: Callable[[str], Path], name: str) -> None:
    """Real results of real trackers are whole, and cut anywhere they are not."""
    raw = real(name).read_bytes()
    assert judged(raw) == ""
    assert told(real(name), WHOLE) == ""
    assert [cut for cut in cuts(len(raw)) if judged(raw[:cut]) == ""] == []


def test_real_tierpsy_results(real: Callable[[str], Path], ask: Callable[..., str], tmp_path: Path) -> None:
    """Real results of Tierpsy hold its last checkpoint; what it did not write is missing by name."""
    with tarfile.open(real("tierpsy/tiny_results_20260102.tgz")) as archive:
        for member in archive.getmembers():
            if member.isfile():
                content = archive.extractfile(member)
                assert content is not None
                (tmp_path / Path(member.name).name).write_bytes(content.read())
    results = sorted(tmp_path.glob("*.hdf5"))
    assert len(results) == 6
    assert {judged(path.read_bytes()) for path in results} == {""}
    assert {told(path, WHOLE) for path in results} == {""}
    point = "/provenance_tracking/FEAT_TIERPSY"
    assert ask("hdf5", "plateA_featuresN.hdf5", node=point) == ""
    assert ask("hdf5", "plateA_intensities.hdf5", node=point) == f"plateA_intensities.hdf5: has no node {point}"


def test_real_sleap_results(real: Callable[[str], Path], ask: Callable[..., str]) -> None:
    """A complete .slp says when its inference ended and has its frames; labels say no such thing, a cut one is cut."""
    done = {"dataset": "provenance_json", "key": "inference_end_timestamp"}
    assert ask("hdf5", real("sleap/v1.12.slp"), **done) == ""
    assert ask("hdf5", real("sleap/v1.12.slp"), dataset="frames", rows=120) == ""
    assert ask("hdf5", real("sleap/v1.12.slp"), dataset="frames", rows=121).endswith(
        "frames has 120 rows, expected at least 121"
    )
    assert ask("hdf5", real("sleap/v1.12.slp"), node="metadata", attribute="json", key="version", equals="2.0.0") == ""
    assert ask("hdf5", real("sleap/labels.slp"), **done) == "labels.slp: has no dataset provenance_json"
    cut = ask("hdf5", real("sleap/flies_trunc.slp"), **done)
    assert cut == "flies_trunc.slp: is cut: it has 20000 bytes, its header says 34691"


@pytest.mark.parametrize("version", ["earliest", "latest"])
@pytest.mark.parametrize("flush", ["flush", "no"])
def test_a_killed_writer_is_found(tmp_path: Path, version: str, flush: str) -> None:
    """A program killed while it wrote leaves a file that is not whole, even where its length is right."""
    path = tmp_path / "a.h5"
    ended = subprocess.run([sys.executable, "-c", WRITE, str(path), version, flush], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert judged(path.read_bytes()).startswith(("was not closed properly", "is cut"))


def test_data_behind_the_end_is_found(whole: Path) -> None:
    """A file longer than its superblock says was not closed; zeros behind its end are only padding."""
    raw = whole.read_bytes()
    assert judged(raw + b"\0" * 100_000) == ""
    assert judged(raw + b"more").startswith("was not closed properly")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (b"junk" * 1000, "is not an HDF5 file"),
        (b"\x89HDF\r\n\x1a\n", "is cut within its first 8 bytes"),
        (b"\x89HDF\r\n\x1a\n\x09" + b"\0" * 200, "is an HDF5 file of a later kind (superblock 9)"),
        (b"\x89HDF\r\n\x1a\n\x02" + b"\0" * 200, "is damaged: its HDF5 header makes no sense"),
        (b"\x89HDF\r\n\x1a\n\x02\x08\x08\0" + b"\xff" * 200, "is damaged: its HDF5 header makes no sense"),
        (b"\x89HDF\r\n\x1a\n\x02\x08\x08\0" + b"\0" * 8 + b"\xff" * 200, "is cut: it has 220 bytes, its header says"),
    ],
)
def test_junk_is_a_reason(ask: Callable[..., str], tmp_path: Path, raw: bytes, reason: str) -> None:
    """What is no HDF5 file, or has a header of junk, is told in one sentence."""
    (tmp_path / "a.h5").write_bytes(raw)
    assert ask("hdf5", "a.h5").startswith(f"a.h5: {reason}")


@pytest.fixture
def rich(tmp_path: Path) -> str:
    """Return the name of a file with attributes and datasets of many kinds."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        group = file.create_group("plate")
        group.attrs.update({"done": 2, "words": "yes", "raw": b"yes", "many": [1, 2], "nan": float("nan")})
        group.attrs["none"] = h5py.Empty("f")
        group.attrs["json"] = json.dumps({"a": {"b": None}, "c": 1})
        file["rows"] = [[1, 2]] * 5
        file["one"] = 7
        file["text"] = '{"end": "2026"}'
        file["texts"] = ['{"end": "2026"}']
        file["empty"] = h5py.Empty("f")
        file["dangling"] = h5py.SoftLink("/nowhere")
    return "a.h5"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"node": "/plate"}, ""),
        ({"node": "plate/x"}, "has no node plate/x"),
        ({"node": "dangling"}, "has no node dangling"),
        ({"node": ["other", "plate"]}, ""),
        ({"node": ["dangling", "other"]}, "has no node dangling or other"),
        ({"node": ["other", "plate"], "attribute": "done", "equals": 1}, "attribute done is 2, expected 1"),
        ({"node": "plate", "attribute": "done"}, ""),
        ({"node": "plate", "attribute": "done", "equals": 2}, ""),
        ({"node": "plate", "attribute": "done", "equals": 1}, "attribute done is 2, expected 1"),
        ({"node": "plate", "attribute": "done", "at_least": 2}, ""),
        ({"node": "plate", "attribute": "done", "at_least": 3}, "attribute done is 2, expected at least 3"),
        ({"node": "plate", "attribute": "words", "at_least": 0}, 'attribute words is "yes", expected at least 0'),
        ({"node": "plate", "attribute": "words", "equals": "yes"}, ""),
        ({"node": "plate", "attribute": "raw", "equals": "yes"}, ""),
        ({"node": "plate", "attribute": "many", "equals": [1, 2]}, ""),
        ({"node": "plate", "attribute": "nan"}, "attribute nan is NaN, expected a value"),
        ({"node": "plate", "attribute": "none"}, "attribute none is null, expected a value"),
        ({"node": "plate", "attribute": "x"}, "/plate has no attribute x"),
        ({"attribute": "x"}, "/ has no attribute x"),
        ({"node": "plate", "attribute": "json", "key": "c", "equals": 1}, ""),
        ({"node": "plate", "attribute": "json", "key": "a.b"}, "a.b of attribute json is null, expected a value"),
        ({"node": "plate", "attribute": "words", "key": "c"}, "attribute words is not whole JSON: "),
        ({"node": "plate", "attribute": "done", "key": "c"}, "attribute done holds no text, expected JSON"),
        ({"dataset": "rows", "rows": 5}, ""),
        ({"dataset": "rows", "rows": 6}, "rows has 5 rows, expected at least 6"),
        ({"dataset": "one"}, ""),
        ({"dataset": "one", "rows": 1}, "one is a single value, expected rows"),
        ({"dataset": "empty", "rows": 1}, "empty has 0 rows, expected at least 1"),
        ({"dataset": "plate"}, "plate is a group, expected a dataset"),
        ({"dataset": "x"}, "has no dataset x"),
        ({"dataset": "dangling"}, "has no dataset dangling"),
        ({"dataset": "text", "key": "end"}, ""),
        ({"dataset": "texts", "key": "end", "equals": "2025"}, 'end of texts is "2026", expected "2025"'),
        ({"dataset": "text", "key": "start"}, 'text has no key "start"'),
    ],
)
def test_says_what_is_not_in_it(ask: Callable[..., str], rich: str, options: dict[str, Any], reason: str) -> None:
    """Nodes, attributes, rows and JSON in them are told with what was expected and what was found."""
    assert ask("hdf5", rich, **options).startswith(f"a.h5: {reason}" if reason else "")
    assert bool(ask("hdf5", rich, **options)) == bool(reason)


def test_a_damaged_inside_is_a_reason(tmp_path: Path, ask: Callable[..., str], rich: str) -> None:
    """A file whose length is right but whose inside is overwritten is a reason, not a traceback."""
    raw = bytearray((tmp_path / rich).read_bytes())
    raw[100:] = b"\xa5" * (len(raw) - 100)
    (tmp_path / rich).write_bytes(raw)
    assert ask("hdf5", rich) == ""
    assert ask("hdf5", rich, node="plate").startswith("a.h5: cannot be read")


@pytest.mark.parametrize("error", [KeyError, RuntimeError, ValueError, TypeError, OSError])
def test_whatever_h5py_raises_is_a_reason(
    ask: Callable[..., str], rich: str, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """h5py has many words for a damaged file: each becomes a reason."""

    def fail(*_: object) -> None:
        raise error("bad heap")

    monkeypatch.setattr(h5py.h5f, "open", fail)
    assert re.match(r"a\.h5: cannot be read.*bad heap", ask("hdf5", rich, node="plate"))


def test_without_h5py_nothing_is_judged(tmp_path: Path, rich: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is an error that says what to install, never a bad result; the superblock needs none."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    files = Files(tmp_path, outputs={"result": (rich,)})
    assert verify([Check("hdf5", "result", {})], files) == ""
    with pytest.raises(RemoteTrackerError, match="h5py is missing"):
        verify([Check("hdf5", "result", {"node": "plate"})], files)


def test_counts_rows_of_whole_files_only(tmp_path: Path, rich: str) -> None:
    """The rows of a dataset are counted in a file that is whole, and in no other."""
    path = tmp_path / rich
    assert hdf5.count_rows(str(path), "rows") == 5
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(Fault, match="is cut"):
        hdf5.count_rows(str(path), "rows")


def test_a_reader_takes_no_lock(tmp_path: Path, rich: str) -> None:
    """A look at a result neither needs nor takes a lock: on many NFS mounts there is none to have."""
    import fcntl

    with (tmp_path / rich).open("rb+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        check = Check("hdf5", "result", {"node": "plate"})
        assert KINDS["hdf5"].examine(check, Files(tmp_path, outputs={"result": (rich,)})) == ""


def open_now(path: Path) -> list[str]:
    """Return the descriptors by which this process holds the file open."""
    links = Path("/proc/self/fd").iterdir()
    return [link.name for link in links if os.path.realpath(link) == str(path.resolve())]


def test_clauses_on_one_file_open_it_once(tmp_path: Path, rich: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What several clauses say of a file is looked up in one opening of it, and nothing stays open behind."""
    opened: list[bytes] = []
    real = h5py.h5f.open
    monkeypatch.setattr(
        h5py.h5f, "open", lambda name, *rest: opened.append(os.path.basename(name)) or real(name, *rest)
    )
    (tmp_path / "b.h5").write_bytes((tmp_path / rich).read_bytes())
    said = [{"node": "plate"}, {"dataset": "rows", "rows": 5}, {"node": "plate", "attribute": "done", "equals": 2}]
    checks = [Check("hdf5", name, options) for name in ("a", "b") for options in said]
    assert verify(checks, Files(tmp_path, outputs={"a": (rich,), "b": ("b.h5",)})) == ""
    assert opened == [b"a.h5", b"b.h5"]
    reason = verify([*checks[:2], Check("hdf5", "a", {"node": "x"})], Files(tmp_path, outputs={"a": (rich,)}))
    assert reason == "a.h5: has no node x"
    assert open_now(tmp_path / rich) == []


def test_a_file_is_not_held_while_a_command_looks_at_it(tmp_path: Path, rich: str) -> None:
    """A clause behind a command sees the file as the command left it."""
    change = f'import h5py; h5py.File("{tmp_path / rich}", "a").create_group("late").file.close()'
    files = Files(tmp_path, outputs={"a": (rich,)}, commands={"c": f"{sys.executable} -c '{change}'"})
    around = [Check("hdf5", "a", {"node": "plate"}), Check("command", "c", {}), Check("hdf5", "a", {"node": "late"})]
    assert verify(around, files) == ""


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """Return a file with a compressed dataset of 50 chunks, one of a checksum, one of texts, and one of none."""
    path = tmp_path / "p.h5"
    values = np.random.default_rng(0).random((5000, 20))
    with h5py.File(path, "w") as file:
        file.create_dataset("deep/x", data=values, chunks=(100, 20), compression="gzip")
        file.create_dataset("sum", data=values, chunks=(100, 20), fletcher32=True)
        file.create_dataset("texts", data=["a", "bc"] * 500, chunks=(100,), dtype=h5py.string_dtype(), compression=1)
        file.create_dataset("filled", shape=(100, 2), dtype="f8", chunks=(10, 2), fillvalue=np.nan)[:10] = 1.0
        file["plain"] = values
        file["one"] = 7
        file["empty"] = h5py.Empty("f")
        file["none"] = np.zeros((0, 3))
        bits, chunked = h5py.h5t.STD_B8LE, h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        chunked.set_chunk((2,))
        flags = h5py.h5d.create(file.id, b"flags", bits, h5py.h5s.create_simple((4,)), chunked)
        flags.write(h5py.h5s.ALL, h5py.h5s.ALL, np.zeros(4, "u1"), bits)
    return path


def told(path: Path, depth: int, **options: Any) -> str:
    """Return the reason against a file of which ``depth`` bytes may be read."""
    return verify([Check("hdf5", "r", options)], Files(path.parent, outputs={"r": (path.name,)}, depth=depth))


def spoil(path: Path, dataset: str, chunk: int, raw: bytes = b"") -> None:
    """Overwrite a chunk where it lies, with zeros or with other bytes; the file stays as long as it was."""
    with h5py.File(path, "r") as file:
        info = file[dataset].id.get_chunk_info(chunk)
    with path.open("r+b") as out:
        out.seek(info.byte_offset)
        out.write((raw or bytes(info.size))[: info.size])


@pytest.mark.parametrize("depth", [QUICK, WHOLE, 100])
@pytest.mark.parametrize("options", [{}, {"dataset": "deep/x", "rows": 5000}, {"dataset": "texts", "rows": 1}])
def test_whole_data_is_whole(packed: Path, depth: int, options: dict[str, Any]) -> None:
    """Datasets of any kind hold, also those that are empty, sparse on purpose, or of types that NumPy lacks."""
    assert told(packed, depth, **options) == ""


ZEROS, SOME, JUNK = b"", b"\xff" * 99, b"junk" * 9999


@pytest.mark.parametrize(
    ("dataset", "chunk", "raw"),
    [
        ("deep/x", 0, ZEROS),
        ("deep/x", 27, SOME),
        ("deep/x", 49, JUNK),
        ("sum", 3, SOME),
        ("sum", 3, JUNK),
        ("texts", 9, ZEROS),
    ],
)
def test_a_chunk_that_cannot_be_decompressed_is_found_by_verify(
    packed: Path, dataset: str, chunk: int, raw: bytes
) -> None:
    """Where the whole file is read, a spoilt chunk of any dataset is a reason, whatever the clause asks."""
    spoil(packed, dataset, chunk, raw)
    for options in ({}, {"dataset": "plain"}, {"node": "deep"}):
        assert re.match(rf"p\.h5: {dataset}: rows [0-9,]+ to [0-9,]+ cannot be read: ", told(packed, WHOLE, **options))


def test_zeros_that_a_filter_takes_for_data_pass(packed: Path) -> None:
    """The checksum of zeros is zero: where nothing compresses them, only a digest that was recorded tells."""
    spoil(packed, "sum", 3, ZEROS)
    assert told(packed, WHOLE) == ""


@pytest.mark.parametrize(("chunk", "is_seen"), [(0, True), (27, False), (49, True)])
def test_a_scan_looks_at_the_first_and_the_last_chunk(packed: Path, chunk: int, is_seen: bool) -> None:
    """Of the dataset that a clause names a scan reads two chunks, and of other datasets none."""
    spoil(packed, "deep/x", chunk)
    assert bool(told(packed, 50_000, dataset="deep/x")) is is_seen
    assert told(packed, 50_000, dataset="sum") == told(packed, 50_000) == ""
    assert told(packed, 1000, dataset="deep/x") == ""  # a chunk is larger than may be read


@pytest.mark.parametrize("chunks", [None, (10, 2)])
def test_a_dataset_that_was_never_written_is_no_result(tmp_path: Path, chunks: tuple[int, int] | None) -> None:
    """Rows that a program announced and never wrote are a reason: where the clause names them, for a scan, too."""
    path = tmp_path / "n.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", shape=(100, 2), dtype="f8", chunks=chunks)
    reason = "n.h5: x was created and never written: none of its 200 values is there"
    assert told(path, QUICK, dataset="x", rows=100) == reason
    assert told(path, QUICK) == ""
    assert told(path, WHOLE) in (reason, "n.h5: x has 10 chunks, of which 10 were never written")
    assert told(path, WHOLE, dataset="x", sparse=True) == told(path, WHOLE, sparse=True) == ""


def test_holes_are_found_by_verify(tmp_path: Path) -> None:
    """A chunk that was never written is a reason, unless the writer chose what fills it, or the clause says sparse."""
    path = tmp_path / "h.h5"
    with h5py.File(path, "w") as file:
        for name, fill in (("x", None), ("y", 0.0)):
            file.create_dataset(name, shape=(100, 2), dtype="f8", chunks=(10, 2), fillvalue=fill)[:90] = 1.0
    assert told(path, QUICK, dataset="x", rows=100) == ""
    assert told(path, WHOLE) == "h.h5: x has 10 chunks, of which 1 were never written"
    assert told(path, WHOLE, sparse=True) == told(path, WHOLE, dataset="y", rows=100, sparse=True) == ""


def test_what_no_filter_here_can_read_is_not_blamed(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data compressed by a filter that this HDF5 lacks is not judged."""
    spoil(packed, "deep/x", 0)
    spoil(packed, "texts", 0)
    monkeypatch.setattr(h5py.h5z, "filter_avail", lambda code: code != h5py.h5z.FILTER_DEFLATE)
    assert told(packed, WHOLE) == told(packed, QUICK, dataset="deep/x") == ""


def test_data_of_other_files_is_not_asked_for(tmp_path: Path) -> None:
    """A virtual dataset stands for data in other files, which need not be there."""
    layout = h5py.VirtualLayout(shape=(10,), dtype="f8")
    layout[:5] = h5py.VirtualSource(str(tmp_path / "gone.h5"), "x", shape=(5,))
    with h5py.File(tmp_path / "v.h5", "w") as file:
        file.create_virtual_dataset("x", layout)
    assert told(tmp_path / "v.h5", WHOLE, dataset="x", rows=10) == ""


def test_all_clauses_on_a_file_read_its_data_once(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify reads a file once, however many clauses are about it."""
    asked: list[str] = []
    real = chunked_data.find_unreadable
    monkeypatch.setattr(chunked_data, "find_unreadable", lambda *a: asked.append(a[1].name) or real(*a))
    checks = [Check("hdf5", "r", {"dataset": name}) for name in ("deep/x", "sum", "texts")]
    assert verify(checks, Files(packed.parent, outputs={"r": (packed.name,)}, depth=WHOLE)) == ""
    assert sorted(asked) == sorted(set(asked))
    assert "/plain" in asked


def write_newer(path: Path, part: str) -> None:
    """Write a file of which this HDF5 knows all but the version of a part: of a dataset's layout, or of a type."""
    with h5py.File(path, "w", libver="earliest") as file:  # whose headers have no checksums
        file["plain"] = np.arange(10.0)
        file.create_dataset("packed", data=np.arange(10.0), compression="gzip")
        file["packed"].attrs["made"] = 1.5
    raw = bytearray(path.read_bytes())
    # The layout: version 3, class 2 (chunked), 1 dimension and that of the type. The type of the attribute follows its
    # name: version 1 and class 1 (a number with a point) in a byte.
    start, skip = {"layout": (b"\x03\x02\x02", 0), "datatype": (b"made\0\0\0\0\x11", 8)}[part]
    at = raw.index(start) + skip
    raw[at] += 0x60 if part == "datatype" else 6
    path.write_bytes(raw)


NEWER: list[tuple[str, int, dict[str, Any]]] = [
    ("layout", QUICK, {"dataset": "packed"}),
    ("layout", QUICK, {"node": "/packed"}),
    ("layout", WHOLE, {"dataset": "plain"}),
    ("datatype", QUICK, {"node": "/packed", "attribute": "made"}),
]


@pytest.mark.parametrize(("part", "depth", "options"), NEWER)
def test_a_newer_hdf5_is_not_blamed(tmp_path: Path, part: str, depth: int, options: dict[str, Any]) -> None:
    """What a later HDF5 wrote is no missing dataset and no bad result: the file and the versions here are named."""
    write_newer(tmp_path / "n.h5", part)
    with pytest.raises(RemoteTrackerError) as raised:
        told(tmp_path / "n.h5", depth, **options)
    assert str(raised.value) == (
        f"{tmp_path}/n.h5 can be read by a later HDF5 only; h5py {h5py.__version__} here has HDF5 "
        f"{h5py.version.hdf5_version}. Install a newer h5py (3.16 has HDF5 2.0) for the Python that runs ./rt. "
        "Nothing was judged."
    )
    assert told(tmp_path / "n.h5", QUICK, dataset="plain") == ""
    assert told(tmp_path / "n.h5", QUICK, dataset="gone") == "n.h5: has no dataset gone"


@pytest.mark.parametrize(
    ("ours", "part", "needed"),
    [
        ((1, 14, 4), "layout", "HDF5 2.0 or later"),
        ((1, 14, 4), "datatype", "HDF5 2.0 or later"),
        ((1, 10, 6), "datatype", "HDF5 1.12 or later"),
        ((1, 8, 20), "layout", "HDF5 1.10 or later"),
        ((1, 14, 4), "fill value", "a later HDF5"),
    ],
)
def test_the_hdf5_that_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: tuple[int, int, int], part: str, needed: str
) -> None:
    """The release that is needed is the first after this one that changed the part which cannot be read."""
    monkeypatch.setattr(h5py.version, "hdf5_version_tuple", ours)
    with pytest.raises(RemoteTrackerError, match=f"can be read by {needed} only"), damage(str(tmp_path)):
        raise KeyError(f"Unable to synchronously open object (bad version number for {part} message)")


@pytest.mark.parametrize("version", ["earliest", "v108"])  # superblock 0, h5py's default, and 2
def test_h5py_itself_opens_what_a_killed_writer_left(tmp_path: Path, version: str) -> None:
    """Why superblock.py reads the header: h5py opens such a file as if nothing had happened. Goes when this fails."""
    path = tmp_path / "a.h5"
    subprocess.run([sys.executable, "-c", WRITE, str(path), version, "flush"], check=False)
    with h5py.File(path, "r", locking=False) as file:
        assert file["x"].shape == (1000,)
    assert judged(path.read_bytes()).startswith("was not closed properly")
