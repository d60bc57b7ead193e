"""anTraX in a project that cookiecutter made, on this machine, through the three lines; stand-ins for it and MATLAB."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from baking import make_once
from lab import LONG_AGO, Lab, Ran, copy_tree
from trackers.conftest import PYTHONS, STANDINS, Bake, Make
from trackers.sprites import draw, straight
from warm import find_warm_python

pytestmark = pytest.mark.drawn(2, of="whole runs")  # of those without a mark of their own

STEPS = ("train", "track", "link", "classify", "solve1", "solve2", "solve3")
SHARED = Path(__file__).parents[3] / "shared" / "data" / "antrax" / "dummy_exp"


class Ants:
    """A project of the tracker antrax with experiments of small movies."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.raw = lab, lab.root / "RawVideos"
        self.say()

    def bring_examples(self) -> None:
        """Put the images of two ants there, that the classifier is trained with."""
        lab = self.lab
        examples = lab.root / "AuxiliaryFiles/classifier/examples"
        for tag in "AB":
            (examples / tag).mkdir(parents=True)
            (examples / tag / "1.png").write_bytes(b"png")
            os.utime(examples / tag / "1.png", (LONG_AGO, LONG_AGO))
        for folder in (*examples.iterdir(), examples):
            os.utime(folder, (LONG_AGO, LONG_AGO))

    def say(self, *lines: str) -> None:
        """Write activate.sh: where the stand-ins lie, and more lines; one inherited by mistake is among them."""
        found = STANDINS / "antrax"
        self.lab.activate(
            f"export PATH={found / 'bin'}:{PYTHONS}:$PATH PYTHONPATH={found / 'lib'}\n"
            f"export WARM_PYTHON={find_warm_python()} PYTHONDONTWRITEBYTECODE=1 ANTRAX_HPC=True\n"
            f"export ANTRAX_PATH={found / 'matlab'} ANTRAX_MCR={found / 'mcr'}\n"
            + "".join(f"{line}\n" for line in lines)
        )

    def choose(self, **params: Any) -> None:
        """Write the tracker's parameters into project.yml."""
        self.lab.settings(name="ants", tracker="antrax", params=params)

    def experiment(
        self, name: str, movies: int = 6, session: str = "antrax", labels: tuple[str, ...] = (), together: int = 3
    ) -> None:
        """Put an experiment there, so many movies together in a folder, with a session as anTraX's window makes it."""
        for m in range(1, movies + 1):
            first = (m - 1) // together * together + 1
            path = self.raw / name / f"videos/{first}_{min(first + together - 1, movies)}/exp1_{m}.avi"
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(path, [straight(20, 20, 1)], frames=5)
            os.utime(path, (LONG_AGO, LONG_AGO))
        self.session(name, session, movies=movies, labels=labels)

    def session(self, name: str, session: str, movies: int, age: int = 0, labels: tuple[str, ...] = ()) -> None:
        """Configure a session of an experiment."""
        folder = self.raw / name / session / "parameters"
        folder.mkdir(parents=True)
        rows = [f"{m} exp1_{m}.avi 1_3 100 {100 * m - 99} {100 * m} 10" for m in range(1, movies + 1)]
        head = "index movfile subdir nframes fi ff fps"
        (folder / "movies_info.txt").write_text("\n".join([head, *rows, ""]))
        told: dict[str, Any] = {"geometry_multi_colony": bool(labels), "graph_groupby": "subdir", "tagged": True}
        (folder / "prmtrs.json").write_text(json.dumps(told | ({"geometry_colony_labels": labels} if labels else {})))
        (folder / "Trck.mat").write_bytes(b"Trck")
        os.utime(folder / "Trck.mat", (LONG_AGO - age, LONG_AGO - age))

    def go(self, step: str) -> Ran:
        """Scan one step and run what was listed."""
        found = self.lab.scan(step)
        assert found.code == 0, found
        script = next(self.lab.workspace.glob(f"process_*_{step}.sh")).name
        return self.lab.run("bash", script, seconds=120)

    def go_to_the_end(self, *steps: str) -> None:
        """Run these steps, and prove that each is done."""
        for step in steps or STEPS:
            ran = self.go(step)
            assert ran.code == 0, (step, ran, self.last_log())
            assert set(self.lab.counts(step)) == {"finished"}, (step, self.last_log())
        assert "changed since" not in self.lab.rt("status").out

    def last_log(self) -> str:
        """Return the first log of the last batch."""
        return self.lab.log(self.lab.batches()[-1], 1)

    def lines(self) -> list[str]:
        """Return the list of the last batch."""
        return (self.lab.batch(self.lab.batches()[-1]) / "files2process.txt").read_text().splitlines()

    def by_hand(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run anTraX's own command line as its guide says, outside of the project's scripts; it ends with 0."""
        found = STANDINS / "antrax"
        argv = [str(found / "bin/antrax"), *words]
        environment = {
            **self.lab.environment(PATH=f"{PYTHONS}:/usr/bin:/bin", WARM_PYTHON=find_warm_python()),
            "ANTRAX_USE_MCR": "True",
            "ANTRAX_PATH": str(found / "matlab"),
            "ANTRAX_MCR": str(found / "mcr"),
            "MCR_CACHE_ROOT": str(self.lab.home / "cache_by_hand"),
            **more,
        }
        return subprocess.run(argv, cwd=self.raw, env=environment, check=True, capture_output=True, text=True)

    def files(self, pattern: str) -> list[str]:
        """Return the files of RawVideos that match."""
        return sorted(str(path.relative_to(self.raw)) for path in self.raw.glob(pattern))

    def joined(self) -> list[dict[str, str]]:
        """Summarize, join, and return the rows of the joined table."""
        self.lab.run("bash", "get_cmd2process.sh", folder="summarizer")
        ran = self.lab.run("bash", "process_all.sh", folder="summarizer")
        assert ran.code == 0, ran
        assert self.lab.rt("join").code == 0
        with (self.lab.root / "Results/joined/features_summary.csv").open(newline="") as file:
            return list(csv.DictReader(file))


class Past:
    """Experiments of two movies that were taken through the steps once; each test gets a copy of where it begins."""

    def __init__(self, factory: pytest.TempPathFactory, baked: Path) -> None:
        self._factory, self._baked = factory, baked

    def copy(self, target: Path, step: str, *labels: str) -> None:
        """Make a project in which all steps up to this one are done ("": none); with labels, of these colonies."""
        copy_tree(self._find(step, labels), target)

    def _find(self, step: str, labels: tuple[str, ...]) -> Path:
        def make(place: Path) -> Path:
            root = place / "project"
            if step:
                copy_tree(self._find(("", *STEPS)[STEPS.index(step)], labels), root)
                Ants(Lab(root, place)).go_to_the_end(step)
            else:
                self._begin(root, labels)
            return root

        return make_once(self._factory, "_".join(["ants", step or "begin", *labels]), make)

    def _begin(self, root: Path, labels: tuple[str, ...]) -> None:
        copy_tree(self._baked, root)
        ants = Ants(Lab(root, root.parent))
        ants.bring_examples()
        ants.experiment("exp1", movies=2, labels=labels)
        if labels:
            ants.choose(colonies=[*range(1, len(labels) + 1)])


@pytest.fixture(scope="session")
def past(baked_with: Bake, tmp_path_factory: pytest.TempPathFactory) -> Past:
    """What many tests begin with, made once for all workers."""
    return Past(tmp_path_factory, baked_with("antrax"))


@pytest.fixture
def ants(make: Make) -> Ants:
    """A project of the tracker antrax without experiments; the stand-ins are on the PATH of its tasks."""
    made = Ants(make("antrax"))
    made.bring_examples()
    return made


After = Callable[..., Ants]


@pytest.fixture
def after(past: Past, tmp_path: Path) -> After:
    """Return what gives a project in which a step and all before it are done for one experiment of two movies."""

    def made(step: str, *labels: str) -> Ants:
        past.copy(tmp_path / "ants", step, *labels)
        (tmp_path / "home").mkdir()
        return Ants(Lab(tmp_path / "ants", tmp_path / "home"))

    return made


@pytest.mark.drawn("all")
def test_to_the_end(ants: Ants) -> None:
    """Two experiments, one in a day's folder, go through all steps to scans that say 0 and a table of all ants."""
    ants.experiment("exp1", movies=2, together=1)
    ants.experiment("20260101/exp 2's", movies=1)
    ants.go_to_the_end()
    found = ants.lab.scan()
    assert "0\tTotal files to be processed." in found.out
    rows = ants.joined()
    assert len(rows) == 2 * 3
    assert {row["animal"] for row in rows} == {"A", "B"}
    assert float(rows[0]["path_length_mm"]) == pytest.approx(99)
    assert float(rows[0]["speed_mm_per_s_mean"]) == pytest.approx(10)
    assert not (ants.lab.home / "submitted").exists()
    assert not (ants.lab.home / "raced").exists()
    said = [line for stage in STEPS for line in ants.lab.scan(stage).out.splitlines() if "not read" in line]
    assert not said  # what anTraX writes beside the movies is its own


def put(ants: Ants, place: str, content: str) -> Path:
    """Put a file of a session there, as old as the movies."""
    path = ants.raw / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (LONG_AGO + 60, LONG_AGO + 60))
    return path


