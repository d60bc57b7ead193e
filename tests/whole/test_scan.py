"""What a scan finds, lists and says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lab import LIST_DAY, Lab, numbers_of, wait_for

LINES = {
    "Unprocessed files": "unprocessed",
    "Files whose analysis is incompleted": "incomplete",
    "Invalid source files": "invalid",
    "Files that were succesfully finished": "finished",
    "Waiting for an earlier stage": "waiting",
    "Not ready": "not ready",
    "Set aside": "set aside",
}


def listed(lab: Lab) -> list[str]:
    """Return the videos in the order the newest batch lists them."""
    return (lab.batch(lab.batches()[-1]) / "names.txt").read_text().splitlines()


def test_incomplete_before_unprocessed(lab: Lab) -> None:
    """What was begun is listed before what was never touched, each in the order of names."""
    lab.tracker(output={"copy": "Results/{subdir}/{name}.txt", "more": "Results/{subdir}/{name}.log"})
    lab.videos(5)
    for half in ("v4.txt", "v2.log"):
        lab.result(f"d1/{half}").parent.mkdir(exist_ok=True)
        lab.result(f"d1/{half}").write_text("half")
    lab.scan()
    assert listed(lab) == ["d1/v2.avi", "d1/v4.avi", "d1/v1.avi", "d1/v3.avi", "d1/v5.avi"]


def test_order_is_stable(lab: Lab) -> None:
    """Two scans of one tree list the same in the same order, whatever the order on disk."""
    for name in ("b/z.avi", "a/9.mp4", "a/10.avi", "c.avi", "a/b/c.avi"):
        lab.video(name)
    lab.scan()
    first = listed(lab)
    for path in (lab.root / "RawVideos").rglob("*.avi"):
        path.rename(path.with_name("moved"))
        path.with_name("moved").rename(path)
    lab.scan()
    assert listed(lab) == first
    assert sorted(first) == sorted(["b/z.avi", "a/9.mp4", "a/10.avi", "c.avi", "a/b/c.avi"])


def make_mixture(lab: Lab) -> None:
    """Make a project with one video of nearly every state."""
    lab.tracker(
        output={"copy": "Results/{subdir}/{name}.txt", "more": "Results/{subdir}/{name}.log"},
        command="if grep -q bad {{ input.video }}; then exit 3; fi; cp {{ input.video }} {{ output.copy }};"
        " cp {{ input.video }} {{ output.more }}",
    )
    lab.settings(attempts=2)
    lab.video("d1/fine.avi")
    lab.video("d1/bad.avi", "bad")
    lab.go()
    lab.go()
    lab.video("d1/half.avi")
    lab.result("d1/half.txt").write_text("half")
    lab.video("d1/new.avi")
    lab.video("d2/new.mp4")
    lab.video("d2/empty.avi", "")
    (lab.root / "RawVideos/d2/nowhere.avi").symlink_to("gone")


def test_lines_add_up(lab: Lab) -> None:
    """The lines of a scan add up to the videos found, and JSON has the same numbers."""
    make_mixture(lab)
    text, data = lab.scan().out, lab.look()
    numbers = numbers_of(text, list(LINES))
    assert sum(numbers.values()) == data["found"] == 7
    assert {LINES[word]: n for word, n in numbers.items() if n} == {k: n for k, n in data["counts"].items() if n}
    assert data["counts"]["set aside"] == 1
    assert data["counts"]["invalid"] == 2
    assert numbers_of(text, ["Total files to be processed"])["Total files to be processed"] == data["to_process"] == 3
    assert "7 videos found. Next:  bash process_all.sh" in text


def test_nothing_to_do_says_what_is_left(lab: Lab) -> None:
    """A list that is empty is called finished only where all is; else what is left is counted."""
    make_mixture(lab)
    lab.go()
    lab.go()
    text = lab.scan().out
    assert "0\tTotal files to be processed." in text
    assert "NOT finished: 1 set aside, 2 invalid." in text
    lab.run("rm", "-r", "RawVideos/d2", "RawVideos/d1/bad.avi", folder="")
    assert "All 3 videos are finished." in lab.scan().out


def test_same_list_makes_no_new_batch(lab: Lab) -> None:
    """A scan that would list exactly what the newest unsubmitted batch lists makes no new one."""
    lab.videos(2)
    lab.scan()
    lab.scan()
    assert lab.batches() == ["0001"]
    lab.video("d1/another.avi")
    lab.scan()
    assert lab.batches() == ["0001", "0002"]


def test_changed_parameters_make_a_new_batch(lab: Lab) -> None:
    """The same videos with another command are another list."""
    lab.videos(1)
    lab.scan()
    lab.tracker(command="cp -v {{ input.video }} {{ output.copy }}")
    lab.scan()
    assert lab.batches() == ["0001", "0002"]


def test_a_submitted_list_is_never_used_again(lab: Lab) -> None:
    """After a run the same list is a new batch, for a log belongs to one run."""
    lab.tracker(command="exit 1")
    lab.videos(1)
    lab.go()
    lab.scan()
    assert lab.batches() == ["0001", "0002"]


def test_two_scans_at_once(lab: Lab) -> None:
    """Two scans at once give whole batches, and a job script that names one of them."""
    lab.videos(50)
    both = [lab.start("bash", "get_files2process.sh") for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert lab.batches()[:1] == ["0001"]
    for number in lab.batches():
        assert len((lab.batch(number) / "files2process.txt").read_text().splitlines()) == 50
        assert len((lab.batch(number) / "tasks.txt").read_text().splitlines()) == 50
    script = (lab.workspace / "process_all.sh").read_text()
    assert any(f"batch={number}\ntasks=50\n" in script for number in lab.batches())
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 50}


def test_json_is_json_with_what_is_odd(lab: Lab) -> None:
    """--json holds the list's number, its script, and every video that is not as it should be."""
    make_mixture(lab)
    data = json.loads(lab.scan("--json").out)
    assert (data["project"], data["stage"], data["scheduler"]) == ("tiny_project", "copy", "local")
    assert (data["batch"], data["listed"], data["script"]) == ("0003", 3, "workspace/process_all.sh")
    assert {odd["name"]: odd["reason"] for odd in data["odd"] if odd["state"] == "invalid"} == {
        "d2/empty.avi": "it is empty",
        "d2/nowhere.avi": "a link that leads nowhere",
    }


