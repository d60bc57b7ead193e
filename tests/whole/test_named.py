"""What is shown for names: a video by any of its paths, several videos at once, a day, the last lines of a log."""

from __future__ import annotations

import json
import shutil

import pytest
from lab import LIST_DAY, Lab
from rewinding import rewound

from whole.test_verbs import assert_golden


@rewound
def lab(plain_lab: Lab) -> None:
    """A project with two days, in each of which a video is called a.avi; one of them failed."""
    plain_lab.tracker(LIST_DAY, command="grep -q bad {{ input.video }} && echo no animals && exit 3;"
                      " seq 5; cp {{ input.video }} {{ output.copy }}")  # fmt: skip
    plain_lab.video("d1/a.avi", "bad")
    plain_lab.video("d1/b 2.avi", "x")
    plain_lab.video("d2/a.avi", "x")
    plain_lab.go()


def test_names_that_mean_several(lab: Lab) -> None:
    """A name of several videos is one answer: how many, the state of each; a day's own story stands behind them."""
    several, day = lab.rt("why", "a"), lab.rt("why", "d1")
    assert (several.code, day.code) == (0, 0)
    assert_golden("why_several", several.out, lab)
    assert_golden("why_day", day.out, lab)
    assert len(json.loads(lab.rt("why", "a", "--json").out)) == 2


def test_a_path_and_an_abbreviation_tell_the_story(lab: Lab) -> None:
    """The path of a result, from any folder, and the beginning of a name lead to the same story as the video's name."""
    whole = lab.rt("why", "d1/b 2.avi")
    assert whole.code == 0
    assert lab.run("./rt", "why", "Results/d1/b 2.txt", folder="").out == whole.out
    assert lab.run("../../rt", "why", "b 2.txt", folder="Results/d1").out == whole.out
    assert lab.rt("why", str(lab.result("d1/b 2.txt"))).out == whole.out
    assert lab.rt("why", "b").out == whole.out


def test_a_day_alone(lab: Lab) -> None:
    """status DAY shows each video of that day and no other day, on the screen, by cause and for programs."""
    ran = lab.rt("status", "d1")
    assert ran.code == 0
    assert_golden("status_day", ran.out, lab)
    failed = lab.rt("status", "d2", "--failures")
    assert "copy: 0 of 1 video needs a look" in failed.out
    assert "no animals" not in failed.out
    copied, listed = json.loads(lab.rt("status", "--json", "d2").out)["stages"]
    assert (copied["counts"], listed["counts"]) == ({"finished": 1}, {"unprocessed": 1})


def test_videos_without_a_day(lab: Lab) -> None:
    """What lies in no folder can be named as the table names it; a day that is none is refused with exit code 2."""
    lab.video("top.avi", "x")
    out = lab.rt("status", "(no day)").out
    assert "  top.avi: to do" in out
    assert "d1" not in out
    ran = lab.rt("status", "d3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('No video, day or result is called "d3".')


@pytest.mark.parametrize(("tail", "shown"), [("0", 0), ("1", 1), ("2", 2), ("1000", None)])
def test_the_end_of_a_log(lab: Lab, tail: str, shown: int | None) -> None:
    """logs --tail N shows the last N lines of what logs shows, and all of them where there are fewer."""
    whole = lab.rt("logs", "b 2").out.splitlines()
    assert len(whole) > 5
    ran = lab.rt("logs", "b 2", "--tail", tail)
    assert ran.code == 0
    assert ran.out.splitlines() == (whole if shown is None else whole[len(whole) - shown :])


def test_a_log_by_its_result(lab: Lab) -> None:
    """logs takes a result's path and an abbreviation, too; of several it shows none and names them."""
    assert lab.rt("logs", "Results/d1/b 2.txt").out == lab.rt("logs", "b").out != ""
    ran = lab.rt("logs", "a")
    assert (ran.code, ran.err) == (2, '"a" means 2: d1/a.avi, d2/a.avi. Name one of them.\n')


def test_what_means_many(lab: Lab) -> None:
    """Of a name that means more than five videos five are named, and the others counted."""
    for day in range(3, 10):
        lab.video(f"d{day}/z.avi", "x")
    ran = lab.rt("logs", "z")
    five = ", ".join(f"d{day}/z.avi" for day in range(3, 8))
    assert (ran.code, ran.err) == (2, f'"z" means 7: {five} and 2 more. Name one of them.\n')


def test_a_result_is_made_again_by_its_path(lab: Lab) -> None:
    """redo takes the path of a result, and never an abbreviation."""
    assert lab.rt("redo", "b").code == 2
    assert lab.rt("redo", "--yes", "Results/d1/b 2.txt").code == 0
    assert lab.results() == ["d2/a.txt"]


def test_the_story_of_a_result_that_is_gone(lab: Lab) -> None:
    """The path of a result that was deleted still leads to the video that it was made of."""
    shutil.rmtree(lab.root / "Results/d1")
    assert "gone" in lab.rt("why", "Results/d1/b 2.txt").out
