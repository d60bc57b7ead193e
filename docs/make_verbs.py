"""Write docs/reference/verbs.md from the help of ./rt and of the scripts: python docs/make_verbs.py [--check]

--check changes nothing, and fails where the page is not what would be written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

try:
    import click
except ModuleNotFoundError as missing:
    sys.exit(f"{missing}. Type, after make test:  ~/.cache/remote-tracker/venv/bin/python {sys.argv[0]}")

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "{{cookiecutter.project_slug}}"
sys.path.insert(0, str(PROJECT))

from remote_tracker.cli.main import EVERY_DAY, NOW_AND_THEN, rt  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "verbs.md"
SCRIPTS = (
    "workspace/get_files2process.sh",
    "summarizer/get_cmd2process.sh",
    "workspace/run_task.sh",
    "remote_tracker/schedulers/local.j2",
)
HEAD = """\
# Everything you can type

Written by `python docs/make_verbs.py` from the program's own help: do not edit it here.

`./rt` lies in the project's folder, in `workspace/` and in `summarizer/`, and does the same in all three. `NAME` is
what a task works on, as the video `plate7.avi`; with its folder, `20260101/plate7.avi`, where several have that name.

`./rt help VERB` says what a verb takes; so do `./rt VERB --help`, `-h` and `./rt VERB help`. A mistyped word is
answered with the nearest that there is. `./rt completion` prints the line that lets Tab complete verbs, options, days
and videos.

Exit codes: 0 fine, 1 something needs you, 2 wrong use, 130 stopped with Ctrl-C.
"""


def written() -> str:
    """Return the whole page."""
    parts = [HEAD, "\n## Every day\n", *(_verb(rt.commands[name]) for name in EVERY_DAY)]
    parts += ["\n## Now and then\n", *(_verb(rt.commands[name]) for name in sorted(NOW_AND_THEN))]
    parts += ["\n## Of `./rt` itself\n\n", _options(rt), "\n## The scripts\n", *map(_script, SCRIPTS)]
    return "".join(parts)


def visible(command: click.Command) -> list[click.Option]:
    """Return the options of a verb that people may type."""
    return [p for p in command.params if isinstance(p, click.Option) and not p.hidden]


def _verb(command: click.Command, above: str = "./rt") -> str:
    help_text = re.sub(r"\s+", " ", (command.help or "").strip())
    title = f"\n###{'#' * (above != './rt')} {above} {command.name}\n\n{help_text}\n"
    if isinstance(command, click.Group):
        return title + "".join(_verb(command.commands[name], f"{above} {command.name}") for name in command.commands)
    usage = f"{title}\n    {above} {' '.join(_words(command))}\n"
    return usage + (f"\n{_options(command)}" if visible(command) else "")


def _words(command: click.Command) -> Iterator[str]:
    """Yield the words of a verb's usage line."""
    yield str(command.name)
    yield from (_option_word(option) for option in visible(command))
    for argument in command.params:
        if isinstance(argument, click.Argument):
            name = argument.metavar or str(argument.name).upper()
            yield name if argument.required or name.startswith("[") else f"[{name}]"


def _option_word(option: click.Option) -> str:
    word = option.opts[-1] + _value(option)
    return word if option.required else f"[{word}]"


def _value(option: click.Option) -> str:
    """Return what stands behind an option: nothing behind a flag."""
    if option.is_flag:
        return ""
    return " N" if isinstance(option.type, (click.types.IntParamType, click.IntRange)) else " TEXT"


def _options(command: click.Command) -> str:
    rows = [f"| `{', '.join(o.opts)}{_value(o)}` | {' '.join((o.help or '').split())} |" for o in visible(command)]
    return "\n".join(["| option | what it does |", "| --- | --- |", *rows, ""])


def _script(name: str) -> str:
    """Return a script's own help: the comment at its head."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()[1:]
    end = next(i for i, line in enumerate(lines) if not line.startswith("#") or line == "#")
    shown = "".join(f"    {line.removeprefix('#').removeprefix(' ')}".rstrip() + "\n" for line in lines[:end])
    shown = re.sub(r"^ +.*\{\{ (?!script).*\n", "", shown, flags=re.MULTILINE)  # names of one project
    title = name if not name.endswith(".j2") else "process_all.sh"
    return f"\n### {title}\n\n{shown.replace('{{ script }}', title)}"


def main(argv: list[str]) -> int:
    """Write the page, or say that it is not as it would be written."""
    text = written()
    fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
    if fresh:
        return 0
    if "--check" in argv:
        print(f"{PAGE.relative_to(ROOT)} is not as the program's help is: python docs/make_verbs.py")
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
