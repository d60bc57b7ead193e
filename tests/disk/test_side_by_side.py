"""Work that waits is done by several threads at once."""

from __future__ import annotations

from threading import Barrier, get_ident

import pytest
from remote_tracker.disk.side_by_side import run_threads


@pytest.mark.parametrize("count", [1, 2, 40])
def test_each_part_has_a_thread(count: int) -> None:
    """All parts are worked on at once, each by another thread, the first by this; what comes of them is in order."""
    all_are_there = Barrier(count)

    def work(part: int) -> tuple[int, int]:
        all_are_there.wait(60)
        return part, get_ident()

    done = run_threads(work, range(count))
    assert [part for part, _ in done] == [*range(count)]
    assert len({thread for _, thread in done}) == count
    assert done[0][1] == get_ident()


@pytest.mark.parametrize("wrong", [0, 3])
def test_an_error_is_raised_when_all_have_ended(wrong: int) -> None:
    """What one part raises is raised here, behind the work of all others."""
    ended: list[int] = []
    is_raised = Barrier(2)

    def work(part: int) -> None:
        if part == wrong:
            is_raised.wait(60)
            raise OSError(f"part {part}")
        if part == 1:
            is_raised.wait(60)
        ended.append(part)

    with pytest.raises(OSError, match=f"part {wrong}"):
        run_threads(work, range(5))
    assert sorted(ended) == sorted({*range(5)} - {wrong})