@pytest.mark.drawn("all")
def test_the_list_can_be_read(ants: Ants) -> None:
    """A line of the list is anTraX's own command, with the movie's number as --movlist; ANTRAX_HPC is unset in each."""
    ants.experiment("exp1", movies=2)
    ants.lab.scan("track")
    lines = [line.split(" antrax ", 1) for line in ants.lines()]
    own = 'track "$project"/RawVideos/exp1 --session antrax --movlist {} --nw 1 --mcr'
    assert [last for _, last in lines] == [own.format(1), own.format(2)]
    assert {first.split(" bash ")[0] for first, _ in lines} == {"env -u ANTRAX_HPC"}


@pytest.mark.parametrize(
    ("step", "dies", "why"),
    [
        ("train", "train", "exit"),
        ("track", "track_single_movie 2", "!"),
        ("link", "link_across_movies", "Finished"),
        ("solve1", "solve_single_movie 2", "Done"),
        ("solve2", "solve_across_movies", "Done"),
        ("solve3", "export_single_movie 2", "tracklets_table_2_2.csv"),
    ],
)
@pytest.mark.drawn(2)
def test_matlab_dies(after: After, step: str, dies: str, why: str) -> None:
    """MATLAB dies with half a file written, anTraX ends with 0: a bad result, and the next list redoes it alone."""
    ants = after(("", *STEPS)[STEPS.index(step)])
    before = set(ants.lab.batches())
    ants.say(f"export STANDIN_DIES='{dies}'")
    assert ants.go(step).code == 1
    counts = ants.lab.counts(step)
    assert counts.get("finished", 0) == (1 if dies.endswith("2") else 0)
    assert counts["incomplete"] == 1, counts
    if step != STEPS[-1]:
        assert "finished" not in ants.lab.counts(STEPS[STEPS.index(step) + 1])
    logs = "".join(ants.lab.log(batch, n) for batch in set(ants.lab.batches()) - before for n in (1, 2))
    assert why in logs
    assert step == "train" or "disk quota exceeded" in logs
    ants.say()
    ants.go_to_the_end(step)


