"""Fill in the tables of docs/reference, docs/trackers and OTHERS from the code: docs/make_reference.py [--check]

A table stands between the lines <!-- table: NAME --> and <!-- end -->, the parameters of a tracker between
<!-- params: NAME --> and <!-- end -->, the columns of a table, or of a tracker's features, between
<!-- columns: NAME --> or <!-- features: NAME --> and <!-- end -->; what is around them is written by hand.
--check changes nothing, and fails where a page is not what would be made.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

try:
    import jinja2  # noqa: F401  # what follows imports it late
    import yaml  # noqa: F401
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "{{cookiecutter.project_slug}}"))

from remote_tracker import checks  # noqa: E402
from remote_tracker.config import (  # noqa: E402
    cluster,
    container,
    each,
    notify,
    people,
    project,
    remote,
    signatures,
    stage,
    tells,
    tracker,
    tracks,
    workflow,
)
from remote_tracker.measures.meanings import load_meanings  # noqa: E402
from remote_tracker.model import Param  # noqa: E402
from remote_tracker.parameters import known_keys  # noqa: E402
from remote_tracker.render.command import COMMAND_WORDS  # noqa: E402
from remote_tracker.tables import citations, definitions  # noqa: E402

PAGES = ROOT / "docs"
BUILT_IN = ROOT / "{{cookiecutter.project_slug}}" / "remote_tracker" / "trackers"
SIGNATURES = ROOT / "{{cookiecutter.project_slug}}" / "remote_tracker" / "signatures.yml"
OTHERS = ("failures.md", "methods.md", "numbers.md", "tables.md")
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_PARAMS = re.compile(r"(<!-- params: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_COLUMNS = re.compile(r"(<!-- columns: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
_FEATURES = re.compile(r"(<!-- features: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
COSTS = {"quick": "always", "deep": "at the end of a task, and by every scan", "node": "at the end of a task"}
TRIES = {  # what another try is good for, by the word of ``retry`` in a signatures.yml
    "yes": "as it is",
    "more_memory": "with twice the memory (on a cluster)",
    "more_time": "with twice the time (on a cluster)",
    "fewer_per_gpu": "with one less beside it on its GPU, where `per_gpu` is above 1; else after a change",
    "no": "after a change",
    "never": "when its video is another",
}
BY_SCANS = {  # what is looked at in some cases alone
    "log": "at the end of a task; in an output by every scan, too",
    "command": "at the end of a task; with `anywhere: true` by every scan, too",
}


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(map(_cell, line)) + " |\n" for line in lines)


def _cell(text: str) -> str:
    """Return a text as it stands in a table: outside of code a * would make what follows slanted."""
    pieces = text.replace("|", "\\|").split("`")
    return "`".join(piece if number % 2 else piece.replace("*", "\\*") for number, piece in enumerate(pieces))


def keys(known: Mapping[str, str]) -> str:
    """Return the table of a mapping's keys."""
    return table(("key", "what it says"), [(f"`{key}`", text) for key, text in known.items()])


def kinds() -> str:
    """Return the checks: one table of all kinds, then the options of each."""
    rows = [(f"`{k.name}`", k.help, BY_SCANS.get(k.name, COSTS[k.cost])) for k in checks.KINDS.values()]
    parts = [table(("check", "what must hold", "looked at"), rows)]
    for kind in checks.KINDS.values():
        named = "a line of bash" if kind.subject == "command" else f"the name of an {kind.subject}"
        parts.append(f"\n`{kind.name}:` {named}, and beside it\n\n")
        options = [(f"`{o.name}`", o.help + (" (must be given)" if o.required else "")) for o in kind.options]
        parts.append(table(("key", "what it says"), options))
    return "".join(parts)


def input_kinds() -> str:
    """Return the clauses on inputs: one table of all kinds, then the options of each."""
    found = checks.INPUT_KINDS.values()
    parts = [table(("clause", "what must hold"), [(f"`{k.name}`", k.help) for k in found])]
    for kind in found:
        parts.append(f"\n`{kind.name}:` the name of an input, and beside it\n\n")
        parts.append(table(("key", "what it says"), [(f"`{o.name}`", o.help) for o in kind.options]))
    return "".join(parts)


def failures() -> str:
    """Return the causes of failure that come with remote-tracker, in the order in which they are tried."""
    rows = [(s.cause, s.advice, TRIES[s.retry]) for s in signatures.load_signature_file(SIGNATURES)]
    return table(("cause", "what to do", "run it again"), rows)


