"""What a program that was left running writes into the work folder while it is removed changes nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, kill, wait_for

WRITES = 'touch "$2/begun"; until [[ -e $2/stop ]]; do : >"$1/f$RANDOM"; done\n'
START = (
    "setsid -f bash {{ project }}/write.sh {{ work }} {{ project }} >/dev/null 2>&1;"
    " until [ -e {{ project }}/begun ]; do sleep 0.01; done; "
)
COPY = "cp {{ input.video }} {{ output.copy }}"


@pytest.fixture
def writing(lab: Lab) -> Any:
    """A project whose commands leave programs that write until the test ends."""
    (lab.root / "write.sh").write_text(WRITES)
    yield lab
    (lab.root / "stop").touch()
    wait_for(lambda: not lab.living("write.sh"), "what writes has ended")


def works(lab: Lab) -> list[Path]:
    """Return the work folders that are left."""
    return [path for path in (lab.root / "Results/.work").glob("*") if path.is_dir()]


@pytest.mark.parametrize("videos", [1, 5], ids=["alone", "helped"])
@pytest.mark.parametrize(
    "keys",
    [
        {"work": "fresh"},
        {"work": "fresh", "output": {"copy": "Results/{subdir}/{name}.txt", "more": "Results/{subdir}/{name}.more"}},
        {"work": "in-place", "starts_in": "own"},
    ],
    ids=["single", "two", "in-place"],
)
def test_a_daemon_writes_on(writing: Lab, keys: dict[str, Any], videos: int) -> None:
    """A task whose daemon goes on is finished, once and for all, whatever it finds it cannot remove."""
    command = START + COPY + ("; cp {{ input.video }} {{ output.more }}" if "output" in keys else "")
    writing.tracker(command=command, **keys)
    writing.videos(videos)
    writing.scan()
    assert writing.process("-j", "1").code == 0, writing.log(1, 1)
    assert " result=finished " in writing.log(1, 1).splitlines()[-1]
    assert writing.counts() == {"finished": videos}


def test_a_killed_attempt_whose_daemon_writes_on(writing: Lab) -> None:
    """An attempt that was killed does not stop the next, though its daemon still writes into its folder."""
    gate = "until [ -e {{ project }}/go ]; do sleep 0.05; done; "
    writing.tracker(command=START + gate + COPY)
    writing.videos(1)
    writing.scan()
    process = writing.start("bash", "run_task.sh", "1", "1")
    wait_for(lambda: (writing.root / "begun").exists(), "it writes")
    for pid in set(writing.living()) - set(writing.living("write.sh")):
        kill(pid, signal.SIGKILL)
    os.waitpid(process.pid, 0)
    wait_for(lambda: writing.living() == writing.living("write.sh"), "the attempt is gone")
    (writing.root / "go").touch()
    assert writing.counts() == {"incomplete": 1}
    assert writing.process().code == 0, writing.log(2, 1)
    assert writing.counts() == {"finished": 1}
    (writing.root / "stop").touch()
    wait_for(lambda: not writing.living("write.sh"), "what writes has ended")
    assert works(writing)  # they go with the next attempt, or with ./rt clean
    assert writing.counts() == {"finished": 1}
