"""A unit waits for every upstream unit that agrees on the wildcards they share; small trackers of the lab's own."""

from __future__ import annotations

import pytest
from bench import Bench
from conftest import Make

HEAD = "description: a tracker of the lab's own\nstages:\n"
TRACK = """
  - name: track
    input: {video: "RawVideos/{subdir}/{name}.{ext,avi|mp4}"}
    output: {tracks: "Results/{subdir}/{name}.csv"}
    command: track {{ input.video }} {{ output.tracks }}
"""
REFINE = """
  - name: refine
    input: {tracks: "Results/{subdir}/{name}.csv"}
    output: {better: "Results/{subdir}/{name}.better"}
    command: refine {{ input.tracks }} {{ output.better }}
"""
DAY = """
  - name: day
    folder: summarizer
    per: [day]
    input: {better: "Results/{day}/{subdir}/{name}.better"}
    output: {table: "Results/{day}/table_summary.csv"}
    command: join {{ input.better }} > {{ output.table }}
"""


@pytest.fixture
def own(make: Make) -> Bench:
    """Return a project whose tracker the test declares."""
    return make()


def test_a_file_says_who_waits_for_whom(own: Bench) -> None:
    """Each step waits for the file it reads; a finished file lets its own step begin and no other."""
    own.declare(HEAD + TRACK + REFINE)
    own.put("RawVideos/d1/a.avi", "RawVideos/d1/b.avi", "Results/d1/a.csv")
    assert own.look("refine") == {"d1/a.csv": "unprocessed", "d1/b.csv": "waiting: d1/b.avi (track: to do)"}
    assert own.counts("refine") == {"unprocessed": 1, "waiting": 1}


def test_what_is_finished_is_counted_once(own: Bench) -> None:
    """A second step whose inputs and results are all there is finished, and nothing of it waits."""
    own.declare(HEAD + TRACK + REFINE)
    (own.root / "workspace/batches").mkdir(parents=True)
    own.put("RawVideos/d1/a.avi", "Results/d1/a.csv", "Results/d1/a.better")
    own.look("refine")
    assert own.counts("refine") == {"finished": 1}


def test_what_is_lost_is_lost_at_every_later_step(own: Bench) -> None:
    """An empty video never gets to its second step, says why, and does not hold up the day's table."""
    own.declare(HEAD + TRACK + REFINE + DAY)
    own.put("RawVideos/d1/a.avi", "Results/d1/a.csv", "Results/d1/a.better")
    own.put("RawVideos/d1/empty.avi", content=b"")
    assert own.look("refine")["d1/empty.csv"] == "waiting: d1/empty.avi (track: invalid)"
    assert own.look("day") == {"d1": "unprocessed"}


def test_what_is_set_aside_is_lost(own: Bench) -> None:
    """A video that failed as often as project.yml allows does not hold up its day, and its next step says so."""
    own.declare(HEAD + TRACK + REFINE + DAY)
    own.put("RawVideos/d1/a.avi", "RawVideos/d1/bad.avi", "Results/d1/a.csv", "Results/d1/a.better")
    for _ in range(3):
        own.record("track", ["d1/bad.avi"], result="failed")
    assert own.look("refine")["d1/bad.csv"] == "waiting: d1/bad.avi (track: set aside)"
    assert own.look("day") == {"d1": "unprocessed"}


@pytest.mark.parametrize(
    ("wildcards", "waits"),
    [
        ("{subdir}/{name}.{ext,avi}", {"d1/a.avi": "unprocessed", "d2/b.avi": "waiting: d2/b.avi (track: to do)"}),
        (
            "{day}/{subdir}/{name}.{ext,avi}",
            {"d1/a.avi": "unprocessed", "d2/b.avi": "waiting: d2/b.avi (track: to do)"},
        ),
    ],
)
def test_after_compares_the_wildcards_both_have(own: Bench, wildcards: str, waits: dict[str, str]) -> None:
    """Where no file connects two stages, a video waits for itself; {day}/{subdir} is the same folder as {subdir}."""
    later = f"""
  - name: later
    after: [track]
    input: {{video: "RawVideos/{wildcards}"}}
    command: later {{{{ input.video }}}}
"""
    own.declare(HEAD + TRACK + later)
    own.put("RawVideos/d1/a.avi", "RawVideos/d2/b.avi", "Results/d1/a.csv")
    assert own.look("later") == waits


