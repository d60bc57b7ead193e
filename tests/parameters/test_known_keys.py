"""A tracker's known keys: what a parameter file may say, and what is said where it says something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from lab import TEMPLATE
from remote_tracker.errors import ConfigError
from remote_tracker.parameters.judge_values import describe, find_faults, fits
from remote_tracker.parameters.known_keys import KnownKeys, Rule, load_known_keys
from remote_tracker.parameters.read_values import load_pairs

TRACKERS = TEMPLATE / "remote_tracker/trackers"
RULES = """
jump: {type: number, minimum: 1}
animals: {type: whole, minimum: 1, maximum: 100, or_null: true}
ground: {type: text, choices: [dark, light]}
whole: {type: flag}
least: {type: number}
most: {type: number, not_below: least}
places: {type: numbers, alike: true}
steps: {type: texts, choices: [A, B]}
snapshot: {type: [whole, text], choices: [all]}
anything: {}
"""


def judge(tmp_path: Path, text: str, rules: str = RULES, name: str = "a.yml") -> list[str]:
    """Return what is said against a parameter file."""
    (tmp_path / "known.yml").write_text(rules)
    (tmp_path / name).write_text(text, errors="surrogateescape")
    return list(find_faults(load_known_keys(tmp_path / "known.yml"), load_pairs(tmp_path / name)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jump: 40,5", "jump: 40,5 cannot be (write 40.5)."),
        ("jump: '40'", "jump: 40 cannot be (write 40)."),
        ("jump: 0,5", "jump: 0,5 cannot be; it is a number of 1 or more."),
        ("jump: .nan", "jump: NaN cannot be; it is a number of 1 or more."),
        ("jump: true", "jump: true cannot be; it is a number of 1 or more."),
        ("jump:", "jump: null cannot be; it is a number of 1 or more."),
        ("animals: 3.0", "animals: 3.0 cannot be (write 3)."),
        ("animals: 3.5", "animals: 3.5 cannot be; it is a whole number from 1 to 100, or null."),
        ("animals: 1_000", "animals: 1000 cannot be; it is a whole number from 1 to 100, or null."),
        ("ground: Dark", "ground: Dark cannot be (write dark)."),
        ("ground: ' light '", "ground:  light  cannot be (write light)."),
        ("ground: grey", "ground: grey cannot be; it is dark or light."),
        ("ground: [dark]", 'ground: ["dark"] cannot be; it is dark or light.'),
        ("ground: 2026-02-03", 'ground: "2026-02-03" cannot be; it is dark or light.'),
        ("ground: ''", 'ground: "" cannot be; it is dark or light.'),
        ('ground: "a\\e[31m"', "ground: a\\x1b[31m cannot be; it is dark or light."),
        ("whole: 'True'", "whole: True cannot be (write true)."),
        ("whole: 1", "whole: 1 cannot be; it is true or false."),
        ("least: 5\nmost: 4", "most: 4 is less than least, which is 5."),
        (
            "places: [150, .inf]",
            "places: [150, Infinity] cannot be; it is a list of numbers, all written with a point or none.",
        ),
        ("places: [1, '2']", 'places: [1, "2"] cannot be; it is a list of numbers, all written with a point or none.'),
        ("steps: [A, C]", 'steps: ["A", "C"] cannot be; it is a list of A or B.'),
        ("snapshot: last", "snapshot: last cannot be; it is a whole number or all."),
        ("jmp: 3", 'unknown key "jmp". Did you mean jump? Known: '),
        ("jump: 3\njump: 4", "jump stands there twice. Take one out."),
        ("ground: &a [[[1]]]\n", "ground: [...] cannot be; it is dark or light."),
        ("7: 1\n", 'unknown key "7". Known: '),
    ],
)
def test_a_slip_is_told_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    """Each value that cannot be is one line, with the value that is meant, or with all that can be."""
    found = judge(tmp_path, text)
    assert len(found) == 1
    assert found[0].startswith(said)
    assert found[0].isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "jump: 1\nanimals:\nground: light\nwhole: false\nleast: 3\nmost: 3\nplaces: [1, 2]\nsteps: []\nsnapshot: -1\n",
        "jump: 1.5\nanimals: 100\nplaces: [1.5, .inf]\nsteps: [B, A]\nsnapshot: all\nanything: {a: [b]}\n",
        "most: 3",
    ],
)
def test_what_can_be_is_fine(tmp_path: Path, text: str) -> None:
    """Every key may be left out, and every value that its rule allows is fine."""
    assert judge(tmp_path, text) == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", '{"jump": 40.5, "ground": "dark"}', []),
        ("a.json", '{"jump": "40,5"}', ["jump: 40,5 cannot be (write 40.5)."]),
        ("a.json", '{"jump": 2, "jump": 3}', ["jump stands there twice. Take one out."]),
        ("a.settings", "# a comment\njump = 40,5\n\nground = dark\n", ["jump: 40,5 cannot be (write 40.5)."]),
        ("a.settings", "anything = [[1,2],{a:}\n", []),
    ],
)
def test_files_of_several_kinds(tmp_path: Path, name: str, text: str, said: list[str]) -> None:
    """JSON, YAML and lines of name = value are judged alike; a value in a program's own words is a text."""
    assert judge(tmp_path, text, name=name) == said