@pytest.mark.drawn(1, of="courses")
def test_a_partial_experiment_goes_on(ants: Ants) -> None:
    """Of an experiment tracked in part elsewhere, as the dummy is, what is there counts, and the rest is listed."""
    ants.experiment("exp1")
    for m in (1, 2, 4, 5, 6):
        put(ants, f"exp1/antrax/graphs/graph_{m}_{m}.mat", "tracked\n")
        put(ants, f"exp1/antrax/images/images_{m}.mat", "images")
        put(ants, f"exp1/antrax/logs/matlab_track_m_{m}.log", "11:22:33 -I- Saving\n11:22:34 -G- Done!\n")
    if SHARED.is_dir():
        tracked = {path.name for path in (SHARED / "antrax/graphs").iterdir()}
        assert tracked == {Path(name).name for name in ants.files("exp1/antrax/graphs/*")}
    put(ants, "exp1/antrax/logs/matlab_track_m_3.log", "Function track_single_movie\n")
    assert ants.lab.counts("track") == {"finished": 5, "unprocessed": 1}
    ants.go_to_the_end("train", "track", "link")
    assert ants.files("exp1/antrax/.aside/*/*/*") == [
        name for name in ants.files("exp1/antrax/.aside/*/*/*") if name.endswith("logs/matlab_track_m_3.log")
    ]
    put(ants, "exp1/antrax/labels/autoids_1.csv", "tracklet,label,score,best_frame\ntrj,A,0.9,3\n")
    put(ants, "exp1/antrax/logs/matlab_solve_m_1.log", "11:22:33 -I- Saving\n11:22:34 -G- Done\n")
    put(ants, "exp1/antrax/logs/matlab_solve_m_2.log", "11:22:33 -I- Saving\n")
    assert ants.lab.counts("classify") == {"finished": 1, "unprocessed": 5}
    ants.go_to_the_end("classify")
    assert ants.lab.counts("solve1") == {"finished": 1, "incomplete": 1, "unprocessed": 4}


