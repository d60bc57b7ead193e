"""``Next:`` on real projects: whoever types what the last line says comes to an end, and is told the truth there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lab import COPY, Lab, Ran

pytestmark = pytest.mark.drawn(6, of="walks")

TRACK: dict[str, Any] = {
    "output": {"table": "Results/{subdir}/{name}_tracks.csv"},
    "command": "head -c 99 {{ input.video }}; grep -q 'bad\\|cut short' {{ input.video }} && exit 3;"
    " { echo x; grep -v empty {{ input.video }}; } > {{ output.table }} || true",
    "check": [{"csv": "table", "header": ["x"], "no_rows": "no animal was found"}],
}
SUMMARIZE: dict[str, Any] = {
    "name": "sum",
    "help": "a table a day",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"table": "Results/{day}/{subdir}/{name}_tracks.csv"},
    "output": {"files": "Results/{day}/filenames_summary.csv", "rows": "Results/{day}/features_summary.csv"},
    "command": "bash {{ tracker }}/summarize.sh {{ project }} {{ output.files }} {{ output.rows }} {{ input.table }}",
}
SUMMARIZER = """\
project=$1 files=$2 rows=$3 n=0
shift 3
echo file_id,filename,is_good >"$files"
echo file_id,x >"$rows"
for table; do
  good=False
  if grep -qv '^x$' "$table"; then
    good=True
    echo "$n,1" >>"$rows"
  fi
  echo "$n,${table#"$project"/},$good" >>"$files"
  n=$((n + 1))
