"""A batch belongs to one job, also on a storage without hard links, and however its file came to be."""

from __future__ import annotations

import pytest
from lab import Lab

from .programs import put_before

NO_LINKS = "echo ln: failed: Operation not permitted >&2; exit 1"


@pytest.mark.parametrize("links", [True, False])
def test_one_job_has_a_batch(lab: Lab, links: bool) -> None:
    """The first job of a batch has it, its other tasks too; another job does nothing."""
    path = put_before(lab, "ln", 'exec "$real" "$@"' if links else NO_LINKS)
    lab.videos(2)
    lab.scan()
    for task, job, code in ((1, "slurm.7", 0), (2, "slurm.8", 75), (2, "slurm.7", 0)):
        ran = lab.task(1, task, RT_JOB=job, PATH=path)
        assert ran.code == code, ran
    assert (lab.batch(1) / "owner").read_text() == "slurm.7\n"
    assert [*lab.batch(1).glob(".*")] == []
    assert len(lab.results()) == 2


def test_an_owner_without_a_line(lab: Lab) -> None:
    """An owner that was killed in its first moment is named, with what to do."""
    lab.videos(1)
    lab.scan()
    (lab.batch(1) / "owner").touch()
    ran = lab.task(1, 1, RT_JOB="slurm.7")
    assert ran.code == 74
    assert f"{lab.batch(1)}/owner cannot be written, or has no line" in ran.out
    assert lab.results() == []


def test_links_of_others_are_not_followed(lab: Lab) -> None:
    """What a member of a group put into a batch's folder as a link to a file of mine is not written through."""
    mine = lab.home / "mine"
    mine.write_text("mine")
    lab.tracker(command="exit 3")
    lab.videos(6)
    lab.scan()
    (lab.batch(1) / "owner").symlink_to(mine)
    ran = lab.task(1, 1, RT_JOB="slurm.7", RT_NODE="n")
    assert (ran.code, mine.read_text()) == (75, "mine")