@pytest.mark.drawn(1, of="courses")
def test_the_newest_session_or_the_one_asked_for(ants: Ants) -> None:
    """The newest session is worked on; with `session` the other, links too, though MATLAB would link the newest."""
    ants.experiment("exp1", movies=2)
    ants.session("exp1", "old.one", movies=2, age=9000)
    ants.go_to_the_end("track", "link")
    assert ants.files("exp1/*/graphs/cross_movie_links.mat") == ["exp1/antrax/graphs/cross_movie_links.mat"]
    ants.choose(session="old.one")
    assert ants.lab.counts("track") == {"unprocessed": 2}  # what was finished in the other one says nothing of it
    ants.go_to_the_end("track", "link")
    assert ants.files("exp1/old.one/graphs/*.mat") == [
        f"exp1/old.one/graphs/{name}.mat" for name in ("cross_movie_links", "graph_1_1", "graph_2_2")
    ]
    assert ants.files("exp1/antrax/.aside/*") == []
    ants.choose()
    assert ants.lab.counts("track") == {"finished": 2}


@pytest.mark.drawn(1, of="courses")
def test_a_newer_session(after: After) -> None:
    """A session that is configured later has all its movies to do, and a movie's path still means its work."""
    ants = after("solve3")
    ants.session("exp1", "second", movies=2, age=-9000)
    assert {step: ants.lab.counts(step) for step in ("track", "link", "solve3")} == {
        "track": {"unprocessed": 2},
        "link": {"waiting": 1},
        "solve3": {"waiting": 2},
    }
    said = ants.lab.rt("why", "RawVideos/exp1/videos/1_2/exp1_2.avi").out
    assert "exp1/videos/1_2/exp1_2.avi,session=second" in said


def test_opening_a_session_outdates_nothing(after: After) -> None:
    """anTraX's window writes Trck.mat anew when an experiment is opened: what was tracked stays finished."""
    ants = after("link")
    os.utime(ants.raw / "exp1/antrax/parameters/Trck.mat", (LONG_AGO + 5, LONG_AGO + 5))
    (ants.raw / "exp1/antrax/parameters/Trck.mat").write_text("another Trck")
    assert (ants.lab.counts("track"), ants.lab.counts("link")) == ({"finished": 2}, {"finished": 1})


@pytest.mark.drawn(1, of="colonies")
def test_two_colonies(after: After) -> None:
    """Of two colonies each is solved by itself, proven by its own log, and both are in the table."""
    ants = after("solve1", "red", "blue")
    assert len(ants.files("exp1/antrax/logs/matlab_solve_m_*_c_*.log")) == 4
    ants.say("export STANDIN_DIES=solve_across_movies")
    ants.go("solve2")
    assert ants.lab.counts("solve2") == {"incomplete": 2}
    ants.say()
    ants.go_to_the_end("solve2", "solve3")
    assert {row["animal"] for row in ants.joined()} == {"red/A", "red/B", "blue/A", "blue/B"}


@pytest.mark.drawn(1, of="colonies")
def test_a_movie_without_one_of_its_colonies(after: After) -> None:
    """An export that ends after the first colony is no result, though a file of this movie is there."""
    ants = after("solve2", "red", "blue")
    ants.say("export STANDIN_DIES=blue")
    ants.go("solve3")
    assert ants.lab.counts("solve3") == {"incomplete": 2}