@pytest.mark.parametrize(
    ("name", "text"), [("a.json", '{"jump": 40,5}'), ("a.json", "[1]"), ("a.yml", "- 1"), ("a.settings", "jump 40")]
)
def test_what_holds_no_keys_is_not_read(tmp_path: Path, name: str, text: str) -> None:
    """A file that is none of its kind is refused by its reader."""
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=r"no keys with values|Expecting|should look like"):
        load_pairs(tmp_path / name)


def test_toml_is_judged_where_python_reads_it(tmp_path: Path) -> None:
    """TOML is judged like the others by Python 3.11 and newer."""
    pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
    assert judge(tmp_path, 'jump = "40,5"\n', name="a.toml") == ["jump: 40,5 cannot be (write 40.5)."]


def test_what_a_file_says_of_all_its_keys(tmp_path: Path) -> None:
    """Other keys may stand there, and case not matter, where the rules say so; what is required is missed by name."""
    assert judge(tmp_path, "x: 1\nJump: 2\n", '"*": {others: true}\njump: {type: text}\n') == []
    assert judge(tmp_path, "JUMP: 2\n", '"*": {any_case: true}\njump: {type: text}\n') == [
        "JUMP: 2 cannot be; it is a text."
    ]
    assert judge(tmp_path, "", "jump: {type: whole, required: true}\n") == ["jump is missing; it is a whole number."]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("jump: {minimun: 1}", 'jump: unknown word "minimun". Did you mean minimum?'),
        ("jump: {type: nubmer}", 'jump: unknown type "nubmer". Did you mean number?'),
        ("jump: {minimum: '1'}", "jump: minimum must be a number, not '1'"),
        ("jump: number", "jump: write its rule as {type: number}"),
        ("- jump", "it must hold keys with their rules"),
        ("jump: [", "cannot be read: "),
        ('"*": {other: true}', '*: unknown word "other". Did you mean others?'),
    ],
)
def test_a_rule_with_a_slip(tmp_path: Path, rules: str, said: str) -> None:
    """What is wrong with the rules themselves is said with their file and key."""
    with pytest.raises(ConfigError) as refusal:
        judge(tmp_path, "", rules)
    assert f"{tmp_path / 'known.yml'}: {said}" in str(refusal.value)


def test_a_value_that_unfolds_is_not_shown(tmp_path: Path) -> None:
    """Anchors that unfold to more than the memory holds are judged, and shown in a word."""
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)), "jump: *a59"]
    found = judge(tmp_path, "\n".join(lines), '"*": {others: true}\njump: {type: number}\n')
    assert found == ["jump: [...] cannot be; it is a number."]


SHIPPED = [
    ("opencv", "AuxiliaryFiles/opencv.yml"),
    ("tierpsy", "AuxiliaryFiles/hydra_96wp.json"),
    ("idtrackerai", "AuxiliaryFiles/idtrackerai.toml"),
    ("trex", "AuxiliaryFiles/trex.settings"),
]


@pytest.mark.parametrize(("tracker", "path"), SHIPPED)
def test_a_shipped_file_is_fine(tracker: str, path: str) -> None:
    """The parameter file that a new project gets passes its own tracker's rules."""
    known = load_known_keys(TRACKERS / tracker / "known_keys.yml")
    assert list(find_faults(known, load_pairs(TRACKERS / tracker / path))) == []


def test_every_parameter_file_is_looked_at() -> None:
    """Each built-in tracker says how the file or folder that a parameter names is checked: by keys, look, or a need."""
    for path in sorted(TRACKERS.glob("**/tracker.yml")):
        told = yaml.safe_load(path.read_text())
        for name, param in (told.get("params") or {}).items():
            if param.get("file") or param.get("folder"):
                asked = any(f"params.{name}" in need["command"] for need in told.get("needs", []))
                assert param.get("keys") or param.get("look") or asked, f"{path.parent.name}: {name}"


def test_trackers_that_share_a_file_share_its_rules() -> None:
    """anTraX reads DeepLabCut's config.yaml by the same rules as DeepLabCut."""
    one, other = (TRACKERS / name / "known_keys.yml" for name in ("antrax", "deeplabcut"))
    assert one.read_text() == other.read_text()


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (Rule(("number",), 1), 10**400, True),
        (Rule(("whole",)), float("inf"), False),
        (Rule(("flag",)), "true", False),
        (Rule(choices=(1, 2)), True, False),
        (Rule(choices=(1, 2)), 2, True),
        (Rule(), None, True),
        (Rule(("text",)), None, False),
    ],
)
def test_values_at_the_edge(rule: Rule, value: Any, said: bool) -> None:
    """Huge numbers, infinity, true for 1 and no value at all are what they are."""
    assert fits(rule, value) is said
    assert describe(rule)
    assert len(list(find_faults(KnownKeys({"a": rule}), [("a", value)]))) == (0 if said else 1)
