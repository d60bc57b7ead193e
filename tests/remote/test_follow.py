"""./rt remote run goes from a folder of videos here to the joined table here, and goes on wherever it was stopped."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from lab import LIST_DAY
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.model import Remote
from remote_tracker.remote import follow
from remote_tracker.remote.follow import LONGEST_WAIT_S, Do, Step, next_step, next_wait
from two_sides import Home

STAGES = ["track", "day"]


@pytest.mark.parametrize(
    ("counts", "before", "step"),
    [
        ({}, None, Step(Do.END)),
        ({"track": {"unprocessed": 2}}, None, Step(Do.SUBMIT, "track")),
        ({"track": {"unprocessed": 2}}, {"track": {"unprocessed": 2}}, Step(Do.END)),
        ({"track": {"unprocessed": 1, "queued": 1}}, {"track": {"unprocessed": 2}}, Step(Do.SUBMIT, "track")),
        ({"track": {"queued": 1, "finished": 1}}, None, Step(Do.WAIT)),
        ({"track": {"running": 1}, "day": {"unprocessed": 1}}, None, Step(Do.SUMMARIZE, "day")),
        ({"track": {"incomplete": 1, "finished": 3}}, None, Step(Do.RETRY, "track")),
        ({"track": {"set aside": 1, "finished": 3}, "day": {"finished": 1}}, None, Step(Do.END)),
        ({"track": {"finished": 3}, "day": {"unprocessed": 1}}, None, Step(Do.SUMMARIZE, "day")),
    ],
)
def test_what_comes_next(counts: dict[str, Any], before: dict[str, Any] | None, step: Step) -> None:
    """Work is submitted, failures are retried, the queue is waited for; what changes nothing is not tried for ever."""
    assert next_step(STAGES, counts, before, ["day"]) == step


def test_looks_grow_rarer() -> None:
    """The second look comes later than the first, and none waits longer than the longest."""
    assert next_wait(30) == 45
    assert next_wait(290) == LONGEST_WAIT_S


def test_one_command_goes_from_videos_to_the_joined_table(home: Home) -> None:
    """Everything is sent, processed there, brought home and joined here; a second call has nothing to do."""
    day = {"features": "Results/{day}/features_summary.csv", "names": "Results/{day}/filenames_summary.csv"}
    rows = "printf 'file_id,x\\n0,2\\n1,3\\n' >{{ output.features }}"
    files = "0,Results/d1/v1.txt,True\\n1,Results/d1/v2.txt,True\\n"
    names = f"printf 'file_id,filename,is_good\\n{files}' >{{{{ output.names }}}}"
    joined = {**LIST_DAY, "output": day, "command": f"{rows}; {names}"}
    for lab in (home, home.far):
        lab.tracker(joined, command="grep -v v3 {{ input.video }} >{{ output.copy }}")
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", f"video {number}")
    home.login()
    ran = home.rt("remote", "run")
    assert ran.code == 0, ran
    assert (home.root / "Results/joined/features_summary.csv").read_text().count("\n") == 3
    assert home.counts() == {"finished": 2}
    batches = home.far.batches()
    assert home.rt("remote", "run").code == 0
    assert home.far.batches() == batches
    home.video("d1/v3.avi", "v3")
    ran = home.rt("remote", "run")
    assert ran.code == 1
    assert home.far.counts("--all") == {"finished": 2, "incomplete": 1}


def test_a_connection_that_ended_to_the_data_node_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever of the two ended: it goes on once a person opened it; where both are open the error is another."""
    open_now = {"swc": True, "swc-data": False}
    monkeypatch.setattr(follow, "is_open", lambda host, socket: open_now[host])
    monkeypatch.setattr(follow, "find_socket", lambda host: "")
    project = SimpleNamespace(remote=Remote("swc", "/f", "swc-data"))
    said: list[str] = []
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        open_now["swc-data"] = len(slept) == 2

    error = RemoteTrackerError("There is no connection to swc-data. Type: ./rt remote login")
    follow._wait_for_connection(project, error, said.append, sleep)  # type: ignore[arg-type]
    assert said == [f"{error}   (in another window: this goes on then)"]
    assert len(slept) == 2
    with pytest.raises(RemoteTrackerError, match="no connection"):
        follow._wait_for_connection(project, error, said.append, sleep)  # type: ignore[arg-type]
