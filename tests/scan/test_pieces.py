"""A long video in pieces: a task for each range of its frames, and one that gathers them, none missing."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from lab import LONG_AGO, Lab
from remote_tracker.config import load_project
from remote_tracker.model.pieces import WHOLE
from remote_tracker.records.sealed import SEALED
from remote_tracker.scan.numbered import order_by_frames
from remote_tracker.tables.read_videos import read_videos

from scan.headers import avi

VIDEO = "RawVideos/{subdir}/{name}.{ext,avi|mkv}"
PART = "Results/{subdir}/{name}_pieces/{piece}.part.txt"
PIECES: dict[str, Any] = {
    "name": "find",
    "counts": "pieces",
    "input": {"video": VIDEO},
    "each": {"piece": {"frames_of": "video", "pieces": "{{ params.pieces }}", "words": "{first}-{last}"}},
    "output": {"part": PART},
    "command": "test ! -e {{ project }}/broken.{{ wildcards.piece }} && echo {{ each.piece }} > {{ output.part }}",
}
GATHER: dict[str, Any] = {
    "name": "gather",
    "per": ["subdir", "name", "ext"],
    "gathers": "piece",
    "input": {"video": VIDEO, "parts": PART},
    "output": {"whole": "Results/{subdir}/{name}.txt"},
    "command": "cat {{ input.parts }} > {{ output.whole }}",
}
PARAMS = {"pieces": {"default": 3, "affects_results": False, "help": "how many"}}


def put_avi(lab: Lab, name: str, frames: int, more: str = "", age: int = 0) -> Path:
    """Put an AVI with so many frames into RawVideos."""
    path = lab.video(name, age=age)
    path.write_bytes(avi(frames, more))
    os.utime(path, (LONG_AGO + age, LONG_AGO + age))
    return path


@pytest.fixture
def cut(lab: Lab) -> Lab:
    """A lab with one video of 30 frames, whose tracker finds something in three pieces and gathers them."""
    lab.tracker(GATHER, params=PARAMS, **PIECES)
    put_avi(lab, "d1/a.avi", 30)
    return lab


def states(lab: Lab, stage: str) -> dict[str, int]:
    """Return how many of the pieces, or of the videos, are in each state."""
    return lab.counts(stage)


def process(lab: Lab, stage: str) -> int:
    """List a stage, and run what was listed."""
    lab.scan(stage)
    number = {"find": 1, "gather": 2}[stage]
    return lab.run("bash", f"process_{number}_{stage}.sh").code


@pytest.mark.parametrize(
    ("names", "order", "problem"),
    [
        (["000010-000019", "000000-000009"], (1, 0), ""),
        (["000000-000009"], (0,), ""),
        ([WHOLE], (0,), ""),
        (["000000-000009", "000011-000019"], (0, 1), "no piece holds the frames 10 to 10"),
        (["000010-000019"], (0,), "no piece holds the frames 0 to 9"),
        (["000000-000009", "000009-000019"], (0, 1), "two pieces hold the frame 9"),
        (["000000-000009", "000000-000009"], (0, 1), "two pieces hold the frame 0"),
        ([WHOLE, "000000-000009"], (0, 1), '"all" names no range of frames'),
    ],
)
def test_every_frame_once(names: list[str], order: tuple[int, ...], problem: str) -> None:
    """Pieces are put in the order of their frames; a frame that none holds, or two, is named."""
    assert order_by_frames(names) == (order, problem)


def test_a_piece_is_a_task_and_all_are_gathered_in_order(cut: Lab) -> None:
    """Each range of frames is a task of one list; the gathering waits for the last of them."""
    assert states(cut, "find") == {"unprocessed": 3}
    assert cut.look("gather")["odd"][0]["reason"].startswith("3 of 3 not finished: d1/a.avi,piece=000000-000009")
    assert process(cut, "find") == 0
    assert process(cut, "gather") == 0
    assert cut.result("d1/a.txt").read_text() == "0-9\n10-19\n20-29\n"
    assert states(cut, "find") == {"finished": 3}
    assert states(cut, "gather") == {"finished": 1}


def test_a_video_of_which_pieces_failed_needs_a_person_once(cut: Lab) -> None:
    """The report counts videos, however many pieces of a video failed."""
    cut.settings(attempts=1)
    for piece in ("000000-000009", "000010-000019"):
        (cut.root / f"broken.{piece}").touch()
    process(cut, "find")
    assert cut.rt("report").out.startswith("Results/report.html shows it: 1 video, 1 needs a person.\n")


def test_the_name_of_a_video_means_all_of_its_pieces(cut: Lab) -> None:
    """redo takes a video's name for its pieces, without the day too, where no other day has such a video."""
    process(cut, "find")
    assert cut.rt("redo", "--stage", "find", "--yes", "a.avi").code == 0
    assert states(cut, "find") == {"unprocessed": 3}
    put_avi(cut, "d2/a.avi", 30)
    ran = cut.rt("redo", "--stage", "find", "--yes", "a.avi")
    assert ran.code == 2
    assert ran.err.startswith('"a.avi" means 6: d1/a.avi,piece=000000-000009, ')


