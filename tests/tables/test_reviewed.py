"""The lab's words on results: read as spreadsheets write them, about the result that they name, lapsed with it."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.summaries.write import safe_cell
from remote_tracker.tables.reviewed import REVIEWED, Reviewed, Unseen, load_reviewed
from remote_tracker.tables.video_row import VideoRow

A, B = "a" * 64, "b" * 64
MADE = "2026-01-31T12:00:00+0100"
MADE_AT = 1769857200


def write(root: Path, text: str, encoding: str = "utf-8") -> None:
    """Write the lab's words."""
    (root / REVIEWED).parent.mkdir(exist_ok=True)
    (root / REVIEWED).write_bytes(text.encode(encoding))


def row(video: str = "d1/v.avi", sha256: str = A, state: str = "finished") -> VideoRow:
    """Return the row of a video."""
    return VideoRow("d1", video, state, sha256_result=sha256, ended=MADE, proven=MADE)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (f"video,word,result,note\nd1/v.avi,look again,{A},fell over\n", "utf-8"),
        (f"video,word,result,note\r\nd1/v.avi,Look  Again,{A},fell over\r\n", "utf-8-sig"),
        (f"sep=;\r\nvideo;word;result;note\r\nd1/v.avi; look again ;{A.upper()};fell over\r\n", "utf-8"),
        (f"video;note;word;result\r\n;;;\r\nRawVideos/d1/v.avi;fell over;LOOK AGAIN;{A}\r\n", "utf-8-sig"),
        (f"video\tword\tresult\tnote\t\r\nd1\\v.avi\tlook again\t{A}\tfell over\t\r\n", "utf-16"),
        (f'"Video","Word","Result","Note"\n"d1/v.avi","look again","{A}","fell over"', "utf-8"),
    ],
)
def test_as_spreadsheets_write_it(tmp_path: Path, text: str, encoding: str) -> None:
    """Commas, semicolons and tabs, a byte order mark, UTF-16, Windows' line ends, another order: the same word."""
    write(tmp_path, text, encoding)
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row()) == ("look again", False)
    found = reviewed.find(row())
    assert found
    assert found.note == "fell over"


def test_no_file_is_no_word(tmp_path: Path) -> None:
    """Without the file nobody said anything."""
    assert load_reviewed(tmp_path) == Reviewed()
    assert Reviewed().word_of(row()) == ("", False)


@pytest.mark.parametrize(
    "name",
    [
        "=cmd().avi",
        "+1.avi",
        "-x.avi",
        "@a.avi",
        "'quoted.avi",
        'a, "b" #1.avi',
        "ü ; x.avi",
        "$(reboot).avi",
        " a .avi",
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_hostile_names_survive_the_round_trip(tmp_path: Path, name: str, separator: str) -> None:
    """A name that a page guarded against formulas, and a spreadsheet wrote again, is the same video."""
    (cells,) = csv.reader(io.StringIO(safe_cell(name)))
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([["video", "word", "result"], [cells[0], "bad", A]])
    write(tmp_path, out.getvalue(), "utf-8-sig")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row(name)) == ("bad", False)
    assert reviewed.word_of(row(f"d2/{name}")) == ("", False)


def test_a_word_lapses_when_the_result_is_made_anew(tmp_path: Path) -> None:
    """The word is about the result with this digest: another result has no word, and says that it had."""
    write(tmp_path, f"video,word,result\nd1/v.avi,good,{A}\n")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row(sha256=A)) == ("good", False)
    assert reviewed.word_of(row(sha256=B)) == ("good", True)
    assert reviewed.word_of(row(sha256="")) == ("good", True)
    lapsed = reviewed.find(row(sha256=B))
    assert lapsed
    assert lapsed.about == A


@pytest.mark.parametrize("digest", [A, A[:16], A[:20].upper(), f"sha256:{A[:16]}"])
def test_the_beginning_of_a_digest(tmp_path: Path, digest: str) -> None:
    """Of a digest its first 16 digits name the result; another result begins in another way."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{digest}\n")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row()) == ("bad", False)
    assert reviewed.word_of(row(sha256=A[:15] + B)) == ("bad", True)
    assert reviewed.word_of(row(sha256="")) == ("bad", True)


@pytest.mark.parametrize("time", [MADE, "2026-01-31T12:00:00+01:00", "2026-01-31T11:00:00Z"])
def test_a_result_by_its_time(tmp_path: Path, time: str) -> None:
    """A result without a digest is named by when it was proven, with or without a colon in the offset."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{time}\n")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row(sha256="")) == ("bad", False)
    assert reviewed.word_of(VideoRow("d1", "d1/v.avi", "finished", proven="2026-02-01T12:00:00+0100")) == ("bad", True)


