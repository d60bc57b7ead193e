"""What changed since: inputs, results, failures in a row, and doing again what is wanted again."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

import pytest
from lab import LONG_AGO, Lab, wait_for

FAILS = "echo no animals; exit 3"
JSON: dict[str, Any] = {
    "output": {"info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "finished", "equals": True}],
    "command": "echo '{\"finished\": true}' > {{ output.info }}",
}


def finish(lab: Lab, number: int = 2) -> None:
    """Process some videos."""
    lab.videos(number)
    assert lab.go().code == 0
    assert lab.counts() == {"finished": number}


@pytest.mark.parametrize("age", [-1000, 1000])
def test_input_changed(lab: Lab, age: int) -> None:
    """A video that was replaced, by a younger or (cp -p) an older one, is processed again."""
    finish(lab)
    lab.video("d1/v1.avi", "another", age=age)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert "d1/v1.avi: its input changed since it was processed" in lab.rt("status").out
    assert lab.process().code == 0
    assert lab.result("d1/v1.txt").read_text() == "another"
    assert lab.counts() == {"finished": 2}


def test_same_size_and_only_the_time_is_older(lab: Lab) -> None:
    """cp -p of an older recording of the same length is another input."""
    finish(lab)
    lab.video("d1/v1.avi", "video X", age=-5)
    assert lab.counts() == {"finished": 1, "incomplete": 1}


def test_changed_input_that_fails_is_not_finished(lab: Lab) -> None:
    """The old result of an old input never counts for the new input, however often that fails."""
    lab.tracker(command="grep -q bad {{ input.video }} && exit 3; cp {{ input.video }} {{ output.copy }}")
    lab.settings(attempts=2)
    finish(lab)
    lab.video("d1/v1.avi", "bad", age=9)
    assert lab.go().code == 1
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert lab.process().code == 1
    assert lab.counts() == {"finished": 1, "set aside": 1}
    assert lab.result("d1/v1.txt").read_text() == "video 1"


def test_results_deleted(lab: Lab) -> None:
    """A result that was deleted is not made again before it is asked for; every scan says so."""
    finish(lab)
    lab.result("d1/v2.txt").unlink()
    out = lab.scan().out
    assert "1\tGone: finished once, results missing now.   ./rt redo --gone makes them again" in out
    assert "Gone: d1/v2.avi: finished once (batch 0001), its results are gone." in out
    assert not lab.batch(2).exists()
    assert "1 will be listed again." in lab.rt("redo", "--gone").out
    lab.scan()
    assert (lab.batch(2) / "names.txt").read_text() == "d1/v2.avi\n"
    lab.process()
    assert lab.counts() == {"finished": 2}


def test_gone_with_a_batch_sealed(lab: Lab) -> None:
    """What is gone is known from a sealed batch too, and where videos wait that never ran."""
    finish(lab)
    lab.scan()
    assert (lab.batch(1) / "records.tsv").exists()
    lab.result("d1/v1.txt").unlink()
    lab.video("d1/new.avi")
    assert lab.counts() == {"finished": 1, "gone": 1, "unprocessed": 1}


def test_an_output_that_other_parameters_ask_for(lab: Lab) -> None:
    """What a parameter asks for besides what was made is to do, not gone; with nothing there it is gone."""
    more = {"pattern": "Results/{subdir}/{name}.more", "when": "params.more"}
    output = {"copy": "Results/{subdir}/{name}.txt", "more": more}
    command = (
        "cp {{ input.video }} {{ output.copy }}{% if params.more %}; cp {{ input.video }} {{ output.more }}{% endif %}"
    )
    lab.tracker(params={"more": {"default": False, "help": "more"}}, output=output, command=command)
    finish(lab)
    lab.settings(params={"more": True})
    assert lab.counts() == {"incomplete": 2}
    lab.result("d1/v1.txt").unlink()
    assert lab.counts() == {"incomplete": 1, "gone": 1}
    lab.go()
    assert lab.results() == ["d1/v2.more", "d1/v2.txt"]


def test_a_clause_that_other_parameters_ask_for(lab: Lab) -> None:
    """A check is made where its when holds, and what is ready is asked where its when holds."""
    check = [{"csv": "copy", "rows": 1, "when": "params.strict"}]
    ready = [{"video": "video", "when": "params.whole"}]
    params = {name: {"default": False, "help": name} for name in ("strict", "whole")}
    lab.tracker(params=params, check=check, ready=ready)
    finish(lab)
    lab.video("d1/new.avi")
    assert lab.counts() == {"finished": 2, "unprocessed": 1}
    lab.settings(params={"whole": True})
    assert lab.counts() == {"finished": 2, "invalid": 1}
    lab.settings(params={"strict": True})
    assert lab.counts() == {"incomplete": 2, "unprocessed": 1}


def test_a_parameter_that_shapes_nothing(lab: Lab) -> None:
    """A scratch folder stands in the command, and yet what was made in another one is as good."""
    params = {"scratch": {"default": "/tmp", "help": "where", "affects_results": False}}
    lab.tracker(params=params, command="true {{ params.scratch }}; cp {{ input.video }} {{ output.copy }}")
    finish(lab)
    lab.settings(params={"scratch": "/var/tmp"})
    assert "other parameters" not in lab.scan().out
    assert "/var/tmp" not in lab.scan().out


def test_made_with_other_parameters(lab: Lab) -> None:
    """What was made with other parameters is said in numbers, and made again by redo --stale, nothing else."""
    finish(lab)
    lab.tracker(command="tr a-z A-Z <{{ input.video }} >{{ output.copy }}")
    lab.video("d1/new.avi")
    said = "2 of 2 finished were made with other parameters than those of now. To make them again:  ../rt redo --stale"
    assert said in lab.scan().out
    lab.process()
    assert said.replace("2 of 2", "2 of 3") in lab.scan().out
    assert "2 of 3 finished were made with other parameters" in lab.rt("status").out
    assert "made with other parameters" in lab.rt("why", "v1.avi").out
    assert "2 will be listed again." in lab.rt("redo", "--stale").out
    lab.go()
    assert "other parameters" not in lab.scan().out
    assert lab.counts() == {"finished": 3}


def test_a_parameter_file_was_edited(lab: Lab) -> None:
    """The content of a file that a parameter names counts, as it is when the task starts."""
    lab.tracker(
        command="cat {{ project }}/{{ params.shape }} {{ input.video }} >{{ output.copy }}",
        params={"shape": {"default": "AuxiliaryFiles/shape.yml", "help": "the shape", "file": True}},
    )
    shape = lab.root / "AuxiliaryFiles/shape.yml"
    lab.videos(2)
    assert "project.yml: shape is AuxiliaryFiles/shape.yml, and there is no such file (the shape)." in lab.scan().err
    shape.write_text("round: 1\n")
    lab.scan()
    shape.write_text("round: 2\n")  # after the list was made: the task knows better
    lab.process()
    assert "other parameters" not in lab.scan().out
    shape.write_text("round: 1\n")
    assert "2 of 2 finished were made with other parameters" in lab.scan().out


def test_another_version_of_the_tracker(lab: Lab) -> None:
    """The tracker's own version stands in each record; a mixture is said."""
    lab.tracker(version="echo warning; echo Tracker 1.0")
    finish(lab)
    lab.tracker(version="echo Tracker 1.1")
    lab.video("d1/new.avi")
    lab.go()
    assert "version=Tracker_1.1" in lab.log(2, 1)
    assert "2 of 3 finished were made with another version of the tracker than the youngest." in lab.scan().out


