"""The project as an RO-Crate: every file once by its path, every result with what made it, nothing made up."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from lab import LONG_AGO, Lab

pytest.importorskip("rocrate", reason="rocrate is not installed")

ADA = {"name": "Ada Lovelace", "orcid": "0000-0002-1825-0097", "affiliation": "Laboratory X"}
SAID: dict[str, Any] = {"email": "ada@example.org", "people": [ADA], "licence": "CC-BY-4.0"}
COMMAND = (
    "case {{ wildcards.name }} in bad*) echo no animal >&2; exit 3 ;; esac; cp {{ input.video }} {{ output.copy }}"
)
HOSTILE = ("d1/a b.avi", 'd1/it\'s $(touch x) "q".avi', "d2/-n#1?.avi", "d2/Österreich;&%41.avi", "d2/{task}:x.avi")
DONE, FAILED = "http://schema.org/CompletedActionStatus", "http://schema.org/FailedActionStatus"


@pytest.fixture
def described(lab: Lab) -> Lab:
    """A project whose tracker refuses videos called bad, and whose people and licence are said."""
    lab.settings(**SAID)
    lab.tracker(command=COMMAND, version="echo 1.2")
    return lab


def export(lab: Lab, code: int = 0) -> dict[str, dict[str, Any]]:
    """Export, and return the entities of the crate by their names."""
    ran = lab.rt("export", "crate")
    assert ran.code == code, ran
    told = json.loads((lab.root / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    names = [entity["@id"] for entity in told["@graph"]]
    assert len(names) == len(set(names)), "an entity stands there twice"
    return {entity["@id"]: entity for entity in told["@graph"]}


def listed(value: Any) -> list[str]:
    """Return the names that a property refers to."""
    return [one["@id"] for one in (value if isinstance(value, list) else [value])]


def test_files_of_one_name_are_two_files(described: Lab) -> None:
    """Videos of one name in two days, and their results, are two entities each, with their own sizes and sums."""
    described.video("d1/v.avi", "one")
    described.video("d2/v.avi", "another")
    described.go()
    crate = export(described)
    for path, text in (("d1/v", "one"), ("d2/v", "another")):
        for file in (f"RawVideos/{path}.avi", f"Results/{path}.txt"):
            assert crate[file]["contentSize"] == str(len(text))
            assert crate[file]["sha256"] == sha256(text.encode()).hexdigest()
            assert {"@id": file} in crate["./"]["hasPart"]


def test_what_made_a_result(described: Lab) -> None:
    """A finished video has an action with program, version, video, result and times."""
    described.video("d1/v.avi")
    described.go()
    crate = export(described)
    action = crate["#copy/d1/v.avi"]
    assert (action["@type"], action["actionStatus"], "error" in action) == ("CreateAction", DONE, False)
    assert listed(action["object"]) == ["RawVideos/d1/v.avi"]
    assert listed(action["result"]) == ["Results/d1/v.txt"]
    assert action["startTime"] <= action["endTime"]
    program = crate[action["instrument"]["@id"]]
    assert (program["@type"], program["softwareVersion"], program["url"]) == (
        "SoftwareApplication",
        "1.2",
        "https://example.org",
    )
    assert listed(crate["./"]["mentions"]) == ["#copy/d1/v.avi"]


def test_failed_and_invalid_videos_say_why(described: Lab) -> None:
    """A video that failed, and one that cannot be processed, have a failed action with the error; others have none."""
    described.video("d1/bad.avi")
    described.video("d1/later.avi")
    described.video(b"d1/lat\xe9in.avi")
    described.go()
    described.video("d2/later.avi")
    crate = export(described)
    assert (crate["#copy/d1/bad.avi"]["actionStatus"], crate["#copy/d1/bad.avi"]["error"]) == (
        FAILED,
        "failed (exit code 3): no animal",
    )
    invalid = crate["#copy/d1/lat%E9in.avi"]
    assert invalid["actionStatus"] == FAILED
    assert invalid["error"]
    assert "RawVideos/d2/later.avi" in crate
    assert "#copy/d2/later.avi" not in crate


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_percent_encoded(described: Lab, name: str) -> None:
    """The name of a file in the crate is a URI, and gives the file's path back."""
    described.video(name)
    described.go()
    crate = export(described)
    raw = next(key for key in crate if key.startswith("RawVideos/"))
    assert raw.isascii()
    assert not set(raw) & set(' "#?{}$;&')
    assert os.fsdecode(unquote_to_bytes(raw)) == f"RawVideos/{name}"


def test_parameters_are_told(described: Lab) -> None:
    """The values of the parameters that made a result are among what its action used."""
    told = {"threshold": {"default": 3, "help": "how dark"}}
    described.tracker(command="echo {{ params.threshold }} > {{ output.copy }}", params=told)
    described.video("d1/v.avi")
    described.go()
    described.settings(**SAID, params={"threshold": 4})
    described.video("d1/w.avi")
    described.go()
    crate = export(described)
    for video, value in (("v", "3"), ("w", "4")):
        used = [crate[name] for name in listed(crate[f"#copy/d1/{video}.avi"]["object"])]
        assert [(one["name"], one["value"]) for one in used if one["@type"] == "PropertyValue"] == [
            ("threshold", value)
        ]


def test_a_file_that_changed_has_no_old_sum(described: Lab) -> None:
    """A result that was edited has its size of now, no SHA-256 of before, and is counted."""
    described.video("d1/v.avi")
    described.go()
    described.result("d1/v.txt").write_text("edited")
    ran = described.rt("export", "crate")
    crate = export(described)
    assert (crate["Results/d1/v.txt"]["contentSize"], "sha256" in crate["Results/d1/v.txt"]) == ("6", False)
    assert "1 file of finished videos has no SHA-256 in it" in ran.out
    assert "./rt verify" in ran.out


