"""What run_task.sh reads: one line a task (which files in, which out), and one file for the whole batch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from shlex import quote

from ..model import Project, Stage, Unit
from .command import Bash, Command, Names, compile_command, quoted_words

_GLOB = re.compile(r"([*?\[\]\\])")


@dataclass(frozen=True)
class Batchable:
    """A stage compiled for a project: each unit becomes a line of the list and a line for run_task.sh."""

    names: Names
    command: Command
    verify: tuple[Command, ...]

    def line(self, unit: Unit) -> str:
        """Return the unit's line of files2process.txt."""
        return self.command.line(unit)

    def task(self, unit: Unit, stale: bool = False) -> str:
        """Return the unit's line of tasks.txt: bash assignments; ``stale`` where an old result stands."""
        stage = self.names.stage
        inputs = [
            f"{i.name}={self._place(path)}"
            for i, files in zip(stage.inputs, unit.inputs, strict=True)
            for path in files
        ]
        words = [f"unit={quote(unit.key)}", f"inputs=({quoted_words(inputs)})", *self._outputs(unit)]
        words.append(f"place={quote(self._work_place(unit))}")
        if stale:
            words.append("stale=1")
        if self.verify:
            words.append(f"verify=({quoted_words([command.line(unit) for command in self.verify])})")
        return " ".join(words)

    def _outputs(self, unit: Unit) -> list[str]:
        """Return the outputs, and apart from them the globs, in which names are escaped for bash."""
        stage = self.names.stage
        values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
        escaped = {wildcard: _GLOB.sub(r"\\\1", value) for wildcard, value in values.items()}
        plain = [f"{o.name}={o.pattern.fill(values).rstrip('/')}" for o in stage.outputs if not o.pattern.is_glob]
        globs = [f"{o.name}={o.pattern.fill(escaped)}" for o in stage.outputs if o.pattern.is_glob]
        return [f"outputs=({quoted_words(plain)})", *([f"globs=({quoted_words(globs)})"] if globs else [])]

    def _place(self, path: str) -> str:
        videos = self.names.videos
        return videos.rstrip("/") + path[len("RawVideos") :] if videos and path.startswith("RawVideos/") else path

    def _work_place(self, unit: Unit) -> str:
        stage = self.names.stage
        root = stage.outputs[0].pattern.root if stage.outputs else ""
        stem = re.sub(r"[^A-Za-z0-9._-]", "_", unit.key.rpartition("/")[2])[:40]
        digest = blake2b(f"{stage.name}\0{unit.key}".encode(errors="surrogateescape"), digest_size=5).hexdigest()
        return f"{root or stage.folder}/.work/{stem}-{digest}"


def compile_stage(project: Project, stage: Stage) -> Batchable:
    """Return the stage compiled; raises ConfigError that names the tracker's file and the stage."""
    names = Names(stage, project.tracker, project.videos)
    where = f"{project.tracker.folder / 'tracker.yml'}, stage {stage.name}"
    verify = [c.subject for c in stage.checks if c.kind == "command"]
    return Batchable(
        names,
        compile_command(stage.command, names, f"{where}, command"),
        tuple(compile_command(text, names, f"{where}, check") for text in verify),
    )


def render_settings(project: Project, stage: Stage, facts: Mapping[str, str]) -> str:
    """Return settings.sh: what all tasks of a batch share, as bash; ``facts`` are further names and values."""
    names = Names(stage, project.tracker, project.videos)
    where = f"{project.tracker.folder / 'tracker.yml'}, stage {stage.name}, env"
    start = [word for output, source in stage.start.items() for word in (output, source)]
    values = {
        "stage": stage.name,
        "mode": stage.work,
        "exit_ok": " ".join(map(str, stage.exit_ok)) or "any",
        **facts,
    }
    lines = ["# What every task of this batch shares; run_task.sh reads it."]
    lines += [f"{name}={quote(value)}" for name, value in values.items()]
    lines += [f"start=({quoted_words(start)})", "set_environment() {", "  :"]
    for name, template in stage.env.items():
        lines.append(f"  export {name}={compile_command(template, names, where).text if template else Bash('')}")
    return "\n".join([*lines, "}", ""])