@pytest.mark.parametrize("text", ["", '{"finished": tr', '{"finished": false}'])
def test_result_damaged_afterwards(lab: Lab, text: str) -> None:
    """A result that was cut short after the fact is a bad result, and is made again."""
    lab.tracker(**JSON)
    finish(lab)
    lab.result("d1/v1.json").write_text(text)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert "d1/v1.avi: bad result: " in lab.rt("status").out
    verified = lab.rt("verify")
    assert verified.code == 1
    assert "copy: 1 of 2 videos has whole results, as they were made." in verified.out
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 2}
    assert lab.rt("verify").code == 0


def test_results_made_elsewhere(lab: Lab) -> None:
    """Whole results that no task of ours made are believed, and that is said."""
    lab.videos(1)
    lab.result("d1").mkdir()
    lab.result("d1/v1.txt").write_text("from a colleague")
    assert "1 of 1 finished was made elsewhere: what can be checked here holds." in lab.scan().out


def test_results_made_elsewhere_are_examined_once(lab: Lab) -> None:
    """What was looked into is remembered also where this project never made a list."""
    lab.tracker(check=[{"csv": "copy", "header": ["frame"]}])
    lab.videos(1)
    lab.result("d1").mkdir()
    lab.result("d1/v1.txt").write_text("frame\n")
    assert lab.counts() == {"finished": 1}
    assert [path.name for path in (lab.workspace / "batches").iterdir()] == ["proven.copy"]