def test_a_video_took_what_its_pieces_took(cut: Lab) -> None:
    """The seconds of a video in pieces are those of all of its tasks; where a piece's task is not known, nobody's."""
    process(cut, "find")
    process(cut, "gather")
    for number, seconds in ((1, 7), (2, 40)):
        for log in cut.batch(number).glob("output.*"):
            log.write_text(re.sub(r" seconds=\d+", f" seconds={seconds}", log.read_text()))
        (cut.batch(number) / SEALED).unlink(missing_ok=True)
    (row,) = read_videos(load_project(cut.root))
    assert (row.state, row.seconds, row.tasks) == ("finished", 3 * 7 + 40, 4)
    assert len(row.node.split()) == 1
    (cut.batch(1) / "output.2").unlink()
    (row,) = read_videos(load_project(cut.root))
    assert (row.state, row.seconds) == ("finished", None)


def test_no_piece_reads_all_of_the_video_for_its_digest(cut: Lab) -> None:
    """A piece notes a sampled digest of its video, else each of twenty would read it all; what gathers reads it."""
    process(cut, "find")
    process(cut, "gather")
    told = [cut.shared(number) for number in (1, 2)]
    assert ["\ncontent=sampled\n" in text for text in told] == [True, False]


def test_only_the_piece_that_failed_is_done_again(cut: Lab) -> None:
    """A failure costs a piece: the others stay finished, and nothing is gathered without it, though it be set aside."""
    cut.settings(attempts=1)
    (cut.root / "broken.000010-000019").touch()
    process(cut, "find")
    assert states(cut, "find") == {"finished": 2, "set aside": 1}
    assert states(cut, "gather") == {"waiting": 1}
    (cut.root / "broken.000010-000019").unlink()
    assert cut.scan("find", "--all").code == 0
    assert cut.run("bash", "process_1_find.sh").code == 0
    assert len(cut.batch(2).joinpath("names.txt").read_text().splitlines()) == 1
    assert process(cut, "gather") == 0
    assert states(cut, "gather") == {"finished": 1}


def test_a_changed_video_makes_all_its_pieces_to_do(cut: Lab) -> None:
    """Pieces of what the video was are no pieces of what it is: as many frames or not."""
    process(cut, "find")
    process(cut, "gather")
    put_avi(cut, "d1/a.avi", 30, "changed", age=60)
    assert states(cut, "find") == {"incomplete": 3}
    put_avi(cut, "d1/a.avi", 60, age=120)
    assert states(cut, "find") == {"incomplete": 3, "unprocessed": 3}
    assert process(cut, "find") == 0
    assert process(cut, "gather") == 0
    assert cut.result("d1/a.txt").read_text() == "".join(f"{n}-{n + 9}\n" for n in range(0, 60, 10))


def test_another_number_of_pieces_is_for_videos_not_yet_begun(cut: Lab) -> None:
    """A video keeps the cut of the pieces that it has: nothing is done twice, and nothing is gathered from two cuts."""
    process(cut, "find")
    process(cut, "gather")
    put_avi(cut, "d1/b.avi", 30)
    cut.settings(params={"pieces": 2})
    assert states(cut, "find") == {"finished": 3, "unprocessed": 2}
    assert states(cut, "gather") == {"finished": 1, "waiting": 1}
    assert process(cut, "find") == 0
    assert process(cut, "gather") == 0
    assert cut.result("d1/b.txt").read_text() == "0-14\n15-29\n"


