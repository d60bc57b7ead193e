"""A project as the package lay before goes on after ./rt update: what is YOURS, or runs, names old paths and words.

The files that forward are there up to 0.2; these tests go with them.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import TEMPLATE, Lab, own_package, wait_for
from remote_tracker.render import BLOCK_END, BLOCK_START
from schedulers.fakes import Programs

TRACKERS = TEMPLATE / "remote_tracker" / "trackers"
NEW_PLACE = 'parents[1] / "remote_tracker" / "day_tables"'
OLD_PLACE = 'parents[1] / "remote_tracker" / "trackers" / "tables"'
SHARING = sorted(
    path.parent.name for path in TRACKERS.glob("*/calculate_feat_summaries.py") if NEW_PLACE in path.read_text()
)
# What the release before wrote into its logs for results of this tracker: of the parameters `level` alone counts.
MADE_WITH = "8b232a42"
OLD_WORDS: dict[str, Any] = {
    "params": {
        "level": {"default": 3, "help": "what counts"},
        "scratch": {"default": "/tmp", "help": "a faster disk", "shapes": False},
    },
    "input": {
        "video": "RawVideos/{subdir}/{name}.{ext,avi|mp4}",
        "session": {"pattern": "RawVideos/{subdir}/session.json", "optional": True, "shapes": False},
    },
    "output": {"copy": "Results/{subdir}/session_{name}/trajectories/trajectories_tidy.csv"},
    "command": ": {{ params.level }} {{ params.scratch }}; cp {{ input.video }} {{ output.copy }}",
}
SUMMARIZE = {
    "name": "summarize",
    "help": "two tables a day",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"copy": OLD_WORDS["output"]["copy"].replace("{subdir}", "{day}/{subdir}")},
    "output": {name: f"Results/{{day}}/{name}_summary.csv" for name in ("filenames", "features")},
    "command": f"{sys.executable} {{{{ project }}}}/summarizer/calculate_feat_summaries.py {{{{ wildcards.day }}}} "
    "--results {{ project }}/Results --filenames {{ output.filenames }} --features {{ output.features }}",
}
TIDY = "frame,time,individual,x,y,probability\n0,0.0,0,0,0,1\n1,1.0,0,{x},0,1\n"
RULE_JOBS = """#!/usr/bin/env bash
set -euo pipefail
helper=''
source "$PROFILE/../settings.sh"
exec "$helper" -I "$(dirname "${BASH_SOURCE[0]}")/../serve_rules.py" "$RULES" "$@"
"""
# What a Snakemake does with the paths that run_workflow.py gave it, of which it keeps no copy.
CONTROLLER = """
set -euo pipefail
first=$("$RULE_JOBS" submit "$RULES/1.sh")
echo "submitted $first"
read -r _ <"$RULES/go"
echo "status $("$RULE_JOBS" status "$first")"
second=$("$RULE_JOBS" submit "$RULES/2.sh")
echo "submitted $second"
"$CANCEL" "$second"
"$RULE_JOBS" clear rt-x
echo over
"""


def make_previous(lab: Lab) -> None:
    """Give a project the package as it lay before: the same programs in the folders of then, with the words of then."""
    package = own_package(lab.root)
    for path in (path for path in package.rglob("*") if path.suffix in (".py", ".yml")):
        path.write_text(path.read_text().replace("affects_results", "shapes").replace('{"shapes": "shapes"}', "{}"))
    for path in (package / "day_tables").glob("*.py"):
        os.replace(path, package / "trackers" / "tables" / path.name)
    shutil.rmtree(package / "day_tables")
    shutil.rmtree(package / "rules")
    os.replace(package / "snakemake", package / "rules")
    served = (package / "rules" / "serve.py").read_text()
    served = served.replace("dirname(dirname(dirname(abspath(__file__))))", "dirname(dirname(abspath(__file__)))")
    (package / "serve_rules.py").write_text(served.replace(".snakemake.", ".rules."))
    (package / "rules" / "serve.py").unlink()
    (package / "rules" / "rule_jobs.sh").write_text(RULE_JOBS)


def write_summarizer(lab: Lab, tracker: str = "idtrackerai") -> None:
    """Put a tracker's program into the project as the release before did, edited by its owner."""
    kept = Path(__file__).parent / "previous" / f"{tracker}.txt"  # where the program reads other things since then
    text = (kept if kept.exists() else TRACKERS / tracker / "calculate_feat_summaries.py").read_text()
    text = text.replace(NEW_PLACE, OLD_PLACE)
    edited = text.replace('\nUNIT = "px"', '\nUNIT = "mm"').replace("\nPX_PER_UNIT = 1.0", "\nPX_PER_UNIT = 2.0")
    (lab.root / "summarizer" / "calculate_feat_summaries.py").write_text(edited)