def failure_words() -> str:
    """Return the words in a log, and the ends known without a log, by which each cause of failure is known."""
    rows = []
    for signature in signatures.load_signature_file(SIGNATURES):
        words = [f"`{pattern.pattern}`" for pattern in signature.says]
        ends = sorted(cause.value for cause in signature.of)
        rows.append((signature.cause, ", ".join(words), ", ".join(ends)))
    return table(("cause", "the log says", "or it ended so"), rows)


TABLES: Mapping[str, Callable[[], str]] = {
    "tracker": lambda: keys(tracker.KEYS),
    "param": lambda: keys(tracker.PARAM_KEYS),
    "known_keys": lambda: keys(known_keys.KEY_WORDS),
    "known_file": lambda: keys(known_keys.FILE_WORDS),
    "need": lambda: keys(tracker.NEED_KEYS),
    "stage": lambda: keys(stage.KEYS),
    "input": lambda: keys(stage.INPUT_KEYS),
    "output": lambda: keys(stage.OUTPUT_KEYS),
    "each": lambda: keys(each.EACH_KEYS),
    "resources": lambda: keys(stage.RESOURCE_KEYS),
    "workflow": lambda: keys(workflow.KEYS),
    "tracks": lambda: keys(tracks.KEYS),
    "citations": lambda: keys(citations.KEYS),
    "work": lambda: keys(citations.WORK_KEYS),
    "tells": lambda: keys(tells.KEYS),
    "tell": lambda: keys(tells.TELL_KEYS),
    "definitions": lambda: keys(definitions.KEYS),
    "definition": lambda: keys(definitions.COLUMN_KEYS),
    "checks": kinds,
    "ready": input_kinds,
    "words": lambda: table(
        ("word", "what it stands for"), [(f"`{word}`", text) for word, text in COMMAND_WORDS.items()]
    ),
    "container": lambda: keys(container.KEYS),
    "people": lambda: keys(people.KEYS),
    "notify": lambda: keys(notify.KEYS),
    "remote": lambda: keys(remote.KEYS),
    "project": lambda: keys(project.KEYS),
    "cluster": lambda: keys(cluster.KEYS),
    "signatures": lambda: keys(signatures.KEYS),
    "failures": failures,
    "failure_words": failure_words,
    "numbers": lambda: _columns(load_meanings().values()),
}


def params(name: str) -> str:
    """Return the table of a tracker's parameters."""
    folder = next(BUILT_IN.glob(f"{name}/**/tracker.yml"))
    rows = [
        (f"`{p.name}`", f"`{p.default}`" if p.default not in ("", [], None) else "nothing", _help(p))
        for p in tracker.load_tracker(folder).declared
    ]
    return table(("parameter", "is", "what it says"), rows)


def _help(param: Param) -> str:
    return param.help + (f" ({', '.join(f'`{choice}`' for choice in param.choices)})" if param.choices else "")


def own_columns(name: str) -> str:
    """Return the columns of a joined table that ./rt join itself makes."""
    return _columns(definitions.load_own_columns()[name])


def features(name: str) -> str:
    """Return the columns that a tracker's features may have; what stands in braces varies."""
    return _columns(one.column for one in definitions.load_definitions(BUILT_IN / name).columns)


def _columns(found: Iterable[definitions.Column]) -> str:
    rows = [(f"`{c.name}`", f"`{c.unit}`" if c.unit else "", c.meaning, c.how) for c in found]
    return table(("column", "`unit`", "meaning", "how"), rows)


def made(text: str) -> str:
    """Return a page with its tables as the code has them."""
    text = _COLUMNS.sub(lambda found: f"{found[1]}\n{own_columns(found[2])}\n{found[4]}", text)
    text = _FEATURES.sub(lambda found: f"{found[1]}\n{features(found[2])}\n{found[4]}", text)
    text = _PARAMS.sub(lambda found: f"{found[1]}\n{params(found[2])}\n{found[4]}", text)
    return _TABLE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", text)


def main(argv: list[str]) -> int:
    """Write the pages, or say which are not as they would be written."""
    stale = []
    for path in sorted([*PAGES.glob("reference/*.md"), *PAGES.glob("trackers/*.md"), *map(PAGES.joinpath, OTHERS)]):
        text = path.read_text(encoding="utf-8")
        if made(text) != text:
            stale.append(path.relative_to(ROOT))
            if "--check" not in argv:
                path.write_text(made(text), encoding="utf-8")
    for name in stale:
        print(f"{name}: {'is not as the code is' if '--check' in argv else 'written'}")
    return int(bool(stale) and "--check" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