@pytest.mark.drawn(1, of="colonies")
def test_a_movie_exported_by_hand_without_one_of_its_colonies(after: After) -> None:
    """A scan asks what a task asks: an export by hand that ends after the first colony is no result."""
    ants = after("solve2", "red", "blue")
    ants.by_hand("solve", str(ants.raw / "exp1"), "--step", "3", "--nw", "1", "--mcr", STANDIN_DIES="blue")
    assert ants.lab.counts("solve3") == {"incomplete": 2}
    assert "the colony blue has no table" in ants.lab.rt("why", "exp1/videos/1_2/exp1_1.avi,session=antrax").out


def test_a_graph_without_its_log(after: After) -> None:
    """A graph that came without the log of its tracking is not proven, and is listed; nothing of it is lost."""
    ants = after("track")
    (ants.raw / "exp1/antrax/logs/matlab_track_m_1.log").rename(ants.raw / "exp1/antrax/elsewhere.log")
    (ants.lab.workspace / "batches/proven.track").unlink()
    assert ants.lab.counts("track") == {"finished": 1, "incomplete": 1}


def test_a_graph_that_is_cut(after: After) -> None:
    """A graph whose end is gone is no result of a scan either, though the log of its tracking is whole."""
    ants = after("track")
    graph = ants.raw / "exp1/antrax/graphs/graph_1_1.mat"
    whole = (
        b"MATLAB 5.0 MAT-file".ljust(124)
        + b"\x00\x01IM"
        + (15).to_bytes(4, "little")
        + (64).to_bytes(4, "little")
        + bytes(64)
    )
    graph.write_bytes(whole)
    assert ants.lab.counts("track") == {"finished": 2}
    graph.write_bytes(whole[:-30])
    assert ants.lab.counts("track") == {"finished": 1, "incomplete": 1}
    assert "its last variable ends at 200" in ants.lab.rt("why", "exp1/videos/1_2/exp1_1.avi,session=antrax").out


@pytest.mark.drawn(1, of="courses")
def test_a_redo_of_one_movie(after: After) -> None:
    """A movie that is tracked again: its old graph is kept aside, and all that was made of it is listed again."""
    ants = after("solve3")
    old = (ants.raw / "exp1/antrax/graphs/graph_2_2.mat").read_text()
    assert ants.lab.rt("redo", "--stage", "track", "exp1/videos/1_2/exp1_2.avi").code == 0
    assert ants.lab.counts("track") == {"finished": 1, "unprocessed": 1}
    ants.go_to_the_end("track")
    kept = [ants.raw / name for name in ants.files(".aside/**/graph_2_2.mat")]
    assert [path.read_text() for path in kept] == [old]
    assert ants.lab.counts("link") == {"incomplete": 1}
    ants.go_to_the_end("link")
    assert ants.lab.counts("classify") == {"finished": 1, "incomplete": 1}
    ants.go_to_the_end("classify", "solve1", "solve2", "solve3")


@pytest.mark.drawn(1, of="courses")
def test_a_movie_added_later(after: After) -> None:
    """A movie that comes later is tracked alone; then the experiment is linked and solved again."""
    ants = after("solve2")
    path = ants.raw / "exp1/videos/3_3/exp1_3.avi"
    path.parent.mkdir()
    path.write_bytes((ants.raw / "exp1/videos/1_2/exp1_1.avi").read_bytes())
    os.utime(path, (LONG_AGO, LONG_AGO))
    ants.go("track")
    assert len(ants.lines()) == 1
    for step in ("link", "classify", "solve1", "solve2"):
        ants.go_to_the_end(step)
    assert "graph_3_3.mat" in (ants.raw / "exp1/antrax/graphs/cross_movie_links.mat").read_text()