TWO: dict[str, Any] = {
    "name": "upper",
    "help": "again",
    "input": {"copy": "Results/{subdir}/{name}.txt"},
    "output": {"upper": "Results/{subdir}/{name}.upper"},
    "command": "cp {{ input.copy }} {{ output.upper }}",
}


def test_first_stage_that_has_work(lab: Lab) -> None:
    """Without a name a scan takes the first stage that has work; each stage has its script and list."""
    lab.tracker(TWO)
    lab.videos(2)
    assert "Next:  bash process_1_copy.sh" in lab.scan().out
    assert (lab.workspace / "files2process_copy.txt").exists()
    assert lab.run("bash", "process_1_copy.sh").code == 0
    assert "Next:  bash process_2_upper.sh" in lab.scan().out
    assert lab.run("bash", "process_2_upper.sh").code == 0
    assert "All 2 videos are finished." in lab.scan().out


def test_later_stage_waits(lab: Lab) -> None:
    """A stage asked for by name waits for what an earlier one has not made, and says for what."""
    lab.tracker(TWO)
    lab.videos(2)
    text = lab.scan("upper").out
    assert "2\tWaiting for an earlier stage." in text
    assert "d1/v1.avi" in text


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nostage"], 2, 'unknown stage "nostage"'),
        (["coppy"], 2, "Did you mean copy?"),
        (["--jsn"], 2, "--jsn"),
        (["copy"], 0, ""),
        (["--help"], 0, "--all"),
    ],
)
def test_exit_codes(lab: Lab, words: list[str], code: int, says: str) -> None:
    """A scan ends with 0 where it could scan, with 2 where it was asked wrongly, in a line."""
    lab.videos(1)
    ran = lab.scan(*words)
    assert ran.code == code
    assert says in ran.out + ran.err


