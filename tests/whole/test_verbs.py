"""The verbs of ./rt: what people read (golden files) and exit codes; a wrong word is one line."""

from __future__ import annotations

import json
import re
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from lab import LIST_DAY, Lab, wait_for
from rewinding import rewound

GOLDEN = Path(__file__).parents[1] / "golden"
JSON: dict[str, Any] = {
    "output": {"copy": "Results/{subdir}/{name}.txt", "info": "Results/{subdir}/{name}.json"},
    "check": [{"json": "info", "key": "frames", "equals": 7}],
    "command": "grep -q bad {{ input.video }} && echo no animals && exit 3; cp {{ input.video }} {{ output.copy }};"
    " echo '{\"frames\": 7}' > {{ output.info }}",
}


def normal(text: str, lab: Lab) -> str:
    """Return a screen without what differs from run to run: host, places, times, seconds, processes, cores."""
    text = text.replace(str(lab.root), "PROJECT").replace(socket.gethostname(), "HOST")
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", "TIME", text)
    text = re.sub(r"(pid|began|seconds|params)=\w+", r"\1=N", text)
    text = re.sub(r"token=\d+-\w+", "token=N", text)
    text = re.sub(r" on \d+ cores? \(from", " on N cores (from", text)
    text = re.sub(r"(# content \w+ \d+ \d+\.\d+) \d+ \d+\.\d+ ", r"\1 N N ", text)
    text = re.sub(r"job=local\.\S+", "job=local.JOB", text)
    return re.sub(r" in \d+ s\b", " in N s", re.sub(r"\d{8}_\d{6}\.\d+", "STAMP", text))


def assert_golden(name: str, text: str, lab: Lab) -> None:
    """Compare a screen with its golden file; a file that is not there is written, and the test fails."""
    path = GOLDEN / f"{name}.txt"
    seen = normal(text, lab)
    if not path.exists():
        path.write_text(seen)
        pytest.fail(f"{path} was written now: read it, and keep it if that is what people should read")
    assert seen == path.read_text()


@rewound
def busy(lab: Lab) -> None:
    """A project with a bit of everything: finished, failed, set aside, damaged, invalid, new, two days."""
    lab.tracker(LIST_DAY, **JSON)
    lab.settings(attempts=2)
    lab.video("day1/bad.avi", "bad")
    lab.video("day1/damaged.avi", "x")
    lab.video("day2/fine.avi", "x")
    lab.video("top.avi", "x")
    lab.go()
    lab.go()
    lab.result("day1/damaged.json").write_text('{"frames": 6}')
    lab.video("day2/empty.avi", "")
    lab.video("day2/new 1.avi", "x")
    lab.video("day3/bad too.avi", "bad")


def test_scan_screen(busy: Lab) -> None:
    """A scan's screen."""
    assert_golden("scan", busy.scan().out, busy)


def test_scan_screen_finished(lab: Lab) -> None:
    """A scan's screen where all is done."""
    lab.videos(2)
    lab.go()
    assert_golden("scan_finished", lab.scan().out, lab)


def test_progress_in_a_pipe(busy: Lab) -> None:
    """What a run says in a pipe."""
    busy.scan()
    ran = busy.process("-j", "1")
    assert ran.code == 1
    assert_golden("progress", ran.out, busy)


def test_status_screen(busy: Lab) -> None:
    """Status: what needs a look with its last line, then each stage by day, then the next command."""
    ran = busy.rt("status")
    assert ran.code == 0
    assert_golden("status", ran.out, busy)


def test_failures_screen(busy: Lab) -> None:
    """status --failures, which a scan points to."""
    assert_golden("status_failures", busy.rt("status", "--failures").out, busy)


@pytest.mark.parametrize("video", ["bad", "damaged", "new 1", "empty", "fine"])
def test_why_screen(busy: Lab, video: str) -> None:
    """Why: inputs, results, batches, each check and its outcome."""
    ran = busy.rt("why", f"{video}.avi")
    assert ran.code == 0
    assert_golden(f"why_{video.replace(' ', '_')}", ran.out, busy)


