"""The drafts of targets that make no file, of names that the program chooses, of folders with odd exit codes."""

from __future__ import annotations

import shlex

import pytest
from conftest import Make
from remote_tracker.render import compile_stage, render_settings

h5py = pytest.importorskip("h5py")


def test_a_target_of_a_workflow_is_a_task(make: Make) -> None:
    """Each target of project.yml is a task; it has no input and no output, and Snakemake itself says if it is done."""
    bench = make(
        "targets_alone", params={"targets": ["all", "reports/fig 1.pdf"], "config": ["data_name=cifar10", "a=$b"]}
    )
    assert bench.look("run") == {"all": "unprocessed", "reports/fig 1.pdf": "unprocessed"}
    assert bench.lines("run")[1] == (
        "cd /path/to/dynvision && snakemake 'reports/fig 1.pdf' --cores 8 --rerun-incomplete --latency-wait 90 "
        "--config data_name=cifar10 'a=$b'"
    )
    verify = "cd /path/to/dynvision && snakemake -n all --cores 1 --config data_name=cifar10 'a=$b'"
    assert f"verify=({verify})" in shlex.split(bench.tasks("run")[0])
    check = bench.stage("run").checks[0]
    assert (check.kind, check.options) == ("command", {"prints": "Nothing to be done"})


def test_a_target_is_finished_by_its_record(make: Make) -> None:
    """What makes no file is finished when its task said so, and a failed one is to do again."""
    bench = make("targets_alone", params={"targets": ["all", "test"]})
    bench.record("run", ["all"])
    bench.record("run", ["test"], result="bad")
    assert bench.look("run")["all"] == "finished"
    assert bench.look("run")["test"].startswith("incomplete: bad result")


def test_no_target_is_nothing_to_do(make: Make) -> None:
    """An empty list is no work."""
    assert make("targets_alone", params={"targets": []}).look("run") == {}


def test_files_whose_names_deeplabcut_chooses(make: Make) -> None:
    """A video has a folder, and is finished when a file of some name is there and whole."""
    bench = make("chosen_names", params={"config": "AuxiliaryFiles/mice/config.yaml"})
    bench.put("RawVideos/d1/a.mp4", "RawVideos/b.mp4")
    assert bench.lines("analyze")[1] == (
        "python -c 'import sys, deeplabcut as d; d.analyze_videos(sys.argv[1], [sys.argv[2]], destfolder=sys.argv[3], "
        'save_as_csv=True)\' "$project"/AuxiliaryFiles/mice/config.yaml "$project"/RawVideos/d1/a.mp4 '
        '"$out"/Results/d1/a'
    )
    assert "globs=('poses=Results/d1/a/a*.h5' 'table=Results/d1/a/a*.csv')" in bench.tasks("analyze")[1]


def test_a_glob_does_not_take_brackets_of_a_name_for_its_own(make: Make) -> None:
    """A video named a[1]*.mp4 finds its own results only, and bash gets its name escaped."""
    bench = make("chosen_names")
    bench.put("RawVideos/a[1]*.mp4", "Results/a1x/a1x.h5", "Results/a1x/a1x.csv")
    assert bench.look("analyze") == {"a[1]*.mp4": "unprocessed"}
    assert r"poses=Results/a\[1\]\*/a\[1\]\**.h5" in bench.tasks("analyze")[0]


def test_a_day_waits_where_names_are_not_known(make: Make) -> None:
    """Where an earlier stage's files have names of its own, a day waits for the videos of that day."""
    bench = make("chosen_names")
    bench.put("RawVideos/d1/a.mp4", "RawVideos/d1/x/b.mp4", "RawVideos/d2/c.mp4", "RawVideos/top.mp4")
    for path in ("d1/a/aDLC.h5", "d2/c/cDLC.h5"):
        bench.put(f"Results/{path}", f"Results/{path[:-3]}.csv", content=b"x,y\n1,2\n")
        with h5py.File(bench.root / "Results" / path, "w") as file:
            file.create_group("df_with_missing")
    assert bench.look("summarize") == {
        "d1": "waiting: 1 of 2 not finished: d1/x/b.mp4 (analyze: to do)",
        "d2": "unprocessed",
    }


def test_a_folder_is_a_result(make: Make) -> None:
    """idtracker.ai's session is a folder; its settings are an input, and missing ones are named."""
    bench = make("folder_results")
    bench.put("RawVideos/d1/fish 1.mp4")
    missing = "invalid: there is no settings for it (AuxiliaryFiles/idtrackerai.toml)"
    assert bench.look("track") == {"d1/fish 1.mp4": missing}
    bench.put("AuxiliaryFiles/idtrackerai.toml")
    assert bench.lines("track") == [
        'idtrackerai --load "$project"/AuxiliaryFiles/idtrackerai.toml --track '
        '--video_paths "$project"/\'RawVideos/d1/fish 1.mp4\' --output_dir "$out"/Results/d1 '
        "--trajectories_formats h5 csv csv_tidy --number_of_parallel_workers 1 --device cuda"
    ]
    assert "outputs=(session='Results/d1/session_fish 1')" in bench.tasks("track")[0].replace("'session=", "session='")


@pytest.mark.parametrize(
    ("end", "trajectories", "reason"),
    [
        (b'"2026-01-01"', True, ""),
        (b"null", True, "session.json: timers.Tracking session.finish_time is null, expected a value"),
        (b'"2026-01-01"', False, 'holds no file "trajectories/trajectories.h5" that is not empty'),
    ],
)
def test_a_session_is_finished_by_what_it_says(make: Make, end: bytes, trajectories: bool, reason: str) -> None:
    """session.json appears early: it must say when the tracking ended, and the trajectories must be there."""
    bench = make("folder_results")
    bench.put("RawVideos/a.mp4", "AuxiliaryFiles/idtrackerai.toml")
    session = b'{"timers": {"Tracking session": {"finish_time": ' + end + b"}}}"
    bench.put("Results/session_a/session.json", content=session)
    if trajectories:
        bench.put("Results/session_a/trajectories/trajectories.h5")
    found = bench.look("track")["a.mp4"]
    assert reason in found
    assert found.startswith("incomplete: bad result" if reason else "finished")


def test_any_exit_code_will_do_and_nothing_is_reported_home(make: Make) -> None:
    """Its exit code is 1 on success; the variable that stops its reports is set for every task."""
    bench = make("folder_results")
    settings = render_settings(bench.project, compile_stage(bench.project, bench.stage("track")), {}).splitlines()
    assert {"exit_ok=any", "mode=fresh", "  export IDTRACKERAI_DISABLE_ANALYTICS=1"} <= set(settings)
