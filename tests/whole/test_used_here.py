"""./rt status --usage and ./rt submit --pilot on one machine: from records, and from /proc while tasks run."""

from __future__ import annotations

import re

import pytest
from lab import Lab, wait_for

HOLDS = (
    "x=$(head -c 30000000 /dev/zero | tr '\\0' a); touch {{ project }}/at_work;"
    " until [[ -e {{ project }}/go ]]; do sleep 0.05; done; cp {{ input.video }} {{ output.copy }}"
)


def test_usage_of_what_ended(lab: Lab) -> None:
    """Of the last list that ran: how many tasks ended, their middle and their longest time."""
    assert lab.rt("status", "--usage").out.splitlines()[1:] == []
    lab.videos(3)
    lab.go()
    for n, log in enumerate(sorted(lab.workspace.glob("batches/*/output.*")), 1):
        log.write_text(re.sub(r" seconds=\d+ ", f" seconds={n * 10} ", log.read_text()))
    said = "copy, batch 0001: 3 tasks ended; time 20 s (median), 30 s (longest); memory is told while tasks run"
    assert lab.rt("status", "--usage").out.splitlines()[1:] == [said]
    lab.scan()
    assert lab.rt("status", "--usage").out.splitlines()[1:] == [said]


def test_usage_of_what_runs(lab: Lab) -> None:
    """A task that runs tells its memory, with all that it started, and how busy its cores are."""
    lab.tracker(command=HOLDS)
    lab.videos(1)
    lab.scan()
    lab.start("bash", "process_all.sh")
    wait_for((lab.root / "at_work").exists, "the task is at work")
    (line,) = lab.rt("status", "--usage").out.splitlines()[1:]
    found = re.fullmatch(r"copy, batch 0001: 1 task running; memory at most (\d+) MB; \d+% of their cores busy", line)
    assert found, line
    assert 28 < int(found[1]) < 300
    (lab.root / "go").touch()


def test_a_pilot(lab: Lab) -> None:
    """One video of median size is done first; what it took, and what all will take, is said; the others are left."""
    for name, size in (("a", 1000), ("b", 5000), ("c", 90000)):
        lab.video(f"d1/{name}.avi", "x" * size)
    ran = lab.rt("submit", "--pilot", "-j", "2")
    assert ran.code == 0, ran
    first, took, everything, beside, after = ran.out.splitlines()
    assert first == "Running it here (d1/b.avi). Ctrl-C stops it."
    assert re.fullmatch(r"The pilot \(d1/b\.avi\) took \d+ s, \d+ MB of memory, wrote 0\.0 MB\.", took)
    assert re.fullmatch(r"All 3: about \d+ s of one task's time, 0\.1 MB\.", everything)
    assert re.fullmatch(r"With 2 at once: about \d+ s\.", beside)
    assert after == "Next:  ./rt submit"
    assert lab.counts() == {"finished": 1, "unprocessed": 2}
    assert lab.rt("submit").code == 0
    assert lab.counts() == {"finished": 3}


def test_a_pilot_that_fails(lab: Lab) -> None:
    """A pilot that fails says why and where to look; nothing else was started."""
    lab.tracker(command="echo no light; exit 3")
    lab.videos(3)
    ran = lab.rt("submit", "--pilot")
    assert (ran.code, ran.out.splitlines()[-1]) == (
        1,
        "Failed (exit code 3): no light. Next:  ./rt logs d1/v2.avi",
    )
    assert lab.counts() == {"incomplete": 1, "unprocessed": 2}


@pytest.mark.parametrize("words", [["--memory", "4G"], ["--dry"], ["--throttle", "3"]])
def test_a_pilot_asks_no_queue_here(lab: Lab, words: list[str]) -> None:
    """What only a queue could give is refused by name, and nothing is started."""
    lab.videos(1)
    ran = lab.rt("submit", "--pilot", *words)
    assert ran.code == 1
    assert "local has no queue" in ran.err
    assert lab.batches() == []
