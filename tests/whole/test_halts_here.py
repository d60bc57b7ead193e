"""A list halts itself on this machine where tasks fail alike; what another try cannot help is not tried again."""

from __future__ import annotations

import pytest
from lab import Lab

BROKEN = (
    "cat {{ project }}/mended >&2 || { echo no module named cv2 >&2; exit 1; }; cp {{ input.video }} {{ output.copy }}"
)
CUT = "echo {{ input.video }}': the header promises 300 frames, 28 could be read: the file is cut short'; exit 1"
WHY = "../rt status --failures"


def run(lab: Lab) -> int:
    """Scan and run, one task at a time, which fails; return how many tasks were started."""
    lab.scan()
    assert lab.process("-j", "1").code == 1
    return lab.started_tasks(lab.batches()[-1])


def test_five_failures_alike_halt_the_list(lab: Lab) -> None:
    """The screen says how many failed alike and how many were not started; the next scan names the list."""
    lab.tracker(command=BROKEN)
    lab.videos(12)
    lab.scan()
    ran = lab.process("-j", "1")
    assert ran.code == 1
    assert ran.out.endswith(f"5 of 5 failed alike: no module named cv2; 7 not started. Next:  {WHY}\n")
    assert lab.started_tasks(1) == 5
    said = lab.scan().out
    assert "Batch 0001 halted itself: node " in said
    assert " failed 5 tasks in a row: no module named cv2.\n" in said
    assert lab.counts() == {"incomplete": 5, "unprocessed": 7}


def test_what_runs_beside_goes_on_to_its_end(lab: Lab) -> None:
    """Side by side a few more fail before the list halts; all that started has an end, and is counted."""
    lab.tracker(command=BROKEN)
    lab.videos(30)
    lab.scan()
    ran = lab.process("-j", "3")
    started = lab.started_tasks(1)
    assert 5 <= started <= 7
    assert f"{started} of {started} failed alike: no module named cv2; {30 - started} not started." in ran.out
    assert lab.counts() == {"incomplete": started, "unprocessed": 30 - started}


def test_after_the_mend_all_are_to_do(lab: Lab) -> None:
    """Once activate.sh is another, the failures of the halted lists do not count, however many lists halted."""
    lab.tracker(command=f"{BROKEN} # {{{{ params.level }}}}", params={"level": {"default": 1, "help": "x"}})
    lab.activate("# as it was\n")
    lab.videos(6)
    for _ in range(3):
        run(lab)
    assert lab.counts() == {"set aside": 5, "unprocessed": 1}
    lab.activate("# mended\n")
    assert lab.counts() == {"incomplete": 5, "unprocessed": 1}
    lab.activate("# as it was\n")
    lab.settings(params={"level": 2})
    assert lab.counts() == {"incomplete": 5, "unprocessed": 1}
    (lab.root / "mended").touch()
    assert lab.go().code == 0
    assert "halted itself" not in lab.scan().out
    assert lab.counts() == {"finished": 6}


@pytest.mark.parametrize("at_once", ["1", "3"])
def test_cut_videos_halt_nothing(lab: Lab, at_once: str) -> None:
    """Ten videos of a day that are cut short fail, each for what it is; those behind them are all done."""
    good = "cp {{ input.video }} {{ output.copy }}"
    lab.tracker(command=f"case {{{{ wildcards.name }}}} in z*) {good} ;; *) {CUT} ;; esac")
    lab.videos(10)
    for name in ("z1", "z2", "z3"):
        lab.video(f"d1/{name}.avi")
    lab.scan()
    ran = lab.process("-j", at_once)
    assert "alike" not in ran.out
    assert lab.counts() == {"set aside": 10, "finished": 3}
    assert "halted itself" not in lab.scan().out


def test_failures_that_differ_halt_nothing(lab: Lab) -> None:
    """Videos that fail each in a way of its own do not keep the others from being tried."""
    lab.tracker(command="n={{ wildcards.name }}; echo broken; exit ${n#v}")
    lab.videos(8)
    assert run(lab) == 8


def test_run_stops_where_a_list_halted(lab: Lab) -> None:
    """./rt run tries no further round: what halted the list must be mended first."""
    lab.tracker(command=BROKEN)
    lab.videos(8)
    ran = lab.rt("run", "-j", "1")
    assert ran.code == 1
    assert "5 of 5 failed alike: no module named cv2; 3 not started." in ran.out
    assert lab.batches() == ["0001"]


def test_run_tries_nothing_again_that_is_hopeless(lab: Lab) -> None:
    """A video that failed for want of a program is tried once by ./rt run, another three times."""
    lab.tracker(
        command="case {{ wildcards.name }} in a*) echo frob: command not found ;; b*) echo no light ;; esac; exit 1"
    )
    for name in ("a1", "b1"):
        lab.video(f"d1/{name}.avi")
    ran = lab.rt("run")
    assert ran.code == 1
    tried = [(lab.batch(number) / "names.txt").read_text().split() for number in lab.batches()]
    assert tried == [["d1/a1.avi", "d1/b1.avi"], ["d1/b1.avi"], ["d1/b1.avi"]]
    assert "Set aside: d1/a1.avi: failed (exit code 1): frob: command not found." in ran.out
    assert lab.counts() == {"incomplete": 1, "set aside": 1}
    lab.rt("run")
    assert (lab.batch(4) / "names.txt").read_text().split() == ["d1/a1.avi"]
