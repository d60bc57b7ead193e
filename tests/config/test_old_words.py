"""Words of the YAML files that were renamed: the old ones are read for one version, and one line says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config import load_tracker, old_words
from remote_tracker.config.document import Section, read_document
from remote_tracker.config.signatures import KEYS as SIGNATURE_KEYS
from remote_tracker.config.signatures import load_signatures
from remote_tracker.config.stage import INPUT_KEYS
from remote_tracker.config.tracker import PARAM_KEYS
from remote_tracker.errors import ConfigError
from remote_tracker.model import Tracker

TRACKER = """\
description: a tracker
params:
  scratch: {{default: "", help: where, {param}: false}}
stages:
  - name: track
    input:
      video: "RawVideos/{{subdir}}/{{session}}/{{name}}.avi"
      session:
        {input}: false
        pattern: "RawVideos/{{subdir}}/{{session}}/settings.json"
    output: {{tracks: "Results/{{subdir}}/{{session}}/{{name}}.csv"}}
    command: track {{{{ params.scratch }}}}
"""
OLD = TRACKER.format(param="shapes", input="shapes")
NEW = TRACKER.format(param="affects_results", input="affects_results")


@pytest.fixture(autouse=True)
def _new_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what was warned of, as a new command does."""
    monkeypatch.setattr(old_words, "_warned", set())


def load(folder: Path, text: str) -> Tracker:
    """Return the tracker that a text declares."""
    path = folder / "tracker.yml"
    path.write_text(text, encoding="utf-8")
    return load_tracker(path)


def test_an_old_word_means_what_the_new_one_does(tmp_path: Path) -> None:
    """A tracker.yml with old words declares the same, in each kind of mapping."""
    old, new = load(tmp_path, OLD), load(tmp_path, NEW)
    assert old == new
    assert not new.declared[0].affects_results
    assert not new.stages[0].inputs[1].affects_results


def test_it_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that holds an old word in two places, and is read twice, gets one line: file, line and both words."""
    load(tmp_path, OLD)
    load(tmp_path, OLD)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f'{tmp_path}/tracker.yml line 3: "shapes" is called "affects_results" now. '
        "Write that: the old word is read until 0.2.\n"
    )


def test_no_word_of_the_new_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a file without old words nothing is told."""
    load(tmp_path, NEW)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("right", "both", "line"),
    [
        ("help: where, ", "help: where, shapes: false, ", 3),
        ("        pattern: ", "        shapes: true\n        pattern: ", 10),
    ],
    ids=["param", "input"],
)
def test_both_words_are_refused(tmp_path: Path, right: str, both: str, line: int) -> None:
    """Where the old and the new word are given, the line of the old one is named: which is meant is not guessed."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, NEW.replace(right, both, 1))
    assert str(caught.value) == (
        f'{tmp_path}/tracker.yml line {line}: "shapes" is the old word for "affects_results", and both are given: '
        'take "shapes" out. Nothing was changed.'
    )


def test_a_wrong_value_is_told_with_its_line(tmp_path: Path) -> None:
    """What stands at an old word is judged as at the new one, and its own line is named."""
    with pytest.raises(ConfigError, match=r'line 9: "affects_results" must be true or false, not 3\.'):
        load(tmp_path, OLD.replace("        shapes: false", "        shapes: 3"))


@pytest.mark.parametrize("said", ["yes", "no", "never", "more_memory"])
def test_signatures(tmp_path: Path, capsys: pytest.CaptureFixture[str], said: str) -> None:
    """A lab's signatures.yml with the old word is read, yes and no as well."""
    (tmp_path / "site").mkdir()
    path = tmp_path / "site/signatures.yml"
    path.write_text(f"signatures:\n  - {{cause: x, says: [y], again: {said}}}\n", encoding="utf-8")
    assert load_signatures(tmp_path)[0].retry == said
    assert capsys.readouterr().err.startswith(f'{path} line 2: "again" is called "retry" now.')


def section(text: str) -> Section:
    """Return the top of a YAML text."""
    return read_document(text, Path("a\nb.yml"))


def test_any_word_may_be_renamed(capsys: pytest.CaptureFixture[str]) -> None:
    """The mechanism serves any key: what lies below it keeps its lines, and the order of keys stays."""
    found = section("one: 1\nold:\n  inner: x\ntwo: 2\n").only(("one", "new", "two"), {"old": "new"})
    assert list(found.data) == ["one", "new", "two"]
    with pytest.raises(ConfigError, match="line 3"):
        found.section("new").number("inner", 0)
    assert capsys.readouterr().err.startswith('a\\nb.yml line 2: "old" is called "new" now.')


def test_a_mapping_that_stands_twice() -> None:
    """An anchor's mapping, which is one and the same in two places, is renamed once and no error."""
    top = section("a: &x {old: 1}\nb: *x\nc: {<<: *x}\n")
    for key in "abc":
        assert top.section(key).only(("new",), {"old": "new"}).data == {"new": 1}


@pytest.mark.parametrize(
    ("words", "known"),
    [(old_words.PARAM, PARAM_KEYS), (old_words.INPUT, INPUT_KEYS), (old_words.SIGNATURE, SIGNATURE_KEYS)],
)
def test_words_lead_to_known_ones(words: dict[str, str], known: dict[str, str]) -> None:
    """Each old word is none any more, and leads to one that is known."""
    assert set(words.values()) <= known.keys()
    assert not words.keys() & known.keys()
