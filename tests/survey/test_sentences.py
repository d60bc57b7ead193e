"""The sentences on a failure: what a task said last, without the name that stands beside it."""

from __future__ import annotations

import pytest
from remote_tracker.model import Cause
from remote_tracker.survey.failures import own_words
from remote_tracker.survey.sentences import describe_failure
from scan.trees import make_record


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("RawVideos/d/a.avi: is no video", "is no video"),
        ("d/a.avi: is no video", "is no video"),
        ("/data/lab/videos/d/a.avi: is no video", "is no video"),
        ("track.py: RawVideos/d/a.avi: is no video: 3", "track.py: is no video: 3"),
        ("MaskedVideos/d/a.avi: is no video", "MaskedVideos/d/a.avi: is no video"),
        ("a.avi: has 3 rows", "a.avi: has 3 rows"),
        ("RawVideos/d/b.avi: is no video", "RawVideos/d/b.avi: is no video"),
        ("RawVideos/d/a.avi", "RawVideos/d/a.avi"),
        ("it broke", "it broke"),
    ],
)
def test_a_name_stands_once(why: str, said: str) -> None:
    """The video's own path is not said again behind its name; another file's is, and a result's of the same name."""
    record = make_record(result="failed", exit=1, why=why)
    assert own_words(record) == said
    assert describe_failure(record) == f"failed (exit code 1): {said}"


def test_a_refused_input_is_named_once() -> None:
    """What speaks against an input begins with its last name: it is left out, since no result is meant."""
    why = "the input cannot be started with: a.avi: is cut short"
    record = make_record(result="failed", exit=66, why=why, cause=Cause.INPUT_REFUSED)
    assert own_words(record) == "the input cannot be started with: is cut short"
    assert own_words(record._replace(cause=None)) == why