@pytest.fixture
def previous(lab: Lab) -> Lab:
    """A project of the layout before: its own tracker, old words in it, two results, an edited summarizer."""
    make_previous(lab)
    lab.tracker(SUMMARIZE, **OLD_WORDS)
    write_summarizer(lab)
    for name in ("a", "b c"):
        lab.video(f"d1/{name}.avi", TIDY.format(x=4))
    lab.go()
    assert lab.counts() == {"finished": 2}
    assert yaml.safe_load((lab.batch(1) / "batch.yml").read_text())["params_fingerprint"] == MADE_WITH
    return lab


def update(lab: Lab, template: Path) -> None:
    """Update the project to the version that is tested."""
    ran = lab.rt("update", "--from", str(template))
    assert ran.code == 0, ran
    assert (lab.root / "remote_tracker" / "day_tables").is_dir()


def features(lab: Lab, day: str) -> list[dict[str, str]]:
    """Return a day's table."""
    with open(lab.result(f"{day}/features_summary.csv"), newline="") as file:
        return list(csv.DictReader(file))


def test_results_stay_finished_and_their_days_are_summarized(previous: Lab, template: Path) -> None:
    """After an update no result was made with other parameters, and an edited summarizer makes its tables."""
    update(previous, template)
    scanned = previous.scan()
    assert "2\tFiles that were succesfully finished." in scanned.out
    assert "other parameters" not in scanned.out
    assert scanned.err == (
        f'{previous.root}/site/trackers/tiny/tracker.yml line 11: "shapes" is called "affects_results" now. '
        "Write that: the old word is read until 0.2.\n"
    )
    assert "0 will be listed again" in previous.rt("redo", "--stale").out
    previous.run("bash", "get_cmd2process.sh", folder="summarizer")
    ran = previous.run("bash", "process_all.sh", folder="summarizer")
    assert ran.code == 0, ran
    assert [row["path_length_mm"] for row in features(previous, "d1")] == ["2", "2"]


def test_a_list_that_nobody_started_is_written_once_more(previous: Lab, template: Path) -> None:
    """What was pinned before an update and not started is pinned anew by the first scan after it, and by no other."""
    previous.video("d1/new.avi", TIDY.format(x=1))
    assert previous.look()["batch"] == "0002"
    update(previous, template)
    assert [previous.look()["batch"] for _ in range(2)] == ["0003", "0003"]
    assert previous.process().code == 0
    assert previous.counts() == {"finished": 3}


@pytest.mark.parametrize("tracker", SHARING)
@pytest.mark.drawn(2)
def test_each_trackers_program_finds_what_it_shares(lab: Lab, tracker: str) -> None:
    """A copy of before, of each tracker that has one, finds what it shares by the old folder, once for all modules."""
    write_summarizer(lab, tracker)
    look = (
        "import runpy, sys; found = runpy.run_path('summarizer/calculate_feat_summaries.py'); import day_files; "
        "print(found['Unusable'] is day_files.Unusable, day_files.__file__)"
    )
    beside = {"PYTHONPATH": str(own_package(lab.root) / "trackers" / tracker)}  # as its tracker.yml says
    ran = lab.run(sys.executable, "-c", look, folder="", **beside)
    assert ran.out == f"True {lab.root}/remote_tracker/day_tables/day_files.py\n", ran


def test_seven_trackers_share() -> None:
    """The trackers above are those whose programs were copied with the old folder's name."""
    assert SHARING == ["antrax", "deeplabcut", "idtrackerai", "opencv", "sleap", "tramway", "trex"]


