"""What a person, or a bad disk, can do to a project on purpose or not: each ends in one clear line, or not at all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, Ran
from remote_tracker.records import BatchesFolder

WRITTEN_OVER = '"copy" would be written over "video"'


def assert_refused(ran: Ran, *says: str, code: int = 1) -> None:
    """Check that a verb ended with one line that says all this."""
    assert ran.code == code, ran
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1, ran.err
    assert all(said in ran.err for said in says), ran.err


def line_of(lab: Lab, text: str) -> str:
    """Return "tracker.yml line N:" of the line of the tracker that holds ``text``."""
    lines = (lab.root / "site/trackers/tiny/tracker.yml").read_text().splitlines()
    return f"tracker.yml line {next(n for n, line in enumerate(lines, 1) if text in line)}:"


def plates(lab: Lab) -> None:
    """Finish a plate1.avi and a v.avi in each of two days, and a top.avi with a namesake in a day."""
    for name in ("20260101/plate1.avi", "20260101/v.avi", "20260102/plate1.avi", "20260102/top.avi", "top.avi"):
        lab.video(name)
    lab.go()


def test_redo_of_a_name_in_several_days(lab: Lab) -> None:
    """A name that several days have is refused with all of them, and nothing is moved."""
    plates(lab)
    before = lab.results()
    assert_refused(
        lab.rt("redo", "plate1.avi"),
        '"plate1.avi" means 2: 20260101/plate1.avi, 20260102/plate1.avi. Name one of them.',
        code=2,
    )
    assert lab.results() == before


@pytest.mark.parametrize(
    ("name", "redone"),
    [
        ("20260101", ["20260101/plate1", "20260101/v"]),
        ("RawVideos/20260101/", ["20260101/plate1", "20260101/v"]),
        ("20260101/plate1.avi", ["20260101/plate1"]),
        ("RawVideos/20260102/plate1.avi", ["20260102/plate1"]),
        ("v.avi", ["20260101/v"]),
        ("top.avi", ["top"]),
    ],
)
def test_redo_of_a_day_or_a_path(lab: Lab, name: str, redone: list[str]) -> None:
    """A day is all of its videos; a path is that video alone; so is a name that one video has."""
    plates(lab)
    before = lab.results()
    assert lab.rt("redo", name).code == 0
    assert set(before) - set(lab.results()) == {f"{key}.txt" for key in redone}


@pytest.mark.parametrize(
    "quoted",
    [
        '"{{ input.video }}"',
        "'{{ input.video }}'",
        "$'{{ input.video }}'",
        '"$(date) {{ input.video }}"',
        '"it\'s {{ input.video }}"',
        "'a\\' \"b {{ input.video }}\"",
        '"$(echo "{{ input.video }}")"',
        "`echo {{ input.video }}`",
        "\\{{ input.video }}",
        'a"{{ input.video }}',
    ],
)
def test_quotes_around_a_value(lab: Lab, quoted: str) -> None:
    """Quotes that would undo those of a value are refused before a file name can become a command."""
    lab.tracker(command=f"cp {quoted} {{{{ output.copy }}}}")
    lab.video("d1/$(touch hacked).avi")
    ran = lab.scan()
    assert_refused(ran, "write no quotes around {{ input.video }}: they are put there for you")
    assert not list(lab.root.rglob("hacked"))


@pytest.mark.parametrize(
    "before", ["echo 'a' \"b\"", 'echo "it\'s"', "echo it\\'s", "echo \"$(echo ')')\"", "(echo 'x')", "echo $'it\\'s'"]
)
def test_quotes_beside_a_value(lab: Lab, before: str) -> None:
    """Quoted words beside a value, and a value within $(...) in quotes, are fine."""
    lab.tracker(command=f'{before} && cp "$(printf %s {{{{ input.video }}}})" {{{{ output.copy }}}}')
    lab.video("d1/it's $(touch hacked) `a` \"b.avi")
    assert lab.go().code == 0
    assert not list(lab.root.rglob("hacked"))


def test_key_that_is_a_number(lab: Lab) -> None:
    """A parameter that YAML reads as a number is an unknown one."""
    lab.settings(params={1: 2})
    assert_refused(lab.scan(), "project.yml line 5:", 'unknown key "1"')


@pytest.mark.parametrize(
    "broken", ["{{ 1/0 }}", "{{ ([1] * 2)[5] }}", "{{ range(3, 1, 0) }}", "{{ lipsum(n='x') }}", "{{ 'a'.encode(1) }}"]
)
@pytest.mark.parametrize("key", ["command", "when"])
def test_exception_in_a_template(lab: Lab, key: str, broken: str) -> None:
    """Whatever a template raises is one line."""
    lab.videos(1)
    lab.tracker(**{key: broken.strip("{} ") if key == "when" else f"echo {broken}"})
    assert_refused(lab.scan(), "tracker.yml")


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\x00", b"[]", b"{}", b"null", b'{"after": "0001", "units": 3}'])
def test_broken_redo(lab: Lab, raw: bytes) -> None:
    """A file of a redo that cannot be read forgives nothing and stops nothing; a whole one beside it counts."""
    lab.settings(attempts=1)
    lab.tracker(command="exit 3")
    lab.videos(2)
    lab.go()
    redo = lab.workspace / "batches" / "redo"
    redo.mkdir()
    (redo / "1.copy.json").write_bytes(raw)
    assert lab.counts() == {"set aside": 2}
    (redo / "2.copy.json").write_text(json.dumps({"after": "0001", "units": ["d1/v1.avi"]}))
    assert lab.counts()["set aside"] == 1


def test_broken_batch(lab: Lab) -> None:
    """A batch whose batch.yml is random bytes is no batch; its number is not given again."""
    lab.videos(1)
    lab.scan()
    (lab.batch(1) / "batch.yml").write_bytes(bytes(range(255, 100, -1)))
    assert lab.counts() == {"unprocessed": 1}
    assert lab.rt("why", "v1").code == 0
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 1}
    assert not (lab.batch(1) / "output.1").exists()


def test_proven_is_a_folder(lab: Lab) -> None:
    """What is derived and cannot be written does not end a scan, nor a look at everything."""
    lab.videos(1)
    (lab.workspace / "batches" / "proven.copy" / "x").mkdir(parents=True)
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 1}
    assert lab.rt("verify").code == 0


def test_batches_by_number(lab: Lab) -> None:
    """Batch 10000 is younger than 9999."""
    for number in ("10000", "9999", "0002"):
        (lab.workspace / "batches" / number).mkdir(parents=True)
        (lab.workspace / "batches" / number / "batch.yml").write_text("stage: copy\n")
    assert [b.number for b in BatchesFolder(lab.workspace).find("copy")] == ["0002", "9999", "10000"]


@pytest.mark.parametrize(
    ("output", "keys", "says"),
    [
        ("RawVideos/{subdir}/{name}.{ext,avi|mp4}", {}, WRITTEN_OVER),
        ("RawVideos/{subdir}/{name}.{ext}", {}, WRITTEN_OVER),
        ("RawVideos/{subdir}/{name}.{ext}", {"work": "in-place"}, WRITTEN_OVER),
        ("RawVideos/{subdir}/{name}.csv", {}, "below RawVideos"),
        ("RawVideos/{subdir}/{name}.csv", {"work": "resume"}, "below RawVideos"),
    ],
)
def test_output_over_videos(lab: Lab, output: str, keys: dict[str, Any], says: str) -> None:
    """An output in a video's place, or in RawVideos where the step does not work in place, is refused."""
    lab.videos(1)
    lab.tracker(output={"copy": output}, **keys)
    assert_refused(lab.scan(), line_of(lab, f"copy: {output}"), says)


