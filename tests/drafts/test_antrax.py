"""The draft of antrax: experiments, sessions and movies; stages that wait by file and by name; done by file and log."""

from __future__ import annotations

from bench import Bench
from conftest import Make
from remote_tracker.render import render_settings

NO_SESSION = "invalid: there is no session for it (RawVideos/{subdir}/{session}/parameters/Trck.mat)"


def experiments(bench: Bench) -> None:
    """Put two experiments there: one of two movies with an old and a new session, one of a movie; examples of tags."""
    bench.put("RawVideos/d1/exp1/videos/1_2/exp1_1.mp4", "RawVideos/d1/exp1/videos/1_2/exp1_2.mp4")
    bench.put("RawVideos/d1/exp1/old/parameters/Trck.mat", age=9000)
    bench.put("RawVideos/d1/exp1/antrax/parameters/Trck.mat")
    bench.put("RawVideos/exp2/videos/1_1/a_b_1.avi", "RawVideos/exp2/s/parameters/Trck.mat")
    bench.put("AuxiliaryFiles/classifier/examples/A/1.png")


def session(bench: Bench, place: str, movies: list[int], **made: bytes) -> None:
    """Put what anTraX makes for some movies of a session: by kind, its content."""
    paths = {
        "graph": "graphs/graph_{0}_{0}.mat",
        "labels": "labels/autoids_{0}.csv",
        "solved": "logs/matlab_solve_m_{0}.log",
        "tracks": "antdata/xy_{0}_{0}.mat",
    }
    for movie in movies:
        for kind, content in made.items():
            bench.put(f"RawVideos/{place}/{paths[kind].format(movie)}", content=content)


def test_each_movie_is_tracked_in_the_newest_session(make: Make) -> None:
    """A movie of an experiment is one task, in the youngest of the experiment's sessions."""
    bench = make("antrax")
    experiments(bench)
    assert bench.look("track") == {
        "d1/exp1/videos/1_2/exp1_1.mp4": "unprocessed",
        "d1/exp1/videos/1_2/exp1_2.mp4": "unprocessed",
        "exp2/videos/1_1/a_b_1.avi": "unprocessed",
    }
    antrax = "env -u ANTRAX_HPC antrax track"
    assert bench.lines("track") == [
        f'{antrax} "$project"/RawVideos/d1/exp1 --session antrax --movlist 1 --nw 1 --mcr',
        f'{antrax} "$project"/RawVideos/d1/exp1 --session antrax --movlist 2 --nw 1 --mcr',
        f'{antrax} "$project"/RawVideos/exp2 --session s --movlist 1 --nw 1 --mcr',
    ]
    assert "outputs=(graph=RawVideos/d1/exp1/antrax/graphs/graph_1_1.mat)" in bench.tasks("track")[0]


def test_an_experiment_without_a_session_is_named(make: Make) -> None:
    """A movie whose experiment has no session is not dropped in silence: it is invalid, with the reason."""
    bench = make("antrax")
    experiments(bench)
    bench.put("RawVideos/exp3/videos/1_1/c_1.mp4")
    assert bench.look("track")["exp3/videos/1_1/c_1.mp4"] == NO_SESSION
    assert bench.counts("track") == {"unprocessed": 3, "invalid": 1}


def test_two_movies_of_one_number_are_refused(make: Make) -> None:
    """anTraX counts movies by the number at their end: two of one number in an experiment are both named."""
    bench = make("antrax")
    experiments(bench)
    bench.put("RawVideos/d1/exp1/videos/3_3/other_2.mp4")
    found = bench.look("track")
    same = "invalid: its results would have the same names as those of"
    assert found["d1/exp1/videos/1_2/exp1_2.mp4"] == f"{same} d1/exp1/videos/3_3/other_2.mp4"
    assert found["d1/exp1/videos/3_3/other_2.mp4"] == f"{same} d1/exp1/videos/1_2/exp1_2.mp4"
    assert found["d1/exp1/videos/1_2/exp1_1.mp4"] == "unprocessed"


