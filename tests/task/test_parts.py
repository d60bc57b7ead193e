"""The bash of a task as text: short functions, short files, each with its globals told at its head; effects in if."""

from __future__ import annotations

import re
import subprocess

import pytest
from lab import TEMPLATE
from remote_tracker.batches.node_side import join_parts

FOLDER = TEMPLATE / "remote_tracker" / "task"
PARTS = sorted(path.name for path in FOLDER.glob("*.sh"))
FUNCTION = re.compile(r"^(\w+)\(\) \{(?:[^\n]*\}|.*?\n\})$", re.MULTILINE | re.DOTALL)
QUESTION = r"!|\[\[|\(\("
ANSWERS = r"(?:IFS= )?read |grep |compgen |(?:LC_ALL=C )?find |lives "  # what is a question itself, or what is read
CHAIN = re.compile(rf"(?:&&|(?:\]\]|\)\)) \|\|) (?!{QUESTION}|{ANSWERS})")


def code_of(name: str) -> str:
    """Return a part without comments and without what stands in single quotes (awk's programs)."""
    text = re.sub(r"(^|\s)# .*", "", (FOLDER / name).read_text())
    return re.sub(r"\$?'[^']*'", "''", text)


def without_words(code: str) -> str:
    """Return code with nothing in double quotes, and nothing in [[ ]] and (( ))."""
    code = re.sub(r'"(?:[^"\\]|\\.)*"', '""', code)
    return re.sub(r"\(\(.*?\)\)", "(( ))", re.sub(r"\[\[.*?\]\]", "[[ ]]", code))


def head_of(name: str) -> str:
    """Return the comment that a part begins with."""
    lines = (FOLDER / name).read_text().splitlines()
    return "\n".join(lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))])


def locals_of(code: str) -> set[str]:
    """Return the names that a function keeps to itself."""
    told = " ".join(re.findall(r"\b(?:local|declare)(?: -A)? ([^\n]*)", code))
    return set(re.findall(r"\b([a-z_]\w*)\b", told))


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_short(name: str) -> None:
    """A file has fewer than 120 lines, each of its functions fewer than 40."""
    text = (FOLDER / name).read_text()
    assert text.count("\n") < 120
    long = {found[1]: found[0].count("\n") + 1 for found in FUNCTION.finditer(text)}
    assert long
    assert {function: lines for function, lines in long.items() if lines >= 40} == {}


@pytest.mark.parametrize("name", PARTS)
def test_globals_stand_at_the_head(name: str) -> None:
    """The head of a part names each variable of ours that it reads and that it sets."""
    head = head_of(name)
    reads, sets = (
        re.search(rf"# {word}: ((?:.*\n?)*?)(?=# [A-Z]|# shellcheck|\Z)", head) for word in ("Reads", "Sets")
    )
    assert reads, name
    assert sets, name
    for found in FUNCTION.finditer(code_of(name)):
        body, own = found[0], locals_of(found[0])
        bare = re.sub(r"\b(\w+)=\$\1\b", "", without_words(body))
        assigned = set(re.findall(r"(?:^|[\s;{(])([a-z_]\w*)(?:\[[^]\n]*\])?\+?=", bare)) - own
        assigned |= set(re.findall(r"exec \{([a-z_]\w*)\}", body)) - own
        used = set(re.findall(r"\$\{?[!#]?([a-z_]\w*)", body)) - own - assigned
        loose = set(re.findall(r"\bfor ([a-z_]\w*) in", body))
        assert assigned - loose - set(re.findall(r"\w+", sets[1])) == set(), found[1]
        assert used - loose - set(re.findall(r"\w+", head)) == set(), found[1]


@pytest.mark.parametrize("name", PARTS)
def test_effects_stand_in_if(name: str) -> None:
    """``[[ ... ]] || something`` and ``a && b`` are only written where both sides are questions."""
    lines = without_words(code_of(name)).splitlines()
    assert [line.strip() for line in lines if CHAIN.search(line)] == []


def test_the_parts_are_those_that_run() -> None:
    """run_task.sh reads each part beside it, and no other."""
    told = re.search(r"^for part in (.*); do$", (FOLDER / "run_task.sh").read_text(), re.MULTILINE)
    assert told
    assert sorted(f"task_{part}.sh" for part in told[1].split()) == [name for name in PARTS if name != "run_task.sh"]


def test_a_batch_holds_them_in_one_script() -> None:
    """The script of a batch holds each part once, where run_task.sh would read it, and reads no file of its own."""
    script = join_parts()
    for name in PARTS:
        if name != "run_task.sh":
            assert script.count(f"\n# {name}\n{(FOLDER / name).read_text()}\n") == 1, name
    assert "for part in" not in script
    assert not re.search(r'^ *source "\$here', script, re.MULTILINE)
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_a_batch_names_each_function_before_the_first_text() -> None:
    """The script of a batch defines all functions empty, one behind the other, and then each with its text."""
    script = join_parts()
    texts = re.findall(r"^(\w+)\(\) \{", script, re.MULTILINE)
    names = re.findall(r"^(\w+)\(\) \(\(1\)\)\n", script, re.MULTILINE)
    assert len(names) > 100
    assert names == texts
    assert "".join(f"{name}() ((1))\n" for name in names) in script[: script.index(f"{texts[0]}() {{")]
