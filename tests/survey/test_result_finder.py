"""What finds the results of units is freed when nobody uses it any more."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_tracker.scan import Tree
from remote_tracker.survey.result_finder import ResultFinder
from scan.trees import make_stage


@pytest.fixture
def without_collector() -> Iterator[None]:
    """As in a scan, nobody looks for circles of values."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("pattern", ["Results/{subdir}/{name}.csv", "Results/{subdir}/{name}_*.csv"])
def test_no_circle_holds_a_tree(tmp_path: Path, pattern: str) -> None:
    """The listings of a step of a scan go with the finder that used them: of a million videos they would be 50 MB."""
    tree = Tree(tmp_path)
    finder = ResultFinder(make_stage(outputs={"tracks": pattern}), tree)
    freed = weakref.ref(tree)
    del tree, finder
    assert freed() is None
