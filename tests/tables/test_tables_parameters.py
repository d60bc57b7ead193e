"""The table of parameters: a row for each set with which results were made, and the values in which the sets differ."""

from __future__ import annotations

from lab import Lab
from lab_of_days import TOLD, by_video, declare, load

PARAMS = {
    "speed": {"default": 3, "help": "how fast"},
    "settings": {"default": "AuxiliaryFiles/s.yml", "file": True, "help": "settings"},
}
COMMAND = (
    f": {{{{ params.speed }}}} {{{{ params.settings }}}}; printf '%s' '{TOLD}' > {{{{ output.info }}}};"
    " printf 'frame\\n1\\n' > {{ output.table }}"
)


def settle(lab: Lab, text: str, speed: int) -> None:
    """Write the parameter file and the parameter of project.yml."""
    (lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (lab.root / "AuxiliaryFiles/s.yml").write_text(text)
    lab.settings(params={"speed": speed})


def test_sets_that_differ(lab: Lab) -> None:
    """Each set has a row with its videos and batches; only values that differ are columns, also keys inside a file."""
    declare(lab, params=PARAMS, command=COMMAND)
    settle(lab, "same: 1\nlimit: 5\ninner: {deep: a}\n", 3)
    lab.video("d1/a.avi", "a")
    lab.go()
    settle(lab, "same: 1\nlimit: 7.5\ninner: {deep: b}\n", 4)
    lab.video("d1/b.avi", "b")
    lab.video("d2/c.avi", "c")
    assert lab.rt("run").code in (0, 1)
    rows = {row["batches"]: row for row in load(lab, "parameters")}
    told = ["speed", "AuxiliaryFiles/s.yml: limit", "AuxiliaryFiles/s.yml: inner.deep"]
    assert list(rows["0001"]) == ["parameters", "videos", "batches", *told]
    assert [rows["0001"][name] for name in ("videos", *told)] == ["1", "3", "5", "a"]
    assert [rows["0002"][name] for name in ("videos", *told)] == ["2", "4", "7.5", "b"]
    videos = by_video(lab)
    assert videos["d1/a.avi"]["parameters"] == rows["0001"]["parameters"]
    assert videos["d2/c.avi"]["parameters"] == rows["0002"]["parameters"]


def test_a_single_set(lab: Lab) -> None:
    """Where all results were made with the same, there is one row, and no value differs."""
    declare(lab, params=PARAMS, command=COMMAND)
    settle(lab, "limit: 5\n", 3)
    lab.videos(2)
    lab.rt("run")
    (row,) = load(lab, "parameters")
    assert list(row.values())[1:] == ["2", "0001"]


def test_a_file_that_changed_after_the_listing(lab: Lab) -> None:
    """A task that started with another file than was listed is a set of its own, whose values nobody kept."""
    declare(lab, params=PARAMS, command=COMMAND)
    settle(lab, "limit: 5\n", 3)
    lab.video("d1/a.avi", "a")
    lab.go()
    lab.video("d1/b.avi", "b")
    settle(lab, "limit: 6\n", 3)
    lab.scan()
    (lab.root / "AuxiliaryFiles/s.yml").write_text("limit: 8\n")
    lab.process()
    lab.rt("run")
    rows = load(lab, "parameters")
    assert sorted(row["videos"] for row in rows) == ["1", "1"]
    assert not any("6" in row.values() for row in rows)