def test_log_screen(busy: Lab) -> None:
    """logs: the log of the last run."""
    assert_golden("logs", busy.rt("logs", "bad.avi").out, busy)
    assert busy.rt("logs", "bad", "--path").out == f"{busy.batch(2)}/output.1\n"


def test_redo_screen(busy: Lab) -> None:
    """redo: what was moved where, and what comes next."""
    assert_golden("redo", busy.rt("redo", "fine.avi", "day1").out, busy)


def test_moved_screen(lab: Lab) -> None:
    """moved: the old and the new names, what was taken along, and what comes next; the scan before leads there."""
    lab.videos(7)
    lab.go()
    (lab.root / "RawVideos/d1").rename(lab.root / "RawVideos/a day")
    (lab.root / "RawVideos/a day/v7.avi").rename(lab.root / "RawVideos/a day/-n $x.avi")
    scanned, ran = lab.scan(), lab.rt("moved")
    assert ran.code == 0
    assert_golden("scan_moved", scanned.out, lab)
    assert_golden("moved", ran.out, lab)


def test_verify_screen(busy: Lab) -> None:
    """verify: exit code 1 where a result is bad, which is named."""
    ran = busy.rt("verify")
    assert ran.code == 1
    assert_golden("verify", ran.out, busy)


def test_status_for_programs(busy: Lab) -> None:
    """status --json has the numbers of the screen."""
    copied, days = json.loads(busy.rt("status", "--json").out)["stages"]
    assert copied["counts"] == {"finished": 2, "incomplete": 1, "set aside": 1, "invalid": 1, "unprocessed": 2}
    assert (copied["stage"], days["stage"]) == ("copy", "listing")


def test_why_for_programs(busy: Lab) -> None:
    """why --json names state, files, batches and checks."""
    (story, *_) = json.loads(busy.rt("why", "damaged", "--json").out)
    assert (story["state"], story["inputs"]) == ("incomplete", {"RawVideos/day1/damaged.avi": 1})
    assert [batch["batch"] for batch in story["batches"]] == ["0001"]
    assert any(check["fails"] for check in story["checks"])


def test_no_summarizer(lab: Lab) -> None:
    """A tracker without a step for the days says so; what is finished does not send people there."""
    lab.videos(1)
    lab.go()
    assert "summarizer" not in lab.scan().out
    for ran in (lab.run("bash", "get_cmd2process.sh", folder="summarizer"), lab.rt("submit", "summarizer")):
        assert ran.code == 1
        assert "has no stage for summarizer" in ran.err
        assert len(ran.err.splitlines()) == 1


WRONG = [
    (("why", "nosuch"), 2, 'No video, day or result is called "nosuch"'),
    (("logs", "nosuch"), 2, 'No video, day or result is called "nosuch"'),
    (("redo", "nosuch"), 2, 'No video, day or result is called "nosuch"'),
    (("redo", "v1", "nosuch"), 2, 'No video, day or result is called "nosuch"'),
    (("redo", "v1", "--stage", "cop"), 2, "Did you mean copy?"),
    (("logs", "v1"), 2, "has not run here yet: there is no log of it. Type: ./rt why d1/v1.avi"),
    (("logs", "d1"), 2, '"d1" means 2: d1/v1.avi, d1/v2.avi. Name one of them.'),
    (("submit", "nosuch"), 2, 'unknown stage "nosuch"'),
    (("why", ""), 2, 'No video, day or result is called ""'),
    (("why", b"caf\xe9".decode("utf-8", "surrogateescape")), 2, "No video, day or result is called"),
    (("join",), 1, "tiny makes no tables: there is nothing to join"),
    (("scan", "--folder", "elsewhere"), 2, "elsewhere"),
    (("stauts",), 2, "stauts"),
    (("why",), 2, "NAME"),
    (("submit", "-j", "0"), 2, "0"),
]