def test_a_fault_that_the_user_must_mend_is_1(lab: Lab) -> None:
    """A project.yml that says something impossible is one line and exit code 1."""
    lab.settings(trakcer="x")
    ran = lab.scan()
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 1
    assert "project.yml line 4" in ran.err


def test_no_videos(lab: Lab) -> None:
    """A project without videos says where to put them."""
    assert "No videos found. Next:  copy them into RawVideos, then scan again" in lab.scan().out


def test_an_imgstore_that_the_tracker_does_not_read(lab: Lab) -> None:
    """Its chunks are no videos, and a line says so; the videos beside it are listed."""
    lab.tracker()
    for name in ("s/000000.avi", "s/000001.avi", "v.avi"):
        lab.video(name)
    lab.video("s/metadata.yaml", "__store:\n  class: VideoImgStore\n  format: mjpeg/avi\n")
    ran = lab.scan()
    assert "RawVideos/s is an imgstore: its chunks are no videos. tiny reads no imgstores.\n" in ran.out
    assert "1 video found. Next:  bash process_all.sh" in ran.out
    (lab.root / "RawVideos/v.avi").unlink()
    assert lab.scan().out.endswith("No videos found. Next:  copy them into RawVideos, then scan again\n")


def test_fresh_copy_is_looked_at_twice(lab: Lab) -> None:
    """A video that grows between two looks is not ready; one that rests is listed."""
    lab.videos(1)
    growing = lab.video("d1/growing.avi")
    writer = lab.start("bash", "-c", f"while printf x >>'{growing}'; do sleep 0.1; done")
    wait_for(lambda: growing.stat().st_size > len("a video"), "it grows")
    text = lab.scan().out
    writer.kill()
    assert "1\tNot ready: still being copied (look again in 2 min)." in text
    assert listed(lab) == ["d1/v1.avi"]


def test_list_longer_than_a_batch_may_be(lab: Lab) -> None:
    """Where there is more than one list may hold, the next scan lists the rest."""
    (lab.root / "site" / "clusters").mkdir(parents=True)
    (lab.root / "site/clusters/small.yml").write_text("scheduler: local\ndescription: small\nmax_tasks: 3\n")
    lab.settings(cluster="small")
    lab.videos(5)
    assert "The next scan lists the other 2." in lab.scan().out
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 3, "unprocessed": 2}
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 5}


@pytest.mark.parametrize("top", [0, 1])
def test_many_days(lab: Lab, top: int) -> None:
    """However many days there are, and whether a video lies in none, all are listed, in order."""
    names = [f"d{i:03}/v.avi" for i in range(90)] + ["a.avi"] * top
    for name in names:
        lab.video(name)
    lab.scan()
    assert listed(lab) == sorted(names)
    assert lab.process("-j", "4").code == 0
    assert lab.counts() == {"finished": 90 + top}


def test_days_wait_until_their_videos_are_done(lab: Lab) -> None:
    """A day is listed once none of its videos can still come, and says so until then."""
    lab.tracker(LIST_DAY)
    lab.videos(2)
    lab.video("d2/w.avi")
    lab.scan()
    text = lab.run("bash", "get_cmd2process.sh", folder="summarizer").out
    assert "2\tWaiting for an earlier stage." in text
    lab.process()
    lab.run("bash", "get_cmd2process.sh", folder="summarizer")
    assert lab.run("bash", "process_all.sh", folder="summarizer").code == 0
    assert "All 2 days are finished." in lab.run("bash", "get_cmd2process.sh", folder="summarizer").out
    assert "v1.txt" in lab.result("d1/list_summary.csv").read_text()
