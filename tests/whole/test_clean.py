"""Clean: what it shows, what it frees, and that it frees nothing which a task, a redo or a proof needs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from lab import LONG_AGO, Lab, wait_for
from remote_tracker.batches.aside import alone
from remote_tracker.records import load_record
from remote_tracker.records.contents import load_entries
from rewinding import rewound

from .test_verbs import assert_golden

NOISY = (
    "seq 20000; cp {{ input.video }} {{ output.copy }}; case {{ input.video }} in *v3*) echo no animals; exit 3; esac"
)


@rewound
def old(lab: Lab) -> None:
    """A project with something of each kind: old results, a killed task's folder, half a file, long logs."""
    lab.tracker(command=NOISY)
    lab.videos(3)
    lab.go()
    assert lab.counts() == {"finished": 2, "incomplete": 1}
    assert lab.rt("redo", "v1", "v2").code == 0
    lab.scan()
    last = lab.batches()[-1]
    assert lab.task(last, task_of(lab, last, "d1/v1.avi")).code == 0
    lab.scan()
    dead = dead_pid()
    (lab.root / "Results/.work" / f"v3-0123456789.{os.uname().nodename}.{dead}").mkdir(parents=True)
    (lab.root / "Results/.work" / f"v3-0123456789.{os.uname().nodename}.{dead}" / "half").write_text("x" * 300_000)
    (lab.workspace / f".opencv_output.txt.{os.uname().nodename}.{dead}.tmp").write_text("half")
    (lab.root / "Results/d1" / f".moved.0123456789ab.{os.uname().nodename}.{dead}.tmp").write_text("half")


def dead_pid() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def task_of(lab: Lab, batch: int | str, name: str) -> int:
    """Return the task of a video in a batch."""
    return (lab.batch(batch) / "names.txt").read_text().splitlines().index(name) + 1


def tree(lab: Lab) -> dict[str, bytes]:
    """Return all files of the project but this package's own, by path."""
    found = {}
    for folder in ("Results", "workspace", "MaskedVideos"):
        for path in (lab.root / folder).rglob("*"):
            if path.is_file():
                found[str(path.relative_to(lab.root))] = path.read_bytes()
    return found


