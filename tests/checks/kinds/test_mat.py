"""mat: a file that MATLAB saved is not cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from remote_tracker.checks import KINDS, validate

np = pytest.importorskip("numpy")
savemat = pytest.importorskip("scipy.io").savemat

GRAPH = {"G": np.eye(30), "names": np.array(["a", "bc"], object), "trajectory": {"x": np.arange(1000.0)}}


def write(path: Path, compressed: bool) -> bytes:
    """Write a file with three variables, as MATLAB 5 or 7 would; return its bytes."""
    savemat(path, GRAPH, do_compression=compressed)
    return path.read_bytes()


@pytest.mark.parametrize("compressed", [False, True], ids=["5", "7"])
def test_a_file_that_is_cut_anywhere(ask: Callable[..., str], tmp_path: Path, compressed: bool) -> None:
    """Whole it passes; without its last byte, half of it, or all behind a part of its header it does not."""
    path = tmp_path / "graph_1_1.mat"
    raw = write(path, compressed)
    assert ask("mat", path.name) == ""
    for length in (len(raw) - 1, len(raw) // 2, 133, 60):
        path.write_bytes(raw[:length])
        assert f"{length} bytes" in ask("mat", path.name), length


@pytest.mark.parametrize("compressed", [False, True], ids=["5", "7"])
def test_an_end_of_zeros(ask: Callable[..., str], tmp_path: Path, compressed: bool) -> None:
    """Zeros behind the variables, as a copy leaves them that was broken off, are no variables."""
    path = tmp_path / "graph_1_1.mat"
    raw = write(path, compressed)
    path.write_bytes(raw + bytes(4096))
    assert ask("mat", path.name).endswith(f"is damaged: what stands at its byte {len(raw)} is no variable")


def test_the_other_order_of_bytes(ask: Callable[..., str], tmp_path: Path) -> None:
    """A file of a machine that writes the high byte first is read as it is."""
    path = tmp_path / "graph_1_1.mat"
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\x01\x00MI"
    path.write_bytes(header + (15).to_bytes(4, "big") + (8).to_bytes(4, "big") + bytes(8))
    assert ask("mat", path.name) == ""
    path.write_bytes(path.read_bytes()[:-1])
    assert "its last variable ends at 144" in ask("mat", path.name)


def test_version_seven_three_is_hdf5(ask: Callable[..., str], tmp_path: Path) -> None:
    """A file of version 7.3 is judged as the HDF5 that it is."""
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "graph_1_1.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["G"] = np.eye(30)
    raw = bytearray(path.read_bytes())
    raw[:128] = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    path.write_bytes(raw)
    assert ask("mat", path.name) == ""
    path.write_bytes(raw[:-100])
    assert "its header says" in ask("mat", path.name)


@pytest.mark.parametrize("content", [b"1 2 3\n4 5 6\n", bytes(20) + b"x\0", b"tracked\n"])
def test_other_files_do_not_tell(ask: Callable[..., str], tmp_path: Path, content: bytes) -> None:
    """Text, which MATLAB loads too, and files of version 4 are not refused."""
    path = tmp_path / "graph_1_1.mat"
    path.write_bytes(content)
    assert ask("mat", path.name) == ""


def test_a_header_that_makes_no_sense(ask: Callable[..., str], tmp_path: Path) -> None:
    """A file that begins as MATLAB's and says no order of bytes is damaged."""
    path = tmp_path / "graph_1_1.mat"
    path.write_bytes(b"MATLAB 5.0 MAT-file".ljust(200))
    assert "its header makes no sense" in ask("mat", path.name)


def test_its_options() -> None:
    """It takes the file in a folder, and nothing else."""
    assert validate("mat", "graph", {"file": "*.mat"}) == ""
    assert "file" in validate("mat", "graph", {"files": "*.mat"})
    assert KINDS["mat"].cost == "deep"
