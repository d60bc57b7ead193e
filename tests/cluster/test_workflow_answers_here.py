"""Whether a target is finished, and why it failed, asked of a real Snakemake whose workflow does all to hide it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cluster_lab import told
from lab import TEMPLATE, Lab
from snakemaking import find_snakemake

RUN = TEMPLATE / "remote_tracker" / "trackers" / "snakemake" / "run_workflow.py"
RULES = """
rule all:
    input: "b.txt"

rule a:
    output: "a.txt"
    shell: "echo a > {output}"

rule b:
    input: "a.txt"
    output: "b.txt"
    shell: "cp {input} {output}"
"""
HIDING = {
    "a logger of its own": "import logging\nlogger = logging.getLogger('x')",
    "all loggers off": "import logging\nlogging.disable(logging.CRITICAL)",
    "all that is logged on the screen": "import logging\nlogging.info('x')",
    "no screen": "import os, sys\nsys.stdout = sys.stderr = open(os.devnull, 'w')",
    "words of a job to do": "print('rule a:\\n    jobid: 1\\n    reason: Missing output files: a.txt')",
    "words of the end": "print('Nothing to be done (all requested files are present and up to date).')",
    "bytes of no text": "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')",
}


class Target:
    """The target ``all`` of a workflow in an empty folder, with the profile that a batch has."""

    def __init__(self, root: Path, snakefile: str) -> None:
        self.root, self.profile = root, root / "batches/0001/profile"
        self.profile.mkdir(parents=True)
        text = f"directory: {root}\nsnakefile: {root}/Snakefile\nexecutor: local\ncores: 1\nrerun-incomplete: true\n"
        (self.profile / "config.yaml").write_text(f"{text}retries: 1\nlatency-wait: 1\nkeep-going: true\n")
        (root / "Snakefile").write_text(snakefile)

    def run(self, *words: str, **more: str) -> tuple[int, str]:
        """Run the program of a task; return its exit code and the last line that it printed."""
        argv = [find_snakemake().with_name("python"), RUN, self.profile, "all", "all", *words]
        environment = {"PATH": f"{find_snakemake().parent}:/usr/bin:/bin", "HOME": str(self.root), **more}
        ran = subprocess.run(argv, cwd=self.root, env=environment, capture_output=True, timeout=120, check=False)
        assert b"Traceback" not in ran.stderr, ran.stderr
        return ran.returncode, ran.stdout.decode("utf-8", "replace").splitlines()[-1]


@pytest.mark.parametrize("hidden", HIDING)
def test_finished_whatever_a_workflow_prints(tmp_path: Path, hidden: str) -> None:
    """A target with jobs left is not finished, a target that was made is, however the workflow hides it."""
    target = Target(tmp_path, f"{HIDING[hidden]}\n{RULES}")
    code, said = target.run("-n")
    assert (code, said.partition(":")[0]) == (1, "3 of the target's jobs are left to do")
    assert target.run()[0] == 0
    assert target.run("-n") == (0, "Nothing to be done")


@pytest.mark.parametrize("locale", ["C", "de_DE.UTF-8", "ja_JP.eucJP"])
def test_finished_in_any_language(tmp_path: Path, locale: str) -> None:
    """The answer is the same whatever language the machine speaks."""
    target = Target(tmp_path, RULES)
    assert target.run("-n", LC_ALL=locale, LANGUAGE=locale)[0] == 1
    assert target.run(LC_ALL=locale, LANGUAGE=locale)[0] == 0
    assert target.run("-n", LC_ALL=locale, LANGUAGE=locale) == (0, "Nothing to be done")


@pytest.mark.parametrize("end", ["import sys\nsys.exit(0)", "import os\nos._exit(0)"])
def test_a_workflow_that_ends_snakemake(tmp_path: Path, end: str) -> None:
    """A workflow that ends Snakemake well before it looked at the files has no answer, and is not finished."""
    code, said = Target(tmp_path, f"print('Nothing to be done')\n{end}\n{RULES}").run("-n")
    assert code == 1
    assert said.startswith("Snakemake did not tell what is left to do")


def test_a_job_that_was_cut_short(tmp_path: Path) -> None:
    """A file that a killed job left half made is left to do, although it is there and new."""
    target = Target(tmp_path, RULES.replace("cp {input} {output}", "cp {input} {output}; kill -9 $PPID"))
    assert target.run()[0] == 137
    assert (tmp_path / "b.txt").exists()
    code, said = target.run("-n")
    assert code == 1
    assert "b (1)" in said


@pytest.fixture
def silent(plain_lab: Lab) -> Lab:
    """A project whose workflow has a logger of its own, as each part of DynVision's has."""
    plain_lab.activate(f"export PATH={find_snakemake().parent}:$PATH\n")
    (plain_lab.root / "AuxiliaryFiles").mkdir(exist_ok=True)
    (plain_lab.root / "AuxiliaryFiles/Snakefile").write_text(f"{HIDING['a logger of its own']}\n{RULES}")
    plain_lab.settings(tracker="snakemake", params={"latency_wait": 1})
    return plain_lab


def test_a_silent_workflow_finishes(silent: Lab) -> None:
    """A workflow that silences Snakemake is made to its end, and listed once only."""
    silent.scan()
    assert "The one task finished" in silent.process(seconds=120).out, told(silent.rt("logs", "all"))
    assert "0\tTotal files to be processed." in silent.scan().out
    assert silent.counts() == {"finished": 1}


NO_MODULE = "python3 -c 'import nothere'"
FAULTS = {
    f'shell: "{NO_MODULE}"': "ModuleNotFoundError: No module named 'nothere'",
    'log: "b.log"\n    shell: "echo its own words > {log}; echo done; exit 3"': "its own words",
    'shell: "exit 3"': "exit status 3",
    'shell: "echo never mind"': "b.txt was not written; it said: never mind",
    'run: raise ValueError("half a video")': "ValueError: half a video",
}


@pytest.mark.parametrize("hidden", ["", HIDING["a logger of its own"], HIDING["all that is logged on the screen"]])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_reason_of_a_failed_target(tmp_path: Path, fault: str, hidden: str) -> None:
    """The last line that is printed says which rule failed, and why, in the words of its log or of its program."""
    rules = RULES.replace('shell: "cp {input} {output}"', fault)
    code, said = Target(tmp_path, f"{hidden}\n{rules}").run()
    assert (code, said) == (1, f"Error in rule b: {FAULTS[fault]}")


def test_what_is_mended_is_to_do(silent: Lab) -> None:
    """Failures of one activate.sh do not count for the next; status tells each in the words of its rule."""
    (silent.root / "AuxiliaryFiles/Snakefile").write_text(RULES.replace("cp {input} {output}", "b_program {output}"))
    silent.settings(tracker="snakemake", params={"latency_wait": 1, "retries": 0}, attempts=1)
    silent.scan()
    silent.process(seconds=120)
    assert silent.counts() == {"set aside": 1}
    assert (
        "Error in rule b: /usr/bin/bash: line 1: b_program: command not found" in silent.rt("status", "--failures").out
    )
    lines = (silent.workspace / "activate.sh").read_text()
    silent.activate(f'{lines}b_program() {{ echo b >"$1"; }}; export -f b_program\n')
    silent.scan()
    assert "The one task finished" in silent.process(seconds=120).out, told(silent.rt("logs", "all"))