def test_after_without_a_common_wildcard_waits_for_all(own: Bench) -> None:
    """A step that shares no wildcard waits for the whole earlier step, and names the first and how many."""
    own.declare(HEAD + TRACK + "  - {name: end, after: track, each: {table: [x]}, command: end}\n")
    own.put("RawVideos/d1/a.avi", "RawVideos/d1/b.avi", "RawVideos/d2/c.avi", "Results/d1/a.csv")
    waits = "waiting: 2 of 3 not finished: d1/b.avi (track: to do), and 1 more"
    assert own.look("end") == {"x": waits}
    own.put("Results/d1/b.csv", "Results/d2/c.csv")
    assert own.look("end") == {"x": "unprocessed"}


def test_after_waits_for_what_is_lost_unless_it_groups(own: Bench) -> None:
    """One task waits for a lost one with that reason; a group goes without it, but not without all of them."""
    one = '  - {name: one, after: track, input: {note: "Notes/{subdir}/{name}.txt"}, command: one}\n'
    group = '  - {name: all, after: track, per: day, input: {note: "Notes/{day}/{subdir}/{name}.txt"}, command: all}\n'
    own.declare(HEAD + TRACK + one + group)
    own.put("RawVideos/d1/a.avi", "Results/d1/a.csv", "Notes/d1/a.txt", "Notes/d1/b.txt", "Notes/d2/c.txt")
    own.put("RawVideos/d1/b.avi", "RawVideos/d2/c.avi", content=b"")
    assert own.look("one") == {
        "d1/a.txt": "unprocessed",
        "d1/b.txt": "waiting: d1/b.avi (track: invalid)",
        "d2/c.txt": "waiting: d2/c.avi (track: invalid)",
    }
    assert own.look("all") == {"d1": "unprocessed", "d2": "waiting: d2/c.avi (track: invalid)"}


def test_a_file_in_an_output_folder_connects_two_stages(own: Bench) -> None:
    """What lies in a folder that an earlier stage makes is waited for by the wildcards both have."""
    own.declare(
        HEAD
        + """
  - name: track
    input: {video: "RawVideos/{subdir}/{name}.avi"}
    output: {session: "Results/{subdir}/{name}/"}
    command: track
  - name: table
    input: {tracks: "Results/{subdir}/{name}/tracks.csv"}
    output: {table: "Results/{subdir}/{name}.table"}
    command: table
"""
    )
    own.put("RawVideos/d1/a.avi", "RawVideos/d1/b.avi")
    own.put("Results/d1/a/tracks.csv", "Results/d1/old/tracks.csv")
    assert own.look("table") == {"d1/a/tracks.csv": "unprocessed", "d1/old/tracks.csv": "unprocessed"}
    own.record("track", ["d1/a.avi"])
    own.put("RawVideos/d1/a.avi", content=b"new")
    assert own.look("table")["d1/a/tracks.csv"] == "waiting: d1/a.avi (track: to do)"


def test_an_optional_input_may_be_missing(own: Bench) -> None:
    """A video without its optional file is processed; its place in the command is empty."""
    own.declare(
        HEAD
        + """
  - name: track
    input:
      video: "RawVideos/{subdir}/{name}.avi"
      mask: {pattern: "RawVideos/{subdir}/{name}.png", optional: true}
    output: {tracks: "Results/{subdir}/{name}.csv"}
    command: track {{ input.video }} {{ input.mask }} > {{ output.tracks }}
"""
    )
    own.put("RawVideos/a.avi", "RawVideos/b.avi", "RawVideos/b.png")
    assert own.lines("track") == [
        'track "$project"/RawVideos/a.avi  > "$out"/Results/a.csv',
        'track "$project"/RawVideos/b.avi "$project"/RawVideos/b.png > "$out"/Results/b.csv',
    ]


