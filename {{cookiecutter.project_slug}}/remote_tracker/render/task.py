"""Render what run_task.sh evaluates: a line for each task (its files), and settings for the whole batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from os.path import exists, isfile
from pathlib import Path
from types import MappingProxyType

from ..errors import ConfigError
from ..model import Need, Project, Stage, Tracker, Unit
from ..model.work_name import name_work
from .anchor import STARTS, anchor
from .command import Command, compile_command, quoted_words, render_value
from .container import render_container
from .files import Names
from .quotes import is_safe, quote, quoting_of

_GLOB = re.compile(r"([*?\[\]\\])")


class Batchable:
    """A stage compiled for a project: each unit becomes a line of the list and a line for run_task.sh."""

    def __init__(self, names: Names, command: Command, verify: tuple[Command, ...]) -> None:
        stage = names.stage
        self.command, self.names, self._verify = command, names, verify
        self._plain = [(o.name, names.filler(o.pattern)) for o in stage.outputs if not o.pattern.is_glob]
        self._globs = [(o.name, names.filler(o.pattern)) for o in stage.outputs if o.pattern.is_glob]
        said = [p for o in stage.outputs for p in o.pattern.pieces if isinstance(p, str)]
        self._tame = all(map(is_safe, [*said, names.videos or "RawVideos"]))
        self._root = (stage.outputs[0].pattern.root if stage.outputs else "") or stage.folder

    def lines(self, unit: Unit, old_ns: int = 0) -> tuple[str, str]:
        """Return the unit's line of files2process.txt, and its line of tasks.txt: bash assignments, that line's too.

        ``old_ns`` is the latest mtime of an old result that stands in the way.
        """
        quoting = quoting_of(unit) if self._tame else quote
        command = self.command.line(unit, quoting)  # bash, which needs quotes nearly always
        words = [
            f"command='{command}'" if "'" not in command else f"command={quote(command)}",
            f"unit={quoting(unit.key)} inputs=({quoted_words(self._inputs(unit), quoting)})",
            f"outputs=({' '.join([f'{name}={quoting(fill(unit.values))}' for name, fill in self._plain])})",
            f"place={self._work_place(unit)}",
        ]
        if self._globs:
            values = [_GLOB.sub(r"\\\1", value) for value in unit.values]
            words.append(f"globs=({quoted_words(f'{name}={fill(values)}' for name, fill in self._globs)})")
        if old_ns:
            words.append(f"stale={old_ns // 10**9}.{old_ns % 10**9:09d}")  # as stat -c %.9Y prints it
        if self._verify:
            words.append(f"verify=({quoted_words(command.line(unit) for command in self._verify)})")
        return command, " ".join(words)

    def _inputs(self, unit: Unit) -> Iterator[str]:
        for wanted, files in zip(self.names.stage.inputs, unit.inputs, strict=True):
            for path in files:
                yield f"{wanted.name}={self._place(path)}"

    def _place(self, path: str) -> str:
        videos = self.names.videos
        return videos.rstrip("/") + path[len("RawVideos") :] if videos and path.startswith("RawVideos/") else path

    def _work_place(self, unit: Unit) -> str:
        return f"{self._root}/.work/{name_work(self.names.stage.name, unit.key)}"


def compile_check(project: Project, stage: Stage, text: str) -> Command:
    """Return the compiled line of a check of the stage; raises ConfigError, which names the tracker's file."""
    names = Names(stage, project.tracker, project.videos)
    return compile_command(text, names, f"{project.tracker.folder / 'tracker.yml'}, stage {stage.name}, check")


def compile_stage(project: Project, stage: Stage) -> Batchable:
    """Return the compiled stage; raises ConfigError, which names the tracker's file and the stage."""
    names = Names(stage, project.tracker, project.videos)
    where = f"{project.tracker.folder / 'tracker.yml'}, stage {stage.name}"
    verify = [c.subject for c in stage.checks if c.kind == "command"]
    return Batchable(
        names,
        _start(project, stage, compile_command(stage.command, names, f"{where}, command")),
        tuple(_start(project, stage, compile_command(text, names, f"{where}, check")) for text in verify),
    )


