"""``made_by`` in a tracker.yml: any word for people, a place as in ``tells``; it outdates no result."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config import load_tracker
from remote_tracker.errors import ConfigError
from remote_tracker.model import Stage, Tell

TEXT = """\
description: a tracker
params: {{end: {{default: all, help: the last step}}}}
stages:
  - name: track
    input: {{video: "RawVideos/{{subdir}}/{{name}}.avi"}}
    output: {{info: "Results/{{subdir}}/{{name}}.json"}}
    command: track
    made_by: {made_by}
"""


def load(folder: Path, made_by: str) -> Stage:
    """Return the only stage, with what its ``made_by`` says."""
    (folder / "tracker.yml").write_text(TEXT.format(made_by=made_by))
    return load_tracker(folder / "tracker.yml").stages[0]


def test_any_word(tmp_path: Path) -> None:
    """The words are the lab's own, also with blanks; where ``when`` is false the result does not say it."""
    found = load(tmp_path, "{kind of model: {json: info, key: m}, no: {json: info, key: n, when: params.end == 'x'}}")
    assert found.made_by == {"kind of model": Tell("json", "info", {"key": "m"})}


def test_it_shapes_no_result(tmp_path: Path) -> None:
    """A stage is what it was, and its results are up to date, when ``made_by`` is written into it."""
    with_it, without = load(tmp_path, "{m: {json: info, key: '{{ params.end }}'}}"), load(tmp_path, "")
    assert with_it.made_by == {"m": Tell("json", "info", {"key": "all"})}
    assert repr(with_it) == repr(without)
    assert with_it.params == without.params == ()


@pytest.mark.parametrize(
    ("made_by", "said"),
    [
        ("{m: {json: inof, key: m}}", 'unknown output "inof". Did you mean info?'),
        ("{m: {json: info}}", 'line 8: beside "json" key must say where the fact stands.'),
        ("{m: {csv: info}}", 'beside "csv" count or row must say where the fact stands.'),
        ("{m: {jsno: info, key: m}}", 'unknown key "jsno". Did you mean json?'),
    ],
)
def test_slips(tmp_path: Path, made_by: str, said: str) -> None:
    """What cannot be meant is refused with the line."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, made_by)
    assert said in str(refused.value)
