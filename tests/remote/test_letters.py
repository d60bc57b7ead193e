"""Names as a Mac writes them, with decomposed letters, match those that people type; both kinds may be there."""

from __future__ import annotations

import pytest
from lab import Lab
from two_sides import Home

TYPED, MAC = "k\u00e4fer \u00e9", "ka\u0308fer e\u0301"  # the same letters on a screen


def videos_of(lab: Lab) -> list[str]:
    """Return the videos of a side."""
    top = lab.root / "RawVideos"
    return sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())


@pytest.mark.parametrize(("there", "typed"), [(MAC, TYPED), (TYPED, MAC)])
def test_a_day_and_a_video_are_meant_however_their_letters_are_composed(home: Home, there: str, typed: str) -> None:
    """push, pull, why, logs and status take what is typed for what lies here; so do the verbs that are typed there."""
    home.video(f"{there}/{there}.avi", "video")
    home.video("d2/v2.avi", "other")
    home.login()
    assert home.rt("push", typed).code == 0
    assert videos_of(home.far) == [f"{there}/{there}.avi"]
    assert home.rt("remote", "submit").code == 0
    assert home.rt("remote", "why", f"{typed}/{typed}.avi").code == 0
    assert home.rt("pull", f"{typed}/{typed}.avi").code == 0
    assert home.results() == [f"{there}/{there}.txt"]
    for words in (["why", typed], ["why", f"Results/{typed}/{typed}.txt"], ["logs", f"{typed}.avi"], ["status", typed]):
        ran = home.rt(*words)
        assert (ran.code, ran.err) == (0, ""), words
        assert there in ran.out
    ran = home.rt("free", typed, "--yes")
    assert "2 files " in ran.out
    assert videos_of(home.far) == []


def test_both_kinds_side_by_side_are_two_videos(home: Home) -> None:
    """Each is meant by its own letters alone, is sent, processed and brought home for itself."""
    for name in (TYPED, MAC):
        home.video(f"d1/{name}.avi", f"video {name}")
    home.login()
    assert home.rt("push", f"d1/{MAC}.avi").code == 0
    assert videos_of(home.far) == [f"d1/{MAC}.avi"]
    assert home.rt("push").code == 0
    assert videos_of(home.far) == videos_of(home)
    home.far.go()
    assert home.rt("pull", TYPED).code == 0
    assert home.results() == [f"d1/{TYPED}.txt"]
    assert home.rt("pull").code == 0
    assert home.result(f"d1/{MAC}.txt").read_text() == f"video {MAC}"
    assert f"d1/{MAC}.avi (copy)" in home.rt("why", f"d1/{MAC}.avi").out


@pytest.mark.parametrize(("name", "other"), [(f"d1/{MAC}.avi", f"d1/{TYPED}.avi"), (f"{MAC}/v.avi", f"{TYPED}/w.avi")])
def test_what_is_there_under_the_same_letters_is_named_and_not_sent_twice(home: Home, name: str, other: str) -> None:
    """A video, and a day, that lie there with letters composed otherwise: nothing is sent beside them."""
    home.video(name, "video")
    home.far.video(other, "video")
    home.login()
    ran = home.rt("push")
    assert ran.code == 1
    assert "is there, whose name has the same letters, composed otherwise" in ran.out
    assert videos_of(home.far) == [other]