def _start(project: Project, stage: Stage, command: Command, before: str = STARTS) -> Command:
    """Return the command as it can be run in the folder in which the stage's tasks start."""
    if stage.starts_in == "project":
        return command
    is_there, is_file = (partial(_asked, project.root, ask) for ask in (exists, isfile))
    return anchor(command, is_there, is_file, before)


def _asked(root: Path, ask: Callable[[str], bool], path: str) -> bool:
    return ask(f"{root}/{path}")


def render_settings(
    project: Project,
    compiled: Batchable,
    facts: Mapping[str, str],
    files: Sequence[str] = (),
    rewritten: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return the settings, the bash that all tasks of a batch of the compiled stage share.

    ``facts`` are further variables and their values, ``files`` the files that parameters name. ``rewritten`` maps the
    files that the tracker's program rewrites to the keys that do not count.
    """
    names, stage = compiled.names, compiled.names.stage
    where = f"{project.tracker.folder / 'tracker.yml'}, stage {stage.name}"
    start = [word for output, source in stage.start.items() for word in (output, source)]
    environment = [
        f"  export {name}={_start(project, stage, Command((value,)), f'{STARTS}:').text}"
        for name, text in stage.env.items()
        for value in (render_value(text, names, f"{where}, env {name}"),)
    ]
    named = '"$work"' in "".join([compiled.command.text, *environment])
    scratch = stage.work == "in-place" and (stage.starts_in == "own" or named)
    values = {
        "stage": stage.name,
        "mode": stage.work,
        "starts_in": stage.starts_in,
        "exit_ok": " ".join(map(str, stage.exit_ok)) or "any",
        **facts,
        "scratch": "yes" if scratch else "",
        "versioned": "yes" if project.tracker.version else "",
    }
    lines = ["# What every task of this batch shares."]
    lines += [*(f"{name}={quote(value)}" for name, value in values.items()), *render_container(project)]
    lines += [f"start=({quoted_words(start)})", f"parameter_files=({quoted_words(files)})"]
    lines += _render_rewritten(rewritten)
    lines += ["set_environment() {", "  :", *environment, "}"]
    version = _start(project, stage, Command((_render_shared(project.tracker.version, names, "version"),)))
    return "\n".join([*lines, "print_version() {", f"  {version.text}", "}", ""])


def _render_rewritten(rewritten: Mapping[str, Sequence[str]]) -> list[str]:
    words = [word for path, keys in rewritten.items() for word in ("--rewritten", path, ",".join(keys))]
    return [f"rewritten=({quoted_words(words)})"] if words else []


def render_needs(tracker: Tracker) -> tuple[Need, ...]:
    """Return the tracker's needs, each with its command as bash: parameters are filled in."""
    names = Names(tracker.stages[0], tracker)
    return tuple(need._replace(command=_render_shared(need.command, names, "needs")) for need in tracker.needs)


def render_version(tracker: Tracker) -> str:
    """Return the line of bash that prints the tracker's version, as a person would type it."""
    return " ".join(_render_shared(tracker.version, Names(tracker.stages[0], tracker), "version").split())


def render_questions(project: Project, needs: Sequence[Need], folders: Sequence[str], limit: int) -> str:
    """Return the text of questions.sh for probe.sh: rendered needs, and the folders whose free space is asked.

    Each answer is waited for ``limit`` seconds.
    """
    names = Names(project.tracker.stages[0], project.tracker, project.videos)
    lines = [f"project={quote(str(project.root))}", f"tracker={quote(str(project.tracker.folder))}"]
    lines += [f"needs={len(needs)}", f"limit={limit}", f"folders=({quoted_words(folders)})", *render_container(project)]
    lines += ["print_version() {", f"  {_render_shared(project.tracker.version, names, 'version')}", "}"]
    for number, need in enumerate(needs, 1):
        lines += [f"need_{number}() {{", f"  {need.command}", "}"]
    return "\n".join([*lines, ""])


def _render_shared(text: str, names: Names, what: str) -> str:
    """Return the bash for a line of the whole tracker; raises ConfigError where it would differ between tasks."""
    where = f"{names.tracker.folder / 'tracker.yml'}, {what}"
    line = compile_command(text, names, where)
    if any(callable(piece) for piece in line.pieces):
        raise ConfigError(f"{where}: it is one for all tasks, so it cannot hold input, output, parent, wildcards.")
    return line.text or ":"
