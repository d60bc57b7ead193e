"""A parameter that names a file which lists folders: only these are scanned, and a line that is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.errors import ConfigError

FEW = {"few": {"default": "", "help": "a file of folders", "lists": "RawVideos", "affects_results": False}}
MEANT = {"video": {"pattern": "RawVideos/{subdir}/{name}.avi", "below": "{{ params.few }}"}}


@pytest.fixture
def listing(plain_lab: Lab) -> Lab:
    """A project whose tracker takes a list of folders; four of them hold a video each."""
    for folder in ("d1", "d2/exp 'a", "d2/exp b", "d10"):
        plain_lab.video(f"{folder}/v.avi")
    plain_lab.tracker(params=FEW, input=MEANT)
    return plain_lab


def choose(lab: Lab, text: str) -> None:
    """Write the list, and name it."""
    (lab.root / "AuxiliaryFiles/few.txt").write_text(text)
    lab.settings(params={"few": "AuxiliaryFiles/few.txt"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("d1\n", ["d1/v.avi"]),
        ("# mine\n\n  d2/exp 'a/ \r\n./d1\n", ["d1/v.avi", "d2/exp 'a/v.avi"]),
        ("RawVideos/d2\nd2/exp b\n", ["d2/exp 'a/v.avi", "d2/exp b/v.avi"]),
        ("{root}/RawVideos/d10", ["d10/v.avi"]),
    ],
)
def test_only_what_is_listed(listing: Lab, text: str, found: list[str]) -> None:
    """Folders, those in them included, are as they are called in RawVideos, in the project or on the disk."""
    choose(listing, text.replace("{root}", str(listing.root)))
    seen = listing.scan("--json")
    assert listing.counts() == {"unprocessed": len(found)}, seen
    assert listing.scan().code == 0
    names = (listing.batch(1) / "names.txt").read_text().splitlines()
    assert sorted(names) == found


def test_one_more_line_outdates_nothing(listing: Lab) -> None:
    """What is finished stays so when the list grows, and the rest of the list is to do."""
    choose(listing, "d1\n")
    assert listing.go().code == 0
    choose(listing, "d1\nd10\n")
    said = listing.scan().out
    assert "1\tTotal files to be processed." in said
    assert "other" not in said
    listing.settings()
    assert listing.counts() == {"finished": 1, "unprocessed": 3}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("d1\nd9\n", 'few.txt line 2: there is no folder "d9" in RawVideos. Correct the line'),
        ("d1/v.avi\n", 'few.txt line 1: there is no folder "d1/v.avi" in RawVideos'),
        ("/data/d1\n", 'few.txt line 1: "/data/d1" is no folder in RawVideos. If it lies elsewhere make a link (ln -s'),
        ("#\n../d1", 'few.txt line 2: "../d1" is no folder in RawVideos'),
        (".", 'few.txt line 1: "." is no folder in RawVideos'),
        ("# d1\n\n", "few.txt: it lists nothing. Write a folder of RawVideos a line"),
    ],
)
def test_a_line_that_is_wrong(listing: Lab, text: str, says: str) -> None:
    """A folder that is not there is refused, by file and line, and nothing is listed."""
    choose(listing, text)
    with pytest.raises(ConfigError) as caught:
        load_project(listing.root)
    assert says in str(caught.value)
    ran = listing.scan()
    assert (ran.code, listing.batches()) == (1, [])


def test_no_such_list(listing: Lab) -> None:
    """A list that is not there, or is no text, is refused with the line of project.yml and what it is for."""
    listing.settings(params={"few": "AuxiliaryFiles/none.txt"})
    with pytest.raises(ConfigError, match=r"project.yml line \d+: \"few\": AuxiliaryFiles/none.txt cannot be read"):
        load_project(listing.root)
    (listing.root / "AuxiliaryFiles/none.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="it is not UTF-8 text"):
        load_project(listing.root)


def test_videos_elsewhere(listing: Lab, tmp_path: Path) -> None:
    """With `videos:` the list is of the folders there; where the disk is not mounted that is what is said."""
    (tmp_path / "disk/far").mkdir(parents=True)
    (tmp_path / "disk/far/v.avi").write_text("a video")
    choose(listing, "far\n")
    listing.settings(params={"few": "AuxiliaryFiles/few.txt"}, videos=str(tmp_path / "disk"))
    assert sum(listing.counts().values()) == 1
    listing.settings(params={"few": "AuxiliaryFiles/few.txt"}, videos=str(tmp_path / "gone"))
    assert "Is the disk mounted?" in listing.scan().err
