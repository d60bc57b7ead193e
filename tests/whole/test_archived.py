"""Videos that were taken away after they were tracked: every verb knows them, by one word."""

from __future__ import annotations

import json
import re

import pytest
from lab import Lab
from rewinding import rewound

SUMMARY = {
    "name": "summarize",
    "folder": "summarizer",
    "per": ["day"],
    "counts": "days",
    "input": {"info": "Results/{day}/{subdir}/{name}.json"},
    "output": {"files": "Results/{day}/filenames_summary.csv", "features": "Results/{day}/features_summary.csv"},
    "command": (
        "{ echo file_id,filename,is_good; n=0; for f in {{ input.info }}; do echo $n,Results/${f##*/Results/},True;"
        " n=$((n+1)); done; } > {{ output.files }}; { echo file_id,x; n=0; for f in {{ input.info }}; do echo $n,1;"
        " n=$((n+1)); done; } > {{ output.features }}"
    ),
}


@rewound
def archived(lab: Lab) -> None:
    """A project of three finished videos and their day's table; the second video was taken away since."""
    lab.tracker(
        SUMMARY,
        output={"info": "Results/{subdir}/{name}.json"},
        command='printf \'{"video": "%s"}\' {{ wildcards.name }}.avi > {{ output.info }}',
        check=[{"json": "info", "key": "video", "equals_name": "video"}],
    )
    lab.videos(3)
    assert lab.rt("run").code == 0
    (lab.root / "RawVideos/d1/v2.avi").unlink()


def test_status_and_scan_say_it(archived: Lab) -> None:
    """The scan and ./rt status count archived videos in the same words."""
    line = "1 archived: finished, and its video is no longer here; its results are whole."
    assert line in archived.scan().out.splitlines()
    assert line in archived.rt("status").out.splitlines()
    assert json.loads(archived.rt("status", "--json").out)["stages"][0]["archived"] == 1


@pytest.mark.parametrize("name", ["v2", "v2.avi", "d1/v2.avi"])
def test_why_tells_its_story(archived: Lab, name: str) -> None:
    """./rt why tells of an archived video what its results are, and asks no check that needs the video."""
    answer = archived.rt("why", name)
    assert answer.code == 0
    assert "d1/v2.avi (copy): archived: finished, its results are whole; what they were made from is no" in answer.out
    assert "unseen json: info, key: video, equals_name: video  -> what it compares with is no longer here" in answer.out
    assert "FAILS" not in answer.out
    archived.result("d1/v2.json").unlink()
    assert "d1/v2.avi (copy): gone: finished once (batch 0001), its results are gone" in archived.rt("why", name).out


def test_verify_reads_it(archived: Lab) -> None:
    """./rt verify reads an archived video's results with all others, or by its name, and says that it is archived."""
    for words, whole, which in (
        (["verify"], "3 of 3 videos have", "1 of them"),
        (["verify", "v2"], "1 of 1 video has", "It"),
    ):
        said = archived.rt(*words).out
        assert f"copy: {whole} whole results" in said
        assert f"  {which} is archived: its video is no longer here." in said


def test_nothing_is_made_again_of_it(archived: Lab) -> None:
    """./rt redo does not move the results of an archived video aside: they could not be made again."""
    for name in ("v2", "d1"):
        archived.rt("redo", name, "--yes")
        assert archived.result("d1/v2.json").exists()
    refused = archived.rt("redo", "v2", "--yes")
    assert refused.code == 2
    assert "d1/v2.avi is archived, and its video is no longer here: bring it back first." in refused.err


def test_join_knows_it(archived: Lab) -> None:
    """An archived video is in the joined table; where its day's table lacks it, it is named as any other."""
    assert "3 videos with 3 rows are joined" in archived.rt("join").out
    files, features = (archived.result(f"d1/{name}_summary.csv") for name in ("filenames", "features"))
    files.write_text("".join(line for line in files.read_text().splitlines(True) if "v2" not in line))
    features.write_text("file_id,x\n0,1\n2,1\n")
    said = archived.rt("join").out
    assert "1 video is in no table: Results/joined/missing.csv names it." in said
    assert re.search(r"^  d1/v2\.avi: .*run the summarizer again$", said, re.MULTILINE)