def test_pieces_of_an_older_cut_are_not_gathered(cut: Lab) -> None:
    """Where two cuts lie side by side the one with more frames counts, and the other's pieces are left out."""
    process(cut, "find")
    stray = cut.result("d1/a_pieces/000000-000014.part.txt")
    stray.write_text("0-14\n")
    assert process(cut, "gather") == 0
    assert cut.result("d1/a.txt").read_text() == "0-9\n10-19\n20-29\n"


def test_a_video_whose_frames_are_not_known_is_one_piece(cut: Lab) -> None:
    """Nothing is guessed: a container that holds no number of frames stays whole, and the scan says so."""
    cut.video("d1/b.mkv", "no header")
    seen = cut.scan("find")
    assert "One piece each, since no header says how many frames they have: RawVideos/d1/b.mkv." in seen.out
    assert cut.look("find")["uncut"] == ["RawVideos/d1/b.mkv"]
    assert process(cut, "find") == 0
    assert process(cut, "gather") == 0
    assert cut.result("d1/b_pieces/all.part.txt").read_text() == "\n"
    assert states(cut, "gather") == {"finished": 2}


def test_a_video_that_was_taken_away(cut: Lab) -> None:
    """What was gathered stays finished when the video is archived: the scan counts it, and its name still means it."""
    process(cut, "find")
    process(cut, "gather")
    put_avi(cut, "d1/b.avi", 30)
    (cut.root / "RawVideos/d1/a.avi").unlink()
    assert "(gather): archived" in cut.rt("why", "d1/a.avi").out
    process(cut, "find")
    process(cut, "gather")
    assert states(cut, "gather") == {"finished": 1}
    assert "archived" in cut.scan("gather").out


def test_a_piece_is_redone_by_its_name(cut: Lab) -> None:
    """One piece moves aside and is to do; what was gathered from it is made again after it."""
    process(cut, "find")
    process(cut, "gather")
    assert cut.rt("redo", "--yes", "--stage", "find", "d1/a.avi,piece=000010-000019").code == 0
    assert states(cut, "find") == {"finished": 2, "unprocessed": 1}
    assert "d1/a.avi,piece=000010-000019 (find): to do" in cut.rt("why", "d1/a.avi,piece=000010-000019").out


def test_a_hostile_name(lab: Lab) -> None:
    """The name of a video with pieces may hold what bash obeys, and a comma and a hyphen as names of pieces do."""
    lab.tracker(GATHER, params=PARAMS, **PIECES)
    name = "d1/a $(touch x)'\"; b,piece=000000-000009 ü-1"
    put_avi(lab, f"{name}.avi", 4)
    process(lab, "find")
    assert process(lab, "gather") == 0
    assert lab.result(f"{name}.txt").read_text() == "0-1\n2-3\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"frames_of": "film"}, 'unknown input "film"'),
        ({"pieces": 0}, 'say either "pieces", how many, or "piece_frames"'),
        ({"piece_frames": 5}, 'say either "pieces", how many, or "piece_frames"'),
        ({"pieces": -1}, '"pieces" must be a whole number from 0 up, not -1.'),
        ({"pieces": "many"}, "\"pieces\" must be a whole number from 0 up, not 'many'."),
        ({"words": "{begin}"}, 'unknown word in {} "begin"'),
        ({"words": "it's"}, "cannot be read as words"),
        ({"rows": True}, '"rows" is about a list in a file'),
        ({"frames_of": None, "file": "AuxiliaryFiles/l.txt"}, '"pieces" is about the frames of a video'),
    ],
)
def test_words_that_do_not_fit(lab: Lab, change: dict[str, Any], why: str) -> None:
    """What a tracker.yml says of pieces is refused where it has no meaning, with the file and the line."""
    told = {"piece": {key: value for key, value in {**PIECES["each"]["piece"], **change}.items() if value is not None}}
    lab.tracker(GATHER, params=PARAMS, **{**PIECES, "each": told})
    ran = lab.scan("find")
    assert ran.code == 1
    assert why in ran.err
    assert "tracker.yml line " in ran.err