def test_a_time_still_holds_after_the_result_was_proven_again(tmp_path: Path) -> None:
    """To prove a result again is not to make it anew."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{MADE}\n")
    again = VideoRow("d1", "d1/v.avi", "finished", ended=MADE, proven="2026-02-01T12:00:00+0100", sha256_result=A)
    assert load_reviewed(tmp_path).word_of(again) == ("bad", False)


@pytest.mark.parametrize(("saved", "lapsed"), [(MADE_AT + 1, False), (MADE_AT - 1, True)])
def test_a_word_that_names_no_result(tmp_path: Path, saved: int, lapsed: bool) -> None:
    """Such a word is about the results that were there when the file was saved."""
    write(tmp_path, "video,word\nd1/v.avi,bad\n")
    os.utime(tmp_path / REVIEWED, (saved, saved))
    found = load_reviewed(tmp_path).find(row())
    assert found
    assert (found.word, found.lapsed) == ("bad", lapsed)
    if lapsed:  # written anew with what it is about, it stays lapsed, whenever the file is saved
        write(tmp_path, f"video,word,result\nd1/v.avi,bad,{found.about}\n")
        assert load_reviewed(tmp_path).word_of(row()) == ("bad", True)


def test_the_table_of_videos_with_a_column_more(tmp_path: Path) -> None:
    """In a copy of videos.csv its own columns name the result; its column result, a path, does not."""
    head = "day,video,result,sha256_result,proven_at,word\n"
    write(tmp_path, f"{head}d1,d1/v.avi,/x/Results/v.csv,{A},{MADE},bad\nd1,d1/w.avi,/x/Results/w.csv,,{MADE},good\n")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row()) == ("bad", False)
    assert reviewed.word_of(row(sha256=B)) == ("bad", True)
    assert reviewed.word_of(row("d1/w.avi", sha256="")) == ("good", False)


@pytest.mark.parametrize("state", ["to do", "running", "failed", "gone"])
def test_without_a_result_there_is_no_word(tmp_path: Path, state: str) -> None:
    """A video that is not finished has no result to speak about."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{A}\n")
    assert load_reviewed(tmp_path).word_of(row(state=state)) == ("", False)


def test_words_about_two_results_of_a_video(tmp_path: Path) -> None:
    """Of several lines the one about the present result counts; a line without a word says nothing."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{A}\nd1/v.avi,good,{B}\nd1/v.avi,,{B}\n")
    reviewed = load_reviewed(tmp_path)
    assert reviewed.word_of(row(sha256=A)) == ("bad", False)
    assert reviewed.word_of(row(sha256=B)) == ("good", False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "video,word\nd1/a.avi,good\n\nd1/v.avi,baad\n",
            'line 4: unknown word "baad". Did you mean bad? Known: bad, good',
        ),
        ("video,words\n", 'line 1: it has no column "word": it needs the columns video and word.'),
        ("", 'line 1: it has no column "video"'),
        ("video,word\n,bad\n", "line 2: has no video."),
        (
            f"video,word,result\na,bad,{A}\na,good,{A}\n",
            "line 3: a is bad in line 2, and good here. Keep one of the two.",
        ),
        ("video,word,result\na,bad,aaaaaaaa\n", 'line 2: "aaaaaaaa" names no result'),
        ("video,word,result\na,bad,1.23457E+15\n", 'line 2: "1.23457E+15" names no result'),
        ("video,word,result\na,bad,Results/a.csv\n", 'line 2: "Results/a.csv" names no result'),
        ('video,word\na,"bad"2\n', "line 2: cannot be read as CSV"),
    ],
)
def test_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    """What cannot be meant is refused with the file, the line and what there is."""
    write(tmp_path, text)
    with pytest.raises(RemoteTrackerError) as refused:
        load_reviewed(tmp_path)
    assert str(refused.value).startswith(f"{REVIEWED}, {said}")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Another encoding, and a folder in the file's place, are refused in a line."""
    write(tmp_path, "video,word\na,bad\nKäfig,bad\n", "latin-1")
    with pytest.raises(RemoteTrackerError, match=r"reviewed.csv, line 3: is not UTF-8"):
        load_reviewed(tmp_path)
    (tmp_path / REVIEWED).unlink()
    (tmp_path / REVIEWED).mkdir()
    with pytest.raises(RemoteTrackerError, match=r"reviewed.csv cannot be read \(Is a directory\)"):
        load_reviewed(tmp_path)


def test_names_that_match_nothing(tmp_path: Path) -> None:
    """A name that no video has is known once all videos came by."""
    write(tmp_path, f"video,word,result\nd1/v.avi,bad,{A}\n'=x.avi,bad,{A}\ngone.avi,good,{A}\n")
    reviewed, unseen = load_reviewed(tmp_path), Unseen()
    assert len(list(unseen.watch([row(), row("=x.avi")], reviewed))) == 2
    assert unseen.names(reviewed) == ("gone.avi",)