def test_output_beside_videos_in_place(lab: Lab) -> None:
    """A tracker that works in place may write beside its videos."""
    lab.videos(1)
    lab.tracker(output={"copy": "RawVideos/{subdir}/{name}.csv"}, work="in-place")
    assert lab.go().code == 0
    assert (lab.root / "RawVideos/d1/v1.csv").read_text() == "video 1"


def test_ctrl_c_at_once(lab: Lab) -> None:
    """Ctrl-C while the first imports are under way is one line."""
    (lab.home / "click.py").write_text("raise KeyboardInterrupt\n")
    shim = lab.home / "python"
    shim.write_text(f'#!/bin/bash\nPYTHONPATH="{lab.home}" exec "{sys.executable}" "$@"\n')
    shim.chmod(0o755)
    assert_refused(lab.rt("status", REMOTE_TRACKER_PYTHON=str(shim)), "Stopped.", code=130)


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\x85b", "a\u2028b"])
@pytest.mark.parametrize("key", ["name", "email"])
def test_name_of_several_lines(lab: Lab, key: str, text: str) -> None:
    """A project's name, and the address for mail, is one line of printable text: job scripts hold it on a line."""
    lab.settings(**{key: text})
    assert_refused(lab.scan(), "project.yml line ", f'"{key}" must be one line of printable text')


LINES = [
    "--fast\ntouch hacked #\ny\n",
    "one line\n",
    "\n",
    "it's \\n\n$(touch hacked) `touch hacked`\n'\\''",
    "\\",
    "a\r\nb\r\u2028\x85c",
]


@pytest.mark.parametrize("text", LINES)
def test_parameter_of_several_lines(lab: Lab, text: str) -> None:
    """A parameter of several lines is one word of each command, also in a check, and each task one line of the list."""
    lab.tracker(
        params={"x": {"default": "", "help": "x"}},
        command="printf %s {{ params.x }} > {{ output.copy }}",
        check=[{"command": 'test "$(cat {{ output.copy }}; echo .)" = {{ params.x }}.'}],
        env={"X": "{{ params.x }}"},
    )
    lab.settings(params={"x": text})
    lab.videos(3)
    assert lab.go().code == 0, lab.log(1, 1)
    for name in ("files2process.txt", "tasks.txt", "names.txt"):
        assert (lab.batch(1) / name).read_bytes().count(b"\n") == 3
    assert {lab.result(f"d1/v{n}.txt").read_bytes().decode() for n in (1, 2, 3)} == {text}
    assert lab.counts() == {"finished": 3}
    assert not list(lab.root.rglob("hacked"))


def test_videos_in_a_folder_of_two_lines(lab: Lab, tmp_path: Path) -> None:
    """Videos may lie below a folder with a line break in its name."""
    place = tmp_path / "my\ntouch hacked #\nvideos"
    lab.videos(2)
    (lab.root / "RawVideos").rename(place)
    lab.settings(videos=str(place))
    assert lab.go().code == 0, lab.log(1, 1)
    assert lab.results() == ["d1/v1.txt", "d1/v2.txt"]
    assert lab.counts() == {"finished": 2}
    assert not list(lab.root.rglob("hacked"))


def test_nul_in_a_value(lab: Lab) -> None:
    """A character that no program can be given is refused, with its line."""
    lab.videos(1)
    lab.tracker(params={"x": {"default": "", "help": "x"}})
    lab.settings(params={"x": "a\0b"})
    assert_refused(lab.scan(), "project.yml line 5:", "a value holds a NUL character")