def test_each_claim_on_a_result_is_looked_at(own: Bench) -> None:
    """Two outputs that leave out different wildcards are both looked at for results of one name."""
    own.declare(
        HEAD
        + """
  - name: track
    input: {video: "RawVideos/{camera}_{name}.avi", mask: "RawVideos/mask.png"}
    output: {tracks: "Results/{name}.csv", log: "Results/{camera}.log"}
    command: track
"""
    )
    own.put("RawVideos/left_a.avi", "RawVideos/right_a.avi", "RawVideos/right_b.avi", "RawVideos/mask.png")
    found = own.look("track")
    assert all("its results would have the same names as those of" in reason for reason in found.values())
    assert found["right_b.avi"].endswith("of right_a.avi")


def test_marks_of_a_group_are_taken_as_a_task_takes_them(own: Bench) -> None:
    """A group of two inputs is finished by a record whose fingerprint is in the order of the task's inputs."""
    own.declare(
        HEAD
        + """
  - name: day
    per: [day]
    input: {z: "RawVideos/{day}/{name}.avi", a: "AuxiliaryFiles/{name}.txt"}
    command: day
"""
    )
    own.put("RawVideos/d/x.avi", "AuxiliaryFiles/x.txt")
    own.put("RawVideos/d/x.avi", content=b"longer")
    files = [f for group in own.seen("day")[0].unit.inputs for f in group]
    assert files == ["RawVideos/d/x.avi", "AuxiliaryFiles/x.txt"]
    from remote_tracker.model import fingerprint_inputs

    assert own.seen("day")[0].unit.mark == fingerprint_inputs([(own.root / f).stat() for f in files])


def test_the_newest_of_a_single_input_is_picked_before_anything_is_counted(own: Bench) -> None:
    """`pick: newest` looks at all files, finished ones too: an older file is not taken for the newest."""
    own.declare(
        HEAD
        + """
  - name: track
    input: {video: {pattern: "RawVideos/{name}.avi", pick: newest}}
    output: {tracks: "Results/{name}.csv"}
    command: track
"""
    )
    (own.root / "workspace/batches").mkdir(parents=True)
    own.put("RawVideos/old.avi", age=100)
    own.put("RawVideos/new.avi", "Results/new.csv")
    own.look("track")
    assert own.counts("track") == {"finished": 1}


def test_the_newest_is_picked_among_all_folders(own: Bench) -> None:
    """`pick: newest` is one file of all folders, however many there are."""
    own.declare(
        HEAD
        + """
  - name: track
    input: {video: {pattern: "RawVideos/{subdir}/{name}.avi", pick: newest}}
    output: {tracks: "Results/{subdir}/{name}.csv"}
    command: track
"""
    )
    for day in range(80):
        own.put(f"RawVideos/d{day}/a.avi", age=abs(day - 33))
    assert own.look("track") == {"d33/a.avi": "unprocessed"}
    assert own.counts("track") == {"unprocessed": 1}


def test_nothing_is_named_before_there_is_a_video(own: Bench) -> None:
    """A file that all videos share does not make work, or something invalid, where there is no video."""
    own.declare(
        HEAD
        + """
  - name: track
    input: {model: "AuxiliaryFiles/model.h5", video: "RawVideos/{subdir}/{name}.avi"}
    output: {tracks: "Results/{subdir}/{name}.csv"}
    command: track {{ input.model }} {{ input.video }}
"""
    )
    own.put("AuxiliaryFiles/model.h5")
    assert own.look("track") == {}
    own.put("RawVideos/d/a.avi")
    assert own.look("track") == {"d/a.avi": "unprocessed"}
