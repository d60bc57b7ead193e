"""The other tools: Snakemake, GNU parallel with --joblog, and a script that looks what is there and newer."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence

from .tools import Tool

SNAKEFILE = """\
shell.executable("/bin/bash")
shell.prefix(". ROOT/environment.sh; ")
NAMES = VIDEOS
rule all:
    input: expand("Results/{name}END", name=NAMES)
rule track:
    input: "RawVideos/{name}.avi"
    output: OUTPUTS
    shell: "COMMAND"
"""
SCRIPT = """\
#!/usr/bin/env bash
# One line a video: its video, its command, its results; what is not there, empty or older than the video is made.
cd ROOT
is_done() { local path; for path in "${@:2}"; do [[ -s $path && $path -nt $1 ]] || return 1; done; }
while IFS=$'\\t' read -r video command results; do
  eval "paths=($results)"
  is_done "$video" "${paths[@]}" || bash -c "$command" || echo "$video failed"
done <list
"""


class Script(Tool):
    """A home-made script: what is there, not empty and newer than its video is finished; results come by a rename."""

    name = "script"

    def prepare(self) -> None:
        """Write the script and its list."""
        lines = []
        for name in self.setup.videos:
            results = shlex.join(map(str, self.results(name)))
            lines.append(f"{self.video(name)}\t{self.careful(name)}\t{results}\n")
        (self.root / "list").write_text("".join(lines))
        (self.root / "script.sh").write_text(SCRIPT.replace("ROOT", shlex.quote(str(self.root))))

    def careful(self, name: str) -> str:
        """Return a command that writes under other names and renames where it ended well."""
        line = self.command(name, "new.")
        for path in self.results(name):
            place, new = shlex.quote(str(path)), shlex.quote(str(path.with_name(f"new.{path.name}")))
            line += (
                f" && {{ rm -rf {place}; mv -T {new} {place}; }}"
                if path.name.endswith("_out")
                else f" && mv {new} {place}"
            )
        return line

    def runner(self) -> Sequence[str]:
        """Return the command that does what is to be done."""
        return ["bash", "script.sh"]

    def moved(self, root: object) -> Tool:
        """Return the tool for a copy of its project: the paths in the list are the copy's."""
        copied = super().moved(root)  # type: ignore[arg-type]
        copied.prepare()
        return copied

    def finished(self) -> set[str]:
        """Return what it takes for finished."""
        found = set()
        for name in self.setup.videos:
            video, results = self.video(name), self.results(name)
            there = all(path.exists() and (path.is_dir() or path.stat().st_size) for path in results)
            if there and all(path.stat().st_mtime_ns > video.stat().st_mtime_ns for path in results):
                found.add(name)
        return found


class Parallel(Script):
    """GNU parallel: finished is what its job log says ended with exit code 0; --resume-failed does the rest."""

    name = "parallel"

    def prepare(self) -> None:
        """Write the list of commands."""
        lines = "".join(f"{self.careful(name)}\n" for name in self.setup.videos)
        (self.root / "commands").write_text(lines)

    def runner(self) -> Sequence[str]:
        """Return the command that does what is to be done."""
        how = ["--will-cite", "-j", "2", "--joblog", "joblog", "--resume-failed", "-a", "commands"]
        return ["env", "PARALLEL_SHELL=/bin/bash", "parallel", *how]

    def redo(self, name: str) -> None:
        """Take the video's result and its line of the job log away."""
        super().redo(name)
        log = self.root / "joblog"
        lines = log.read_text().splitlines(keepends=True) if log.exists() else []
        number = str(self.setup.videos.index(name) + 1)
        log.write_text("".join(line for line in lines if line.split("\t")[0] != number))

    def finished(self) -> set[str]:
        """Return what it takes for finished."""
        log = self.root / "joblog"
        lines = [line.split("\t") for line in log.read_text().splitlines()[1:]] if log.exists() else []
        ended = {int(line[0]): line[6:8] == ["0", "0"] for line in lines if len(line) > 8}
        return {name for number, name in enumerate(self.setup.videos, 1) if ended.get(number)}


class Snakemake(Tool):
    """Snakemake: outputs that are there, not empty, of a job that ended well, and not older than their input."""

    name = "snakemake"
    program_path = ""

    def prepare(self) -> None:
        """Write the Snakefile."""
        end = {"folder": "_out", "opencv": "_tracks.csv"}.get(self.setup.made, "_tracks.csv")
        tops = {"opencv": ["Results/{name}_tracks.csv", "Results/{name}_tracks.json", "MaskedVideos/{name}.avi"]}
        paths = tops.get(self.setup.made) or [f"Results/{{name}}{end}"]
        paths += ["Results/{name}_info.json"] if self.setup.made == "pair" else []
        kind = "directory({})" if self.setup.made == "folder" else "ensure({}, non_empty=True)"
        outputs = ", ".join(kind.format(f'"{path}"') for path in paths)
        names = [path.split("/")[-1] for path in paths]
        words = [str(self.program.path), "{input}", *(f"{{output[{n}]}}" for n in range(len(names)))]
        command = f"bash {' '.join(words)}"
        if self.setup.made == "opencv":
            one = self.command("NA/ME").partition("; ")[2]
            for number, path in enumerate(self.results("NA/ME")):
                one = one.replace(str(path), f"{{output[{number}]}}")
            command = one.replace(str(self.video("NA/ME")), "{input}")
        text = SNAKEFILE.replace("ROOT", str(self.root)).replace("VIDEOS", repr([*self.setup.videos]))
        text = text.replace("END", end).replace("OUTPUTS", outputs).replace("COMMAND", command)
        (self.root / "Snakefile").write_text(text)

    def runner(self) -> Sequence[str]:
        """Return the command that does what is to be done."""
        how = ["--cores=2", "--keep-going", "--rerun-incomplete", "--latency-wait=1", "--quiet=all"]
        return [self.program_path, *how]

    def process(self) -> None:
        """Do what is to be done; nothing where it says that nothing is."""
        if self.finished() != {*self.setup.videos}:
            super().process()

    def recover(self) -> None:
        """Unlock the folder."""
        self.ask(self.program_path, "--unlock", "--cores=1")

    def finished(self) -> set[str]:
        """Return what it takes for finished."""
        planned = self.ask(*self.runner()[:-1], "--dry-run").stdout
        if "Building DAG" not in planned and "Nothing to be done" not in planned and "rule" not in planned:
            return {*self.setup.videos} if "Nothing" in planned else set()
        return {name for name in self.setup.videos if f"RawVideos/{name}.avi" not in planned}


def find_rivals(snakemake: str | None) -> tuple[list[type[Tool]], list[str]]:
    """Return the tools that are here, and a line for each that is not."""
    found: list[type[Tool]] = []
    missing = ["nextflow is left out: no scene was written for it"]
    if snakemake:
        Snakemake.program_path = snakemake
        found.append(Snakemake)
    else:
        missing.append("snakemake is left out: it is not installed (pip install snakemake)")
    if shutil.which("parallel"):
        found.append(Parallel)
    else:
        missing.append("parallel is left out: it is not installed (apt-get install parallel)")
    assert sys.executable
    return [*found, Script], missing
