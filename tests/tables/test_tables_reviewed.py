"""What the lab says of results, in a whole project: joined, told by why, done again, lapsed with the result."""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path

import pytest
from lab import Lab
from lab_of_days import by_video, declare, load
from remote_tracker.tables.reviewed import REVIEWED
from rewinding import rewound

COMMAND = (
    "printf '%s' '{\"fps\": 25}' > {{ output.info }}; "
    "{ printf 'frame,x\\n'; cat {{ input.video }}; date +%s%N; } > {{ output.table }}"
)


@rewound
def joined(lab: Lab) -> None:
    """A project of three finished videos, joined; each run makes another result."""
    declare(lab, command=COMMAND, tells={})
    lab.videos(3)
    assert lab.rt("run").code == 0


def review(lab: Lab, words: dict[str, str], path: Path | None = None, note: str = "") -> Path:
    """Write words on the present results, as the page downloads them; returns the file."""
    rows = by_video(lab)
    place = path or lab.root / REVIEWED
    place.parent.mkdir(exist_ok=True)
    with open(place, "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["video", "word", "result", "note"])
        out.writerows([video, word, rows[video]["sha256_result"], note] for video, word in words.items())
    return place


def words_of(lab: Lab) -> dict[str, str]:
    """Return the column word of the table of videos."""
    return {video: row["word"] for video, row in by_video(lab).items()}


def test_the_join_has_a_column(joined: Lab) -> None:
    """A word stands beside its result; a name that no video has is named; the column is defined."""
    review(joined, {"d1/v1.avi": "good", "d1/v2.avi": "look again"})
    with open(joined.root / REVIEWED, "a", encoding="utf-8") as file:
        file.write("d9/gone.avi,bad,,\n")
    said = joined.rt("join").out
    assert words_of(joined) == {"d1/v1.avi": "good", "d1/v2.avi": "look again", "d1/v3.avi": ""}
    assert f"1 name in {REVIEWED} matches nothing here: d9/gone.avi\n" in said
    assert "made anew" not in said
    (column,) = [row for row in load(joined, "columns") if (row["table"], row["column"]) == ("videos", "word")]
    assert column["meaning"].startswith("the lab's word on the result")
    package = json.loads((joined.root / "Results/joined/datapackage.json").read_text())
    (videos,) = [one for one in package["resources"] if one["name"] == "videos"]
    assert [field["name"] for field in videos["schema"]["fields"]][-2:] == ["reviewed", "word"]


def test_what_is_bad_is_done_again_and_its_word_lapses(joined: Lab) -> None:
    """./rt redo --from moves what is bad, alone; made anew, its word leaves the table, named, and moves nothing."""
    path = review(joined, {"d1/v1.avi": "good", "d1/v2.avi": "bad", "d1/v3.avi": "look again"}, note="fell over")
    assert "  the lab says\n    bad: fell over\n" in joined.rt("why", "d1/v2.avi").out
    said = joined.rt("redo", "--from", str(path), "--yes").out
    assert said.startswith("1 video, 2 files, under 0.1 MB will be moved to Results/.aside/")
    assert "\n1 will be listed again. Next:" in said
    assert joined.counts()["finished"] == 2
    assert joined.rt("run").code == 0
    said = joined.rt("join").out
    assert f"1 word of {REVIEWED} is about a result that was made anew: d1/v2.avi\n" in said
    assert words_of(joined) == {"d1/v1.avi": "good", "d1/v2.avi": "", "d1/v3.avi": "look again"}
    assert "    bad, about a result that was made anew since: fell over\n" in joined.rt("why", "d1/v2.avi").out
    again = joined.rt("redo", "--from", str(path), "--yes").out
    assert again.splitlines()[:2] == [
        f"{path} calls no result bad that is here.",
        "1 word is about a result that was made anew, not moved: d1/v2.avi",
    ]
    assert joined.counts() == {"finished": 3}


def test_a_word_lapses_when_another_result_is_accepted(joined: Lab) -> None:
    """A result that a person changed and accepted is another than the word was about."""
    review(joined, {"d1/v1.avi": "good", "d1/v2.avi": "good"})
    joined.result("d1/v1.csv").write_text("frame,x\n1,1\n")
    assert joined.rt("accept", "d1/v1.avi").code == 0
    joined.rt("join")
    assert words_of(joined) == {"d1/v1.avi": "", "d1/v2.avi": "good", "d1/v3.avi": ""}


def test_an_edit_asks_for_a_join(joined: Lab) -> None:
    """What the lab says outdates no result: after an edit the next step is a join, and then none."""
    review(joined, {"d1/v1.avi": "good"})
    os.utime(joined.root / REVIEWED, ns=(time.time_ns() + 10**9,) * 2)
    assert joined.scan().out.rstrip().endswith("./rt join")
    os.utime(joined.root / REVIEWED, ns=(1, 1))
    assert not joined.scan().out.rstrip().endswith("./rt join")
    assert joined.counts() == {"finished": 3}


def test_why_for_programs(joined: Lab) -> None:
    """./rt why --json tells the word; without a file no key is there."""
    assert "word" not in json.loads(joined.rt("why", "d1/v1.avi", "--json").out)[0]
    review(joined, {"d1/v1.avi": "bad"})
    story = json.loads(joined.rt("why", "d1/v1.avi", "--json").out)[0]
    assert (story["word"], story["word_lapsed"]) == ("bad", False)


def test_why_beside_a_file_that_cannot_be_read(joined: Lab) -> None:
    """A slip in the file is named, and hides no story, for people and for programs."""
    story = joined.rt("why", "d1/v1.avi").out
    review(joined, {"d1/v1.avi": "terrible"})
    for words in ((), ("--json",)):
        ran = joined.rt("why", "d1/v1.avi", *words)
        assert (ran.code, ran.out.startswith("[" if words else story)) == (0, True)
        assert ran.err.startswith(f'No words of the lab on results: {REVIEWED}, line 2: unknown word "terrible".')


def test_redo_for_programs(joined: Lab) -> None:
    """--json tells what is moved, what lapsed, and what is bad and cannot be moved."""
    path = review(joined, {"d1/v1.avi": "bad", "d1/v2.avi": "bad"}, joined.root / "down load's.csv")
    with open(path, "a", encoding="utf-8") as file:
        file.write("d9/gone.avi,bad,,\n")
    joined.rt("redo", "d1/v2.avi", "--yes")
    told = json.loads(joined.rt("redo", "--from", str(path), "--yes", "--json").out)
    assert told["names"] == ["d1/v1.avi"]
    assert (told["lapsed"], told["not_moved"]) == ([], ["d1/v2.avi (to do)", "d9/gone.avi"])


@pytest.mark.parametrize("name", ["=cmd().avi", 'a, "b" #1.avi', "$(touch x) 'y.avi", "-rf.avi", "ü ; x.avi"])
def test_hostile_names_are_done_again(lab: Lab, name: str) -> None:
    """A video is found by its name in the file, whatever it is called, and no other is moved."""
    declare(lab, command=COMMAND, tells={})
    lab.video(name)
    lab.video(f"d1/{name}")
    assert lab.rt("run").code == 0
    shown = f"'{name}" if name[0] in "=-" else name
    path = review(lab, {shown: "bad"})
    told = json.loads(lab.rt("redo", "--from", str(path), "--yes", "--json").out)
    assert told["names"] == [name]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "no such.csv"), 1, "no such.csv cannot be read (No such file or directory). Nothing was moved."),
        (("--from", "x.csv", "d1/v1.avi"), 2, "--from stands alone: the file says what is done again."),
        (("--from", "x.csv", "--stale"), 2, "--from stands alone"),
        (("--from", REVIEWED, "--stage", "coppy"), 2, 'unknown stage "coppy". Did you mean copy?'),
        (("--from", REVIEWED), 1, f'{REVIEWED}, line 2: unknown word "worse".'),
        ((), 2, "say --stale, --gone, --changed or --from FILE."),
    ],
)
def test_refusals(joined: Lab, words: tuple[str, ...], code: int, said: str) -> None:
    """What cannot be meant is refused in a line, and nothing is moved."""
    (joined.root / REVIEWED).parent.mkdir(exist_ok=True)
    (joined.root / REVIEWED).write_text("video,word\nd1/v1.avi,worse\n")
    place = str(joined.root / REVIEWED)
    ran = joined.rt("redo", *(place if word == REVIEWED else word for word in words))
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert len(ran.err.splitlines()) == 1
    assert joined.counts() == {"finished": 3}


def test_a_slip_leaves_the_old_tables(joined: Lab) -> None:
    """A word that there is not stops the join with its line, and the old tables stay."""
    before = (joined.root / "Results/joined/videos.csv").read_bytes()
    (joined.root / REVIEWED).parent.mkdir(exist_ok=True)
    (joined.root / REVIEWED).write_text("video,word\nd1/v1.avi,worse\n")
    ran = joined.rt("join")
    assert (ran.code, ran.err.startswith(f'{REVIEWED}, line 2: unknown word "worse".')) == (1, True)
    assert (joined.root / "Results/joined/videos.csv").read_bytes() == before