@pytest.mark.parametrize(("words", "code", "says"), WRONG)
def test_wrong_words(lab: Lab, words: tuple[str, ...], code: int, says: str) -> None:
    """A word that is none is told in a line, with an exit code of its own, and nothing is changed."""
    lab.videos(2)
    ran = lab.rt(*words)
    assert ran.code == code
    assert ran.out == ""
    assert says in ran.err
    assert not (lab.workspace / "batches").exists()


def test_submit_does_both(lab: Lab) -> None:
    """submit scans and runs; with nothing left it says so and is fine."""
    lab.videos(2)
    ran = lab.rt("submit", "-j", "1")
    assert ran.code == 0
    assert "2\tTotal files to be processed." in ran.out
    assert "All 2 finished." in ran.out
    again = lab.rt("submit")
    assert again.code == 0
    assert "All 2 videos are finished." in again.out


def test_submit_that_fails(lab: Lab) -> None:
    """submit ends with 1 where a task failed."""
    lab.tracker(command="exit 1")
    lab.videos(1)
    assert lab.rt("submit").code == 1


FAILS = "echo $(cat {{ input.video }}) >&2; exit 3"


def test_retry_here(lab: Lab) -> None:
    """Without a queue just what failed of a cause runs again, at once; more memory cannot be asked for."""
    lab.tracker(command=f"test -e fixed || {{ {FAILS}; }}; cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.video("d1/a.avi", "Stale file handle")
    lab.video("d1/b.avi", "no animals")
    lab.go()
    lab.video("d1/new.avi")
    (lab.root / "fixed").touch()
    refused = lab.rt("retry", "--more-memory", "2x")
    assert (refused.code, refused.err.count("local has no queue to ask for more.")) == (2, 1)
    assert "Nothing failed of the cause nonsense." in lab.rt("retry", "--cause", "nonsense").out
    again = lab.rt("retry", "--cause", "the storage dropped for a moment")
    assert again.code == 0, again
    assert lab.counts() == {"finished": 1, "incomplete": 1, "unprocessed": 1}
    assert lab.rt("retry").code == 0
    assert lab.counts() == {"finished": 2, "unprocessed": 1}


SUMMARY = (
    "printf 'file_id,filename,is_good\\n1,%s,True\\n' Results/{{ wildcards.day }}/v1.txt > {{ output.filenames }};"
    " printf 'file_id,speed\\n1,2.5\\n' > {{ output.features }}"
)


def test_summarize_and_join(lab: Lab) -> None:
    """submit summarizer makes a table a day, join one of all days; both end with 0 and say what comes next."""
    tables = {"filenames": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"}
    lab.tracker({**LIST_DAY, "output": tables, "command": SUMMARY})
    lab.video("d1/v1.avi")
    lab.video("d2/v1.avi")
    lab.go()
    summarized = lab.rt("submit", "summarizer")
    assert summarized.code == 0
    assert "All 2 finished." in summarized.out
    joined = lab.rt("join")
    assert joined.code == 0, joined
    assert "2 videos with 2 rows are joined in Results/joined/animals.csv" in joined.out
    assert (lab.root / "Results/joined/features_summary.csv").read_text().splitlines()[0].startswith("file_id")


def test_join_of_a_mixture(lab: Lab) -> None:
    """Results made with other parameters are not mixed silently: a column says which, and the join says so."""
    tables = {"filenames": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"}
    day = {**LIST_DAY, "output": tables, "command": SUMMARY}
    lab.tracker(day, version="echo 1.0")
    lab.video("d1/v1.avi")
    assert "made_with" not in lab.rt("run").out
    lab.tracker(day, version="echo 1.1")
    lab.video("d2/v1.avi")
    out = lab.rt("run").out
    assert "The results were made with 2 sets of parameters and versions, mixed here:" in out
    head, *rows = (lab.root / "Results/joined/filenames_summary.csv").read_text().splitlines()
    assert head == "file_id,filename,is_good,made_with"
    made = {row.split(",")[1]: row.split(",")[3].split(" ") for row in rows}
    (params, old), (same, new) = made["Results/d1/v1.txt"], made["Results/d2/v1.txt"]
    assert (params, old, new) == (same, "1.0", "1.1")
    lab.rt("redo", "--stale")
    assert "mixed here" not in lab.rt("run").out
    assert (lab.root / "Results/joined/filenames_summary.csv").read_text().startswith("file_id,filename,is_good\n")


def test_join_of_what_changed(lab: Lab) -> None:
    """A result that changed since it was made is named in a column of the joined table, until it is accepted."""
    tables = {"filenames": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"}
    lab.tracker({**LIST_DAY, "output": tables, "command": SUMMARY})
    lab.video("d1/v1.avi")
    lab.video("d2/v1.avi")
    lab.rt("run")
    joined = lab.root / "Results/joined"
    assert joined.joinpath("filenames_summary.csv").read_text().startswith("file_id,filename,is_good\n")
    features = joined.joinpath("features_summary.csv").read_text()
    lab.result("d1/v1.txt").write_text("by hand")
    lab.rt("join")
    head, *rows = joined.joinpath("filenames_summary.csv").read_text().splitlines()
    assert head == "file_id,filename,is_good,changed_since"
    assert {row.split(",")[1]: row.split(",")[3] for row in rows} == {
        "Results/d1/v1.txt": "yes",
        "Results/d2/v1.txt": "",
    }
    assert joined.joinpath("features_summary.csv").read_text() == features
    lab.rt("accept", "--changed")
    lab.rt("join")
    assert "changed_since" not in joined.joinpath("filenames_summary.csv").read_text()


def test_run_does_it_all(lab: Lab) -> None:
    """run scans, runs, summarizes and joins."""
    tables = {"filenames": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"}
    lab.tracker({**LIST_DAY, "output": tables, "command": SUMMARY})
    lab.video("d1/v1.avi")
    ran = lab.rt("run")
    assert ran.code == 0, ran
    assert (lab.root / "Results/joined/features_summary.csv").exists()


def test_follow_a_log(lab: Lab) -> None:
    """logs -f shows what is written while it is written."""
    lab.tracker(command="echo first; until [ -e {{ project }}/go ]; do sleep 0.05; done; echo second")
    lab.videos(1)
    lab.scan()
    run = lab.start("bash", "process_all.sh")
    wait_for(lambda: "first" in lab.log(1, 1), "it began")
    follower = lab.start("../rt", "logs", "-f", "v1")
    assert follower.stdout is not None
    assert wait_for(lambda: b"first" in follower.stdout.readline(), "the first line is shown")
    (lab.root / "go").touch()
    assert wait_for(lambda: b"second" in follower.stdout.readline(), "the second line is shown")
    run.wait(20)


@pytest.mark.parametrize("folder", ["", "workspace", "summarizer"])
def test_launcher_from_each_folder(baked: Path, folder: str, tmp_path: Path) -> None:
    """./rt works in the project, in workspace and in summarizer of a project that cookiecutter made."""
    ran = Lab(baked, tmp_path).rt("--version") if not folder else Lab(baked, tmp_path).run("./rt", folder=folder)
    assert ran.code == 0
    assert "remote-tracker" in ran.out or "Usage" in ran.out


def test_remembered_interpreter(baked: Path, tmp_path: Path) -> None:
    """A project that cookiecutter made remembers its Python: a small PATH and nothing else are enough."""
    copy = tmp_path / "project"
    shutil.copytree(baked, copy, symlinks=True)
    project = Lab(copy, tmp_path)
    ran = project.run("env", "-u", "REMOTE_TRACKER_PYTHON", "bash", "get_files2process.sh")
    assert (ran.code, ran.err) == (0, "")
    assert "No videos found. Next:  copy them into RawVideos, then scan again" in ran.out


def test_why_of_what_a_job_checks(lab: Lab) -> None:
    """A check that only the job can make is not called failed by why: its log has the outcome."""
    lab.tracker(check=[{"command": "true"}])
    lab.videos(1)
    lab.go()
    out = lab.rt("why", "v1.avi").out
    assert "    in job command: true  -> looked at in the job alone: its log says the outcome\n" in f"{out}\n"
    assert "FAILS" not in out
