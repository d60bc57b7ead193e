"""The crate of a project, judged by the real validator of its profile, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from lab import REPOSITORY, Lab

# The validator fetches the two contexts that a crate names. In their place it gets the context that rocrate brings, in
# which the words of RO-Crate 1.1 are, too, and the one word of workflow runs that our crates use.
VALIDATE = """
import json, sys
from pathlib import Path
from types import SimpleNamespace
import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

words = json.loads((Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_text(encoding="utf-8"))
runs = {"@context": {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}}
known = {"https://w3id.org/ro/crate/1.1/context": words, "https://w3id.org/ro/terms/workflow-run/context": runs}


def answer(self, url, **_):
    told = known[url]
    head = {"Content-Type": "application/ld+json"}
    return SimpleNamespace(status_code=200, headers=head, json=lambda: told, text=json.dumps(told), url=url)


HttpRequester.get = HttpRequester.head = answer
asked = {"rocrate_uri": sys.argv[1], "profile_identifier": "process-run-crate"}
result = services.validate({**asked, "requirement_severity": getattr(models.Severity, sys.argv[2])})
print(json.dumps([[issue.severity.name, issue.message] for issue in result.get_issues()]))
"""
ADA = {"name": "Ada Lovelace", "orcid": "0000-0002-1825-0097", "affiliation": "Laboratory X"}
HOSTILE = ("d1/a b.avi", 'd1/it\'s $(touch x) "q".avi', "d2/-n#1?.avi", "d2/Österreich;&%41.avi", b"d2/lat\xe9in.avi")
# What a project does not know: who ran a task, who publishes the data, the address of an institute, the version of a
# program that never ran, when it ended, and what it would have made.
UNKNOWN = {
    "The Action SHOULD have an agent that is a Person or Organization",
    "The `publisher` property of a `Root Data Entity` SHOULD be an `Organization`",
    "The organization SHOULD have a URL.",
    "The SoftwareApplication SHOULD have a version or softwareVersion",
    "The Action SHOULD have an endTime in ISO 8601 format",
    "The Action SHOULD have a result",
}


def make(lab: Lab, crate: Path, code: int = 0, **said: object) -> None:
    """Process videos with names from hell, of which one fails, one is invalid and one is to do, and export."""
    lab.settings(**said)
    lab.tracker(
        command="case {{ wildcards.name }} in bad*) exit 3 ;; esac; cp {{ input.video }} {{ output.copy }}",
        version="echo 1.2",
    )
    for name in ("d1/v.avi", "d2/v.avi", "d1/bad.avi", "d1/gone.avi", *HOSTILE):
        lab.video(name)
    lab.go()
    lab.video("d2/later.avi")
    (lab.root / "RawVideos/d1/gone.avi").unlink()
    ran = lab.rt("export", "crate", REMOTE_TRACKER_PYTHON=str(crate / "python"))
    assert ran.code == code, ran


def validate(lab: Lab, crate: Path, severity: str) -> list[tuple[str, str]]:
    """Return what the validator objects to, as (severity, message)."""
    argv = [crate / "python", "-c", VALIDATE, lab.root, severity]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return [(severity, message) for severity, message in json.loads(done.stdout.splitlines()[-1])]


def test_every_behaviour_with_this_rocrate(crate: Path) -> None:
    """The tests of tests/exports hold with the installed rocrate."""
    argv = [crate / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/exports/test_crate.py"]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


def test_the_crate_is_valid(lab: Lab, crate: Path) -> None:
    """The validator has no objection to what is required; what it recommends lacks only where nobody told it."""
    make(lab, crate, people=[ADA], licence="CC-BY-4.0", email="ada@example.org")
    found = validate(lab, crate, "RECOMMENDED")
    assert {severity for severity, _ in found} <= {"RECOMMENDED"}
    assert {message for _, message in found} <= UNKNOWN


def test_a_crate_without_a_licence_is_not_valid(lab: Lab, crate: Path) -> None:
    """The licence that the export names as not said is what the validator asks for, and nothing else."""
    make(lab, crate, code=1)
    found = validate(lab, crate, "REQUIRED")
    assert [message.startswith("The Root Data Entity MUST have a `license` property") for _, message in found] == [True]


@pytest.mark.parametrize("harm", ["a video is gone", "no program"])
def test_the_validator_sees_harm(lab: Lab, crate: Path, harm: str) -> None:
    """A file that the crate names and that is not there, or an action without its program, is an objection."""
    make(lab, crate, people=[ADA], licence="CC-BY-4.0")
    if harm == "no program":
        path = lab.root / "ro-crate-metadata.json"
        path.write_text(path.read_text().replace('"instrument"', '"about"'))
    else:
        shutil.rmtree(lab.root / "RawVideos/d2")
    assert validate(lab, crate, "REQUIRED")


def test_the_benchmark_describes_what_it_made(crate: Path, tmp_path: Path) -> None:
    """benchmarks/export still makes a project whose videos ran; how fast that many are is not looked at."""
    words = ["--only", "crate", "--videos", "20", "--rounds", "1", "--folder", tmp_path]
    argv = [crate / "python", REPOSITORY / "benchmarks" / "export", *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300)
    assert done.stdout.startswith("crate: 20 videos, "), done.stderr
