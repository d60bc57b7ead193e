"""Write the JSON schemas of what --json prints, and docs/reference/json.md: python docs/make_json.py [--check]

Both are made from the classes in remote_tracker/schemas. --check changes nothing, and fails where a file is not what
would be written.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

try:
    import yaml  # noqa: F401  # what follows imports it
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "{{cookiecutter.project_slug}}"))

from remote_tracker.schemas.forms import Form, Key  # noqa: E402
from remote_tracker.schemas.table import FORMS  # noqa: E402

PLACE = "{{cookiecutter.project_slug}}/remote_tracker/schemas"
PAGE = "docs/reference/json.md"
MOST_WORDS = 13  # longer lists of words stand in the schema alone
SIMPLE = {str: "string", int: "integer", bool: "boolean", float: "number", type(None): "null"}
WORDS = {str: "text", int: "whole number", bool: "true or false", float: "number", type(None): "null", Any: "any value"}
HEAD = """\
# What `--json` prints

Written by `python docs/make_json.py` from the classes in `remote_tracker/schemas`: do not edit it here.

With `--json` a verb prints one value for programs on stdout, nothing else; an error is a line on stderr. Exit code 1
with a value says that something needs you: a bad result, a trouble, a file that cannot be moved. Each value has a JSON
schema, which lies in every project below `remote_tracker/schemas` and knows each key: no other is printed. A test holds
what each verb prints against its schema.

    ./rt status --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["stages"][0]["counts"])'

Read `state`, `cause` and `verdict`, whose words never change, rather than `reason`. Newer versions may add keys; the
schemas in a project are those of its version.
"""


def name_of(key: str) -> str:
    """Return a key as it stands in JSON: from_ is a field for "from", which Python keeps for itself."""
    return key.removesuffix("_")


def _keys(kind: Any) -> Iterator[tuple[str, Any, Key]]:
    """Yield name, type and meaning of each key of a form."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        of, key = get_args(hint)
        yield name_of(name), of, key


def schema_of(form: Form) -> dict[str, Any]:
    """Return the JSON schema of what a verb prints."""
    parts: dict[str, Any] = {}
    value = _schema(form.form | form.also if form.also else form.form, (), parts)
    top = {"type": "array", "items": value} if form.many else parts.pop(form.form.__name__)
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": form.command}
    return {**about, **top, **({"$defs": parts} if parts else {})}


def _schema(kind: Any, among: tuple[str, ...], parts: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; classes go into ``parts``. ``among``: the words that a text or a key may be."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return {}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(one, among, parts) for one in inner]}
    if origin is list:
        return {"type": "array", "items": _schema(inner[0], among, parts)}
    if origin is not None and issubclass(origin, Mapping):
        keys = {"propertyNames": {"enum": list(among)}} if among else {}
        return {"type": "object", **keys, "additionalProperties": _schema(inner[1], (), parts)}
    if is_dataclass(kind):
        return _object(kind, parts)
    return {"enum": list(among)} if among else {"type": SIMPLE[kind]}


def _object(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    """Put the schema of a class into ``parts``, and return a reference to it."""
    parts.setdefault(kind.__name__, {})
    keys = list(_keys(kind))
    parts[kind.__name__] = {
        "type": "object",
        "description": kind.__doc__,
        "properties": {name: {"description": key.help, **_schema(of, key.among, parts)} for name, of, key in keys},
        "required": [name for name, _, key in keys if not key.optional],
        "additionalProperties": False,
    }
    return {"$ref": f"#/$defs/{kind.__name__}"}


def page() -> str:
    """Return the reference page: a table for each verb, then a table for each part."""
    told: list[Any] = [form.form for form in FORMS.values()]
    others = [form.also for form in FORMS.values() if form.also]
    parts = [HEAD, *(_section(key, form) for key, form in FORMS.items()), "\n## Parts\n"]
    found = dict.fromkeys(part for form in [*told, *others] for part in _parts(form) if part not in told)
    return "".join([*parts, *(f"\n### {part.__name__}\n\n{part.__doc__}\n\n{_table(part)}" for part in found)])


def _parts(kind: Any) -> Iterator[Any]:
    """Yield the classes that stand in a type, itself first where it is a class."""
    if is_dataclass(kind):
        yield kind
        for _, of, _ in _keys(kind):
            yield from _parts(of)
    for inner in get_args(kind):
        yield from _parts(inner)


def _section(key: str, form: Form) -> str:
    also = f" (or [{form.also.__name__}](#{form.also.__name__.lower()}))" if form.also else ""
    many = f"A list; of each{also}:\n\n" if form.many else ""
    note = f" {form.note}" if form.note else ""
    return (
        f"\n## {form.command}\n\n{form.form.__doc__}{note} Schema: `schemas/{key}.json`.\n\n{many}{_table(form.form)}"
    )


def _table(kind: Any) -> str:
    rows = "".join(f"| `{name}` | {_words(of)} | {_said(key)} |\n" for name, of, key in _keys(kind))
    return f"| key | value | what it says |\n| --- | --- | --- |\n{rows}"


def _said(key: Key) -> str:
    among = ", ".join(f"`{word}`" for word in key.among if word and len(key.among) < MOST_WORDS)
    return f"{key.help}{f': {among}' if among else ''}{' (may be missing)' if key.optional else ''}"


def _words(kind: Any) -> str:
    """Return a type in words."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_words, inner))
    if origin is list:
        return f"list: {_words(inner[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"mapping: {_words(inner[1])}"
    return WORDS[kind] if kind in WORDS else f"[{kind.__name__}](#{kind.__name__.lower()})"


def written() -> dict[Path, str]:
    """Return each file that is made, with its text."""
    made = {ROOT / PLACE / f"{key}.json": json.dumps(schema_of(form), indent=1) + "\n" for key, form in FORMS.items()}
    return {**made, ROOT / PAGE: page()}


def main(argv: list[str]) -> int:
    """Write the files, or say which are not as they would be written."""
    texts = written()
    old = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    old += [path for path in (ROOT / PLACE).glob("*.json") if path not in texts]
    for path in old:
        name, is_checked = path.relative_to(ROOT), "--check" in argv
        print(f"{name} is not as the classes are: python docs/make_json.py" if is_checked else name)
        if not is_checked and path in texts:
            path.write_text(texts[path], encoding="utf-8")
        elif not is_checked:
            path.unlink()
    return int(bool(old) and "--check" in argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