def test_derived_files_may_be_deleted(lab: Lab) -> None:
    """What is remembered of results and of batches may be deleted at any time."""
    lab.tracker(command="grep -q 'video 2' {{ input.video }} && exit 3; cp {{ input.video }} {{ output.copy }}")
    lab.videos(3)
    lab.go()
    before = lab.counts()
    for name in ("proven.copy", "0001/records.tsv"):
        (lab.workspace / "batches" / name).unlink()
    assert lab.counts() == before == {"finished": 2, "incomplete": 1}


def fail_often(lab: Lab, times: int) -> None:
    """Let one video fail that often."""
    lab.tracker(command=FAILS)
    lab.videos(1)
    for _ in range(times):
        assert lab.go().code == 1


def test_set_aside_after_three(lab: Lab) -> None:
    """What failed three times in a row is set aside; every scan says so, with the reason."""
    fail_often(lab, 2)
    assert lab.counts() == {"incomplete": 1}
    assert lab.process().code == 1
    for _ in range(2):
        out = lab.scan().out
        assert "1\tSet aside: failed too often, or cannot succeed." in out
        assert "Set aside: d1/v1.avi: failed 3 times (exit code 3): no animals." in out
        assert "0\tTotal files to be processed." in out
        assert "NOT finished: 1 set aside." in out
    assert "set aside" in lab.rt("status", "--failures").out


def test_again_lists_it(lab: Lab) -> None:
    """--all lists what was set aside; a success then counts like any other."""
    fail_often(lab, 3)
    assert lab.counts("--all") == {"incomplete": 1}
    assert lab.process().code == 1
    assert lab.counts() == {"set aside": 1}
    (lab.workspace / "activate.sh").write_text("exit_code=0\n")
    lab.tracker()
    assert lab.counts("--all") == {"incomplete": 1}
    assert lab.process().code == 0
    assert lab.counts() == {"finished": 1}


def test_replaced_video_begins_anew(lab: Lab) -> None:
    """A video that was set aside and then replaced is listed without being asked."""
    fail_often(lab, 3)
    lab.video("d1/v1.avi", "a better one", age=7)
    assert lab.counts() == {"unprocessed": 1}


def test_redo_forgives(lab: Lab) -> None:
    """./rt redo forgives the failures: it is listed again, and may fail as often again."""
    fail_often(lab, 3)
    assert lab.rt("redo", "v1").code == 0
    assert lab.counts() == {"unprocessed": 1}
    for _ in range(2):
        lab.go()
        assert lab.counts() == {"incomplete": 1}
    lab.go()
    assert lab.counts() == {"set aside": 1}


def test_redo_moves_all_files_aside(lab: Lab) -> None:
    """A redo moves every file of the video aside, folders too, deletes none, and leaves other videos alone."""
    lab.tracker(
        output={"copy": "Results/{subdir}/{name}.txt", "folder": "MaskedVideos/{subdir}/{name}.d/"},
        command="cp {{ input.video }} {{ output.copy }}; mkdir {{ output.folder }};"
        " cp {{ input.video }} {{ output.folder }}/x",
    )
    finish(lab)
    ran = lab.rt("redo", "d1/v1.avi")
    assert ran.code == 0
    assert "1 will be listed again. Next:  bash workspace/get_files2process.sh" in ran.out
    assert lab.results() == ["d1/v2.txt"]
    aside = [p.read_text() for p in lab.root.glob("*/.aside/*/d1/v1*") if p.is_file()]
    aside += [p.read_text() for p in lab.root.glob("*/.aside/*/d1/v1.d/x")]
    assert aside == ["video 1", "video 1"]
    assert lab.counts() == {"finished": 1, "unprocessed": 1}
    lab.process()
    assert lab.counts() == {"finished": 2}