def test_the_classifier_is_trained_once(make: Make) -> None:
    """Training is one task for the whole project, and every movie's tags wait for it, by the file it makes."""
    bench = make("antrax")
    experiments(bench)
    session(bench, "d1/exp1/antrax", [1, 2], graph=b"x")
    assert bench.look("train") == {"classifier/examples": "unprocessed"}
    train = 'antrax train "$project"/AuxiliaryFiles/classifier --name classifier --ne 5'
    assert bench.lines("train") == [train]
    found = bench.look("classify")
    assert found["d1/exp1/videos/1_2/exp1_1.mp4"] == "waiting: classifier/examples (train: to do)"
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    assert bench.look("classify")["d1/exp1/videos/1_2/exp1_1.mp4"] == "unprocessed"
    classifier = '--classifier "$project"/AuxiliaryFiles/classifier/classifier.h5'
    assert f"{classifier} --session antrax --movlist 1" in bench.lines("classify")[0]


def test_a_movie_waits_for_its_own_tracking(make: Make) -> None:
    """With `after`, a movie waits for the movie that agrees with it on every wildcard, and for no other."""
    bench = make("antrax")
    experiments(bench)
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    session(bench, "d1/exp1/antrax", [1], graph=b"x")
    assert bench.look("classify") == {
        "d1/exp1/videos/1_2/exp1_1.mp4": "unprocessed",
        "d1/exp1/videos/1_2/exp1_2.mp4": "waiting: d1/exp1/videos/1_2/exp1_2.mp4 (track: to do)",
        "exp2/videos/1_1/a_b_1.avi": "waiting: exp2/videos/1_1/a_b_1.avi (track: to do)",
    }


def test_without_examples_and_classifier_the_missing_file_is_named(make: Make) -> None:
    """Where nothing will make the classifier, a movie does not wait for ever: it is invalid, with the file's place."""
    bench = make("antrax")
    bench.put("RawVideos/e/videos/1_1/a_1.avi", "RawVideos/e/s/parameters/Trck.mat")
    missing = "invalid: there is no classifier for it (AuxiliaryFiles/classifier/classifier.h5)"
    assert bench.look("classify") == {"e/videos/1_1/a_1.avi": missing}


def test_a_movie_is_solved_when_its_log_says_so(make: Make) -> None:
    """The log is the result: one whose last line is not Done is a bad result, in a scan too."""
    bench = make("antrax")
    experiments(bench)
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    session(bench, "d1/exp1/antrax", [1, 2], graph=b"x", labels=b"x")
    session(bench, "d1/exp1/antrax", [1], solved=b"...\nDone\n")
    session(bench, "d1/exp1/antrax", [2], solved=b"Done\nError in solve\n")
    found = bench.look("solve1")
    assert found["d1/exp1/videos/1_2/exp1_1.mp4"].startswith("finished")
    assert found["d1/exp1/videos/1_2/exp1_2.mp4"] == (
        'incomplete: bad result: matlab_solve_m_2.log: its last line is "Error in solve", '
        'expected one that matches "^Done"'
    )


def test_an_experiment_is_solved_colony_by_colony(make: Make) -> None:
    """Step 2 is a task for each experiment and colony, and waits for all movies of its experiment, by their logs."""
    bench = make("antrax", params={"colonies": [1, 2]})
    experiments(bench)
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    session(bench, "exp2/s", [1], labels=b"x", solved=b"Done\n")
    bench.put("RawVideos/exp2/s/graphs/1/graph_1_1.mat")
    waits = "waiting: 2 of 2 not finished: d1/exp1/videos/1_2/exp1_1.mp4 (solve1: not ready), and 1 more"
    assert bench.look("solve2") == {
        "d1/exp1/antrax/1": waits,
        "d1/exp1/antrax/2": waits,
        "exp2/s/1": "unprocessed",
        "exp2/s/2": "unprocessed",
    }
    solve = 'env -u ANTRAX_HPC antrax solve "$project"/RawVideos/exp2 --session s'
    assert bench.lines("solve2") == [
        f"{solve} --clist 1 --nw 1 --step 2 --mcr",
        f"{solve} --clist 2 --nw 1 --step 2 --mcr",
    ]
    assert bench.tasks("solve2")[0].endswith(
        "verify=('! tail -qn 1 \"$project\"/RawVideos/exp2/s/logs/matlab_solve_g_*.log | grep -qv ^Done')"
    )


