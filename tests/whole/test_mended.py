"""Failures count for what they were made with: parameters, version and activate.sh. What is mended is simply to do."""

from __future__ import annotations

import re

from lab import Lab
from rewinding import rewound

ASIDE, TO_DO = {"set aside": 1}, {"incomplete": 1}
PARAMS = {"level": {"default": 1, "help": "x"}}
FAILS = "echo {{ params.level }}; echo no animals; exit 3"


@rewound
def aside(lab: Lab) -> None:
    """A project whose only video failed three times in the same way."""
    lab.tracker(params=PARAMS, command=FAILS, version='cat "$REMOTE_TRACKER_TEST"/version || true')
    (lab.root / "version").write_text("1.0\n")
    lab.activate("# as it was\n")
    lab.videos(1)
    for _ in range(3):
        lab.go()
    assert lab.counts() == ASIDE


def test_mended_parameters_and_activate(aside: Lab) -> None:
    """With another parameter or activate.sh a video is to do, and fails as often before it is set aside again."""
    aside.settings(params={"level": 2})
    assert aside.counts() == TO_DO
    aside.settings()
    assert aside.counts() == ASIDE
    aside.activate("# mended\n")
    assert aside.counts() == TO_DO
    for left in (TO_DO, TO_DO, ASIDE):
        aside.go()
        assert aside.counts() == left
    assert "set aside: failed 3 times (exit code 3): no animals\n" in aside.rt("why", "v1.avi").out


def test_activate_as_it_was_when_the_task_ran(aside: Lab) -> None:
    """A task notes activate.sh as it is when it starts, although it was another when the video was listed."""
    aside.scan("--all")
    aside.activate("# mended\n")
    aside.process()
    for _ in range(2):
        aside.go()
    assert aside.counts() == ASIDE
    aside.activate("# as it was\n")
    assert aside.counts() == ASIDE


def test_another_version(aside: Lab) -> None:
    """Once any task ran with another version of the program, failures of the version before do not count."""
    (aside.root / "version").write_text("1.1\n")
    assert aside.counts() == ASIDE
    aside.video("d1/new.avi")
    aside.go()
    assert aside.counts() == {"incomplete": 2}


def test_logs_that_do_not_tell(aside: Lab) -> None:
    """Failures of before, whose logs say nothing of activate.sh, count as they did."""
    for log in aside.workspace.glob("batches/*/output.1"):
        log.write_text(re.sub(r" activate=\w+", "", log.read_text(), count=1))
    for records in aside.workspace.glob("batches/*/records.tsv"):
        records.unlink()
    aside.activate("# mended\n")
    assert aside.counts() == ASIDE
