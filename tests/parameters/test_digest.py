"""What of parameter files counts: their bytes; of a file that its program rewrites, its keys and values."""

from __future__ import annotations

import subprocess
import sys
from hashlib import md5
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.parameters.digest import digest_files

CONFIG = "# mine\nTask: mice\nproject_path: C:\\mice\nparts: [nose, tail]\ncrop: {x1: 0, x2: '9'}\niteration: 0\n"
REWRITTEN = {"a b's/config.yaml": ("project_path", "video_sets")}


def digest(root: Path, text: str | bytes, rewritten: dict[str, tuple[str, ...]] = REWRITTEN) -> str:
    """Return the digest of a config.yaml of this content."""
    path = root / "a b's/config.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return digest_files(root, ["a b's/config.yaml"], rewritten)


@pytest.mark.parametrize(
    "other",
    [
        CONFIG.replace("C:\\mice", "/data/mice"),
        CONFIG.replace("project_path: C:\\mice\n", ""),
        CONFIG + "video_sets:\n  /data/v.mp4: {crop: 0}\n",
        CONFIG.replace("# mine\n", "# Project definitions\n\n"),
        CONFIG.replace("[nose, tail]", "\n- 'nose'\n- tail").replace("{x1: 0, x2: '9'}", '\n  x2: "9"\n  x1: 0'),
        "".join(reversed(CONFIG.splitlines(keepends=True))),
        CONFIG.replace("\n", "\r\n"),
    ],
)
def test_what_does_not_count(tmp_path: Path, other: str) -> None:
    """The keys that the program rewrites, comments, quotes, the order of keys and ends of lines do not count."""
    assert digest(tmp_path, CONFIG) == digest(tmp_path, other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("iteration: 0", "iteration: 1"),
        ("iteration: 0", "iteration: '0'"),
        ("iteration: 0", "iteration: false"),
        ("iteration: 0\n", ""),
        ("Task", "task"),
        ("[nose, tail]", "[tail, nose]"),
        ("x1: 0", "x1: 0, project_path: 0"),
        ("crop: {x1: 0, x2: '9'}", "crop: [[x1, 0], [x2, '9']]"),
    ],
)
def test_what_counts(tmp_path: Path, old: str, new: str) -> None:
    """Every other key, each value and its sort, and the order of lists count; so does a key of that name further in."""
    assert digest(tmp_path, CONFIG) != digest(tmp_path, CONFIG.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe", "a: [", "", "- a\n- project_path\n", "a: &a [*a]\n", "a: 1\n---\nb: 2\n", "a: " + "[" * 2000],
)
def test_what_is_no_mapping(tmp_path: Path, text: str | bytes) -> None:
    """Of a file that holds no keys, or cannot be read, each byte counts; nothing is raised."""
    assert digest(tmp_path, text) == digest(tmp_path, text, {})


def test_other_files_count_by_their_bytes(tmp_path: Path) -> None:
    """Without such keys the digest is that of the older versions: of md5sum's lines."""
    line = f"{md5(CONFIG.encode()).hexdigest()}  a b's/config.yaml\n"
    assert digest(tmp_path, CONFIG, {}) == md5(line.encode()).hexdigest()[:8]
    assert digest(tmp_path, CONFIG, {"another.yaml": ("Task",)}) == digest(tmp_path, CONFIG, {})


def test_a_task_computes_the_same(tmp_path: Path) -> None:
    """The program that a task asks prints what a scan computes, in another folder and locale too."""
    expected = digest(tmp_path, CONFIG.replace("mice\n", "m\u00e4use\n", 1))
    words = ["--rewritten", "a b's/config.yaml", "project_path,video_sets", "a b's/config.yaml"]
    program = TEMPLATE / "remote_tracker/digest_parameters.py"
    argv = [sys.executable, "-I", "-X", "utf8", program, tmp_path, *words]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env={"LC_ALL": "C"}, cwd="/")
    assert done.stdout == f"{expected}\n"