done
"""
IDLE = ("Nothing is listed", "No day has a table", "Nothing failed", "Nothing of this project", "Traceback")
ENDS = ("look at ", "copy ", "mend ", "write ")
MOST = 14  # commands
ATTEMPTS = 2  # so often a video that fails is tried, which looks the same each time
EMPTY = "No animal was found in 1 video"


class Walk(NamedTuple):
    """The commands that somebody typed who followed the last line, and what stood behind the last ``Next:``."""

    typed: tuple[str, ...]
    end: str
    screens: tuple[Ran, ...]


def next_of(ran: Ran) -> str:
    """Return what stands behind the ``Next:`` of the last line that a command printed."""
    *_, last = (ran.out + ran.err).rstrip().splitlines()
    assert "Next:  " in last, ran
    return last.split("Next:  ")[1].split("   (./rt undo")[0]


def follow(lab: Lab, command: str = "./rt status") -> Walk:
    """Type a command, then what each last line says; fails on a circle and on a command that has nothing to do."""
    typed: list[str] = []
    screens: list[Ran] = []
    seen: Counter[tuple[str, str]] = Counter()
    while not command.startswith(ENDS) and not command.endswith(")"):
        ran = lab.run("bash", "-c", command.replace(", then ./rt status", "; ./rt status"), folder="")
        typed.append(command)
        screens.append(ran)
        assert not any(word in ran.out + ran.err for word in IDLE), ran
        seen[command, ran.out] += 1
        assert seen[command, ran.out] <= ATTEMPTS, f"a circle: {typed}"
        assert len(typed) <= MOST, typed
        command = next_of(ran)
    return Walk((*typed,), command, (*screens,))


@pytest.fixture
def tables(lab: Lab) -> Lab:
    """A project with a tracker that makes tables, and a summarizer."""
    lab.tracker(SUMMARIZE, **TRACK)
    lab.settings(attempts=ATTEMPTS)
    (lab.root / "site" / "trackers" / "tiny" / "summarize.sh").write_text(SUMMARIZER)
    return lab


JOINED = "look at Results/joined/animals.csv"
AGAIN = "copy again what is named above, or take it out of RawVideos; then  bash workspace/get_files2process.sh"


def test_an_empty_project(tables: Lab) -> None:
    """Where no video lies yet, every command says to copy some, and the run of everything is fine."""
    for verb in ("status", "scan", "run", "status --failures", "join"):
        ran = tables.rt(*verb.split())
        assert re.fullmatch("copy (videos|them) into RawVideos, then scan again", next_of(ran)), ran
        assert ran.code == (1 if verb == "join" else 0), ran
    assert follow(tables, "./rt verify").typed == ("./rt verify", "./rt status")


def test_from_new_videos_to_the_joined_table_and_on(tables: Lab) -> None:
    """Followed from new videos it ends at the joined table, and every screen says so; one more video begins anew."""
    tables.videos(2)
    walk = follow(tables)
    assert walk.end == JOINED
    assert walk.typed == (
        "./rt status",
        "bash workspace/get_files2process.sh",
        "bash workspace/process_all.sh",
        "bash workspace/get_files2process.sh",
        "bash summarizer/get_cmd2process.sh",
        "bash summarizer/process_all.sh",
        "bash summarizer/get_cmd2process.sh",
        "./rt join",
    )
    for verb in ("status", "scan", "scan --folder summarizer", "run", "status --failures", "join"):
        ran = tables.rt(*verb.split())
        assert (ran.code, next_of(ran)) == (0, JOINED)
    tables.video("d1/one more.avi", "1")
    walk = follow(tables)
    assert (walk.end, walk.typed[-1]) == (JOINED, "./rt join")
    assert "3 videos with 3 rows" in walk.screens[-1].out


def test_a_video_without_animals(tables: Lab) -> None:
    """It is finished, each screen names it, nothing sends in a circle, and the run of everything ends with 0."""
    tables.video("d1/none.avi", "empty")
    tables.videos(1)
    run = tables.rt("run")
    assert run.code == 0, run
    assert next_of(run) == JOINED
    for _ in range(2):  # a second scan looks at nothing again
        assert f"{EMPTY}.\n" in tables.scan().out
    assert f"{EMPTY}: d1/none.avi.\n" in tables.rt("status").out
    assert f"{EMPTY}: Results/joined/missing.csv names it.\n" in run.out
    assert "d1/none.avi (copy): finished; no animal was found\n" in tables.rt("why", "none").out
    assert "  d1/none.avi: finished; no animal was found\n" in tables.rt("status", "d1").out
    assert "d1/none.avi,Results/d1/none_tracks.csv,no animal was found\n" in missing(tables)
    assert follow(tables, "./rt join") == Walk(("./rt join",), JOINED, (tables.rt("join"),))
    tables.video("d1/none.avi", "an animal now", age=60)
    assert tables.rt("run").code == 0
    assert "No animal" not in tables.scan().out + tables.rt("status").out + tables.rt("join").out


def missing(lab: Lab) -> str:
    """Return what the list of videos without features holds."""
    return (lab.root / "Results" / "joined" / "missing.csv").read_text(encoding="utf-8")


def test_invalid_videos_only(tables: Lab) -> None:
    """It ends at the failures by cause, which say what to do about the videos; nothing is joined or summarized."""
    tables.video("d1/nothing.avi", "")
    for start in ("./rt status", "./rt run", "bash workspace/get_files2process.sh"):
        walk = follow(tables, start)
        assert walk.end == AGAIN
        assert walk.typed == (start, "./rt status --failures")
    assert walk.screens[0].out.count("invalid") > 0
    assert tables.rt("run").code == 1


def test_files_that_are_not_read(tables: Lab) -> None:
    """Where nothing else lies, what is not read is shown once, and there stands what a person does about it."""
    tables.video("d1/film.wmv", "x")
    for start in ("./rt status", "./rt run", "bash workspace/get_files2process.sh"):
        walk = follow(tables, start)
        assert walk.typed == (start, "./rt status --ignored")
        assert walk.end.startswith("write them anew as named above, or copy videos; then  bash workspace/get_files")
    tables.videos(1)
    assert tables.rt("run").code == 0
    assert follow(tables, "./rt status --ignored").end == JOINED


@pytest.mark.parametrize(
    ("content", "end"), [("bad", "mend what is named above; then  ./rt retry copy"), ("the file is cut short", AGAIN)]
)
def test_failed_videos(tables: Lab, content: str, end: str) -> None:
    """What failed is tried as often as it helps; the rest goes on to the joined table, then the failures are shown."""
    tables.video("d1/wrong.avi", content)
    tables.videos(1)
    walk = follow(tables)
    assert (walk.typed[-2:], walk.end) == (("./rt join", "./rt status --failures"), end)
    assert "d1/wrong.avi" in walk.screens[-1].out
    run = tables.rt("run")
    assert (run.code, next_of(run)) == (1, "./rt status --failures")


def test_a_tracker_without_tables(lab: Lab) -> None:
    """It ends at the results; a join says that there is nothing to join, not that a day must be summarized."""
    lab.videos(1)
    for start in ("./rt status", "./rt run"):
        assert follow(lab, start).end == "look at Results"
    ran = lab.rt("join")
    assert (ran.code, ran.err) == (1, "tiny makes no tables: there is nothing to join. Next:  look at Results\n")


def test_a_list_that_halted(tables: Lab) -> None:
    """A list that halted itself sends to the failures by cause once, then to the scan that lists the rest."""
    tables.video("d1/wrong.avi", "bad")
    tables.videos(2)
    tables.go()
    (tables.batch(1) / "halted").write_text("node=node1 why=no such program\n")
    walk = follow(tables)
    assert walk.typed[:3] == ("./rt status", "./rt status --failures", "bash workspace/get_files2process.sh")
    assert walk.end.startswith("mend what is named above")


def test_results_that_are_gone(tables: Lab) -> None:
    """What finished once and is gone is made again, down to the joined table."""
    tables.videos(2)
    tables.rt("run")
    tables.result("d1/v1_tracks.csv").unlink()
    walk = follow(tables, "bash workspace/get_files2process.sh")
    assert walk.typed[1] == "./rt redo --gone"
    assert walk.end == JOINED


def test_videos_that_were_archived(tables: Lab) -> None:
    """Videos that are no longer here after they were tracked are no reason to copy some, and leave the run fine."""
    tables.videos(2)
    assert tables.rt("run").code == 0
    (tables.root / "RawVideos" / "d1" / "v1.avi").unlink()
    run = tables.rt("run")
    assert (run.code, next_of(run)) == (0, JOINED)
    assert "1 archived: finished, and its video is no longer here" in run.out
    (tables.root / "RawVideos" / "d1" / "v2.avi").unlink()
    for verb in ("run", "status", "scan", "join"):
        ran = tables.rt(verb)
        assert (ran.code, next_of(ran)) == (0, JOINED), ran
    assert "2 archived: finished, and their videos are no longer here" in tables.rt("status").out
    tables.video("d1/new.avi", "3")
    assert "3 videos with 3 rows" in tables.rt("run").out


def test_the_script_of_a_scan_is_named_from_where_one_stands(tables: Lab, tmp_path: Path) -> None:
    """A project is followed from outside of it, too."""
    tables.videos(1)
    ran = tables.run(str(tables.root / "rt"), "run", folder="..")
    assert (ran.code, next_of(ran)) == (0, JOINED)


def test_behind_a_step_that_was_named(lab: Lab) -> None:
    """A scan of a step in which nothing is left leads on to the next step, in which something is to do."""
    again = {"input": {"copy": "Results/{subdir}/{name}.txt"}, "output": {"again": "Results/{subdir}/{name}.again"}}
    lab.tracker({**COPY, **again, "name": "second", "command": "cp {{ input.copy }} {{ output.again }}"})
    lab.videos(2)
    lab.scan()
    assert lab.run("bash", "process_1_copy.sh").code == 0
    assert "All 2 videos are finished. Next:  bash get_files2process.sh\n" in lab.scan("copy").out
    assert "2 videos found. Next:  bash process_2_second.sh\n" in lab.scan().out