def test_redo_of_a_day_twice(lab: Lab) -> None:
    """A day is done again whole, and again: each old result is kept."""
    finish(lab)
    lab.video("d2/w.avi")
    lab.go()
    for _ in range(2):
        assert len(json.loads(lab.rt("redo", "d1", "--json").out)["moved"]) == 2
        lab.go()
        assert lab.counts() == {"finished": 3}
    assert len(list((lab.root / "Results/.aside").iterdir())) == 2


def test_redo_of_what_is_listed_but_not_run(lab: Lab) -> None:
    """Redoing what an unsubmitted list holds loses no record of its later success."""
    fail_often(lab, 3)
    lab.tracker()
    lab.scan("--all")
    lab.rt("redo", "v1")
    lab.go()
    assert lab.counts() == {"finished": 1}
    lab.video("d1/v1.avi", "another", age=9)
    assert lab.counts() == {"incomplete": 1}


def test_redo_of_what_runs(lab: Lab) -> None:
    """What is running is not moved aside: one line, exit code 1."""
    lab.tracker(command="until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    process = lab.start("bash", "process_all.sh")
    wait_for(lambda: lab.started_tasks(1), "the task runs")
    ran = lab.rt("redo", "v1")
    assert ran.code == 1
    assert ran.err == "d1/v1.avi is running: wait for it or stop it first. Nothing was moved.\n"
    (lab.root / "go").touch()
    assert process.wait(20) == 0


def test_touched_video_of_the_same_content(lab: Lab) -> None:
    """A touch is no change: the video holds what it held."""
    finish(lab)
    os.utime(lab.root / "RawVideos/d1/v1.avi", (LONG_AGO + 1, LONG_AGO + 1))
    assert lab.counts() == {"finished": 2}


def test_results_of_a_video_that_is_gone(lab: Lab) -> None:
    """A video that was taken away is not counted; its results are left alone."""
    finish(lab)
    shutil.rmtree(lab.root / "RawVideos/d1")
    lab.video("d2/w.avi")
    assert lab.counts() == {"unprocessed": 1}
    assert lab.results() == ["d1/v1.txt", "d1/v2.txt"]


def test_videos_deleted_after_they_were_done(lab: Lab) -> None:
    """Finished ones whose videos are gone are counted apart: with whole results, and with none."""
    lab.videos(4)
    lab.go()
    for name in ("d1/v1.avi", "d1/v2.avi", "d1/v3.avi"):
        (lab.root / "RawVideos" / name).unlink()
    lab.result("d1/v3.txt").unlink()
    out = lab.scan().out
    assert "2 archived: finished, and their videos are no longer here; their results are whole." in out
    assert "1 finished once; neither its video nor a whole result is here now." in out
    assert "The 1 video is finished." in out
    assert lab.counts() == {"finished": 1}


def test_videos_left_out_later(lab: Lab) -> None:
    """What project.yml leaves out from now on is not listed, named or gone; its results stay, and others stay whole."""
    for name in ("d1/a.avi", "d1/a_test.avi", "calibration/x.avi", "#recycle/old.avi"):
        lab.video(name)
    assert lab.counts() == {"unprocessed": 3}
    lab.go()
    lab.settings(exclude=["calibration/*", "*_test.*"])
    assert lab.counts() == {"finished": 1}
    assert "All 1" in lab.scan().out or "The 1 video is finished." in lab.scan().out
    assert "no longer here" not in lab.scan().out
    assert lab.results() == ["calibration/x.txt", "d1/a.txt", "d1/a_test.txt"]
    lab.settings()
    assert lab.counts() == {"finished": 3}
