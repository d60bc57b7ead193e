"""A long video in pieces on a queue: a task each, and a kill costs a piece."""

from __future__ import annotations

from cluster_lab import ClusterLab
from lab import wait_for
from scan.test_pieces import GATHER, PARAMS, PIECES, put_avi

HELD = "000010-000019"
WORK = (
    "echo {{ wildcards.piece }} >> {{ project }}/began; "
    f"until test -e {{{{ project }}}}/go || test {{{{ wildcards.piece }}}} != {HELD}; do sleep 0.1; done; "
    "echo {{ each.piece }} > {{ output.part }}"
)


def test_only_what_was_killed_is_done_again(lab: ClusterLab) -> None:
    """Of three pieces one is cancelled while it runs: it alone is listed again, and the whole waits for it."""
    lab.tracker(GATHER, params=PARAMS, **{**PIECES, "command": WORK})
    put_avi(lab, "d1/a.avi", 30)
    (first,) = lab.submitted("submit", "find")
    wait_for(lambda: lab.counts("find").get("finished") == 2, "two pieces that finish", 120)
    wait_for(lambda: HELD in (lab.root / "began").read_text(), "the piece that waits", 120)
    assert lab.counts("find") == {"finished": 2, "running": 1}
    lab.cancel(first, 2)
    lab.wait_until_empty()
    assert sum(lab.counts("find").values()) == 3
    assert lab.counts("find")["finished"] == 2
    assert lab.counts("gather") == {"waiting": 1}
    lab.open_gate()
    lab.submitted("submit", "find")
    lab.wait_until_empty()
    lab.submitted("submit", "gather")
    lab.wait_until_empty()
    assert lab.counts("gather") == {"finished": 1}
    assert lab.result("d1/a.txt").read_text() == "0-9\n10-19\n20-29\n"
    began = (lab.root / "began").read_text().split()
    assert sorted(began) == ["000000-000009", HELD, HELD, "000020-000029"]