@pytest.mark.drawn(1, of="courses")
def test_body_parts_and_untagged(after: After) -> None:
    """With dlc_config body parts are found, each task with its own config.yaml; with untagged all positions come."""
    ants = after("solve3")
    folder = ants.lab.root / "AuxiliaryFiles/dlc"
    (folder / "dlc-models").mkdir(parents=True)
    told = "Task: ants\nproject_path: /pc/dlc\n"
    (folder / "config.yaml").write_text(told)
    ants.choose(dlc_config="AuxiliaryFiles/dlc/config.yaml", untagged=True)
    assert {step: ants.lab.counts(step) for step in STEPS[1::5]} == {
        "track": {"finished": 2},
        "solve3": {"finished": 2},
    }
    ants.go_to_the_end("exportxy", "dlc")
    assert ants.files("exp1/antrax/deeplabcut-ants/*") == [
        f"exp1/antrax/deeplabcut-ants/predictions_{m}.h5" for m in (1, 2)
    ]
    assert ants.files("exp1/antrax/antdata/xy_*_untagged.mat")
    assert (folder / "config.yaml").read_text() == told


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("PATH=/nowhere", "anTraX does not start"),
        ("unset ANTRAX_PATH", "ANTRAX_PATH must name"),
        ("export ANTRAX_MCR=/nowhere", "ANTRAX_MCR must name"),
    ],
)
def test_what_is_needed(ants: Ants, line: str, says: str) -> None:
    """Without anTraX, its MATLAB program or MATLAB Runtime the first scan says what to do, and lists nothing."""
    ants.experiment("exp1", movies=1)
    ants.say(line)
    ran = ants.lab.scan()
    assert ran.code == 1
    assert says in " ".join(ran.err.split())
    assert ants.lab.batches() == []


@pytest.mark.drawn(1, of="courses")
def test_its_own_command_line(after: After) -> None:
    """What anTraX's own command line made is seen, before and after ours failed, and also where MATLAB died in it."""
    ants = after("train")
    exp = str(ants.raw / "exp1")
    ants.by_hand("track", exp, "--movlist", "1", "--nw", "1", "--mcr", STANDIN_DIES="graph_1_1.mat")
    assert ants.lab.counts("track") == {"incomplete": 1, "unprocessed": 1}
    said = ants.lab.rt("why", "exp1/videos/1_2/exp1_1.avi,session=antrax").out
    assert "logs/matlab_track_m_1.log does not end in Done" in said
    assert "FAILS  command: tail -n 1 " in said
    ants.by_hand("track", exp, "--movlist", "1", "--nw", "1", "--mcr")
    assert ants.lab.counts("track") == {"finished": 1, "unprocessed": 1}
    ants.say("export STANDIN_DIES='track_single_movie 2'")
    assert ants.go("track").code == 1
    assert len(ants.lines()) == 1
    assert ants.lab.counts("track") == {"finished": 1, "incomplete": 1}
    ants.by_hand("track", exp, "--movlist", "2", "--nw", "1", "--mcr")
    assert (ants.lab.counts("track"), ants.lab.counts("link")) == ({"finished": 2}, {"finished": 1})
    ants.say()
    ants.go_to_the_end("classify")
    for step, dies in ((1, "solve_single_movie"), (2, "solve_across_movies")):
        ants.by_hand("solve", exp, "--step", str(step), "--nw", "1", "--mcr", STANDIN_DIES=dies)
        assert "finished" not in ants.lab.counts(f"solve{step}")
        ants.by_hand("solve", exp, "--step", str(step), "--nw", "1", "--mcr")
        assert set(ants.lab.counts(f"solve{step}")) == {"finished"}
    ants.by_hand("exportxy", exp, "--nw", "1", "--mcr")
    assert ants.lab.counts("solve3") == {"finished": 2}
    assert not (ants.lab.home / "submitted").exists()


def test_experiments_in_a_text_file(after: After) -> None:
    """Only the experiments that a text file lists are worked on and in the tables; one that is not there is refused."""
    ants = after("solve3")
    shutil.copytree(ants.raw / "exp1", ants.raw / "day/exp 2")
    listed = ants.lab.root / "AuxiliaryFiles/experiments.txt"
    listed.write_text(f"# as for antrax\n\n{ants.raw}/day/exp 2\n")
    assert ants.lab.counts("track") == {"finished": 4}
    ants.choose(experiments="AuxiliaryFiles/experiments.txt")
    assert {step: ants.lab.counts(step) for step in ("track", "link", "solve2", "solve3")} == {
        "track": {"finished": 2},
        "link": {"finished": 1},
        "solve2": {"finished": 1},
        "solve3": {"finished": 2},
    }
    assert len(ants.joined()) == 4
    assert "exp1" not in (ants.lab.root / "Results/joined/filenames_summary.csv").read_text()
    listed.write_text("exp1\nexp9\n")
    said = ants.lab.scan("track")
    assert said.code == 1
    assert 'experiments.txt line 2: there is no folder "exp9" in RawVideos.' in " ".join(said.err.split())
