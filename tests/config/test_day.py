"""``day`` in project.yml: what it may say, and what it changes of a tracker."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config import load_project
from remote_tracker.errors import ConfigError
from remote_tracker.model import FIRST_FOLDER

HEAD = "name: lab\ntracker: opencv\ncluster: local\n"


@pytest.mark.parametrize(
    ("text", "rule", "depth"),
    [
        ("{sub}/{ses}", "[^/]+/[^/]+", 2),
        ("sub-{sub}/ses-{ses}/", r"sub\-[^/]+/ses\-[^/]+", 2),
        ("{year}/{month}/{date}", "[^/]+/[^/]+/[^/]+", 3),
        ("exp.{number}", r"exp\.[^/]+", 1),
    ],
)
def test_words_in_braces_stand_for_any_name(tmp_path: Path, text: str, rule: str, depth: int) -> None:
    """A part of a name that is not in braces must be as written, dots and dashes too."""
    (tmp_path / "project.yml").write_text(f'{HEAD}day: "{text}"\n')
    day = load_project(tmp_path).day
    assert (day.rule, day.depth) == (rule, depth)


def test_without_the_line_nothing_is_another(tmp_path: Path) -> None:
    """A day is the first folder, and the patterns of the tracker are as its tracker.yml writes them."""
    (tmp_path / "project.yml").write_text(HEAD)
    bare = load_project(tmp_path)
    assert bare.day == FIRST_FOLDER
    assert "RequiredFolders" not in repr(bare.tracker)
    (tmp_path / "project.yml").write_text(f'{HEAD}day: "{{sub}}/{{ses}}"\n')
    assert "RequiredFolders" in repr(load_project(tmp_path).tracker)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sub", '"day": "sub" must be folders below RawVideos.'),
        ("RawVideos/{day}", '"day": "RawVideos/{day}" must be folders below RawVideos.'),
        ("{a}//{b}", '"day": "{a}//{b}" must be folders below RawVideos.'),
        ("./{a}", '"day": "./{a}" must be folders below RawVideos.'),
        ("{sub}/*", '"day": "{sub}/*" must be folders below RawVideos.'),
        ("../{sub}", '"day": "../{sub}": a pattern starts at the project\'s folder'),
        ("{sub", '"day": "{sub": a brace stands alone'),
        ("{a}/{a}", '"day": "{a}/{a}" needs words that differ'),
        ("{subdir}", '"day": "{subdir}" needs words that differ'),
        ("{a,x+}", '"day": "{a,x+}" needs words that differ'),
    ],
)
def test_what_is_no_day_is_refused_in_a_line(tmp_path: Path, text: str, message: str) -> None:
    """The line names the file, the line number and the key, and how to write it."""
    (tmp_path / "project.yml").write_text(f'{HEAD}day: "{text}"\n')
    with pytest.raises(ConfigError) as refused:
        load_project(tmp_path)
    said = str(refused.value)
    assert said.startswith(f"{tmp_path}/project.yml line 4: {message}")
    assert 'Write it as "{sub}/{ses}"' in said
    assert "\n" not in said