def test_a_video_that_was_taken_away(described: Lab) -> None:
    """The action of an archived video names the file that is gone, by what its task noted, and the crate lacks it."""
    described.video("d1/v.avi")
    described.video("d1/w.avi")
    described.go()
    (described.root / "RawVideos/d1/v.avi").unlink()
    crate = export(described)
    gone = crate[listed(crate["#copy/d1/v.avi"]["object"])[0]]
    assert (gone["@id"], gone["sha256"]) == ("#RawVideos/d1/v.avi", sha256(b"a video").hexdigest())
    assert "#RawVideos/d1/v.avi" not in listed(crate["./"]["hasPart"])


def test_a_result_that_is_a_folder(described: Lab) -> None:
    """A result that is a folder is a folder in the crate, with the files that its task left there."""
    command = "mkdir {{ output.copy }}; cp {{ input.video }} {{ output.copy }}/inside.txt"
    described.tracker(command=command, output={"copy": "Results/{subdir}/{name}_out/"})
    described.video("d1/v.avi")
    described.go()
    crate = export(described)
    folder = crate["Results/d1/v_out/"]
    assert (folder["@type"], listed(folder["hasPart"])) == ("Dataset", ["Results/d1/v_out/inside.txt"])
    assert crate["Results/d1/v_out/inside.txt"]["sha256"] == sha256(b"a video").hexdigest()


def test_videos_that_lie_elsewhere(described: Lab) -> None:
    """A video outside of the project's folder has its whole address."""
    elsewhere = described.root.parent / "else where"
    shutil.move(described.video("d1/v.avi").parents[1], elsewhere)
    os.utime(elsewhere / "d1/v.avi", (LONG_AGO, LONG_AGO))
    described.settings(**SAID, videos=str(elsewhere))
    described.go()
    crate = export(described)
    place = f"file://{elsewhere}/d1/v.avi".replace(" ", "%20")
    assert listed(crate["#copy/d1/v.avi"]["object"]) == [place]


def test_tables_of_every_day_are_in_the_crate(described: Lab) -> None:
    """The day tables, which have one name in all days, and the joined tables are in the crate, with their sums."""
    for day in ("d1", "d2"):
        for kind in ("features", "filenames"):
            path = described.result(f"{day}/{kind}_summary.csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{day}\n")
    described.result("joined").mkdir()
    described.result("joined/videos.csv").write_text("file_id\n")
    crate = export(described)
    for day in ("d1", "d2"):
        for kind in ("features", "filenames"):
            assert crate[f"Results/{day}/{kind}_summary.csv"]["sha256"] == sha256(f"{day}\n".encode()).hexdigest()
    assert crate["Results/joined/videos.csv"]["contentSize"] == "8"


def test_people_and_licence_are_those_of_the_project(described: Lab) -> None:
    """People with ORCID and affiliation, the licence and the e-mail address come from project.yml."""
    crate = export(described)
    author = crate[crate["./"]["author"]["@id"]]
    assert (author["@id"], author["name"]) == ("https://orcid.org/0000-0002-1825-0097", "Ada Lovelace")
    assert crate[author["affiliation"]["@id"]]["name"] == "Laboratory X"
    assert crate["./"]["license"]["@id"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert crate[crate["./"]["contactPoint"]["@id"]]["email"] == "ada@example.org"


def test_what_is_not_said_is_named_and_not_made_up(lab: Lab) -> None:
    """Without licence and people the crate is written without them, and each is named with the words to write."""
    crate = export(lab, code=1)
    assert not {"author", "license", "contactPoint"} & crate["./"].keys()
    said = lab.rt("export", "crate").out.splitlines()
    assert [line.partition(",")[0] for line in said if line.startswith("Not said")] == [
        "Not said: licence in project.yml",
        "Not said: people in project.yml",
    ]


def test_metadata_of_somebody_else_stay(lab: Lab) -> None:
    """An ro-crate-metadata.json that the lab wrote itself is not replaced."""
    path = lab.root / "ro-crate-metadata.json"
    path.write_text('{"mine": true}')
    ran = lab.rt("export", "crate")
    assert ran.code == 1
    assert "move it away" in ran.err
    assert path.read_text() == '{"mine": true}'


def test_versions_are_fixed(described: Lab) -> None:
    """The crate is of RO-Crate 1.1, as the profile Process Run Crate 0.5 asks for."""
    crate = export(described)
    assert crate["ro-crate-metadata.json"]["conformsTo"]["@id"] == "https://w3id.org/ro/crate/1.1"
    assert crate["./"]["conformsTo"]["@id"] == "https://w3id.org/ro/wfrun/process/0.5"


def test_a_person_and_an_institute_of_one_name_are_two(lab: Lab) -> None:
    """A person without an ORCID iD who is called as an institute, and a second person there, are told apart."""
    people = [{"name": "X"}, {"name": "Ada", "affiliation": "X"}]
    lab.settings(people=people, licence="CC0-1.0")
    crate = export(lab)
    authors = [crate[name] for name in listed(crate["./"]["author"])]
    assert [(one["@type"], one["name"]) for one in authors] == [("Person", "X"), ("Person", "Ada")]
    assert crate[authors[1]["affiliation"]["@id"]] == {
        "@id": authors[1]["affiliation"]["@id"],
        "@type": "Organization",
        "name": "X",
    }