def test_the_old_folder_is_no_tracker(lab: Lab) -> None:
    """trackers/tables, where files forward, is not listed among the trackers."""
    assert "tables" not in lab.rt("trackers").out.split()


@pytest.fixture
def rules(previous: Lab) -> Path:
    """The folder of a workflow on PBS: as a batch has it, with the scripts of two jobs."""
    profile = previous.batch(1) / "profile"
    profile.mkdir()
    facts = {"scheduler": "pbs", "project": "p", "script": "process_all.pbs"}
    (profile / "rules.json").write_text(json.dumps(facts))
    (previous.batch(1) / "settings.sh").write_text(previous.shared(1))  # as each batch had it
    (profile / "process_all.pbs").write_text(f"#!/bin/bash\n{BLOCK_START}\n{BLOCK_END}\nexec true\n")
    made = previous.workspace / "batches/rules/0001/all"
    made.mkdir(parents=True)
    for number in (1, 2):
        properties = {"rule": "track", "jobid": number, "threads": 1, "resources": {}}
        (made / f"{number}.sh").write_text(f"#!/bin/sh\n# properties = {json.dumps(properties)}\ntrue\n")
    os.mkfifo(made / "go")
    return made


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """PBS whose queue is empty and which takes every job as 12[].server."""
    made = Programs(tmp_path / "programs")
    made.say("qsub", "12[].server\n")
    made.say("qstat", '{"Jobs": {}}\n')
    made.say("qselect")
    made.say("qdel")
    return made


def test_a_controller_that_runs_meanwhile(previous: Lab, rules: Path, programs: Programs, template: Path) -> None:
    """A Snakemake that was started before an update sends, asks, cancels and clears by the old paths after it."""
    old = previous.root / "remote_tracker" / "rules"
    given = {
        "RULES": str(rules),
        "PROFILE": str(previous.batch(1) / "profile"),
        "RULE_JOBS": str(old / "rule_jobs.sh"),
        "CANCEL": str(old / "cancel_rules.sh"),
        "PATH": f"{programs.folder}:{previous.environment()['PATH']}",
    }
    words = [f"{name}={value}" for name, value in given.items()]
    controller = previous.start("env", *words, "bash", "-c", CONTROLLER)
    wait_for((rules / "track/1/job").exists, "the first job is sent")
    update(previous, template)
    (rules / "track/1/exit").write_text("0\n")
    (rules / "go").write_text("\n")
    told, _ = controller.communicate(timeout=60)
    assert (controller.returncode, told.decode().splitlines()) == (
        0,
        ["submitted track/1@12[].server", "status success", "submitted track/2@12[].server", "over"],
    )
    wait_for(lambda: ["12[].server"] in programs.calls("qdel"), "the second job is cancelled")
    assert (rules / "track/2/run_task.sh").read_bytes() == (old.with_name("snakemake") / "run_rule.sh").read_bytes()


def test_a_rule_jobs_that_was_swapped_while_it_ran(previous: Lab, rules: Path, template: Path) -> None:
    """The old rule_jobs.sh, read before an update, starts serve_rules.py after it."""
    update(previous, template)
    served = previous.root / "remote_tracker" / "rules" / ".." / "serve_rules.py"
    (rules / "track/1").mkdir(parents=True)
    (rules / "track/1/exit").write_text("1\n")
    ran = previous.run(sys.executable, "-I", str(served), str(rules), "status", "track/1@12[].server")
    assert (ran.code, ran.out) == (0, "failed\n"), ran


def test_what_forwards_says_when_it_goes(lab: Lab) -> None:
    """Each file that forwards says in its head with which version it goes."""
    package = own_package(lab.root)
    found = subprocess.run(["grep", "-rl", "Goes with 0.2: ", "."], cwd=package, capture_output=True, text=True)
    names = ["rules/cancel_rules.sh", "rules/rule_jobs.sh", "serve_rules.py"]
    names += [f"trackers/tables/day_{what}.py" for what in ("files", "tables", "units")]
    assert sorted(re.sub(r"^\./", "", line) for line in found.stdout.split() if line.endswith((".py", ".sh"))) == names