def test_step_three_waits_for_all_colonies_of_its_experiment(make: Make) -> None:
    """A movie waits for every earlier task that agrees on the wildcards both have: here experiment and session."""
    bench = make("antrax", params={"colonies": [1, 2]})
    experiments(bench)
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    for place, movies in (("exp2/s", [1]), ("d1/exp1/antrax", [1, 2])):
        session(bench, place, movies, labels=b"x", solved=b"Done\n")
        bench.put(*(f"RawVideos/{place}/graphs/1/graph_{m}_{m}.mat" for m in movies))
    bench.record("solve2", ["exp2/s/1", "exp2/s/2", "d1/exp1/antrax/2"])
    waits = "waiting: 1 of 2 not finished: d1/exp1/antrax/1 (solve2: to do)"
    assert bench.look("solve3") == {
        "d1/exp1/videos/1_2/exp1_1.mp4": waits,
        "d1/exp1/videos/1_2/exp1_2.mp4": waits,
        "exp2/videos/1_1/a_b_1.avi": "unprocessed",
    }
    assert "globs=('tracks=RawVideos/exp2/s/antdata/*/xy_1_1.mat')" in bench.tasks("solve3")[0]


def test_an_invalid_movie_does_not_hold_up_its_experiment(make: Make) -> None:
    """What cannot be processed is lost at every later stage, and an experiment goes on without it."""
    bench = make("antrax")
    experiments(bench)
    bench.put("RawVideos/d1/exp1/videos/1_2/exp1_2.mp4", content=b"")
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    session(bench, "d1/exp1/antrax", [1], graph=b"x", labels=b"x", solved=b"Done\n")
    assert bench.look("solve2")["d1/exp1/antrax/1"] == "unprocessed"


def test_positions_are_exported_or_found_by_deeplabcut(make: Make) -> None:
    """The last stage is exportxy or dlc, as project.yml says; the folder of dlc has a name that anTraX chooses."""
    bench = make("antrax", params={"positions": "dlc"})
    experiments(bench)
    bench.put("AuxiliaryFiles/classifier/classifier.h5")
    session(bench, "exp2/s", [1], graph=b"x", labels=b"x", solved=b"Done\n", tracks=b"x")
    bench.record("solve2", ["exp2/s/1"])
    assert bench.lines("dlc") == [
        'env -u ANTRAX_HPC antrax dlc "$project"/RawVideos/exp2 --session s '
        '--cfg "$project"/AuxiliaryFiles/dlc/config.yaml --movlist 1'
    ]
    bench.settings(params={"positions": "xy"})
    assert bench.lines("exportxy") == [
        'env -u ANTRAX_HPC antrax exportxy "$project"/RawVideos/exp2 --session s --movlist 1 --nw 1 --mcr'
    ]


def test_it_works_in_place_whatever_the_exit_code(make: Make) -> None:
    """anTraX writes where it wants, any exit code will do, and each task has scratch space for MATLAB's cache."""
    bench = make("antrax")
    settings = render_settings(bench.project, bench.stage("track"), {"scratch": ""}).splitlines()
    assert {"mode=in-place", "exit_ok=any", "scratch=yes"} <= set(settings)
    assert '  export MCR_CACHE_ROOT="$work"/mcr' in settings
