"""Files among the videos that the tracker does not read: a scan counts them, status lists them, why says why."""

from __future__ import annotations

import json
import os
import time

import pytest
from lab import LIST_DAY, Lab

LINE = "3 files are not read by this tracker: 2 .wmv, 1 .MTS   ../rt status --ignored"


def put_others(lab: Lab) -> None:
    """Put three films of other formats and junk beside the videos."""
    for name in ("d1/a.wmv", "d2/b.wmv", "d2/c.MTS", "d1/.DS_Store", "d1/._v1.avi", "Thumbs.db"):
        lab.video(name)


def test_a_scan_counts_what_it_does_not_read(lab: Lab) -> None:
    """Each scan says how many files it does not read, also when all videos are finished, and where they are listed."""
    lab.videos(2)
    put_others(lab)
    assert LINE in lab.scan().out.splitlines()
    lab.process()
    last = lab.scan().out.splitlines()
    assert LINE in last
    assert last[-1].startswith("All 2 videos are finished.")
    assert lab.look()["not_read"] == {".wmv": 2, ".MTS": 1}


def test_a_scan_of_many_folders_counts_as_one_of_few(lab: Lab) -> None:
    """Where several processes walk over the folders, what each meets is counted once."""
    for day in range(70):
        lab.video(f"day{day:02d}/v.avi")
        lab.video(f"day{day:02d}/v.wmv")
    lab.video("v.wmv")
    lab.settings()
    assert lab.look()["not_read"] == {".wmv": 71}
    lab.process()
    assert lab.look()["not_read"] == {".wmv": 71}


def test_an_empty_project_says_what_it_reads(lab: Lab) -> None:
    """Where other files alone lie there, the scan says so and what it reads, instead of asking for videos."""
    put_others(lab)
    assert lab.scan().out.splitlines()[-1] == (
        "No videos found: 3 files are not meant by this tracker (2 .wmv, 1 .MTS): it reads avi, mp4. "
        "Next:  ../rt status --ignored"
    )


def test_nothing_is_said_where_all_is_read(lab: Lab) -> None:
    """Junk of systems is no file that is not read."""
    lab.videos(1)
    lab.video(".DS_Store")
    said = lab.look()
    assert "not_read" not in said
    assert "not read" not in lab.scan().out


@pytest.mark.parametrize("name", ["GOPRO.MP4", "Clip.Avi"])
def test_endings_in_any_case(lab: Lab, name: str) -> None:
    """A pattern's ending means upper and lower case, as cameras write it; a rule in (?-i:...) means one alone."""
    lab.video(f"d1/{name}")
    lab.video("d1/x.mp4")
    lab.go()
    assert lab.counts() == {"finished": 2}
    lab.tracker(input={"video": "RawVideos/{subdir}/{name}.{ext,(?-i:avi|mp4)}"})
    assert lab.counts() == {"finished": 1}


def test_the_list_of_what_is_ignored(lab: Lab) -> None:
    """./rt status --ignored lists it by what it is, with why and what to do; --names the paths alone."""
    put_others(lab)
    lab.video("d1/#x.txt")
    lab.video("d1/two\nlines.txt")
    said = lab.rt("status", "--ignored").out
    assert "5 files in RawVideos are not read by tiny: it reads avi, mp4" in said
    assert "2 x .wmv: a format that this tracker does not read\n    d1/a.wmv\n    d2/b.wmv\n" in said
    assert "1 x .MTS: a stream without a length, so that nothing shows whether it was cut short" in said
    assert 'exclude: ["*.txt"]' in said
    names = lab.rt("status", "--ignored", "--names").out
    assert names.splitlines()[:2] == ["./d1/#x.txt", "./d1/a.wmv"]
    told = lab.rt("status", "--ignored", "--names0").out.split("\0")
    assert told == ["./d1/#x.txt", "./d1/a.wmv", "./d1/two\nlines.txt", "./d2/b.wmv", "./d2/c.MTS", ""]
    found = json.loads(lab.rt("status", "--ignored", "--json").out)
    assert found["reads"] == ["avi", "mp4"]
    assert found["count"] == len(found["ignored"]) == 5
    assert found["ignored"][-1]["ending"] == ".MTS"
    assert lab.rt("status", "--names").code == 2


def test_what_a_person_leaves_out_is_not_counted(lab: Lab) -> None:
    """The line that the list gives for project.yml makes the scan count such files no more."""
    lab.videos(1)
    put_others(lab)
    lab.settings(exclude=["*.wmv", "*.MTS"])
    assert "not_read" not in lab.look()
    told = '"exclude" in project.yml leaves it out, or it is what a system leaves about.'
    assert f"d1/a.wmv is not read: {told}" in lab.rt("why", "d1/a.wmv").out
    assert 'is called "d1"' not in lab.rt("why", "d1").err
    assert 'is called "d3/../d1/a.wmv"' in lab.rt("why", "d3/../d1/a.wmv").err


@pytest.mark.parametrize("name", ["a.wmv", "d1/a.wmv", "RawVideos/d1/a.wmv"])
def test_why_answers(lab: Lab, name: str) -> None:
    """./rt why says of a file that is not read why, and what is; other verbs say that it is not read."""
    lab.videos(1)
    put_others(lab)
    answer = lab.rt("why", name)
    assert answer.code == 0
    assert answer.out.splitlines()[1] == (
        "d1/a.wmv is not read: .wmv: a format that this tracker does not read; tiny reads avi, mp4."
    )
    assert json.loads(lab.rt("why", name, "--json").out)[0]["state"] == "not read"
    refused = lab.rt("redo", name)
    assert (refused.code, "RawVideos/d1/a.wmv is not read by this tracker." in refused.err) == (2, True)
    assert 'is called "nothing.avi"' in lab.rt("why", "nothing.avi").err


@pytest.mark.parametrize(("days", "listed"), [(0, 0), (2, 1)])
def test_a_stray_part_holds_no_table(lab: Lab, days: int, listed: int) -> None:
    """A day's table waits for a video that is arriving, not for a copy that was broken off, which is named."""
    lab.tracker(LIST_DAY)
    lab.videos(2)
    lab.go()
    part = lab.video("d1/v3.avi.part")
    written = time.time() - days * 86_400
    os.utime(part, (written, written))
    ran = lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    assert f"{listed}\tTotal files to be processed." in ran.out
    goes_on = "d1 goes without d1/v3.avi (copy: a copy of it was broken off)." in ran.out
    assert goes_on == bool(listed)