def test_screen(old: Lab) -> None:
    """Clean shows each kind with files and MB, frees nothing unasked, and says how to."""
    before = tree(old)
    ran = old.rt("clean")
    assert ran.code == 0
    assert_golden("clean", re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", ran.out), old)
    assert tree(old) == before


def test_nothing(lab: Lab) -> None:
    """A fresh project has nothing that can be freed."""
    lab.videos(1)
    lab.go()
    assert lab.rt("clean", "--yes").out == "Nothing can be freed.\n"


def test_all(old: Lab) -> None:
    """With --yes all of it goes, results and states stay, and there is nothing more to free."""
    results, counts = old.results(), old.counts()
    ran = old.rt("clean", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"^0\.\d MB freed\. Next: ", ran.out, re.MULTILINE)
    assert old.results() == [path for path in results if ".tmp" not in path]
    assert old.counts() == counts
    assert old.rt("verify").code == 0
    again = old.rt("clean").out
    assert "0 files, under 0.1 MB: old results" in again
    assert "1 not made again yet: its old results are kept" in again
    assert len(again.splitlines()) == 2


def test_kinds(old: Lab) -> None:
    """Only the kinds that are named are freed; an unknown kind is wrong use."""
    before = tree(old)
    assert old.rt("clean", "temporaries", "--yes").code == 0
    assert {path for path in before if path not in tree(old)} == {path for path in before if path.endswith(".tmp")}
    assert old.rt("clean", "everything", "--yes").code == 2


def test_old_results_not_made_again_are_kept(old: Lab) -> None:
    """Of a redo only what is finished again goes; the rest can still be brought back, by hand, and stays to do."""
    assert old.rt("clean", "aside", "--yes").code == 0
    assert [path.name for path in old.root.glob("Results/.aside/*/d1/*")] == ["v2.txt"]
    assert old.counts() == {"finished": 1, "unprocessed": 1, "incomplete": 1}
    assert old.rt("undo").code == 2
    old.go()
    assert old.counts()["finished"] == 2
    assert old.rt("clean", "aside", "--yes").code == 0
    assert not [*old.root.glob("Results/.aside")]


def test_old_results_of_a_standing_note_are_kept(old: Lab) -> None:
    """What a redo that was killed has moved is not freed."""
    (note,) = (old.workspace / "batches/redo").glob("*.json")
    note.rename(note.with_suffix(".moving"))
    with alone(old.workspace / "batches/redo"):  # else clean finishes the note first
        assert old.rt("clean", "aside", "--yes").out == "Nothing can be freed.\n"
    assert len([*old.root.glob("Results/.aside/*/d1/*")]) == 2


def test_a_living_task_keeps_its_folder(lab: Lab) -> None:
    """The work folder of a task that runs, by hand too, stays, and so does the log."""
    lab.tracker(command="until [ -e {{ project }}/go ]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    process = lab.start("bash", "run_task.sh", "1", "1")
    folder = wait_for(lambda: [*lab.root.glob("Results/.work/*")], "the task runs")[0]
    assert lab.rt("clean", "--yes").out == "Nothing can be freed.\n"
    assert folder.is_dir()
    (lab.root / "go").touch()
    assert process.wait(20) == 0
    assert lab.counts() == {"finished": 1}


def test_a_folder_of_a_task_that_was_publishing_is_kept(old: Lab) -> None:
    """What a task was putting in its place when it was killed may be all that there is: it stays."""
    (old.root / "Results/.work/publish.v3-0123456789").write_text("stage=copy")
    before = sorted(path.name for path in old.root.glob("Results/.work/v3-0123456789.*"))
    assert old.rt("clean", "attempts", "--yes").code == 0
    assert sorted(path.name for path in old.root.glob("Results/.work/v3-*")) == before


def test_remains_on_another_disk(lab: Lab, other_disk: Path) -> None:
    """Work folders beside results on another disk are found, and a link to a folder above it ends no search."""
    lab.videos(1)
    lab.go()
    (lab.root / "Results/d2").symlink_to(other_disk)
    (other_disk / "up").symlink_to(lab.root / "Results")
    dead = other_disk / f".work/v3-0123456789.{os.uname().nodename}.{dead_pid()}"
    dead.mkdir(parents=True)
    (dead / "half").write_text("half")
    assert "attempts: 1 file" in lab.rt("clean", "attempts", "--yes").out
    assert not dead.exists()


def test_a_folder_of_another_machine_is_kept(lab: Lab) -> None:
    """Whether a process of another machine lives cannot be seen from here, where no queue tells: its folder stays."""
    folder = lab.root / "Results/.work/v3-0123456789.elsewhere.77"
    folder.mkdir(parents=True)
    os.utime(folder, (LONG_AGO, LONG_AGO))
    assert lab.rt("clean", "--yes").out == "Nothing can be freed.\n"
    assert folder.is_dir()


def test_a_shortened_log_proves_as_much(old: Lab) -> None:
    """A log without what its program printed gives the same record, keeps its time, and logs shows what is left."""
    log = old.batch(1) / f"output.{task_of(old, 1, 'd1/v1.avi')}"
    failed = old.log(1, task_of(old, 1, "d1/v3.avi"))
    times, looked = log.stat().st_mtime_ns, old.look()
    assert old.rt("clean", "logs", "--yes").code == 0
    assert log.stat().st_size < 1000
    assert log.stat().st_mtime_ns == times
    assert log.read_text().splitlines()[1] == "# what the program printed was removed: ./rt clean"
    assert old.log(1, task_of(old, 1, "d1/v3.avi")) == failed, "the log of a failure stays whole"
    for path in old.workspace.glob("batches/*/records.tsv"):
        path.unlink()
    assert old.look() == looked
    assert "made elsewhere" not in old.scan().out


@pytest.mark.parametrize(
    "prints",
    ["seq 20000; printf 'no line break'", "seq 20000; echo '# end 2026-1 exit=0'", "seq 20000; echo '# content in x'"],
)
def test_a_log_that_would_prove_less_is_left(lab: Lab, prints: str) -> None:
    """Whatever a program prints, a video stays finished, and knows its result after its log was shortened."""
    lab.tracker(command=f"{prints}; cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    lab.videos(1)
    lab.go()
    looked, log = lab.look(), lab.batch(1) / "output.1"
    noted, record = load_entries(log), load_record(log, "0001", 1)
    assert [entry.role for entry in noted] == ["in", "out"]
    assert lab.rt("clean", "logs", "--yes").code == 0
    assert log.stat().st_size < 2000
    assert (load_entries(log), load_record(log, "0001", 1)) == (noted, record)
    for path in [*lab.workspace.glob("batches/*/records.tsv"), *lab.workspace.glob("batches/*/contents.txt")]:
        path.unlink()
    assert lab.look() == looked


def test_a_log_of_two_runs(lab: Lab) -> None:
    """A log in which a first run failed and a second finished says the same after clean, and the video is finished."""
    lab.tracker(command="seq 20000; [ -e {{ project }}/go ] || exit 3; cp {{ input.video }} {{ output.copy }}")
    lab.videos(1)
    lab.scan()
    assert lab.task(1, 1).code == 3
    (lab.root / "go").touch()
    assert lab.task(1, 1).code == 0
    assert lab.scan().code == 0
    log = lab.batch(1) / "output.1"
    noted, record, looked = load_entries(log), load_record(log, "0001", 1), lab.look()
    assert lab.rt("clean", "logs", "--yes").code == 0
    assert (load_entries(log), load_record(log, "0001", 1)) == (noted, record)
    (lab.batch(1) / "records.tsv").unlink()
    assert lab.look() == looked
    assert lab.task(1, 1).code == 0


def test_a_log_that_notes_very_many_files(lab: Lab) -> None:
    """What is noted on each of many files in a result is all there after clean, or the log is left."""
    lab.tracker(
        output={"all": "Results/{subdir}/{name}.d/"},
        command="seq 50000; mkdir {{ output.all }}; cd {{ output.all }}; for i in {1..700}; do echo $i >$i.name; done",
    )
    lab.videos(1)
    lab.go()
    log = lab.batch(1) / "output.1"
    noted, looked = load_entries(log), lab.look()
    assert len(noted) > 700
    assert lab.rt("clean", "logs", "--yes").code == 0
    assert load_entries(log) == noted
    assert lab.look() == looked


def test_logs_of_a_batch_that_may_run_are_kept(old: Lab) -> None:
    """A batch without a sealed file is not over: its logs stay."""
    for path in old.workspace.glob("batches/*/records.tsv"):
        path.unlink()
    before = {path: path.read_bytes() for path in old.workspace.glob("batches/*/output.*")}
    assert old.rt("clean", "logs", "--yes").out == "Nothing can be freed.\n"
    assert {path: path.read_bytes() for path in before} == before


def test_for_programs(old: Lab) -> None:
    """--json names each path that can be freed, and whether it was."""
    told = json.loads(old.rt("clean", "--json").out)
    assert told["freed"] is False
    assert {one["kind"] for one in told["remains"]} == {"aside", "attempts", "temporaries", "logs"}
    assert all(Path(path).exists() for one in told["remains"] for path in one["paths"])
    told = json.loads(old.rt("clean", "--json", "--yes").out)
    assert told["freed"] is True
    assert not any(Path(path).exists() for one in told["remains"] if one["kind"] != "logs" for path in one["paths"])
